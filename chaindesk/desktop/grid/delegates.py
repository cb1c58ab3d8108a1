"""Paints the cells of the table: wrapped texts with the hits of a search, and the status as a pill."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPalette, QTextLayout, QTextOption
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from chaindesk.desktop.grid.cell_model import WHOLE_ROLE

_MARGIN_PX = 5
_BEFORE_HIT_CHARS = 16  # of a text whose hit lies further back than the cell shows
_MAX_PILL_PX = 26
Index = QModelIndex | QPersistentModelIndex


class HitDelegate(QStyledItemDelegate):
    """Text cells while a search is on. At other times Qt's own delegate paints them: it takes a third of the time.

    Attributes:
        words: what the search looks for, casefolded; its hits are marked.
        hit: the colour behind a hit.
    """

    words: Sequence[str] = ()
    hit = QColor("#FFE58A")
    hit_text = QColor("#1B1B1B")

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw the cell."""
        self.initStyleOption(option, index)
        text = self._with_hit(option.text, index) if option.text else None
        if text is not None:
            option.text = ""
        option.widget.style().drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, option.widget)
        if text is not None:
            self._draw_marked(painter, option, text)

    def _with_hit(self, shown: str, index: Index) -> str | None:
        """The text to draw with marks; None where the cell has no hit."""
        if _has_any(shown, self.words):
            return shown
        whole = str(index.data(WHOLE_ROLE) or "")
        folded = whole.casefold()
        places = [place for word in self.words if (place := folded.find(word)) >= 0]
        if not places:
            return None
        start = max(min(places) - _BEFORE_HIT_CHARS, 0)
        return "…" + " ".join(whole[start : start + len(shown) + _BEFORE_HIT_CHARS].split())

    def _draw_marked(self, painter: QPainter, option: QStyleOptionViewItem, text: str) -> None:
        rect: QRect = option.rect.adjusted(_MARGIN_PX - 2, 0, -_MARGIN_PX + 2, 0)
        metrics: QFontMetrics = option.fontMetrics
        wraps = bool(option.features & QStyleOptionViewItem.ViewItemFeature.WrapText)
        most = max(rect.height() // metrics.lineSpacing(), 1) if wraps else 1
        lines = list(_lines(text, option, rect.width(), most))
        top = rect.top() + (rect.height() - len(lines) * metrics.lineSpacing()) / 2
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        role = QPalette.ColorRole.HighlightedText if selected else QPalette.ColorRole.Text
        painter.save()
        painter.setClipRect(rect)
        painter.setFont(option.font)
        for number, line in enumerate(lines):
            box = QRectF(rect.left(), top + number * metrics.lineSpacing(), rect.width(), metrics.lineSpacing())
            painter.setPen(option.palette.color(role))
            painter.drawText(box, int(Qt.AlignmentFlag.AlignVCenter), line)
            for first, last in _hits(line, self.words):
                left = rect.left() + metrics.horizontalAdvance(line[:first])
                width = metrics.horizontalAdvance(line[:last]) + rect.left() - left
                mark = QRectF(left - 1, box.top(), width + 2, box.height())
                painter.fillRect(mark, self.hit)
                painter.setPen(self.hit_text)
                painter.drawText(
                    QRectF(left, box.top(), width + 2, box.height()),
                    int(Qt.AlignmentFlag.AlignVCenter),
                    line[first:last],
                )
        painter.restore()


class StatusDelegate(QStyledItemDelegate):
    """The status as a pill: symbol and word on the status's colour."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw the row's background, then the pill."""
        self.initStyleOption(option, index)
        background, colour = index.data(8), index.data(9)
        rect: QRect = option.rect
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, option.palette.highlight())
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        text = option.fontMetrics.elidedText(str(index.data(0) or ""), Qt.TextElideMode.ElideRight, rect.width() - 28)
        width = min(option.fontMetrics.horizontalAdvance(text) + 20, rect.width() - 8)
        height = min(rect.height() - 8, _MAX_PILL_PX)
        pill = QRectF(rect.left() + 5, rect.center().y() - height / 2 + 0.5, width, height)
        if isinstance(background, QColor) and isinstance(colour, QColor):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(background)
            painter.drawRoundedRect(pill, pill.height() / 2, pill.height() / 2)
            painter.setPen(colour)
        painter.drawText(pill.adjusted(9, 0, -6, 0), int(Qt.AlignmentFlag.AlignVCenter), text)
        painter.restore()
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.save()
            painter.setPen(option.palette.color(QPalette.ColorRole.Highlight).darker(140))
            painter.drawRect(rect.adjusted(0, 0, -1, -1))
            painter.restore()


def _has_any(text: str, words: Iterable[str]) -> bool:
    folded = text.casefold()
    return any(word in folded for word in words)


def _hits(line: str, words: Iterable[str]) -> list[tuple[int, int]]:
    """Where the words stand in a line."""
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


def _lines(text: str, option: QStyleOptionViewItem, width: int, most: int) -> Iterator[str]:
    """The lines of a text, as many as there is room for; what does not fit is cut in the last."""
    if most == 1:
        yield option.fontMetrics.elidedText(text, Qt.TextElideMode.ElideRight, width)
        return
    layout = QTextLayout(text, option.font)
    layout.setTextOption(QTextOption())
    layout.beginLayout()
    made = 0
    while (line := layout.createLine()).isValid():
        line.setLineWidth(width)
        line.setPosition(QPointF(0, 0))
        made += 1
        start = line.textStart()
        if made == most:
            yield option.fontMetrics.elidedText(text[start:], Qt.TextElideMode.ElideRight, width)
            break
        yield text[start : start + line.textLength()]
    layout.endLayout()
