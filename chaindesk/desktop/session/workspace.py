"""Opens a workbook and a chain, and ties them to the journal: tasks, one at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from chaindesk.chain_file import load_chain
from chaindesk.credentials import KeyStore
from chaindesk.desktop.runtime import single_instance
from chaindesk.desktop.runtime.background_tasks import BackgroundTasks
from chaindesk.desktop.session import recent_files
from chaindesk.desktop.session.demo_provider import DemoProvider
from chaindesk.desktop.session.journal_holder import JournalHolder
from chaindesk.desktop.session.manifest_reader import LockedWorkbook, fits, read_manifest
from chaindesk.desktop.session.open_files import OpenFiles
from chaindesk.desktop.session.session_maker import make_session
from chaindesk.desktop.ui.translation import tr
from chaindesk.domain.chains.chain import Chain
from chaindesk.domain.errors import ChainDeskError, ChainError, PasswordNeeded
from chaindesk.journal.protocol import Journal
from chaindesk.simulator.options import SimulatorOptions

if TYPE_CHECKING:
    from chaindesk.workbook.reading.row_batches import RowBatch


class Workspace(OpenFiles):
    """Opens things, off the UI thread, one at a time; the newest request counts.

    Attributes:
        keys: where API keys come from.
        addresses: where the simulated provider answers, once it was needed.

    Signals:
        open_elsewhere: another window shows that workbook, and came forward; its path.
        password_requested: a workbook is encrypted; the ``LockedWorkbook``, for ``unlock``.
        journal_repaired: the ``RepairResult`` of a damaged journal.
    """

    open_elsewhere = Signal(object)
    password_requested = Signal(object)
    journal_repaired = Signal(object)

    def __init__(
        self,
        parent: QObject | None = None,
        *,
        keys: KeyStore | None = None,
        demo: SimulatorOptions | None = None,
    ) -> None:
        super().__init__(parent)
        self.keys = keys or KeyStore()
        self.keys.on_wait = self.busy_changed.emit
        self._demo = DemoProvider(demo)
        self.addresses = self._demo.addresses
        self._journals = JournalHolder()
        self._tasks = BackgroundTasks(self.failed.emit)
        self._opening: asyncio.Task[Any] | None = None

    def open_workbook(
        self, path: Path, *, sheet: str | None = None, chain: Path | None = None, password: str | None = None
    ) -> None:
        """Open a workbook, and with it the chain that is given or was last used with it."""
        self._start(self._open_workbook(path, sheet, chain, password))

    def unlock(self, locked: LockedWorkbook, password: str) -> None:
        """Open a workbook that needed its password, with the sheet and chain that were requested."""
        self.open_workbook(locked.path, sheet=locked.sheet, chain=locked.chain, password=password)

    def choose_sheet(self, sheet: str) -> None:
        """Open another sheet of the same workbook."""
        shown = self.manifest or self.partial
        if shown is not None and sheet != shown.sheet:
            self._start(self._open_workbook(shown.path, sheet, None, self._password))

    def open_chain(self, path: Path) -> None:
        """Open a chain file, and tie it to the workbook that is open, or is being read."""
        if self.partial is not None:
            self._start(self._open_workbook(self.partial.path, self.partial.sheet, path, self._password))
        else:
            self._start(self._open_chain(path))

    def cancel_opening(self) -> None:
        """Read no further."""
        if self._opening is not None:
            self._opening.cancel()

    def reload(self) -> None:
        """Read the workbook again, as it is now on the disk."""
        if self.manifest is not None:
            manifest = self.manifest
            self._start(self._open_workbook(manifest.path, manifest.sheet, self.chain_path, self._password))

    def reread_text(self, encoding: str, delimiter: str) -> None:
        """Read the text file that is open with this encoding and delimiter, now and whenever it is opened."""
        if self.manifest is None:
            return
        try:
            recent_files.remember_text_reading(self.manifest.path, encoding, delimiter)
        except ChainDeskError as error:
            self.failed.emit(error)
        self.reload()

    def repair_journal(self) -> None:
        """Keep a damaged journal aside, go on with what can be read of it, and tie what is open to that."""
        self._start(self._repair_journal())

    async def close(self) -> None:
        """Release everything."""
        self.instance.release()
        await self._tasks.close()
        self.session = None
        await self._demo.close()
        await self._journals.close()

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        if self._opening is not None:
            self._opening.cancel()
        self._opening = self._tasks.start(work)

    async def _open_workbook(self, path: Path, sheet: str | None, chain: Path | None, password: str | None) -> None:
        chain = chain or recent_files.chain_of(path)
        if not self.instance.holds(path) and await single_instance.activate_other(path):
            self.open_elsewhere.emit(path)
            return
        with self._busy(tr("Opening {name}…").format(name=path.name)), self._reading():
            try:
                given = chain if chain is not None and chain.exists() else None
                loaded, mistakes = await self._load_chain(given) if given is not None else (self.chain, None)
                manifest = await read_manifest(
                    path, sheet, loaded, password, partial(self._show_rows, password, loaded)
                )
            except PasswordNeeded:
                self.password_requested.emit(LockedWorkbook(path, sheet, chain, refused=password is not None))
                return
            await self._leave()
            self.instance.acquire(path)
            self.manifest, self.partial, self._password = manifest, None, password
            if loaded is not self.chain and given is not None:
                self._set_chain(loaded, given if loaded is not None else None)
            elif given is None and self.chain is not None and not fits(self.chain, manifest):
                self._set_chain(None, None)  # the last workbook's chain is not forced on one with other columns
            self._set_session(None, {})
            await asyncio.sleep(0)
            self.opened.emit()
            if mistakes is not None:
                self.failed.emit(mistakes)
            await self._tie()
        await self._remember(workbook=path)

    async def _show_rows(self, password: str | None, chain: Chain | None, batch: RowBatch) -> None:
        """Show more rows of the sheet that is being read; with the first, close what was open."""
        if self.partial is not batch.manifest:
            await self._leave()
            self.instance.acquire(batch.manifest.path)
            self.manifest, self.partial, self._password = None, batch.manifest, password
            self.partial_chain = chain if chain is not None and fits(chain, batch.manifest) else None
            self._set_session(None, {})
            await asyncio.sleep(0)  # keys and paints come between two steps of it
        self.rows_read.emit(batch)

    async def _open_chain(self, path: Path) -> None:
        with self._busy(tr("Reading {name}…").format(name=path.name)):
            chain = await self._checked_chain(path)
            manifest, previous = self.manifest, self.chain
            keys_differ = (previous.id_column if previous else None) != chain.id_column
            if manifest is not None and keys_differ:
                manifest = await read_manifest(manifest.path, manifest.sheet, chain, self._password)
            await self._leave()
            self.manifest = manifest
            self._set_chain(chain, path)
            if manifest is not None:
                self._set_session(None, {})
                if keys_differ:
                    self.opened.emit()
                await self._tie()
        await self._remember(workbook=self.manifest.path if self.manifest else None)

    async def _load_chain(self, path: Path) -> tuple[Chain | None, ChainError | None]:
        """Return the chain that belongs to a workbook, or its mistakes: the workbook opens all the same, without it."""
        try:
            return await self._checked_chain(path), None
        except ChainError as error:
            return self.chain if path == self.chain_path else None, error

    async def _checked_chain(self, path: Path) -> Chain:
        """Return the chain of a file. While the file in use has mistakes, nothing is run as it was before."""
        try:
            return await asyncio.to_thread(load_chain, path)
        except ChainError as error:
            if path == self.chain_path:
                first = error.problems[0]
                line = tr("Line {line}: ").format(line=first.line) if first.line else ""
                self._set_chain_problem(
                    tr("{name} cannot run as it is now. {line}{message}").format(
                        name=path.name, line=line, message=first.message
                    )
                )
            raise

    async def _tie(self) -> None:
        """Make the session of what is open, if both are there and fit."""
        manifest, chain, path = self.manifest, self.chain, self.chain_path
        if manifest is None or chain is None or path is None:
            return
        addresses, journal = await self.addresses_of(chain), await self.journal()
        made = await make_session(manifest, chain, path, journal, self.keys, addresses, self._password)
        self._set_session(made.session, made.states)
        if noticed := (*self._journals.pop_notices(), *made.notices):
            self.noticed.emit(noticed)

    async def journal(self) -> Journal:
        """Return the journal, opened at first need.

        Raises:
            JournalError: it cannot be opened.
        """
        return await self._journals.get()

    async def _repair_journal(self) -> None:
        with self._busy(tr("Repairing the journal…")):
            self._set_session(None, {})
            repaired = await self._journals.repair()
            await self._tie()
        self.journal_repaired.emit(repaired)

    async def addresses_of(self, chain: Chain) -> dict[str, str]:
        """Return where the providers of a chain really are; the simulated one is started where the chain asks it."""
        return await self._demo.addresses_of(chain)

    async def _remember(self, workbook: Path | None) -> None:
        try:
            await recent_files.remember(workbook, self.chain_path)
        except ChainDeskError as error:
            self.failed.emit(error)
