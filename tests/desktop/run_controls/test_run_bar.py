"""The run bar: rows and calls, the rate beside the limit, the budget, and why rows fail with what helps."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QSystemTrayIcon, QWidget
from pytestqt.qtbot import QtBot

from chaindesk.desktop.run_controls.attention import RunAttention, share_done
from chaindesk.desktop.run_controls.failure_list import FailureAction, FailureList, action_for
from chaindesk.desktop.run_controls.figures import figures_text
from chaindesk.desktop.run_controls.progress_strip import ProgressStrip
from chaindesk.desktop.runtime.event_loop import DesktopLoop
from chaindesk.desktop.session.run_request import RunPhase
from chaindesk.desktop.ui.layout.elided_label import ElidedLabel
from chaindesk.desktop.ui.row_filter import RowFilter
from chaindesk.domain.completion import Finish, Usage
from chaindesk.domain.errors import FailureKind
from chaindesk.domain.events import (
    BudgetChanged,
    Event,
    LimitSeen,
    PauseCause,
    RowFinished,
    RunFinished,
    RunPaused,
    RunStarted,
    StepFinished,
    StepStarted,
    StepWaiting,
)
from chaindesk.domain.records import Failure, RunState
from chaindesk.domain.row_state import RowState
from chaindesk.domain.status import Status
from chaindesk.engine.run.progress.failure_groups import FailureGroup
from chaindesk.engine.run.progress.snapshot import Snapshot
from tests.support.waiting import until
from tests.support.windows import WindowMaker


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def run_of(rows: int, clock: Clock, **changes: Any) -> Snapshot:
    shot = Snapshot(clock=clock)
    numbers = tuple(range(2, rows + 2))
    shot.fold(RunStarted(0.0, 1, "jobs.xlsx", "Jobs", "c", ("s1", "s2"), numbers, 5, 2 * rows, 0, **changes))
    return shot


def answer(shot: Snapshot, at: float, row: int, step: str) -> None:
    shot.fold(StepStarted(at - 1, row, str(row), step, 1))
    shot.fold(StepFinished(at, row, str(row), step, "x", "m", Usage(10, 20), Decimal("0.02"), 1.0, 1, Finish.STOP))


def fail(shot: Snapshot, at: float, row: int, kind: FailureKind = FailureKind.REFUSED) -> None:
    shot.fold(RowFinished(at, row, str(row), Status.FAILED, Failure("s1", kind, f'Row {row}: "no".'), 1.0))


def test_progress_by_rows_and_by_calls_the_rate_beside_the_limit_and_the_budget() -> None:
    clock = Clock()
    shot = run_of(100, clock, budget=Decimal(5))
    shot.fold(LimitSeen(0.5, "lab", "requests", 90.0))
    for number in range(30):
        answer(shot, 1.0 + number, number + 2, "s1")
    clock.now = 30.0
    text = figures_text(shot)
    assert text.startswith("0 of 100 rows  ·  30 of 200 answers  ·  30 s  ·  about ")
    assert "60 of 90 calls a minute" in text
    assert "$0.60 of $5.00 spent" in text
    shot.fold(BudgetChanged(31.0, Decimal(8)))
    assert "of $8.00 spent" in figures_text(shot)


def test_a_small_budget_that_throttles_is_told() -> None:
    shot = run_of(10, Clock(), budget=Decimal("0.10"))
    for row in (2, 3):
        shot.fold(StepStarted(0.0, row, str(row), "s1", 1))
    assert "small budget" not in figures_text(shot)
    shot.fold(StepWaiting(0.1, 4, "4", "s1", None, None, None, PauseCause.BUDGET))
    assert "small budget: 2 rows at once fit" in figures_text(shot)


@pytest.mark.parametrize(
    ("kind", "running", "action"),
    [
        (FailureKind.KEY, True, FailureAction.OPEN_KEYS),
        (FailureKind.SERVER, True, FailureAction.SHOW),
        (FailureKind.SERVER, False, FailureAction.RETRY),
        (FailureKind.FIELDS, False, FailureAction.EDIT_CHAIN),
        (FailureKind.REFUSED, False, FailureAction.SHOW),
    ],
)
def test_each_kind_of_failure_has_the_one_action_that_helps(
    kind: FailureKind, running: bool, action: FailureAction
) -> None:
    assert action_for(kind, running=running) is action


@pytest.mark.qt_log_ignore("propagateSizeHints")
def test_reasons_are_listed_the_most_frequent_first_and_act_on_their_rows(qtbot: QtBot) -> None:
    listed = FailureList()
    qtbot.addWidget(listed)
    groups = [
        FailureGroup(FailureKind.SERVER, "The server is busy.", tuple(range(2, 55))),
        FailureGroup(FailureKind.REFUSED, "No.", (60, 61)),
        FailureGroup(FailureKind.TOO_LONG, "Too long.", (70,)),
    ]
    listed.show_failures(groups, running=False)
    asked: list[tuple[FailureAction, FailureGroup]] = []
    listed.action_requested.connect(lambda action, group: asked.append((action, group)))
    buttons = listed.buttons()
    assert [button.text() for button in buttons] == ["Retry", "Show rows"]
    for button in buttons:
        button.click()
    assert asked == [(FailureAction.RETRY, groups[0]), (FailureAction.SHOW, groups[1])]
    listed.show_failures(groups, running=False)
    assert listed.buttons() == buttons, "what is the same stays, and with it the focus"
    listed.show_failures([], running=False)
    assert listed.isHidden()


@pytest.mark.qt_log_ignore("propagateSizeHints")
def test_a_reason_has_as_many_words_as_there_is_room_for(qtbot: QtBot) -> None:
    listed = FailureList()
    qtbot.addWidget(listed)
    reason = "The request was refused, and the provider says at length why that is so. " * 2
    listed.show_failures([FailureGroup(FailureKind.REJECTED, reason, (2, 3))], running=False)
    listed.show()
    label = listed.findChildren(ElidedLabel)[0]
    label.resize(300, 20)
    assert label.shown_text().endswith("…")
    label.resize(3000, 20)
    assert label.shown_text() == label.text()


def test_the_strip_shows_the_rows_of_one_kind_of_failure(qtbot: QtBot) -> None:
    shot = run_of(10, Clock())
    fail(shot, 1.0, 2)
    fail(shot, 1.0, 3)
    fail(shot, 1.0, 4, FailureKind.TOO_LONG)
    strip = ProgressStrip()
    qtbot.addWidget(strip)
    strip.watch(shot, 10)
    assert [len(group.rows) for group in shot.failures.largest_first()] == [2, 1], "quoted words and numbers differ"
    wanted: list[RowFilter] = []
    strip.filter_requested.connect(wanted.append)
    strip.show_failed(FailureKind.TOO_LONG)
    assert wanted[-1].failure is FailureKind.TOO_LONG
    assert [row for row, state in sorted(shot.rows.items()) if wanted[-1].fits(state)] == [4]
    assert wanted[-1].active
    strip.clear_filter()
    assert not wanted[-1].active
    assert RowFilter().fits(RowState())


def test_the_reason_for_which_the_brake_holds_a_run_is_not_told_twice(qtbot: QtBot) -> None:
    shot = run_of(10, Clock())
    fail(shot, 1.0, 2)
    fail(shot, 1.0, 3)
    fail(shot, 1.0, 4, FailureKind.TOO_LONG)
    strip = ProgressStrip()
    qtbot.addWidget(strip)
    strip.watch(shot, 10)
    assert len(strip.failures.buttons()) == 2
    shot.fold(RunPaused(2.0, PauseCause.FAILURES, "2 of 3 rows failed for one reason"))
    strip.refresh()
    (other,) = (button for button in strip.failures.buttons() if button.isVisibleTo(strip.failures))
    assert other.accessibleName().endswith("prompt too long")
    assert share_done(shot) == 0.3  # the rows that failed are behind the run, too


def test_the_title_shows_the_share_that_is_done_and_forgets_it_at_the_end(qtbot: QtBot) -> None:
    window, clock = QWidget(), Clock()
    qtbot.addWidget(window)
    window.setWindowTitle("jobs.xlsx – ChainDesk")
    shot = run_of(10, clock)
    attention = RunAttention(window, lambda: shot, lambda: True)
    for row in range(2, 9):
        answer(shot, 2.0, row, "s1")
    attention.set_running(running=True)
    assert window.windowTitle() == "35 % – jobs.xlsx – ChainDesk"
    answer(shot, 3.0, 2, "s2")
    attention.refresh()
    assert window.windowTitle() == "40 % – jobs.xlsx – ChainDesk"
    shot.fold(RunFinished(4.0, 1, RunState.STOPPED))
    assert share_done(shot) is None
    attention.set_running(running=False)
    assert window.windowTitle() == "jobs.xlsx – ChainDesk"


@pytest.mark.parametrize(("wanted", "told"), [(True, 1), (False, 0)])
def test_the_end_is_told_behind_other_windows_where_the_user_wants_it(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, wanted: bool, told: int
) -> None:
    messages: list[str] = []
    monkeypatch.setattr(QSystemTrayIcon, "isSystemTrayAvailable", lambda: True)
    monkeypatch.setattr(QSystemTrayIcon, "supportsMessages", lambda: True)
    monkeypatch.setattr(QSystemTrayIcon, "showMessage", lambda self, title, text, *rest: messages.append(text))
    monkeypatch.setattr(QSystemTrayIcon, "show", lambda self: None)
    window = QWidget()
    qtbot.addWidget(window)
    attention = RunAttention(window, Snapshot, lambda: wanted)
    attention.ended("Run finished: 10 done.")
    assert messages == ["Run finished: 10 done."] * told


def test_the_figures_never_tell_of_other_rows_than_the_counts_below_them(qtbot: QtBot) -> None:
    strip = ProgressStrip()
    qtbot.addWidget(strip)
    shot = run_of(10, Clock())
    strip.watch(shot, 10)
    strip.set_running(running=True)
    assert strip.figures.text().startswith("0 of 10 rows")
    fail(shot, 1.0, 2)
    qtbot.waitUntil(lambda: strip.chips[Status.FAILED].text() == "✕ Failed 1")
    assert strip.figures.text().startswith("1 of 10 rows")


async def test_the_figures_of_a_run_that_begins_are_not_those_of_the_last_one(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Callable[[int], Path], chain: Path
) -> None:
    app = make_app()
    shown: list[str] = []

    def note(events: Iterable[Event]) -> None:
        if any(isinstance(event, RunStarted) for event in events):
            shown.append(app.window.progress_strip.figures.text())

    app.run_controller.bridge.events.connect(note)
    app.workspace.open_workbook(jobs(3), chain=chain)
    await until(lambda: app.workspace.session is not None)
    for begun, action in enumerate((app.window.actions_.run, app.window.actions_.rerun), 1):
        action.trigger()
        await until(lambda begun=begun: len(shown) == begun)
        await until(lambda: app.run_controller.phase is RunPhase.IDLE)
    assert [text.partition("  ·  ")[0] for text in shown] == ["0 of 3 rows", "0 of 1 row"]
