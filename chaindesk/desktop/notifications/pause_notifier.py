"""Says in the run's banner what holds the run, and gives the buttons that cure it: one banner, however many reasons."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QWidget

from chaindesk.desktop.notifications.banner import Banner, BannerButton, Tone
from chaindesk.desktop.notifications.banner_actions import BannerAction, Perform, action_button
from chaindesk.domain.events import PauseCause, RunPaused, RunResumed
from chaindesk.formatting import clock_time

_Reason = tuple[PauseCause, str]
_RETOLD = (PauseCause.OUTAGE, PauseCause.DISK)  # the same trouble in other words, as time goes on


class PauseNotifier:
    """What holds the run at the moment.

    Args:
        banner: the run's.
        perform: carries out what a button asks for.
        budget: the field for what a run may spend.
    """

    def __init__(self, banner: Banner, perform: Perform, budget: QWidget) -> None:
        self._banner, self._budget = banner, budget
        self._button = partial(action_button, perform)
        self._on: dict[_Reason, RunPaused] = {}
        self._told: _Reason | None = None

    @property
    def held(self) -> bool:
        """Whether no call at all starts: an outage holds back one provider's only."""
        return any(cause is not PauseCause.OUTAGE for cause, _ in self._on)

    def paused(self, event: RunPaused) -> None:
        """Something holds the run, or is told anew."""
        self._on[event.cause, event.provider] = event
        self._tell()

    def resumed(self, event: RunResumed) -> None:
        """Something holds it no more."""
        if event.cause is None:
            self._on = {reason: told for reason, told in self._on.items() if reason[0] is PauseCause.OUTAGE}
        else:
            self._on.pop((event.cause, event.provider), None)
        self._tell()

    def forget(self) -> None:
        """Another run begins, or this one is over. The banner is whoever's says the next thing."""
        self._on.clear()
        self._told = None

    def _tell(self) -> None:
        """What the user has to cure comes before what cures itself, the newest first."""
        reasons = sorted(self._on, key=lambda reason: reason[0] is not PauseCause.OUTAGE)
        if not reasons:
            if self._told is not None:
                self._banner.clear()
            self._told = None
            return
        reason = reasons[-1]
        event = self._on[reason]
        text = pause_text(event)
        if reason == self._told and self._banner.text and reason[0] in _RETOLD:
            self._banner.retell(text)
            return
        self._told = reason
        tone = Tone.INFO if event.cause is PauseCause.USER else Tone.WARNING
        field = self._budget if event.cause is PauseCause.BUDGET else None
        self._banner.say(tone, text, self._choices(event.cause), closable=False, field=field)

    def _choices(self, cause: PauseCause) -> tuple[BannerButton, ...]:
        stop = self._button("Stop the run", BannerAction.STOP)
        resume = self._button("Go on", BannerAction.RESUME, primary=True)
        match cause:
            case PauseCause.KEY | PauseCause.QUOTA:
                return (self._button("Open keys…", BannerAction.OPEN_KEYS, closes=False), resume, stop)
            case PauseCause.MODEL:
                return (self._button("Stop and edit the chain", BannerAction.STOP_AND_EDIT), resume, stop)
            case PauseCause.BUDGET:
                return (self._button("Go on", BannerAction.RESUME_WITH_BUDGET, primary=True, closes=False), stop)
            case PauseCause.OUTAGE:
                return (self._button("Try now", BannerAction.TRY_NOW, primary=True, closes=False), stop)
            case PauseCause.DISK:
                return (self._button("Try now", BannerAction.TRY_NOW, primary=True, closes=False), stop)
            case _:
                return (resume, stop)


def pause_text(event: RunPaused) -> str:
    """What holds the run, and for how long where that is known."""
    if event.cause is PauseCause.OUTAGE:
        until = "" if event.until is None else f" The next try is at {clock_time(event.until)}."
        return f"{event.message}{until}"
    return event.message
