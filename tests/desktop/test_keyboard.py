"""The window by keys alone: where the focus goes, what Escape leaves, and that nothing is typed by mistake."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from chaindesk.desktop.app import AppWindow
from chaindesk.desktop.runtime.event_loop import DesktopLoop
from chaindesk.desktop.session.run_request import RunPhase
from chaindesk.domain.status import Status
from chaindesk.simulator.options import SimulatorOptions
from tests.support.waiting import until
from tests.support.windows import WindowMaker

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
Jobs = Callable[[int], Path]


def focused() -> QWidget:
    found = QApplication.focusWidget()
    assert found is not None
    return found


async def opened(app: AppWindow, workbook: Path, chain: Path, *, run: bool = True) -> None:
    app.workspace.open_workbook(workbook, chain=chain)
    await until(lambda: app.workspace.session is not None)
    app.window.activateWindow()
    app.window.table.setFocus()
    if run:
        app.window.actions_.run.trigger()
        await until(lambda: "Run finished" in app.window.run_banner.text)
        await until(lambda: app.run_controller.phase is RunPhase.IDLE)


async def test_after_an_edit_the_keys_are_the_tables_again(
    qloop: DesktopLoop, qtbot: QtBot, make_app: WindowMaker, jobs: Jobs, chain: Path
) -> None:
    app = make_app()
    table, step = app.window.table, app.window.panel.step
    await opened(app, jobs(3), chain)
    table.choose_row(2)
    qtbot.keyClick(table, Qt.Key.Key_E)
    assert focused() is step.editor
    qtbot.keyClicks(step.editor, "Mine. ")
    qtbot.keyClick(step.editor, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert focused() is table
    qtbot.keyClick(table, Qt.Key.Key_N)
    row = table.current_row()
    assert row is not None
    assert row.number == 3
    qtbot.keyClick(table, Qt.Key.Key_E)
    qtbot.keyClick(step.editor, Qt.Key.Key_Escape)
    assert focused() is table


async def test_a_pressed_button_of_a_message_leaves_the_focus_to_the_rows(
    qloop: DesktopLoop, qtbot: QtBot, make_app: WindowMaker, jobs: Jobs, chain: Path
) -> None:
    app = make_app(SimulatorOptions(latency=0.01, fail_containing="topic 2.", fail_status=400))
    window = app.window
    await opened(app, jobs(3), chain)
    retry = window.run_banner.buttons()[0]
    assert retry.text() == "Retry failed"
    retry.setFocus()
    qtbot.keyClick(retry, Qt.Key.Key_Space)
    assert focused() is window.table
    await until(lambda: window.model.snapshot.counts[Status.FAILED] == 1 and "Run finished" in window.run_banner.text)
    assert window.progress_strip.search.text() == ""


@pytest.mark.parametrize("by_key", [False, True])
async def test_a_run_begun_in_the_tool_bar_leaves_the_focus_to_the_rows(
    qloop: DesktopLoop, qtbot: QtBot, make_app: WindowMaker, jobs: Jobs, chain: Path, *, by_key: bool
) -> None:
    app = make_app()
    window = app.window
    await opened(app, jobs(3), chain, run=False)
    run = window.tool_bar.widgetForAction(window.actions_.run)
    if by_key:
        run.setFocus(Qt.FocusReason.TabFocusReason)
        qtbot.keyClick(run, Qt.Key.Key_Space)
    else:
        qtbot.mouseClick(run, Qt.MouseButton.LeftButton)
    await until(lambda: window.model.snapshot.counts[Status.DONE] == 3)
    await until(lambda: app.run_controller.phase is RunPhase.IDLE)
    assert focused() is window.table


async def test_escape_leaves_the_question_before_a_run(
    qloop: DesktopLoop, qtbot: QtBot, make_app: WindowMaker, jobs: Jobs, chain: Path
) -> None:
    app = make_app()
    window = app.window
    await opened(app, jobs(3), chain)
    window.actions_.fresh.trigger()
    await until(lambda: "Run 3 rows" in window.run_banner.text and focused() in window.run_banner.buttons())
    qtbot.keyClick(focused(), Qt.Key.Key_Escape)
    await until(lambda: window.run_banner.text == "")
    assert focused() is window.table
    assert app.run_controller.phase is RunPhase.IDLE


@pytest.mark.parametrize("size", [(1280, 680), (760, 500)])
async def test_tab_goes_through_all_that_is_seen_with_a_name_and_the_tool_bar_too(
    qloop: DesktopLoop, qtbot: QtBot, make_app: WindowMaker, jobs: Jobs, chain: Path, size: tuple[int, int]
) -> None:
    app = make_app()
    window = app.window
    await opened(app, jobs(3), chain)
    window.resize(*size)
    await until(lambda: (window.width(), window.height()) == size)
    window.table.setFocus()
    stops: list[QWidget] = []
    while not stops or focused() is not window.table:
        stops.append(focused())
        assert len(stops) < 60
        qtbot.keyClick(focused(), Qt.Key.Key_Tab)
    for stop in stops:
        assert stop.isVisible()
        assert min(stop.width(), stop.height()) >= 10, stop
        assert stop.accessibleName() or getattr(stop, "text", str)(), stop
    run = window.tool_bar.widgetForAction(window.actions_.run)
    assert isinstance(run, QToolButton)
    assert run in stops
    assert window.panel.step.copy in stops or size[1] == 500
    assert stops.index(run) < stops.index(window.rows.box) < stops.index(window.progress_strip.search)


async def test_run_pressed_while_a_workbook_is_opened_says_to_wait(
    qloop: DesktopLoop, qtbot: QtBot, make_app: WindowMaker, jobs: Jobs, chain: Path
) -> None:
    app = make_app()
    window = app.window
    window.activateWindow()
    path = jobs(3)
    app.workspace.open_workbook(path, chain=chain)
    await until(lambda: app.workspace.is_opening)
    qtbot.keyClick(window, Qt.Key.Key_F5)
    assert "Still opening" in window.message_banner.text
    await until(lambda: app.workspace.session is not None)
    await until(lambda: not window.message_banner.text)


def test_the_review_menu_shows_the_tables_letters(qloop: DesktopLoop, make_app: WindowMaker) -> None:
    a = make_app().window.actions_
    assert [action.text().partition("\t")[2] for action in (a.approve, a.reject, a.edit, a.versions)] == list("AREH")
    assert "Approve the row" in a.approve.toolTip()
