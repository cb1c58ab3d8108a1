"""What the window's loop does while rows run and are paged through, counted and not timed: it must not creep up."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint
from PySide6.QtWidgets import QApplication, QWidget

from chaindesk.desktop.app import AppWindow
from chaindesk.desktop.session.run_request import RunPhase
from tests.support.waiting import until
from tests.support.windows import WindowMaker

ROWS, STEPS = 40, 2
CALLBACKS_PER_CALL = 26
"""Of the loop, those of the simulated provider included, which shares it here. They were 20 when this was written."""

MOVES_PER_WIDGET = 5
"""How often the mean widget has its style worked out while window and editor are put together: it was 6 and 16."""


class Events(QObject):
    """Counts the events of the whole application by their type."""

    def __init__(self, app: QApplication) -> None:
        super().__init__()
        self.counted: Counter[QEvent.Type] = Counter()
        app.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.counted[event.type()] += 1
        return False


async def opened(make_app: WindowMaker, jobs: Callable[[int], Path], chain: Path) -> AppWindow:
    app = make_app()
    app.workspace.open_workbook(jobs(ROWS), chain=chain)
    await until(lambda: app.workspace.session is not None)
    return app


async def run_all(app: AppWindow) -> None:
    app.window.actions_.run.trigger()
    await until(lambda: app.run_controller.phase.in_run)
    await until(lambda: app.run_controller.phase is RunPhase.IDLE)
    assert app.window.model.snapshot.calls_done == ROWS * STEPS


async def test_a_call_takes_no_more_callbacks_and_signals_than_it_did(
    make_app: WindowMaker, jobs: Callable[[int], Path], chain: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = await opened(make_app, jobs, chain)
    ran = batches = changes = folded = 0

    def run(handle: asyncio.Handle) -> None:
        nonlocal ran
        ran += 1
        plain(handle)

    def count_batch(_: object) -> None:
        nonlocal batches
        batches += 1

    def count_change(*_: object) -> None:
        nonlocal changes
        changes += 1

    def count_fold(_: object) -> None:
        nonlocal folded
        folded += 1

    plain = asyncio.Handle._run  # type: ignore[attr-defined]
    monkeypatch.setattr(asyncio.Handle, "_run", run)
    app.run_controller.bridge.events.connect(count_batch)
    app.window.model.dataChanged.connect(count_change)
    app.window.model.folded.connect(count_fold)
    await run_all(app)
    monkeypatch.undo()
    assert ran / (ROWS * STEPS) <= CALLBACKS_PER_CALL
    assert folded == batches
    assert changes <= batches * 3  # rows run side by side: what changes lies together


async def test_walking_through_rows_has_no_style_sheet_read_again(
    make_app: WindowMaker, jobs: Callable[[int], Path], chain: Path, qapp: QApplication
) -> None:
    app = await opened(make_app, jobs, chain)
    await run_all(app)
    app.window.table.step_row(1)
    qapp.processEvents()
    events = Events(qapp)
    for _ in range(10):
        app.window.table.step_row(3)
        qapp.processEvents()
    qapp.removeEventFilter(events)
    assert events.counted[QEvent.Type.StyleChange] == 0
    assert events.counted[QEvent.Type.UpdateRequest] <= 10  # one painting of the window for each row


@pytest.mark.qt_log_ignore("propagateSizeHints")
async def test_widgets_are_put_into_their_places_with_few_moves(
    make_app: WindowMaker, jobs: Callable[[int], Path], chain: Path, qapp: QApplication
) -> None:
    events = Events(qapp)
    app = await opened(make_app, jobs, chain)
    assert events.counted.pop(QEvent.Type.StyleChange) <= MOVES_PER_WIDGET * len(app.window.findChildren(QWidget))
    app.main.opening.edit_chain()
    editor = app.main.opening.editor
    assert editor is not None
    qapp.removeEventFilter(events)
    assert events.counted[QEvent.Type.StyleChange] <= MOVES_PER_WIDGET * len(editor.findChildren(QWidget))
    editor.close()


async def test_what_moves_leaves_no_picture_behind(
    make_app: WindowMaker, jobs: Callable[[int], Path], chain: Path, qapp: QApplication
) -> None:
    app = await opened(make_app, jobs, chain)
    strip, splitter = app.window.progress_strip, app.window.splitter
    qapp.processEvents()
    below = splitter.mapTo(app.window, QPoint(0, 0)).y()
    strip.show_busy("Something is done.")
    await until(lambda: splitter.mapTo(app.window, QPoint(0, 0)).y() > below)
    qapp.processEvents()
    on_screen = app.window.screen().grabWindow(app.window.winId()).toImage()
    gap = splitter.mapTo(app.window, QPoint(0, 0)).y() - 5
    back = app.window.palette().window().color().name()
    assert {on_screen.pixelColor(x, gap).name() for x in range(12, on_screen.width() - 12)} == {back}
