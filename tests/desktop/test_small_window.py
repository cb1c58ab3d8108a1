"""A window of 900 × 600: nothing is cut off or stands on something else; and what is waited for is said in it."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QSettings
from PySide6.QtWidgets import QApplication, QWidget

from chaindesk.credentials import WAITING
from chaindesk.desktop.main_window import MainWindow
from chaindesk.desktop.notifications.banner import BannerButton, Tone
from chaindesk.desktop.runtime.event_loop import DesktopLoop
from chaindesk.desktop.ui.theme import Theme
from chaindesk.domain.errors import FailureKind
from chaindesk.domain.records import Failure
from chaindesk.domain.row_state import RowState
from chaindesk.domain.status import Status
from tests.support.waiting import until
from tests.support.windows import WindowMaker

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
Jobs = Callable[[int], Path]


def top_and_bottom(widget: QWidget, panel: QWidget) -> tuple[int, int]:
    top = widget.mapTo(panel, QPoint(0, 0)).y()
    return top, top + widget.height()


@pytest.mark.parametrize("failed", [False, True])
async def test_under_a_long_message_the_panel_still_shows_the_output_and_nothing_overlaps(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Jobs, chain: Path, failed: bool
) -> None:
    app = make_app()
    window, panel = app.window, app.window.panel
    window.resize(900, 600)
    app.workspace.open_workbook(jobs(3), chain=chain)
    await until(lambda: app.workspace.session is not None)
    window.actions_.run.trigger()
    await until(lambda: window.model.snapshot.counts[Status.DONE] == 3 and bool(window.run_banner.text))
    buttons = [
        BannerButton("Open keys…", str),
        BannerButton("Go on", str, primary=True),
        BannerButton("Stop the run", str),
    ]
    window.run_banner.show_message(
        Tone.WARNING, "lab refused the key, and says at length why that is so. " * 4, buttons
    )
    window.table.choose_row(2)
    assert panel.row is not None
    session = app.workspace.session
    assert session is not None
    if failed:
        failure = Failure("text", FailureKind.SERVER, "lab answered, and told a long story about it. " * 6, 6)
        state = RowState(Status.FAILED, failure=failure)
        panel.show_row(panel.row, state, session.outputs(panel.row), app.workspace.manifest, 2)
    await until(lambda: panel.step.stack.height() >= (40 if failed else 75))
    stacked = [panel.status, panel.failure, panel.tabs, panel.step.stack, panel.step.facts, panel.approve]
    places = [top_and_bottom(widget, panel) for widget in stacked if widget.isVisible()]
    assert all(above[1] <= below[0] for above, below in pairwise(places)), places
    assert places[-1][1] <= panel.height()
    assert panel.step.history.text() == ""
    assert panel.step.history.accessibleName() == "History"
    window.resize(1400, 900)
    await until(lambda: panel.step.history.text() == "History")


async def test_the_smallest_window_with_two_messages_shows_the_newest_the_output_and_what_decides_on_it(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Jobs, chain: Path
) -> None:
    app = make_app()
    window, panel = app.window, app.window.panel
    app.workspace.open_workbook(jobs(3), chain=chain)
    await until(lambda: app.workspace.session is not None)
    window.actions_.run.trigger()
    await until(lambda: "Run finished" in window.run_banner.text)
    window.message_banner.show_message(Tone.INFO, "The text was read as cp1252; if letters look wrong, change it. " * 3)
    assert window.run_banner.isVisible()
    window.resize(760, 500)
    await until(lambda: window.height() == 500 and not window.run_banner.isVisible())
    assert window.message_banner.isVisible()
    await until(lambda: panel.step.browser.viewport().height() >= 3 * panel.fontMetrics().lineSpacing())
    stacked = [panel.title, panel.tabs, panel.step.stack, panel.approve]
    places = [top_and_bottom(widget, panel) for widget in stacked]
    assert all(above[1] <= below[0] for above, below in pairwise(places)), places
    for button in (panel.approve, panel.reject, panel.edit, panel.rerun):
        assert top_and_bottom(button, window)[1] <= window.height()
    window.message_banner.clear()
    assert window.run_banner.isVisible()
    assert "Run finished" in window.run_banner.text


async def test_the_output_comes_before_the_inputs_under_a_note(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Jobs, chain: Path
) -> None:
    app = make_app()
    window, panel = app.window, app.window.panel
    window.resize(1280, 690)
    app.workspace.open_workbook(jobs(3), chain=chain)
    await until(lambda: app.workspace.session is not None)
    window.actions_.run.trigger()
    await until(lambda: window.model.snapshot.counts[Status.DONE] == 3 and bool(window.run_banner.text))
    panel.show_doubt(["text: looks like Dutch, the others like German", "text: cut at the output limit"])
    await until(lambda: panel.quality.isVisible())
    QApplication.processEvents()
    line = panel.step.browser.fontMetrics().lineSpacing()
    assert panel.step.browser.viewport().height() >= 5 * line
    assert panel.inputs.height() <= max(panel.inputs.content_height, panel.splitter.height() // 3)


async def test_in_a_narrow_panel_the_facts_take_one_line_and_the_rest_is_in_the_tip(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Jobs, chain: Path
) -> None:
    app = make_app()
    window, step = app.window, app.window.panel.step
    window.resize(900, 560)
    app.workspace.open_workbook(jobs(3), chain=chain)
    await until(lambda: app.workspace.session is not None)
    window.actions_.run.trigger()
    await until(lambda: window.model.snapshot.counts[Status.DONE] == 3 and bool(window.run_banner.text))
    QApplication.processEvents()
    assert step.facts.text().endswith("characters")
    assert "tokens" in step.facts.toolTip()
    window.resize(1280, 690)
    QApplication.processEvents()
    assert "tokens" in step.facts.text()


async def test_the_title_of_a_row_is_whole_beside_a_long_progress(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Jobs, chain: Path
) -> None:
    app = make_app()
    window, head = app.window, app.window.panel.head
    window.resize(1280, 690)
    app.workspace.open_workbook(jobs(3), chain=chain)
    await until(lambda: app.workspace.session is not None)
    head.show_progress("1 of 60 reviewed, 10 left in this filter of the table", "1 of 60")
    QApplication.processEvents()
    assert head.title.shown_text() == head.title.text()
    head.title.setText("Row 12  ·  a name that takes the room of the progress at length")
    head.show_progress("1 of 60 reviewed, 10 left in this filter of the table", "1 of 60")
    assert head.progress.text() == "1 of 60"


def test_the_first_window_fits_the_screen(qapp: QApplication, tmp_path: Path) -> None:
    QSettings.setPath(QSettings.Format.NativeFormat, QSettings.Scope.UserScope, str(tmp_path))
    window = MainWindow(Theme(qapp, "light"))
    room = window.screen().availableGeometry()
    assert room.width() < 1240  # the offscreen platform's screen is smaller than the usual size
    assert room.contains(window.geometry().translated(0, 32))  # below the title bar of the system's frame
    window.deleteLater()


async def test_the_wait_for_the_keyring_is_told_beside_the_rows(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Jobs, chain: Path
) -> None:
    app = make_app()
    app.workspace.open_workbook(jobs(3), chain=chain)
    await until(lambda: app.workspace.session is not None)
    figures = app.window.progress_strip.figures
    app.workspace.keys.on_wait(WAITING)
    assert figures.isVisible()
    assert figures.text() == WAITING
    app.workspace.keys.on_wait("")
    assert not figures.isVisible()
