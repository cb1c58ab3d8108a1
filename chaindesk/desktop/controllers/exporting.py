"""Exports: the completed workbook beside the original, or where the user wants it."""

from __future__ import annotations

from PySide6.QtCore import QObject

from chaindesk.desktop.main_window import MainWindow
from chaindesk.desktop.notifications.notifier import Notifier
from chaindesk.desktop.session.run_controller import RunController
from chaindesk.desktop.session.workspace import Workspace
from chaindesk.desktop.ui import dialogs
from chaindesk.domain.errors import ChainDeskError


class ExportController(QObject):
    """Ties the export commands to the run controller."""

    def __init__(
        self, window: MainWindow, workspace: Workspace, run_controller: RunController, notifier: Notifier
    ) -> None:
        super().__init__(window)
        self._window, self._workspace, self._run_controller = window, workspace, run_controller
        self._notifier = notifier
        window.actions_.export.triggered.connect(self.export)
        window.actions_.export_as.triggered.connect(self._export_as)
        run_controller.exporting.connect(lambda: window.show_busy("Exporting…"))
        run_controller.exported.connect(lambda _: window.show_busy(""))
        run_controller.exported.connect(notifier.exported)
        run_controller.failed.connect(lambda _: window.show_busy(""))

    def export(self) -> None:
        """Save the completed workbook beside the original."""
        if self._workspace.session is None:
            self._notifier.failed(ChainDeskError(self._workspace.what_is_missing))
        else:
            self._run_controller.export(None)

    def _export_as(self) -> None:
        manifest = self._workspace.manifest
        if manifest is None or self._workspace.session is None:
            self._notifier.failed(ChainDeskError(self._workspace.what_is_missing))
            return
        suggested = manifest.path.with_name(f"{manifest.path.stem}.completed.xlsx")
        dialogs.choose_target(self._window, "Export as", suggested, dialogs.WORKBOOKS, self._run_controller.export)
