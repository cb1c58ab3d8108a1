"""Searches the outputs of a long sheet in a thread, and gives the table the rows that were found."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from PySide6.QtCore import QObject

from chaindesk.desktop.main_window import MainWindow
from chaindesk.desktop.runtime.background_tasks import BackgroundTasks
from chaindesk.desktop.session.workspace import Workspace
from chaindesk.desktop.ui.translation import tr
from chaindesk.engine.session import Session


class OutputSearchController(QObject):
    """Ties the table's search to the journal. The newest search counts; an earlier one ends early."""

    def __init__(self, window: MainWindow, workspace: Workspace) -> None:
        super().__init__(window)
        self._window, self._workspace = window, workspace
        self._newest = 0
        self.tasks = BackgroundTasks(workspace.failed.emit)
        window.model.outputs_wanted.connect(self._search)

    def _search(self, words: Sequence[str]) -> None:
        self._newest += 1
        if (session := self._workspace.session) is not None:
            self._window.progress_strip.show_note(tr("Searching the outputs…"))
            self.tasks.start(self._find(session, words, self._newest))

    async def _find(self, session: Session, words: Sequence[str], number: int) -> None:
        found = await asyncio.to_thread(session.rows_with_words, words, lambda: number != self._newest)
        if number == self._newest and session is self._workspace.session:
            self._window.model.show_found(found)
            self._window.progress_strip.show_note("")
