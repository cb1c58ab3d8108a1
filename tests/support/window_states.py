"""The states of the window, one after another: for tests of what must hold in each of them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

from PySide6.QtWidgets import QApplication, QDialog, QWidget

from chaindesk.desktop.app import AppWindow
from chaindesk.desktop.chain.editor import ChainEditor
from chaindesk.desktop.session.run_request import RunPhase
from chaindesk.domain.status import Review, Status
from tests.support.waiting import until


async def window_states(app: AppWindow, workbook: Path, chain: Path) -> AsyncIterator[tuple[str, QWidget]]:
    """Drive a window through its states, and yield each with its name: the window, or the dialog that is open.

    One row of the workbook must fail: the one whose topic holds what the simulated provider was told.
    """
    window, a = app.window, app.window.actions_
    QApplication.processEvents()  # it is laid out and painted by then
    yield "first page", window
    app.workspace.open_workbook(workbook)
    await until(lambda: app.workspace.manifest is not None and not app.workspace.is_opening)
    yield "no chain yet", window
    app.workspace.open_chain(chain)
    await until(lambda: app.workspace.session is not None)
    yield "loaded", window
    ended: list[object] = []
    app.run_controller.finished.connect(ended.append)
    a.run.trigger()
    await until(lambda: bool(ended) and app.run_controller.phase is RunPhase.IDLE)
    window.table.choose_row(2)
    yield "done", window
    a.approve.trigger()
    await until(lambda: window.model.state_of(2).review is Review.APPROVED)
    yield "approved", window
    failed = next(row for row, state in window.model.snapshot.rows.items() if state.status is Status.FAILED)
    window.table.choose_row(failed)
    yield "failed row", window
    window.table.choose_row(3)
    a.edit.trigger()
    yield "edit", window
    window.panel.step.cancel.click()
    exported: list[object] = []
    app.run_controller.exported.connect(exported.append)
    a.export.trigger()
    await until(lambda: bool(exported) and bool(window.message_banner.text))
    yield "exported", window
    for action in (a.keys, a.history, a.export_as, a.palette, a.shortcuts, a.legend, a.about, a.edit_chain, a.versions):
        window.activateWindow()
        action.trigger()
        await until(lambda: open_dialog(app) is not None)
        dialog = open_dialog(app)
        assert dialog is not None
        if isinstance(dialog, ChainEditor):
            await until(lambda dialog=dialog: dialog.chain is not None)
        yield action.objectName(), dialog
        dialog.close()
        await until(lambda: open_dialog(app) is None)


def open_dialog(app: AppWindow) -> QDialog | None:
    """The dialog that is open."""
    QApplication.processEvents()
    return next((found for found in app.window.findChildren(QDialog) if found.isVisible()), None)
