"""A chain's text as the document that cards and text both edit: one history of undo, read off the keystroke."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from enum import Enum

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QTextCursor, QTextDocument

from chaindesk.desktop.chain.reading import ChainReading, read_chain_text
from chaindesk.desktop.runtime.background_tasks import BackgroundTasks
from chaindesk.desktop.ui.plain_text import plain_text, qt_position
from chaindesk.domain.errors import ChainDeskError
from chaindesk.domain.manifest import Manifest

_READ_DELAY_MS = 350  # milliseconds after the last key

Edit = Callable[[str], str]


class _History(Enum):
    """What may be asked for between edits."""

    UNDO = "undo"
    REDO = "redo"


class ChainDocument(QObject):
    """One chain's text. Whatever edits it does so by changing this text, which alone is what is saved.

    Attributes:
        name: the chain file's name, for messages.
        reading: what the text said when it was last read.
        lenient: whether prompts that are still to be written are no mistakes yet.

    Signals:
        read: the text was read; the ``ChainReading``, of the text as it is now.
        refused: an edit was not made; why, in words for the user.
        settled: all edits that were asked for are made.
    """

    read = Signal(object)
    refused = Signal(str)
    settled = Signal()

    def __init__(self, document: QTextDocument, manifest: Manifest | None, tasks: BackgroundTasks) -> None:
        super().__init__(document)
        self.name = "chain"
        self.reading = ChainReading("")
        self.lenient = False
        self._document, self._manifest, self._tasks = document, manifest, tasks
        self._edits: deque[Edit | _History] = deque()
        self._work: asyncio.Task[None] | None = None
        self._stopped = False
        self._timer = QTimer(self, interval=_READ_DELAY_MS, singleShot=True)
        self._timer.timeout.connect(self.read_now)
        document.contentsChanged.connect(self._changed)

    @property
    def text(self) -> str:
        """The text as it is now, hard spaces included."""
        return plain_text(self._document)

    @property
    def busy(self) -> bool:
        """Return whether edits that were asked for are still to be made."""
        return bool(self._edits)

    def edit(self, change: Edit) -> None:
        """Change the text by a function, in a thread, after the edits that were asked for before."""
        self._edits.append(change)
        self._start()

    def undo(self) -> None:
        """Take the last change back, be it of a card or of the text."""
        self._edits.append(_History.UNDO)
        self._start()

    def redo(self) -> None:
        """Make again what was taken back."""
        self._edits.append(_History.REDO)
        self._start()

    def read_now(self) -> None:
        """Read the text without waiting for the end of the typing."""
        self._timer.stop()
        self._start()

    def stop(self) -> None:
        """Read and edit nothing any more: the editor is closed."""
        self._stopped = True
        self._timer.stop()

    def _changed(self) -> None:
        if self.text != self.reading.text and not self._stopped:  # Qt tells of new colours, too
            self._timer.start()

    def _start(self) -> None:
        if not self._stopped and (self._work is None or self._work.done()):
            self._work = self._tasks.start(self._make_edits_and_read())

    async def _make_edits_and_read(self) -> None:
        while True:
            if self._edits:
                await self._make_edit()
                if not self._edits:
                    self.settled.emit()
                continue
            text = self.text
            reading = await asyncio.to_thread(read_chain_text, text, self.name, self._manifest)
            if self.text == text and not self._edits:
                break
        self._timer.stop()
        reading = reading.without_unwritten() if self.lenient else reading
        self.reading = reading
        self.read.emit(reading)

    async def _make_edit(self) -> None:
        change = self._edits[0]
        if isinstance(change, _History):
            self._edits.popleft()
            if change is _History.UNDO:
                self._document.undo()
            else:
                self._document.redo()
            return
        text = self.text
        try:
            changed = await asyncio.to_thread(change, text)
        except ChainDeskError as error:
            self.refused.emit(str(error))
            changed = text
        except Exception:
            self._edits.popleft()
            raise
        if self.text == text:  # else somebody typed meanwhile: once more
            self._edits.popleft()
            replace_text(self._document, text, changed)


def replace_text(document: QTextDocument, before: str, after: str) -> None:
    """Turn a document's text into another by one change of what differs, which is one step of its history."""
    if before == after:
        return
    most = min(len(before), len(after))
    start = next((place for place in range(most) if before[place] != after[place]), most)
    end = next((place for place in range(most - start) if before[-1 - place] != after[-1 - place]), most - start)
    cursor = QTextCursor(document)
    cursor.beginEditBlock()
    cursor.setPosition(qt_position(before, start))
    cursor.setPosition(qt_position(before, len(before) - end), QTextCursor.MoveMode.KeepAnchor)
    cursor.insertText(after[start : len(after) - end])
    cursor.endEditBlock()
