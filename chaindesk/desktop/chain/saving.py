"""Reads and saves the file of a chain that is being edited, and asks before a change is lost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from chaindesk.chain_file.editing.text_file import FileForm, read_text, write_text
from chaindesk.desktop.chain.document import ChainDocument
from chaindesk.desktop.ui import dialogs
from chaindesk.desktop.ui.translation import tr


@dataclass(frozen=True, slots=True)
class NewChain:
    """A chain that has no file yet: what it begins with, and what is to be said of that."""

    text: str
    words: str = ""


class ChainSaving(QObject):
    """The file of one chain, or of a new one that has none yet.

    Attributes:
        path: the file; of a new chain, the one that is suggested for it.
        new: the new chain, until it is saved.

    Signals:
        saved: the file was saved; its path.
        left: the editor is to be closed, its changes saved or given up.
        stayed: the editor stays open after all.
        said: words for the user.
    """

    saved = Signal(object)
    left = Signal()
    stayed = Signal()
    said = Signal(str)

    def __init__(self, path: Path, new: NewChain | None, document: ChainDocument, parent: QWidget) -> None:
        super().__init__(parent)
        self.path, self.new = path, new
        self._document, self._window = document, parent
        self._form = FileForm()
        self._write_when_settled: Path | None = None
        self._leave_when_saved = False
        document.settled.connect(self._settled)

    def read(self) -> str:
        """Return the text of the file, or that with which a new chain begins; "" where it cannot be read."""
        if self.new is not None:
            return self.new.text
        try:
            text, self._form = read_text(self.path)
        except (OSError, UnicodeDecodeError) as error:
            self.said.emit(tr("{name} cannot be read: {error}.").format(name=self.path.name, error=error))
            return ""
        return text

    def save(self) -> None:
        """Save; a chain with mistakes can be saved too, but not run. A new chain gets its name first."""
        if self.new is not None:
            self.save_as()
        else:
            self._write(self.path)

    def save_as(self) -> None:
        """Save under a name that the user chooses."""
        asked = dialogs.choose_target(self._window, tr("Save the chain"), self.path, dialogs.CHAINS, self._write)
        asked.rejected.connect(self._stay)

    def ask_to_leave(self, save: Callable[[], object]) -> None:
        """Ask what becomes of the changes; ``save`` takes in what is typed, and saves."""

        def save_and_leave() -> None:
            self._leave_when_saved = True
            save()

        words = tr("Leave {name} unsaved?").format(name=self.path.name)
        dialogs.ask_to_save(self._window, words, save_and_leave, self.left.emit, self._stay)

    def _stay(self) -> None:
        self._leave_when_saved = False
        self.stayed.emit()

    def _write(self, path: Path) -> None:
        if self._document.busy:
            self._write_when_settled = path
            return
        try:
            write_text(path, self._document.text, self._form)
        except OSError as error:
            words = tr("{name} could not be saved: {error}. Save it under another name.")
            self.said.emit(words.format(name=path.name, error=error.strerror))
            self._stay()
            return
        self.path, self.new = path, None
        self.saved.emit(path)
        if self._leave_when_saved:
            self.left.emit()

    def _settled(self) -> None:
        path, self._write_when_settled = self._write_when_settled, None
        if path is not None:
            self._write(path)
