"""How long a run was held: by the user, by something that needs the user, or by a provider that is away."""

from __future__ import annotations

from chaindesk.domain.events import Event, RunFinished, RunPaused, RunResumed

_FOLDED = frozenset({RunPaused, RunResumed, RunFinished})


class HeldTime:
    """Folds pauses; more than one can be on at a time.

    Attributes:
        pauses: what holds it now: by provider for outages, by "" for what holds the whole run.
    """

    def __init__(self) -> None:
        self.pauses: dict[str, RunPaused] = {}
        self._since: float | None = None
        self._seconds = 0.0

    @property
    def held(self) -> bool:
        """Return whether something holds the run."""
        return self._since is not None

    @property
    def cause(self) -> RunPaused | None:
        """Return why calls are held back, or None: what holds the whole run before the outage of one provider."""
        return self.pauses.get("") or next(iter(self.pauses.values()), None)

    def seconds(self, now: float) -> float:
        """Return the seconds in which it was held until now."""
        return self._seconds + (0.0 if self._since is None else max(now - self._since, 0.0))

    def fold(self, event: Event) -> None:
        """Fold an event in."""
        if type(event) not in _FOLDED:  # as nearly all are
            return
        match event:
            case RunPaused():
                self._since = event.at if self._since is None else self._since
                self.pauses[event.provider] = event
            case RunResumed():
                self.pauses.pop(event.provider, None)
                if not self.pauses:
                    self._go_on(event.at)
            case RunFinished():
                self.pauses.clear()
                self._go_on(event.at)

    def _go_on(self, at: float) -> None:
        self._seconds, self._since = self.seconds(at), None
