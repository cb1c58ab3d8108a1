"""The charts of the run stand below the table, by the same key that hides them again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from chaindesk.desktop.runtime.event_loop import DesktopLoop
from chaindesk.desktop.session.run_request import RunPhase
from tests.support.waiting import until
from tests.support.windows import WindowMaker

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


async def test_the_pane_shows_the_run_of_the_window_and_follows_the_next_one(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Callable[[int], Path], chain: Path
) -> None:
    app = make_app()
    app.workspace.open_workbook(jobs(3), chain=chain)
    await until(lambda: app.workspace.session is not None)
    charts = app.window.actions_.charts
    charts.trigger()
    panel = app.main.charts.panel
    assert panel is not None
    assert panel.isVisibleTo(app.window)
    assert panel.view.chart is None
    app.window.actions_.run.trigger()
    await until(lambda: app.run_controller.phase.in_run)
    await until(lambda: app.run_controller.phase is RunPhase.IDLE)
    await until(lambda: panel.view.chart is not None and panel.choice.count() > 1)
    assert panel.caption.text()
    charts.trigger()
    assert not panel.isVisibleTo(app.window)
    assert app.window.table_side.sizes()[0] > 0


async def test_a_pane_that_is_hidden_reads_nothing(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Callable[[int], Path], chain: Path
) -> None:
    app = make_app()
    app.workspace.open_workbook(jobs(2), chain=chain)
    await until(lambda: app.workspace.session is not None)
    app.window.actions_.charts.trigger()
    app.window.actions_.charts.trigger()
    panel = app.main.charts.panel
    assert panel is not None
    app.window.actions_.run.trigger()
    await until(lambda: app.run_controller.phase.in_run)
    await until(lambda: app.run_controller.phase is RunPhase.IDLE)
    assert panel.view.chart is None


async def test_in_a_low_window_a_caption_of_two_lines_covers_no_chart(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Callable[[int], Path], chain: Path
) -> None:
    app = make_app()
    app.window.resize(1280, 640)
    app.workspace.open_workbook(jobs(2), chain=chain)
    await until(lambda: app.workspace.session is not None)
    app.window.actions_.charts.trigger()
    panel = app.main.charts.panel
    assert panel is not None
    panel.caption.setText("Rows side by side over 14 s, a bar for each call: all 40 rows. They waited. " * 2)
    await until(lambda: panel.caption.height() >= 2 * panel.caption.fontMetrics().lineSpacing())
    assert panel.view.geometry().bottom() < panel.caption.geometry().top()
    assert panel.caption.geometry().bottom() <= panel.rect().bottom()
