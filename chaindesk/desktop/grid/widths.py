"""How wide the columns of the table are before the user sizes them."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtGui import QFontMetrics

from chaindesk.desktop.grid.cell_model import CellModel
from chaindesk.desktop.grid.columns import ColumnKind
from chaindesk.desktop.ui import status_palette
from chaindesk.desktop.ui.status_text import status_text
from chaindesk.domain.row_state import RowState
from chaindesk.domain.status import Review, Status

_ROWS_SAMPLED = 60  # rows that a column's width is judged by
_AROUND_TEXT_PX, _AROUND_PILL_PX, _AROUND_LABEL_PX = 26, 36, 12
_WIDTHS: dict[ColumnKind, tuple[int, int]] = {
    ColumnKind.STATUS: (150, 170),
    ColumnKind.REVIEW: (92, 150),
    ColumnKind.INPUT: (64, 220),
    ColumnKind.OUTPUT: (190, 300),
}
_DIGITS = str.maketrans("123456789", "000000000")  # all times of day are one text, so that they are measured once


def usual_widths(model: CellModel, metrics: QFontMetrics) -> list[int]:
    """Return the width of each column by its header and the first rows, within bounds by kind."""
    sampled = [row for position in range(_ROWS_SAMPLED) if (row := model.row_at(position)) is not None]
    widths: list[int] = []
    for column in model.columns:
        least, most = _WIDTHS[column.kind]
        texts = {column.title + "    "}
        if column.kind is ColumnKind.INPUT:
            texts.update(model.cells.shown(row, column) for row in sampled)
        elif column.kind is ColumnKind.REVIEW:
            labels = [status_palette.review_label(review) for review in Review]
            least = max(least, max(map(metrics.horizontalAdvance, labels)) + _AROUND_LABEL_PX)
        widths.append(min(max(_widest(texts, metrics, most - _AROUND_TEXT_PX) + _AROUND_TEXT_PX, least), most))
    return widths


def _widest(texts: Iterable[str], metrics: QFontMetrics, most: int) -> int:
    """Return the width of the widest text; no more are measured once one is as wide as it may be."""
    widest = 0
    for text in sorted(texts, key=len, reverse=True):
        widest = max(widest, metrics.horizontalAdvance(text))
        if widest >= most:
            break
    return widest


class WaitingWidth:
    """Knows how wide the status column must be for what rows have waited for so far."""

    def __init__(self) -> None:
        self._widths: dict[str, int] = {}

    def needed(self, states: Iterable[RowState], metrics: QFontMetrics) -> int:
        """Return the width for all reasons so far and those of these rows."""
        for state in states:
            text = status_text(state, 1).translate(_DIGITS) if state.status is Status.WAITING else ""
            if text and text not in self._widths:
                self._widths[text] = metrics.horizontalAdvance(text) + _AROUND_PILL_PX
        return max(self._widths.values(), default=0)
