"""A rendered prompt, its values marked where they stand: from the row, from an earlier step, or not there yet."""

from __future__ import annotations

from enum import Enum

from PySide6.QtCore import QEvent
from PySide6.QtGui import QColor, QPalette, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QTextBrowser, QWidget

from chaindesk.desktop.ui.translation import tr, tr_noop
from chaindesk.domain.chains.template import Piece
from chaindesk.engine.prompting.step_preview import StepPreview

_MUTED_ALPHA = 178
_MAX_SHOWN_CHARS = 60_000  # of one piece: a cell holds half of that


class Origin(Enum):
    """Where a part of a prompt comes from."""

    TEMPLATE = "template"
    COLUMN = "column"
    FALLBACK = "fallback"
    OUTPUT = "output"
    MISSING = "missing"


_TIPS = {
    Origin.COLUMN: tr_noop("Column {name}"),
    Origin.FALLBACK: tr_noop("Column {name} is blank: its fallback stands here"),
    Origin.OUTPUT: tr_noop("Answer of {name} for this row"),
    Origin.MISSING: tr_noop("{name} has no answer for this row yet"),
}
_TINTS = {
    Origin.COLUMN: QColor(76, 139, 245, 70),
    Origin.FALLBACK: QColor(76, 139, 245, 35),
    Origin.OUTPUT: QColor(46, 160, 90, 75),
    Origin.MISSING: QColor(214, 150, 20, 90),
}


class PromptView(QTextBrowser):
    """Shows what a step asks: system text and prompt, plain, with nothing of it read as markup."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("Prompt as it is sent"))
        self.setOpenLinks(False)
        self._preview: StepPreview | None = None
        self._empty = ""

    def show_preview(self, preview: StepPreview | None, empty: str = "") -> None:
        """Show a step's prompt, or why there is none."""
        if (preview, empty) == (self._preview, self._empty):
            return
        self._preview, self._empty = preview, empty
        self._write()

    def changeEvent(self, event: QEvent) -> None:
        """Other colours are written anew."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange:
            self._write()

    def _write(self) -> None:
        bar = self.verticalScrollBar()
        place = bar.value()
        self.clear()
        cursor = QTextCursor(self.document())
        cursor.beginEditBlock()  # else each of its parts is laid out by itself
        self._write_parts(cursor)
        cursor.endEditBlock()
        bar.setValue(place)

    def _write_parts(self, cursor: QTextCursor) -> None:
        preview = self._preview
        if preview is None:
            cursor.insertText(self._empty, self._muted())
            return
        if preview.system:
            cursor.insertText(tr("System") + "\n", self._muted())
            self._insert(cursor, preview, preview.system)
            cursor.insertText("\n\n", self._muted())
        for example in preview.examples:
            cursor.insertText(tr("Example of row {row}").format(row=example.row) + "\n", self._muted())
            cursor.insertText(example.prompt[:_MAX_SHOWN_CHARS], self._format(Piece(""), Origin.TEMPLATE))
            cursor.insertText("\n" + tr("Answer that it shows") + "\n", self._muted())
            cursor.insertText(example.text[:_MAX_SHOWN_CHARS] + "\n\n", self._format(Piece(""), Origin.TEMPLATE))
        if preview.system or preview.examples:
            cursor.insertText(tr("Prompt") + "\n", self._muted())
        self._insert(cursor, preview, preview.prompt)

    def _insert(self, cursor: QTextCursor, preview: StepPreview, pieces: tuple[Piece, ...]) -> None:
        for piece in pieces:
            text = piece.text
            if len(text) > _MAX_SHOWN_CHARS:
                cut = tr("… ({n} characters more)").format(n=f"{len(text) - _MAX_SHOWN_CHARS:,}")
                text = text[:_MAX_SHOWN_CHARS] + cut
            cursor.insertText(text, self._format(piece, origin_of(piece, preview)))

    def _format(self, piece: Piece, origin: Origin) -> QTextCharFormat:
        shown = QTextCharFormat()
        shown.setForeground(self.palette().text())
        if origin in _TINTS:
            shown.setBackground(_TINTS[origin])
            shown.setToolTip(tr(_TIPS[origin]).format(name=piece.name))
            shown.setFontItalic(origin in (Origin.FALLBACK, Origin.MISSING))
        return shown

    def _muted(self) -> QTextCharFormat:
        return muted_format(self.palette())


def muted_format(palette: QPalette) -> QTextCharFormat:
    """Return the format of what is said beside a text: its colour, paler, and still to be read on either ground."""
    shown, colour = QTextCharFormat(), palette.text().color()
    colour.setAlpha(_MUTED_ALPHA)
    shown.setForeground(colour)
    return shown


def origin_of(piece: Piece, preview: StepPreview) -> Origin:
    """Return where a part of a prompt comes from."""
    if not piece.name:
        return Origin.TEMPLATE
    if piece.name in preview.outputs:
        return Origin.MISSING if piece.name in preview.missing_names else Origin.OUTPUT
    return Origin.FALLBACK if piece.fallback else Origin.COLUMN
