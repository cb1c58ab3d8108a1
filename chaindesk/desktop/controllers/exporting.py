"""Exports: the completed workbook beside the original, or what the export dialog says."""

from __future__ import annotations

import asyncio
from functools import partial

from PySide6.QtCore import QObject

from chaindesk import settings
from chaindesk.desktop.exporting.dialog import ExportDialog
from chaindesk.desktop.exporting.offer import ExportOffer, ExportRequest
from chaindesk.desktop.main_window import MainWindow
from chaindesk.desktop.notifications.notifier import Notifier
from chaindesk.desktop.runtime.background_tasks import BackgroundTasks
from chaindesk.desktop.session.run_controller import RunController
from chaindesk.desktop.session.workspace import Workspace
from chaindesk.desktop.ui.translation import tr
from chaindesk.domain.errors import ChainDeskError
from chaindesk.domain.status import Review
from chaindesk.engine.exports.choice import column_names
from chaindesk.engine.exports.file_names import ROW_NAME
from chaindesk.engine.session import Session
from chaindesk.settings import ExportChoice

_PATCHED_ENDINGS = frozenset({".xlsx", ".xlsm", ".xltx", ".xltm"})


class ExportController(QObject):
    """Ties the export commands and the export dialog to the run controller.

    Attributes:
        dialog: the export dialog that was shown last, or None.
    """

    def __init__(
        self, window: MainWindow, workspace: Workspace, run_controller: RunController, notifier: Notifier
    ) -> None:
        super().__init__(window)
        self._window, self._workspace, self._run_controller = window, workspace, run_controller
        self._notifier = notifier
        self._previews = BackgroundTasks(notifier.failed)
        self.dialog: ExportDialog | None = None
        window.actions_.export.triggered.connect(self.export)
        window.actions_.export_as.triggered.connect(self._show_dialog)
        run_controller.exporting.connect(lambda: window.show_busy(tr("Exporting…")))
        run_controller.exported.connect(lambda _: window.show_busy(""))
        run_controller.exported.connect(notifier.files.exported)
        run_controller.failed.connect(lambda _: window.show_busy(""))

    def export(self) -> None:
        """Save the completed workbook beside the original."""
        if self._workspace.session is None:
            self._notifier.failed(ChainDeskError(self._workspace.what_is_missing))
        else:
            self._run_controller.export(None)

    async def close(self) -> None:
        """End what the dialog still asks."""
        await self._previews.close()

    def _show_dialog(self) -> None:
        session = self._workspace.session
        if session is None:
            self._notifier.failed(ChainDeskError(self._workspace.what_is_missing))
            return
        remembered = settings.load_preferences().export_of_workbook.get(str(session.manifest.path), ExportChoice())
        dialog = self.dialog = ExportDialog(self._offer(session), remembered, self._window)
        dialog.preview_requested.connect(partial(self._preview, session))
        dialog.export_requested.connect(partial(self._export, session))
        dialog.finished.connect(self._forget_dialog)
        dialog.open()

    def _forget_dialog(self) -> None:
        self._previews.cancel()
        self.dialog = None

    def _offer(self, session: Session) -> ExportOffer:
        manifest, chain = session.manifest, session.chain
        inputs, outputs = column_names(manifest, chain)
        states = self._window.model.snapshot.rows.values()
        reason = ""
        if manifest.path.suffix.lower() not in _PATCHED_ENDINGS:
            reason = tr("A {ending} file cannot hold the new columns as a workbook does: export a copy.").format(
                ending=manifest.path.suffix or manifest.path.name
            )
        key = chain.id_column if chain.id_column in inputs else ROW_NAME
        return ExportOffer(
            manifest.path,
            inputs,
            outputs,
            outputs[: sum(len(step.columns) for step in chain.steps)][-len(chain.steps[-1].columns) :],
            len(manifest.rows),
            sum(1 for state in states if state.review is Review.APPROVED),
            frozenset(self._window.table.selected_numbers()),
            f"{{{{{key}}}}}.md",
            reason,
        )

    def _preview(self, session: Session, request: ExportRequest) -> None:
        self._previews.cancel()
        self._previews.start(self._show_preview(session, request))

    async def _show_preview(self, session: Session, request: ExportRequest) -> None:
        look = partial(session.preview_export, request.target, request.options, overwrite_source=request.into_itself)
        try:
            preview = await asyncio.to_thread(look)
        except ChainDeskError as error:
            if self.dialog is not None:
                self.dialog.show_problem(request, str(error))
            return
        if self.dialog is not None:
            self.dialog.show_preview(request, preview)

    def _export(self, session: Session, request: ExportRequest, choice: ExportChoice) -> None:
        try:
            preferences = settings.load_preferences().with_export(session.manifest.path, choice)
            settings.save_preferences(preferences)
        except ChainDeskError as error:
            self._notifier.failed(error)
        self._run_controller.export(request.target, request.options, overwrite_source=request.into_itself)
