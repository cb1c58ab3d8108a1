"""What is open in the window, and what is missing for a run of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from chaindesk.desktop.runtime import single_instance
from chaindesk.desktop.runtime.single_instance import SingleInstance
from chaindesk.desktop.ui.translation import tr
from chaindesk.domain.chains.chain import Chain
from chaindesk.domain.manifest import Manifest
from chaindesk.domain.row_state import RowState
from chaindesk.engine.session import Session


class OpenFiles(QObject):
    """A workbook, a chain, and the session that ties them to the journal, as far as they are there.

    Attributes:
        manifest: the sheet that is open, or None.
        partial: the first rows of the sheet that is being read, once they are there; for looking at only.
        partial_chain: the chain that it will have.
        chain: the chain that is open, or None.
        chain_path: its file, or None.
        chain_problem: why its file, as it is now, cannot be run, or "".
        session: both tied together, or None while one is missing or they do not fit.
        instance: this process's hold on the workbook.

    Signals:
        rows_read: a long sheet is being read; the ``RowBatch``. With the first the workbook before is closed.
        closed: nothing is open any more, because what was being read was cancelled, or failed.
        opened: another sheet is open (``manifest``).
        chain_opened: another chain is open, the same one was changed, or none is open any more.
        chain_problem_changed: ``chain_problem`` is another.
        session_changed: there is another session, or none; with the state of each known row.
        failed: a ``ChainDeskError``: what was asked for could not be done.
        busy_changed: what is being done, or "".
        noticed: what the user should know of the journal, and of the sheet's own edits; a tuple of ``Notice``.
    """

    rows_read = Signal(object)
    closed = Signal()
    opened = Signal()
    chain_opened = Signal()
    chain_problem_changed = Signal()
    session_changed = Signal(object)
    failed = Signal(object)
    busy_changed = Signal(str)
    noticed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.manifest: Manifest | None = None
        self.partial: Manifest | None = None
        self.partial_chain: Chain | None = None
        self.chain: Chain | None = None
        self.chain_path: Path | None = None
        self.chain_problem = ""
        self.session: Session | None = None
        self.instance = SingleInstance(self)
        self._password: str | None = None
        self._is_busy = False
        self._before_leaving: list[Callable[[], Awaitable[object]]] = []

    def is_free(self, path: Path) -> bool:
        """Return whether no other living window shows this workbook."""
        return self.instance.holds(path) or single_instance.is_free(path)

    def save_before_leaving(self, save: Callable[[], Awaitable[object]]) -> None:
        """Wait for ``save`` before each session gives way to another: the last chance to save something with it."""
        self._before_leaving.append(save)

    @property
    def password(self) -> str | None:
        """Return the password of the workbook that is open, where it needs one."""
        return self._password

    @property
    def is_opening(self) -> bool:
        """Return whether something is being opened."""
        return self._is_busy

    @property
    def what_is_missing(self) -> str:
        """What the user has to do before something can be run, "" where nothing is missing."""
        if self.session is not None:
            return self.chain_problem
        if self.partial is not None:
            return tr("The sheet is still being read. Run when all its rows are there.")
        if self.is_opening:
            return tr("Still opening. Run when the rows are there.")
        if self.manifest is None:
            return tr("Open a workbook first.")
        if self.chain is None:
            return tr("Choose a chain first: it says which model calls to make for each row.")
        return tr("The chain does not fit this sheet yet. Edit the chain, or choose another.")

    def _set_chain(self, chain: Chain | None, path: Path | None) -> None:
        self.chain, self.chain_path = chain, path
        self._set_chain_problem("")
        self.chain_opened.emit()

    async def _leave(self) -> None:
        if self.session is not None:
            for save in self._before_leaving:
                await save()

    def _set_chain_problem(self, problem: str) -> None:
        self.chain_problem = problem
        self.chain_problem_changed.emit()

    def _set_session(self, session: Session | None, states: Mapping[int, RowState]) -> None:
        self.session = session
        self.session_changed.emit(states)

    @contextmanager
    def _reading(self) -> Iterator[None]:
        """Close the sheet whose reading does not come to its end."""
        try:
            yield
        finally:
            if self.partial is not None:
                self.partial = None
                self.instance.release()
                self.closed.emit()

    @contextmanager
    def _busy(self, words: str) -> Iterator[None]:
        """Show what is being done for as long as it takes."""
        self._is_busy = True
        self.busy_changed.emit(words)
        try:
            yield
        finally:
            self._is_busy = False
            self.busy_changed.emit("")
