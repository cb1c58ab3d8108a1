"""The window's parts by themselves: themes, banners, figures, accessibility, crashes, batches of events."""

from __future__ import annotations

import asyncio
import inspect
import sys
import threading

import pytest
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QSpinBox,
    QTabBar,
    QTableView,
    QTextBrowser,
)
from pytestqt.qtbot import QtBot

from chaindesk.desktop.notifications.banner import Banner, BannerButton, Tone
from chaindesk.desktop.review.markdown_view import MarkdownView
from chaindesk.desktop.review.panel import ReviewPanel
from chaindesk.desktop.run_controls.progress_strip import ProgressStrip
from chaindesk.desktop.run_controls.run_options import RowsChooser
from chaindesk.desktop.runtime.background_tasks import BackgroundTasks
from chaindesk.desktop.runtime.crash_handler import CrashHandler
from chaindesk.desktop.runtime.event_bridge import EventBridge
from chaindesk.desktop.runtime.event_loop import DesktopLoop
from chaindesk.domain.errors import ChainDeskError, WorkbookError
from chaindesk.domain.events import Event, RunFinished, StepStarted
from chaindesk.domain.records import RunState
from chaindesk.domain.row_selection import RowSelection
from chaindesk.domain.row_state import RowState
from chaindesk.domain.status import Status
from chaindesk.engine.run.progress.snapshot import Snapshot
from tests.support.waiting import until

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
CONTROLS = (QAbstractButton, QComboBox, QSpinBox, QLineEdit, QPlainTextEdit, QTextBrowser, QTableView, QTabBar)


def test_a_banner_says_one_thing_with_its_buttons(qtbot: QtBot) -> None:
    banner = Banner("Run")
    qtbot.addWidget(banner)
    pressed: list[str] = []
    banner.show_message(Tone.WARNING, "The first.", (BannerButton("Old", lambda: pressed.append("old")),))
    banner.show_message(
        Tone.INFO, "Start?", (BannerButton("Start", lambda: pressed.append("start"), primary=True),), details="a\nb"
    )
    assert banner.text == "Start?"
    assert [button.text() for button in banner.buttons()] == ["Start"]
    banner.buttons()[0].click()
    assert pressed == ["start"]
    assert banner.text == ""


def test_a_listeners_events_come_in_batches_and_the_end_at_once(qtbot: QtBot) -> None:
    bridge = EventBridge()
    batches: list[list[Event]] = []
    bridge.events.connect(batches.append)
    with qtbot.waitSignal(bridge.events, timeout=60_000):
        for row in range(500):
            bridge.handle(StepStarted(0.0, row, str(row), "draft", 1))
    assert [len(batch) for batch in batches] == [500]
    bridge.handle(StepStarted(0.0, 1, "1", "draft", 1))
    bridge.handle(RunFinished(1.0, 1, RunState.FINISHED))
    assert [len(batch) for batch in batches] == [500, 2]


def test_chips_count_all_rows_and_filter_the_table(qtbot: QtBot) -> None:
    bar = ProgressStrip()
    qtbot.addWidget(bar)
    bar.show()
    wishes: list[object] = []
    bar.filter_requested.connect(wishes.append)
    bar.watch(Snapshot({2: RowState(Status.DONE), 3: RowState(Status.FAILED)}), 10)
    texts = {status: chip.text() for status, chip in bar.chips.items() if chip.isVisible()}
    assert texts == {Status.DONE: "✓ Done 1", Status.FAILED: "✕ Failed 1", Status.PENDING: "○ Pending 8"}
    bar.chips[Status.FAILED].click()
    assert getattr(wishes[-1], "statuses", None) == {Status.FAILED}
    with qtbot.waitSignal(bar.filter_requested, timeout=60_000):
        bar.search.setText("roses")
    assert getattr(wishes[-1], "text", None) == "roses"


def test_rows_to_run_are_all_selected_failed_or_the_first_few(qtbot: QtBot) -> None:
    rows = RowsChooser()
    qtbot.addWidget(rows)
    choices: list[RowSelection | None] = []
    for place in range(4):
        rows.box.setCurrentIndex(place)
        choices.append(rows.choice([5, 3]))
    assert choices == [
        RowSelection(),
        RowSelection.of_numbers([3, 5]),
        RowSelection(failed_only=True),
        RowSelection(first=3),
    ]
    rows.box.setCurrentIndex(1)
    assert rows.choice([]) is None


def test_an_output_is_shown_from_its_beginning(qtbot: QtBot) -> None:
    view = MarkdownView()
    qtbot.addWidget(view)
    view.resize(300, 90)
    view.show_markdown("\n\n".join(f"Paragraph {number}" for number in range(40)))
    view.show()
    qtbot.waitUntil(lambda: view.verticalScrollBar().maximum() > 0, timeout=60_000)
    assert view.verticalScrollBar().value() == 0


def test_markdown_is_rendered_and_no_picture_is_fetched(qtbot: QtBot) -> None:
    view = MarkdownView()
    qtbot.addWidget(view)
    view.show_markdown('# Title\n\n**bold** ![pixel](https://example.org/p.png) <img src="file:///etc/passwd">')
    assert "bold" in view.toHtml()
    assert view.toPlainText().startswith("Title")
    assert view.loadResource(2, "https://example.org/p.png") is None


def test_an_empty_panel_offers_nothing_to_press(qtbot: QtBot) -> None:
    panel = ReviewPanel()
    qtbot.addWidget(panel)
    panel.show_row(None, RowState(), ())
    assert not any(button.isEnabled() for button in (panel.approve, panel.reject, panel.edit, panel.rerun, panel.next))


def test_an_unexpected_error_is_told_in_plain_words_and_logged(qtbot: QtBot) -> None:
    told: list[str] = []
    crash = CrashHandler(told.append)
    crash.install()
    try:
        try:
            raise ZeroDivisionError("inside")
        except ZeroDivisionError as error:
            sys.excepthook(type(error), error, error.__traceback__)
        thread = threading.Thread(target=lambda: dict[str, str]()["missing"])
        thread.start()
        thread.join()
        qtbot.waitUntil(lambda: len(told) == 2, timeout=60_000)
    finally:
        crash.uninstall()
    assert "Every answer that was paid for is kept" in told[0]
    assert "Traceback" not in told[0]
    assert crash.path is not None
    log = crash.path.read_text("utf-8")
    assert "ZeroDivisionError (its words are left out" in log  # they may hold what the user wrote
    assert "KeyError" in log


async def test_nothing_begins_once_the_tasks_are_closed(qloop: DesktopLoop) -> None:
    tasks = BackgroundTasks(lambda _: None)
    begun: list[int] = []

    async def begin() -> None:
        begun.append(1)

    await tasks.close()
    work = begin()
    assert tasks.start(work) is None
    assert inspect.getcoroutinestate(work) == inspect.CORO_CLOSED  # else Python warns that nobody awaited it
    assert begun == []


async def test_tasks_tell_expected_errors_and_pass_on_bugs(qloop: DesktopLoop) -> None:
    told: list[ChainDeskError] = []
    bugs: list[object] = []
    qloop.set_exception_handler(lambda _, context: bugs.append(context["exception"]))
    tasks = BackgroundTasks(told.append)

    async def fail(error: Exception) -> None:
        raise error

    tasks.start(fail(WorkbookError("No such sheet.")))
    tasks.start(fail(ValueError("bug")))
    waiting = tasks.start(asyncio.Event().wait())
    await until(lambda: bool(told and bugs))
    await tasks.close()
    assert waiting is not None
    assert waiting.cancelled()
    assert [str(error) for error in told] == ["No such sheet."]
    assert [type(bug) for bug in bugs] == [ValueError]
