"""Shows in the run's banner what holds the run, with the buttons that resolve it; one banner for all reasons."""

from __future__ import annotations

import re
from functools import partial

from PySide6.QtWidgets import QWidget

from chaindesk.desktop.notifications.banner import Banner, BannerButton, Tone
from chaindesk.desktop.notifications.banner_actions import BannerAction, Perform, action_button
from chaindesk.desktop.ui.engine_words import hold_text
from chaindesk.desktop.ui.translation import tr
from chaindesk.domain.events import PauseCause, RunPaused, RunResumed
from chaindesk.formatting import clock_time

_KEY_COMMAND = re.compile(r"`chaindesk keys set [^`]*`")  # of use in a terminal only
_Reason = tuple[PauseCause, str]
_UPDATED_IN_PLACE = (PauseCause.OUTAGE, PauseCause.DISK)  # the same trouble in other words, as time goes on


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
        self._active: dict[_Reason, RunPaused] = {}
        self._shown: _Reason | None = None

    @property
    def held(self) -> bool:
        """Return whether no call starts at all; an outage holds back one provider's calls only."""
        return any(cause is not PauseCause.OUTAGE for cause, _ in self._active)

    def paused(self, event: RunPaused) -> None:
        """Show that something holds the run, or holds it for another reason now."""
        self._active[event.cause, event.provider] = event
        self._update_banner()

    def resumed(self, event: RunResumed) -> None:
        """Show that a reason is gone."""
        if event.cause is None:
            self._active = {reason: told for reason, told in self._active.items() if reason[0] is PauseCause.OUTAGE}
        else:
            self._active.pop((event.cause, event.provider), None)
        self._update_banner()

    def forget(self) -> None:
        """Forget all reasons: another run begins, or this one is over. The banner itself stays."""
        self._active.clear()
        self._shown = None

    def _update_banner(self) -> None:
        """What the user has to cure comes before what cures itself, the newest first."""
        reasons = sorted(self._active, key=lambda reason: reason[0] is not PauseCause.OUTAGE)
        if not reasons:
            if self._shown is not None:
                self._banner.clear()
            self._shown = None
            return
        reason = reasons[-1]
        event = self._active[reason]
        text = pause_text(event)
        if reason == self._shown and self._banner.text and reason[0] in _UPDATED_IN_PLACE:
            self._banner.update_text(text)
            return
        self._shown = reason
        tone = Tone.INFO if event.cause is PauseCause.USER else Tone.WARNING
        field = self._budget if event.cause is PauseCause.BUDGET else None
        self._banner.show_message(tone, text, self._choices(event.cause, event.provider), closable=False, field=field)

    def _choices(self, cause: PauseCause, provider: str) -> tuple[BannerButton, ...]:
        """Return the buttons; Stop is the farthest from the place where other messages have theirs."""
        stop = self._button(tr("Stop the run"), BannerAction.STOP)
        resume = self._button(tr("Go on"), BannerAction.RESUME, primary=True)
        match cause:
            case PauseCause.KEY | PauseCause.QUOTA:
                return (stop, resume, self._button(tr("Open keys…"), BannerAction.OPEN_KEYS, provider, closes=False))
            case PauseCause.MODEL:
                return (stop, resume, self._button(tr("Stop and edit the chain"), BannerAction.STOP_AND_EDIT))
            case PauseCause.BUDGET:
                return (stop, self._button(tr("Go on"), BannerAction.RESUME_WITH_BUDGET, primary=True, closes=False))
            case PauseCause.FAILURES:
                show = self._button(tr("Show rows"), BannerAction.SHOW_FAILED, closes=False)
                return (stop, show, resume)
            case PauseCause.OUTAGE:
                return (stop, self._button(tr("Try now"), BannerAction.TRY_NOW, primary=True, closes=False))
            case PauseCause.DISK:
                return (stop, self._button(tr("Try now"), BannerAction.TRY_NOW, primary=True, closes=False))
            case _:
                return (stop, resume)


def pause_text(event: RunPaused) -> str:
    """What holds the run, and for how long where that is known."""
    if event.cause is PauseCause.OUTAGE:
        until = "" if event.until is None else tr(" The next try is at {until}.").format(until=clock_time(event.until))
        return f"{hold_text(event.message)}{until}"
    return _KEY_COMMAND.sub(f"“{tr('Open keys…')}”", hold_text(event.message))
