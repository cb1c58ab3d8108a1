"""While a long sheet is read: its rows in the table as they come, how far it is, and a way to cancel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from chaindesk.desktop.grid.previews import Previews
from chaindesk.desktop.main_window import MainWindow
from chaindesk.desktop.session.workspace import Workspace
from chaindesk.engine.run.progress.snapshot import Snapshot

if TYPE_CHECKING:
    from chaindesk.workbook.reading.row_batches import RowBatch


class ReadingController(QObject):
    """Ties the reading of a sheet to the window."""

    def __init__(self, window: MainWindow, workspace: Workspace) -> None:
        super().__init__(window)
        self._window, self._workspace = window, workspace
        workspace.rows_read.connect(self._show_rows)
        workspace.closed.connect(self._closed)
        workspace.busy_changed.connect(self._busy_changed)
        window.footer.cancel_requested.connect(workspace.cancel_opening)

    def _show_rows(self, batch: RowBatch) -> None:
        window, model = self._window, self._window.model
        if model.reading and model.sheet == (batch.manifest.path, batch.manifest.sheet):
            model.append_rows(batch.rows)
        else:
            window.show_rows(shown=True)
            window.setWindowTitle(f"{batch.manifest.path.name} – ChainDesk")
            window.source.show_manifest(batch.manifest)
            window.progress_strip.clear_filter()
            window.run_banner.clear()
            snapshot, chain = Snapshot(), self._workspace.partial_chain
            model.show_rows(
                batch.manifest,
                snapshot,
                Previews(chain.without_disabled() if chain is not None else None),
                reading=True,
            )
            window.table.setFocus()
        window.progress_strip.watch(model.snapshot, model.total)
        window.footer.show_progress(batch.share)

    def _closed(self) -> None:
        window = self._window
        window.model.show_rows(None, Snapshot(), Previews())
        window.source.show_manifest(None)
        window.setWindowTitle("ChainDesk")
        window.show_rows(shown=False)

    def _busy_changed(self, words: str) -> None:
        if not words:
            self._window.footer.show_progress(None)
