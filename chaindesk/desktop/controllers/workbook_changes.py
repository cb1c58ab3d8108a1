"""Offers to take in what another program has done to the open workbook. Rows keep their answers by what they are."""

from __future__ import annotations

import asyncio
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication

from chaindesk.desktop.main_window import MainWindow
from chaindesk.desktop.notifications.notifier import Notifier
from chaindesk.desktop.runtime.background_tasks import BackgroundTasks
from chaindesk.desktop.session.run_controller import RunController
from chaindesk.desktop.session.sheet_changes import SheetChanges, sheet_changes
from chaindesk.desktop.session.workbook_watcher import WorkbookWatcher
from chaindesk.desktop.session.workspace import Workspace
from chaindesk.domain.errors import ChainDeskError
from chaindesk.domain.manifest import Manifest
from chaindesk.engine.exports.source import ExportReport

_RETRY_MS = 1500  # milliseconds between two tries to read a file that another program holds
_MAX_TRIES = 4


class WorkbookChangesController(QObject):
    """Watches the open workbook's file, and has the notifier offer what is new in it.

    Attributes:
        watcher: looks at the file.
        offered: what is offered now, or None.
    """

    def __init__(
        self, window: MainWindow, workspace: Workspace, run_controller: RunController, notifier: Notifier
    ) -> None:
        super().__init__(window)
        self._window, self._workspace = window, workspace
        self._run_controller, self._notifier = run_controller, notifier
        self.watcher = WorkbookWatcher(self)
        self.offered: SheetChanges | None = None
        self._known: Manifest | None = None
        self._tasks = BackgroundTasks(notifier.failed)
        self._tries = 0
        self._current_key: str | None = None
        self._again = QTimer(self, interval=_RETRY_MS, singleShot=True)
        self._again.timeout.connect(self._compare)
        self.watcher.changed.connect(self._changed)
        self.watcher.gone.connect(self._gone)
        workspace.opened.connect(self._opened)
        workspace.session_changed.connect(lambda _: self._show_same_row())
        run_controller.exported.connect(self._exported)
        run_controller.phase_changed.connect(self._offer_after_run)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.applicationStateChanged.connect(self._came_back)

    def take_in(self) -> None:
        """Read the workbook again, and stay at the row that is shown."""
        row = self._window.table.current_row()
        self._current_key = row.key if row is not None else None
        self.offered = None
        self._workspace.reload()

    async def close(self) -> None:
        """Look no longer."""
        self.watcher.watch(None)
        await self._tasks.close()

    def _opened(self) -> None:
        self.offered = None
        self._again.stop()
        manifest = self._workspace.manifest
        self._known = manifest
        self.watcher.watch(manifest.path if manifest is not None else None)

    def _exported(self, report: ExportReport) -> None:
        manifest = self._workspace.manifest
        if manifest is not None and report.path == manifest.path:
            self.watcher.accept()
            self._tasks.start(self._know_own_export(manifest))

    def _came_back(self, state: Qt.ApplicationState) -> None:
        if state is Qt.ApplicationState.ApplicationActive:
            self.watcher.look()
            if self.offered and not self._window.message_banner.text:
                self._offer()

    def _changed(self) -> None:
        self._tries = 0
        self._compare()

    async def _know_own_export(self, manifest: Manifest) -> None:
        """Read what our own export has written, so that only what others write after it is new."""
        now = await asyncio.to_thread(_read_again, manifest, self._workspace.password)
        if manifest is self._workspace.manifest:
            self._known = now

    def _compare(self) -> None:
        if self._run_controller.saving:
            self._again.start()  # it may be our own export
        elif self._known is not None:
            self._tasks.cancel()
            self._tasks.start(self._look(self._known))

    async def _look(self, known: Manifest) -> None:
        journal = await self._workspace.journal()
        if await asyncio.to_thread(journal.is_own_export, known.path):
            return
        self._tries += 1
        try:
            now = await asyncio.to_thread(_read_again, known, self._workspace.password)
        except ChainDeskError as error:
            if self._tries < _MAX_TRIES:
                self._again.start()  # it may be locked, or half written
            else:
                self._notifier.files.workbook_unreadable(known.path.name, str(error))
            return
        changes = await asyncio.to_thread(sheet_changes, known, now)
        if known is self._known and (changes or self.offered):
            self.offered = changes
            self._offer()

    def _offer(self) -> None:
        manifest = self._workspace.manifest
        if self.offered is not None and manifest is not None:
            self._notifier.files.workbook_changed(
                manifest.path.name, self.offered.text(), in_run=self._run_controller.phase.in_run
            )

    def _offer_after_run(self) -> None:
        if self.offered and not self._run_controller.phase.in_run:
            self._offer()

    def _gone(self, path: Path, now: Path | None) -> None:
        self._notifier.files.workbook_gone(path, now)

    def _show_same_row(self) -> None:
        """Show the row that was shown before the workbook was read again, wherever it stands now."""
        manifest, key = self._workspace.manifest, self._current_key
        if key is None or manifest is None or self._workspace.session is None:
            return
        self._current_key = None
        number = next((row.number for row in manifest.rows if row.key == key), None)
        if number is not None:
            self._window.table.choose_row(number)


def _read_again(manifest: Manifest, password: str | None) -> Manifest:
    from chaindesk.workbook import reread

    return reread(manifest, password=password)
