"""Exports the workbook of a past run: asks where it is now, where to save it, and for its password."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from chaindesk import settings
from chaindesk.desktop.session.workspace import Workspace
from chaindesk.desktop.ui import dialogs
from chaindesk.desktop.ui.translation import tr
from chaindesk.domain.errors import ChainDeskError, PasswordNeeded
from chaindesk.engine.exports.options import past_name
from chaindesk.engine.past_run import chain_of, export_past, run_record, workbook_of
from chaindesk.engine.reports.run_report import RunReport

if TYPE_CHECKING:
    from chaindesk.desktop.history.window import HistoryWindow


class PastRunExport(QObject):
    """Ties the history window's export to the journal.

    Args:
        view: the history window.
        workspace: has the journal and the keys.
        start: runs a coroutine and says meanwhile what is being done.
        show_message: says what came of it.
    """

    def __init__(
        self,
        view: HistoryWindow,
        workspace: Workspace,
        start: Callable[[str, Coroutine[Any, Any, None]], None],
        show_message: Callable[[str], None],
    ) -> None:
        super().__init__(view)
        self._view, self._workspace, self._start, self._show_message = view, workspace, start, show_message

    def ask(self, report: RunReport | None) -> None:
        """Ask where to save the workbook as it stood at the end of a run."""
        if report is not None:
            self._start("", self._ask(report))

    async def _ask(self, report: RunReport, workbook: Path | None = None) -> None:
        run = report.run
        chain_of(run)  # refuses before any file is chosen
        try:
            path = await asyncio.to_thread(workbook_of, run, workbook)
        except ChainDeskError as error:
            again = partial(self._ask_workbook, report)
            dialogs.ask(self._view, tr("Where is the workbook?"), str(error), tr("Choose it…"), tr("Cancel"), again)
            return
        then = partial(self._export, run.id, path, None)
        dialogs.choose_target(self._view, tr("Export the workbook"), past_name(path, run.id), dialogs.WORKBOOKS, then)

    def _ask_workbook(self, report: RunReport) -> None:
        folder = settings.load_preferences().last_folder
        then = lambda path: self._start("", self._ask(report, path))  # noqa: E731
        dialogs.choose_file(self._view, tr("Where the workbook is now"), folder, dialogs.WORKBOOKS, then)

    def _export(self, run: int, workbook: Path, password: str | None, target: Path) -> None:
        self._start(tr("Exporting…"), self._carry_out(run, workbook, password, target))

    async def _carry_out(self, run: int, workbook: Path, password: str | None, target: Path) -> None:
        from chaindesk.workbook import ReadOptions, open_manifest

        journal = await self._workspace.journal()
        record = await asyncio.to_thread(run_record, journal, run)
        chain = chain_of(record)
        options = ReadOptions(id_column=chain.id_column)
        open_it = partial(open_manifest, workbook, options, sheet=record.sheet, password=password)
        try:
            manifest = await asyncio.to_thread(open_it)
        except PasswordNeeded:
            given = lambda text: self._export(run, workbook, text, target)  # noqa: E731
            dialogs.ask_password(self._view, workbook.name, given, again=password is not None)
            return
        done = await export_past(manifest, chain, journal, self._workspace.keys, record, target, password)
        self._show_message("\n".join([tr("Exported: {path}").format(path=done.path), *done.notices]))
