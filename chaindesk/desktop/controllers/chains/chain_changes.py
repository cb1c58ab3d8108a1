"""Keeps the chain in use as its file is: saved in the editor while a run went on, or changed by another program."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QApplication

from chaindesk.desktop.notifications.notifier import Notifier
from chaindesk.desktop.session.run_controller import RunController
from chaindesk.desktop.session.workbook_watcher import WorkbookWatcher
from chaindesk.desktop.session.workspace import Workspace


class ChainChangesController(QObject):
    """Watches the chain's file. A run goes on with the chain as it was; the changed one is read when it has ended.

    Attributes:
        watcher: looks at the file.
    """

    def __init__(
        self, parent: QObject, workspace: Workspace, run_controller: RunController, notifier: Notifier
    ) -> None:
        super().__init__(parent)
        self._workspace, self._run_controller, self._notifier = workspace, run_controller, notifier
        self._waiting: Path | None = None  # the file that is to be read as soon as nothing else goes on
        self.watcher = WorkbookWatcher(self)
        self._then: Callable[[], object] | None = None  # what is to be done with the chain as it is then
        self._tells = False  # nobody in this window has just saved it: say that it is another
        self.watcher.changed.connect(self._changed_elsewhere)
        workspace.chain_opened.connect(self._opened)
        workspace.session_changed.connect(lambda _: self._tell())
        workspace.chain_problem_changed.connect(self._give_up)
        workspace.failed.connect(lambda _: self._give_up())
        workspace.busy_changed.connect(lambda _: self._busy_changed())
        run_controller.phase_changed.connect(self._read_waiting)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.applicationStateChanged.connect(self._came_back)

    def read(self, path: Path) -> None:
        """Use a chain file as it is now; after the run, where one goes on."""
        self._waiting = path
        if self._run_controller.phase.in_run:
            self._tells = True
            self._notifier.files.chain_changed_in_run(path.name)
        self._read_waiting()

    def read_first(self, then: Callable[[], object]) -> bool:
        """Read the chain's file where it has changed, then call; return whether it has, or is being read already."""
        read = self.watcher.look_now() or (self._workspace.is_opening and self._workspace.session is not None)
        self._then = then if read else None
        return read

    def _busy_changed(self) -> None:
        self._read_waiting()
        if not self._workspace.is_opening and self._workspace.session is not None and self._then is not None:
            then, self._then = self._then, None
            then()

    def _give_up(self) -> None:
        if self._workspace.chain_problem or self._workspace.session is None:
            self._then = None

    def _changed_elsewhere(self, path: Path) -> None:
        self._tells = True
        self.read(path)

    def _tell(self) -> None:
        path = self._workspace.chain_path
        if self._tells and path is not None and self._workspace.session is not None:
            self._tells = False
            self._notifier.files.chain_read_again(path.name)

    def _read_waiting(self) -> None:
        path, workspace = self._waiting, self._workspace
        opening_first = workspace.is_opening and workspace.partial is None
        if path is not None and not self._run_controller.phase.in_run and not opening_first:
            self._waiting = None
            workspace.open_chain(path)

    def _opened(self) -> None:
        self._waiting = None
        self.watcher.watch(self._workspace.chain_path)

    def _came_back(self, state: Qt.ApplicationState) -> None:
        if state is Qt.ApplicationState.ApplicationActive:
            self.watcher.look()
