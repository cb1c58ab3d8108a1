"""What holds a run: one banner, plain words, the buttons that cure it; budgets as people write them; rows that wait."""

from __future__ import annotations

import time
from decimal import Decimal

import pytest
from pytestqt.qtbot import QtBot

from chaindesk.desktop.notifications.banner import Banner
from chaindesk.desktop.notifications.banner_actions import BannerAction
from chaindesk.desktop.notifications.pause_notifier import PauseNotifier
from chaindesk.desktop.run_controls.budget_field import BudgetField, parse_budget
from chaindesk.desktop.ui.status_text import status_text
from chaindesk.domain.errors import FailureKind, UsageError
from chaindesk.domain.events import PauseCause, RunPaused, RunResumed
from chaindesk.domain.records import Failure
from chaindesk.domain.row_state import RowState
from chaindesk.domain.status import Status
from chaindesk.formatting import clock_time

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
NONSENSE = ["abc", "-5", "5 or 6", "NaN", "1e3", "inf", "0", "$0.00", ".", "٥", "1,00,0", "9" * 12]


class Held:
    """A banner with what holds a run, and the names of the actions that were taken."""

    def __init__(self, qtbot: QtBot) -> None:
        self.banner = Banner("Run")
        qtbot.addWidget(self.banner)
        self.taken: list[BannerAction] = []
        self.pauses = PauseNotifier(self.banner, self._perform, BudgetField(self.banner))

    def _perform(self, action: BannerAction, argument: object) -> None:
        self.taken.append(action)

    def buttons(self) -> list[str]:
        return [button.text() for button in self.banner.buttons()]


CURES = {
    PauseCause.USER: ["Stop the run", "Go on"],
    PauseCause.KEY: ["Stop the run", "Go on", "Open keys…"],
    PauseCause.QUOTA: ["Stop the run", "Go on", "Open keys…"],
    PauseCause.MODEL: ["Stop the run", "Go on", "Stop and edit the chain"],
    PauseCause.BUDGET: ["Stop the run", "Go on"],
    PauseCause.TRUST: ["Stop the run", "Go on"],
    PauseCause.OUTAGE: ["Stop the run", "Try now"],
    PauseCause.DISK: ["Stop the run", "Try now"],
    PauseCause.LIMIT: ["Stop the run", "Go on"],
    PauseCause.FAILURES: ["Stop the run", "Show rows", "Go on"],
}


@pytest.mark.parametrize("cause", list(PauseCause))
def test_each_pause_says_why_with_the_buttons_that_cure_it(qtbot: QtBot, cause: PauseCause) -> None:
    held = Held(qtbot)
    held.pauses.paused(RunPaused(0.0, cause, "This is why.", "lab"))
    assert held.banner.text.startswith("This is why.")
    assert held.buttons() == CURES[cause]
    held.pauses.resumed(RunResumed(1.0, cause if cause is PauseCause.OUTAGE else None, "lab"))
    assert held.banner.text == ""


def test_an_outage_is_told_anew_in_place_and_stands_behind_what_the_user_has_to_cure(qtbot: QtBot) -> None:
    held = Held(qtbot)
    now = time.monotonic()
    held.pauses.paused(RunPaused(now, PauseCause.OUTAGE, "lab cannot be reached.", "lab", now + 5))
    assert clock_time(now + 5) in held.banner.text
    before = held.banner.buttons()
    held.pauses.paused(RunPaused(now, PauseCause.OUTAGE, "lab cannot be reached.", "lab", now + 60))
    assert held.banner.buttons() == before
    assert clock_time(now + 60) in held.banner.text
    assert not held.pauses.held
    held.pauses.paused(RunPaused(now, PauseCause.KEY, "A key is refused."))
    assert held.banner.text == "A key is refused."
    held.pauses.paused(RunPaused(now, PauseCause.KEY, "Set a good one (`chaindesk keys set lab`), then go on."))
    assert held.banner.text == "Set a good one (“Open keys…”), then go on."
    assert held.pauses.held
    held.pauses.resumed(RunResumed(now))
    assert held.banner.text.startswith("lab cannot be reached.")
    held.banner.buttons()[1].click()
    assert held.taken == [BannerAction.TRY_NOW]
    held.pauses.resumed(RunResumed(now, PauseCause.OUTAGE, "lab"))
    assert held.banner.text == ""


@pytest.mark.parametrize(
    ("text", "sum_"),
    [
        ("5", "5"),
        ("$5", "5"),
        (" $ 2.50 ", "2.50"),
        ("5 USD", "5"),
        ("1,000", "1000"),
        ("1,250.75", "1250.75"),
        ("0,50", "0.50"),
        (".5", "0.5"),
    ],
)
def test_a_budget_is_read_as_people_write_it(text: str, sum_: str) -> None:
    assert parse_budget(text) == Decimal(sum_)


@pytest.mark.parametrize("text", ["", "  ", "$", "no limit"])
def test_no_budget_is_no_limit(text: str) -> None:
    assert parse_budget(text) is None


@pytest.mark.parametrize(
    "text", ["abc", "-5", "5 or 6", "NaN", "1e3", "inf", "0", "$0.00", ".", "٥", "1,00,0", "9" * 12]
)
def test_nonsense_is_refused_in_words(text: str) -> None:
    with pytest.raises(UsageError, match=r"dollars|\$0"):
        parse_budget(text)


def test_rows_that_wait_say_until_when_or_what_for() -> None:
    at = time.monotonic() + 90
    waits = RowState(Status.WAITING, "text", 1)
    off_line = Failure("text", FailureKind.UNREACHABLE, "no route")
    assert status_text(waits, 2) == "◔ Waiting 2/2"
    assert status_text(RowState(Status.WAITING, until=at), 2) == f"◔ Waiting until {clock_time(at)}"
    assert status_text(RowState(Status.WAITING, failure=off_line), 2) == "◔ Waiting for the network"
    outage = PauseCause.OUTAGE
    assert status_text(RowState(Status.WAITING, failure=off_line, cause=outage), 2) == "◔ Waiting for the network"
    assert status_text(RowState(Status.WAITING, cause=PauseCause.OUTAGE), 2) == "◔ Waiting for the provider"
    assert status_text(RowState(Status.WAITING, cause=PauseCause.BUDGET), 2) == "◔ Waiting for the budget"
    assert status_text(RowState(Status.DONE, cause=PauseCause.BUDGET), 2) == "✓ Done"
