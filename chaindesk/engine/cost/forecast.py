"""What a run will have cost in the end, by the answers that it has so far."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from chaindesk.domain.estimate import Estimate, Forecast
from chaindesk.domain.events import CallInVain, Event, RowFinished, SideCall, StepFinished, StepStarted, StepWaiting
from chaindesk.domain.status import Status
from chaindesk.engine.cost.spread import CostSpread, dollars

_UNFINISHED = (Status.FAILED, Status.STOPPED, Status.PENDING)
_ZERO = Decimal(0)


class CostForecaster:
    """Improves the estimate of a run with each of its answers. It has no clock: events and callers give the time."""

    def __init__(self, before: Estimate) -> None:
        self._before = {one.step: one for one in before.steps}
        self._left = {one.step: one.calls for one in before.steps}
        self._order = [one.step for one in before.steps]
        self._costs: dict[str, CostSpread] = {}
        self._seconds: dict[str, float] = {}
        self._longest: dict[str, float] = {}
        self._unpriced: set[str] = set()
        self._running: dict[int, tuple[str, float]] = {}
        self._spent: Decimal | None = None
        self._answers = 0

    def fold(self, event: Event, steps_behind: int = 0) -> None:
        """Count an event; with a row's end, ``steps_behind`` is how many of its steps are finished."""
        match event:
            case StepStarted():
                self._running[event.row] = (event.step, event.at)
            case StepWaiting():
                self._running.pop(event.row, None)
            case StepFinished():
                self._running.pop(event.row, None)
                self._count_answer(event)
            case CallInVain() | SideCall():
                if event.cost is not None:
                    self._spent = (self._spent or _ZERO) + event.cost
                    self._costs.setdefault(event.step, CostSpread()).wasted += float(event.cost)
            case RowFinished():
                self._running.pop(event.row, None)
                if event.status in _UNFINISHED:
                    for step in self._order[steps_behind:]:
                        self._left[step] -= 1

    def forecast(self, now: float) -> Forecast:
        """Return what the run will have cost in the end, at the time ``now``."""
        unknown: list[str] = []
        totals = [self._spent or _ZERO] * 3
        known = self._spent is not None
        out: dict[str, list[float]] = {}
        for step, began in self._running.values():
            out.setdefault(step, []).append(began)
        for step in self._order:
            left = max(self._left[step], len(out.get(step, ())))
            if not left:
                continue
            part = self._step_forecast(step, left, out.get(step, ()), now)
            if part is None:
                unknown.append(self._before[step].model)
            else:
                known = True
                totals = [total + dollars(amount) for total, amount in zip(totals, part, strict=True)]
        likely, low, high = totals
        if not known:
            return Forecast(self._spent, None, None, None, tuple(dict.fromkeys(unknown)), self._answers)
        return Forecast(self._spent, likely, low, high, tuple(dict.fromkeys(unknown)), self._answers)

    def _count_answer(self, event: StepFinished) -> None:
        if event.reused or event.step not in self._left:
            return
        if event.skipped:
            self._left[event.step] -= self._before[event.step].conditional
            return
        self._left[event.step] -= 1
        self._answers += 1
        if event.cost is None:
            self._unpriced.add(event.step)
            return
        if event.settled:  # a SideCall told of it
            return
        self._spent = (self._spent or _ZERO) + event.cost
        self._costs.setdefault(event.step, CostSpread()).add(float(event.cost))
        self._seconds[event.step] = self._seconds.get(event.step, 0.0) + event.seconds
        self._longest[event.step] = max(self._longest.get(event.step, 0.0), event.seconds)

    def _step_forecast(
        self, step: str, left: int, out: Sequence[float], now: float
    ) -> tuple[float, float, float] | None:
        """Return the likely cost of a step's missing calls: by this run's answers, else by the estimate before it.

        Args:
            step: its name.
            left: its missing calls.
            out: since when each of them is out that is.
            now: the time.
        """
        costs = self._costs.get(step)
        if costs is not None and costs.count:
            return costs.total(left, self._spent_so_far(step, costs, out, now))
        before = self._before[step]
        if step in self._unpriced or before.cost is None or before.low is None or before.high is None:
            return None
        share = left / before.calls if before.calls else 1.0
        return float(before.cost) * share, float(before.low) * share, float(before.high) * share

    def _spent_so_far(self, step: str, costs: CostSpread, out: Sequence[float], now: float) -> list[float]:
        """Return what each call that is out has cost so far, inferred from its time."""
        seconds = self._seconds[step]
        rate = costs.mean * costs.count / seconds if seconds > 0 else 0.0
        most = 2 * self._longest[step]  # what hangs makes no answer dearer
        return [rate * min(max(now - at, 0.0), most) for at in out]
