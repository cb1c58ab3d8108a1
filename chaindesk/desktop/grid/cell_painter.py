"""Paints the cells of the table: texts on as many lines as there is room for, hits of a search, the status as a pill.

Qt's own delegate takes ten times as long: it asks the model seven questions a cell, and lays each text out anew. A
table is painted several times a second while rows run, so it is kept how texts are cut and broken into lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QFontMetricsF,
    QPainter,
    QPalette,
    QPixmap,
    QTextLayout,
    QTextOption,
)

from chaindesk.desktop.grid.cell_model import CellModel
from chaindesk.desktop.grid.columns import ColumnKind, TableColumn
from chaindesk.desktop.ui.theme import SEARCH_HIT, SEARCH_HIT_TEXT
from chaindesk.domain.manifest import Row

_MARGIN_PX = 3
_BEFORE_HIT_CHARS = 16  # of a text whose hit lies further back than the cell shows
_MAX_PILL_PX = 26
_BESIDE_PILL_TEXT_PX, _IN_PILL_PX = 28, 20
_MAX_KEPT_TEXTS = 4000
_MAX_KEPT_PILLS = 200
_NARROW_CHAR = 0.4  # of a character's usual width: few texts are narrower
# Members of Qt's enums, looked up once: each look costs as much as a coordinate.
_MIDDLE = int(Qt.AlignmentFlag.AlignVCenter)
_AT_THE_END = Qt.TextElideMode.ElideRight
_SMOOTH = QPainter.RenderHint.Antialiasing
_NO_PEN = Qt.PenStyle.NoPen
_TEXT, _SELECTED_TEXT = QPalette.ColorRole.Text, QPalette.ColorRole.HighlightedText


@dataclass(frozen=True, slots=True)
class PlacedColumn:
    """A column with the place where it is painted."""

    column: TableColumn
    left: int
    width: int


class CellPainter:
    """Paints rows of one table.

    Attributes:
        words: what a search looks for, casefolded; its hits are marked.
        measured: how many texts were cut and broken into lines so far.
    """

    def __init__(self, model: CellModel, font: QFont) -> None:
        self.words: Sequence[str] = ()
        self.measured = 0
        self._model = model
        self._kept: dict[tuple[str, int, int], list[str]] = {}
        self._pills: dict[tuple[str, int, int, int, int, float], QPixmap] = {}
        self.use_font(font)
        self.use_colours(QPalette())

    def use_font(self, font: QFont) -> None:
        """Draw texts in this font from now on."""
        self.font = font
        self._metrics = QFontMetrics(font)
        self._line_px, self._ascent_px = self._metrics.height(), self._metrics.ascent()
        self._line_spacing_px = self._metrics.lineSpacing()
        self._char_px = max(QFontMetricsF(font).averageCharWidth() * _NARROW_CHAR, 1.0)
        self._kept.clear()
        self._pills.clear()

    def use_colours(self, palette: QPalette) -> None:
        """Draw in these colours from now on."""
        self._text, self._selected_text = palette.color(_TEXT), palette.color(_SELECTED_TEXT)
        self._backs = palette.color(QPalette.ColorRole.Base), palette.color(QPalette.ColorRole.AlternateBase)
        self._selected_back = palette.color(QPalette.ColorRole.Highlight)

    def paint_row(
        self,
        painter: QPainter,
        position: int,
        columns: Sequence[PlacedColumn],
        area: QRect,
        *,
        selected: bool,
        read: bool = True,
    ) -> None:
        """Draw these cells of a row.

        Args:
            painter: draws.
            position: which row of the table it is.
            columns: where its cells lie.
            area: the row, and what of it is painted.
            selected: whether it looks selected.
            read: read its outputs, where they are not known.
        """
        row = self._model.row_at(position)
        if row is None:
            return
        top, height = area.top(), area.height()
        painter.fillRect(area, self._selected_back if selected else self._backs[position & 1])
        look, shown = self._model.look, self._model.cells.shown
        for placed in columns:
            column = placed.column
            back, colour = look(row, column)
            text = shown(row, column, read=read)
            if column.kind is ColumnKind.STATUS:
                self._paint_pill(painter, QRect(placed.left, top, placed.width, height), text, back, colour)
                continue
            if back is not None and not selected:
                painter.fillRect(placed.left, top, placed.width, height, back)
            if text:
                marked = self._with_hit(text, row, column) if self.words else None
                painter.setPen(self._selected_text if selected else colour or self._text)
                self._paint_text(painter, marked or text, placed, top, height, marked=marked is not None)

    def _paint_text(
        self, painter: QPainter, text: str, placed: PlacedColumn, top: int, height: int, *, marked: bool
    ) -> None:
        most = max(height // self._line_spacing_px, 1) if self._model.cells.lines > 1 else 1
        lines = self._lines(text, placed.width - 2 * _MARGIN_PX, most)
        left = placed.left + _MARGIN_PX
        top += (height - len(lines) * self._line_px) // 2
        for line in lines:
            painter.drawText(left, top + self._ascent_px, line)
            if marked:
                self._mark(painter, line, left, top)
            top += self._line_px

    def _lines(self, text: str, width: int, most: int) -> list[str]:
        """Return the lines of a text, at the most so many; what does not fit is cut in the last."""
        key = (text, width, most)
        lines = self._kept.get(key)
        if lines is None:
            self.measured += 1
            if len(self._kept) >= _MAX_KEPT_TEXTS:
                self._kept.clear()
            lines = self._kept[key] = list(self._broken(text, width, most))
        return lines

    def _broken(self, text: str, width: int, most: int) -> Iterator[str]:
        if most == 1:
            yield self._elided(text, width)
            return
        layout = QTextLayout(text, self.font)
        layout.setTextOption(QTextOption())
        layout.beginLayout()
        made = 0
        while (line := layout.createLine()).isValid():
            line.setLineWidth(width)
            line.setPosition(QPointF(0, 0))
            made += 1
            start = line.textStart()
            if made == most:
                yield self._elided(text[start:], width)
                break
            yield text[start : start + line.textLength()]
        layout.endLayout()

    def _elided(self, text: str, width: int) -> str:
        """Return as much of a text as there is room for; of a long one only its beginning is measured."""
        likely = int(width / self._char_px) + 2
        if len(text) > likely:
            cut = text[:likely]
            if (elided := self._metrics.elidedText(cut, _AT_THE_END, width)) != cut:
                return elided
        return self._metrics.elidedText(text, _AT_THE_END, width)

    def _paint_pill(
        self, painter: QPainter, cell: QRect, text: str, background: QColor | None, colour: QColor | None
    ) -> None:
        """Draw the status: symbol and word on the status's colour."""
        line = self._lines(text, cell.width() - _BESIDE_PILL_TEXT_PX, 1)[0]
        width = min(self._metrics.horizontalAdvance(line) + _IN_PILL_PX, cell.width() - 8)
        height = min(cell.height() - 8, _MAX_PILL_PX)
        left, top = cell.left() + 5, cell.top() + (cell.height() - height) // 2
        if background is None or colour is None:
            painter.drawText(left + 9, top + (height - self._line_px) // 2 + self._ascent_px, line)
            return
        scale = painter.device().devicePixelRatioF()
        key = (line, width, height, background.rgba(), colour.rgba(), scale)
        pill = self._pills.get(key)
        if pill is None:
            if len(self._pills) >= _MAX_KEPT_PILLS:
                self._pills.clear()
            pill = self._pills[key] = self._pill(line, QSize(width, height), background, colour, scale)
        painter.drawPixmap(left, top, pill)

    def _pill(self, line: str, size: QSize, background: QColor, colour: QColor, scale: float) -> QPixmap:
        """Return the picture of a status; there are few of them, and each is painted for many rows."""
        picture = QPixmap(size * scale)
        picture.setDevicePixelRatio(scale)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        painter.setFont(self.font)
        painter.setRenderHint(_SMOOTH)
        painter.setPen(_NO_PEN)
        painter.setBrush(background)
        height = size.height()
        painter.drawRoundedRect(QRectF(0, 0, size.width(), height), height / 2, height / 2)
        painter.setPen(colour)
        painter.drawText(9, (height - self._line_px) // 2 + self._ascent_px, line)
        painter.end()
        return picture

    # --- the hits of a search ----------------------------------------------------------------------------------

    def _with_hit(self, shown: str, row: Row, column: TableColumn) -> str | None:
        """Return the text to draw with marks; None where the cell has no hit."""
        if _has_any(shown, self.words):
            return shown
        whole = self._model.cells.whole(row, column)
        folded = whole.casefold()
        places = [place for word in self.words if (place := folded.find(word)) >= 0]
        if not places:
            return None
        start = max(min(places) - _BEFORE_HIT_CHARS, 0)
        return "…" + " ".join(whole[start : start + len(shown) + _BEFORE_HIT_CHARS].split())

    def _mark(self, painter: QPainter, line: str, left: int, top: int) -> None:
        pen = painter.pen()
        advance = self._metrics.horizontalAdvance
        for first, last in _hits(line, self.words):
            start = left + advance(line[:first])
            box = QRectF(start - 1, top, advance(line[:last]) + left - start + 2, self._line_px)
            painter.fillRect(box, SEARCH_HIT)
            painter.setPen(SEARCH_HIT_TEXT)
            painter.drawText(box.translated(1, 0), _MIDDLE, line[first:last])
        painter.setPen(pen)


def _has_any(text: str, words: Iterable[str]) -> bool:
    folded = text.casefold()
    return any(word in folded for word in words)


def _hits(line: str, words: Iterable[str]) -> list[tuple[int, int]]:
    """Return where the words stand in a line."""
    folded = line.casefold()
    if len(folded) != len(line):  # such as of ß: the places would not fit
        folded = line.lower()
    found: list[tuple[int, int]] = []
    for word in words:
        at = folded.find(word)
        while at >= 0:
            found.append((at, at + len(word)))
            at = folded.find(word, at + len(word))
    return sorted(found)
