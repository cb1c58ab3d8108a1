"""Paints the cells of the table: texts on as many lines as there is room for, hits of a search, the status as a pill.

Qt's own delegate takes ten times as long: it asks the model seven questions a cell, and lays each text out anew. A
table is painted several times a second while rows run, so it is kept how texts are cut and broken into lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QFontMetricsF, QPainter, QPalette, QTextLayout, QTextOption

from chaindesk.desktop.grid.cell_model import CellModel
from chaindesk.desktop.grid.columns import ColumnKind, TableColumn
from chaindesk.domain.manifest import Row

HIT = QColor("#FFE58A")
"""The colour behind a hit of a search."""
_HIT_TEXT = QColor("#1B1B1B")
_MARGIN_PX = 3
_BEFORE_HIT_CHARS = 16  # of a text whose hit lies further back than the cell shows
_MAX_PILL_PX = 26
_BESIDE_PILL_TEXT_PX, _IN_PILL_PX = 28, 20
_MAX_KEPT_TEXTS = 4000
_NARROW_CHAR = 0.4  # of a character's usual width: few texts are narrower
_MIDDLE = int(Qt.AlignmentFlag.AlignVCenter)


class CellPainter:
    """Paints cells of one table.

    Attributes:
        words: what a search looks for, casefolded; its hits are marked.
        measured: how many texts were cut and broken into lines so far.
    """

    def __init__(self, model: CellModel, font: QFont) -> None:
        self.words: Sequence[str] = ()
        self.measured = 0
        self._model = model
        self._kept: dict[tuple[str, int, int], list[str]] = {}
        self.use_font(font)

    def use_font(self, font: QFont) -> None:
        """Draw texts in this font from now on."""
        self.font = font
        self._metrics = QFontMetrics(font)
        self._line_px, self._ascent_px = self._metrics.height(), self._metrics.ascent()
        self._char_px = max(QFontMetricsF(font).averageCharWidth() * _NARROW_CHAR, 1.0)
        self._kept.clear()

    def paint(
        self,
        painter: QPainter,
        rect: QRect,
        row: Row,
        column: TableColumn,
        palette: QPalette,
        *,
        selected: bool,
        blank: bool = False,
    ) -> None:
        """Draw what a cell shows, above the background of its row; no output where it is left ``blank``."""
        back, colour = self._model.look(row, column)
        text = "" if blank and column.kind is ColumnKind.OUTPUT else self._model.cells.shown(row, column)
        if column.kind is ColumnKind.STATUS:
            self._paint_pill(painter, rect, text, back, colour)
            return
        if back is not None and not selected:
            painter.fillRect(rect, back)
        if not text:
            return
        marked = self._with_hit(text, row, column) if self.words else None
        lines = self._lines(marked or text, rect)
        if selected or colour is None:
            role = QPalette.ColorRole.HighlightedText if selected else QPalette.ColorRole.Text
            colour = palette.color(role)
        painter.setPen(colour)
        left = rect.left() + _MARGIN_PX
        top = rect.top() + (rect.height() - len(lines) * self._line_px) // 2
        for line in lines:
            painter.drawText(left, top + self._ascent_px, line)
            if marked is not None:
                self._mark(painter, line, left, top)
                painter.setPen(colour)
            top += self._line_px

    def _lines(self, text: str, rect: QRect) -> list[str]:
        """Return the lines of a text, as many as there is room for; what does not fit is cut in the last."""
        most = max(rect.height() // self._metrics.lineSpacing(), 1) if self._model.cells.lines > 1 else 1
        key = (text, rect.width() - 2 * _MARGIN_PX, most)
        lines = self._kept.get(key)
        if lines is None:
            self.measured += 1
            if len(self._kept) >= _MAX_KEPT_TEXTS:
                self._kept.clear()
            lines = self._kept[key] = list(self._broken(*key))
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
            if (elided := self._metrics.elidedText(cut, Qt.TextElideMode.ElideRight, width)) != cut:
                return elided
        return self._metrics.elidedText(text, Qt.TextElideMode.ElideRight, width)

    def _paint_pill(
        self, painter: QPainter, rect: QRect, text: str, background: QColor | None, colour: QColor | None
    ) -> None:
        """Draw the status: symbol and word on the status's colour."""
        key = (text, rect.width() - _BESIDE_PILL_TEXT_PX, 0)
        line = (self._kept.get(key) or self._kept.setdefault(key, [self._elided(*key[:2])]))[0]
        width = min(self._metrics.horizontalAdvance(line) + _IN_PILL_PX, rect.width() - 8)
        height = min(rect.height() - 8, _MAX_PILL_PX)
        pill = QRectF(rect.left() + 5, rect.center().y() - height / 2 + 0.5, width, height)
        if background is not None and colour is not None:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(background)
            painter.drawRoundedRect(pill, height / 2, height / 2)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
            painter.setPen(colour)
        painter.drawText(pill.adjusted(9, 0, -6, 0), _MIDDLE, line)

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
        advance = self._metrics.horizontalAdvance
        for first, last in _hits(line, self.words):
            start = left + advance(line[:first])
            box = QRectF(start - 1, top, advance(line[:last]) + left - start + 2, self._line_px)
            painter.fillRect(box, HIT)
            painter.setPen(_HIT_TEXT)
            painter.drawText(box.translated(1, 0), _MIDDLE, line[first:last])


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
