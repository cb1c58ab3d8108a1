"""The charts of the run stand below the table, by the same key that hides them again."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

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


async def test_the_table_keeps_its_share_of_a_low_window_and_the_split_is_remembered(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Callable[[int], Path], chain: Path, tmp_path: Path
) -> None:
    app = make_app()
    app.window.resize(900, 560)
    app.workspace.open_workbook(jobs(9), chain=chain)
    await until(lambda: app.workspace.session is not None)
    app.window.actions_.charts.trigger()
    QApplication.processEvents()
    table, side = app.window.table, app.window.table_side
    assert table.viewport().height() >= 3 * table.verticalHeader().defaultSectionSize()
    app.window.resize(1280, 800)
    QApplication.processEvents()
    side.setSizes([side.height() - 130, 130])
    app.window.memory.save()
    split = side.sizes()
    assert app.workspace.manifest is not None
    again = make_app()
    again.window.resize(1280, 800)
    other = Path(shutil.copy(app.workspace.manifest.path, tmp_path / "other.xlsx"))  # the first one is open above
    again.workspace.open_workbook(other, chain=chain)
    await until(lambda: again.workspace.session is not None)
    again.window.actions_.charts.trigger()
    QApplication.processEvents()
    assert abs(again.window.table_side.sizes()[1] - split[1]) <= 10


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
