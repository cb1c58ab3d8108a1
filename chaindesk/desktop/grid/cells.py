"""What the cells of the table hold: what is shown, the whole text, and by what a cell is sorted and filtered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from chaindesk.desktop.grid.column_filter import ColumnFilter
from chaindesk.desktop.grid.columns import ColumnKind, TableColumn
from chaindesk.desktop.grid.previews import Previews, one_line
from chaindesk.desktop.grid.sort_filter import CellCheck, SortKey, status_key, text_key
from chaindesk.desktop.ui import status_palette
from chaindesk.desktop.ui.engine_words import failure_text, kind_text
from chaindesk.desktop.ui.status_text import marks_text, status_text, waiting_reason
from chaindesk.desktop.ui.tool_tips import html_text
from chaindesk.desktop.ui.translation import tr
from chaindesk.domain.manifest import Row
from chaindesk.domain.row_state import RowState
from chaindesk.domain.status import Review, Status
from chaindesk.engine.run.progress.snapshot import Snapshot

MAX_LINE_CHARS = 120
_MAX_TIP_CHARS = 1500
_MIN_TIP_CHARS = 24  # shorter texts are never cut
_PENDING = RowState()


@dataclass(frozen=True, slots=True)
class RowQuality:
    """What the rows' answers are worth, by sheet number.

    Attributes:
        tips: why doubtful rows should be read, a line for each reason.
        scores: how much rows are to be doubted; no entry where nothing speaks against one.
        places: the places of the newest audit's rows in the order drawn.
    """

    tips: Mapping[int, str] = field(default_factory=dict)
    scores: Mapping[int, float] = field(default_factory=dict)
    places: Mapping[int, int] = field(default_factory=dict)


class Cells:
    """Gives the texts of cells.

    Attributes:
        snapshot: how the rows stand.
        previews: the beginnings of the rows' outputs.
        lines: lines of text that a cell has room for.
        quality: what the rows' answers are worth.
    """

    def __init__(self, snapshot: Snapshot, previews: Previews, lines: int = 1) -> None:
        self.snapshot, self.previews, self.lines = snapshot, previews, lines
        self.quality = RowQuality()
        previews.limit = lines * MAX_LINE_CHARS

    def state(self, row: Row) -> RowState:
        """Return how a row stands."""
        return self.snapshot.rows.get(row.number, _PENDING)

    def shown(self, row: Row, column: TableColumn, *, read: bool = True) -> str:
        """Return the text that a cell shows: the beginning of a long one.

        Without ``read`` nothing is read from the journal: an output is the one that was read last.
        """
        match column.kind:
            case ColumnKind.INPUT:
                return one_line(row.values[column.name], self.lines * MAX_LINE_CHARS)
            case ColumnKind.OUTPUT:
                texts = self.previews.of if read else self.previews.last
                text = texts(row)[column.place] if self.has_outputs(row) else ""
                if not text and self.failed_here(row, column):
                    failure = self.state(row).failure
                    return (
                        one_line(f"✕ {failure_text(failure.message)}", self.lines * MAX_LINE_CHARS) if failure else ""
                    )
                return text
            case ColumnKind.REVIEW:
                label = status_palette.review_label(self.state(row).review)
                return label or (tr("Doubtful") if row.number in self.quality.tips else "")
            case _:
                return status_text(self.state(row), len(self.snapshot.steps))

    def whole(self, row: Row, column: TableColumn) -> str:
        """Return the text of a cell, uncut."""
        match column.kind:
            case ColumnKind.INPUT:
                return row.values[column.name]
            case ColumnKind.OUTPUT:
                return self.previews.whole(row)[column.place]
            case _:
                return self.shown(row, column)

    def tip(self, row: Row, column: TableColumn) -> str | None:
        """Return the tool tip of a cell: why it failed or waits, else its text where it may be cut."""
        state = self.state(row)
        if state.failure is not None and column.kind in (ColumnKind.STATUS, ColumnKind.OUTPUT):
            failure = state.failure
            return html_text(
                tr("{step}: {message} ({value}, {attempts} calls)").format(
                    step=failure.step,
                    message=failure_text(failure.message),
                    value=kind_text(failure.kind.value),
                    attempts=failure.attempts,
                )
            )
        if column.kind is ColumnKind.STATUS:
            why = waiting_reason(state) if state.status is Status.WAITING else ""
            return html_text("\n".join(filter(None, (why, marks_text(state))))) or None
        if column.kind is ColumnKind.REVIEW:
            return html_text(self.quality.tips.get(row.number, "")) or None
        text = self.whole(row, column)
        if len(text) < _MIN_TIP_CHARS and "\n" not in text:
            return None
        if len(text) > _MAX_TIP_CHARS:
            text = tr("{beginning}… (Space shows all of it)").format(beginning=text[:_MAX_TIP_CHARS])
        return html_text(text)

    def failed_here(self, row: Row, column: TableColumn) -> bool:
        """Return whether the step of an output column failed."""
        state = self.state(row)
        return state.status is Status.FAILED and state.failure is not None and state.failure.step == column.name

    def has_outputs(self, row: Row) -> bool:
        """Return whether a row may have outputs."""
        state = self.snapshot.rows.get(row.number)
        return state is not None and (state.status is not Status.PENDING or state.step_index > 0 or state.stale)

    def at_hand(self, row: Row) -> bool:
        """Return whether all that is shown of a row is known, without reading the journal."""
        return not self.has_outputs(row) or self.previews.has(row)

    def rows_with_outputs(self) -> int:
        """Return how many rows may have outputs."""
        pending, states = Status.PENDING, self.snapshot.rows.values()
        return sum(1 for state in states if state.status is not pending or state.step_index or state.stale)

    def search_text(self, row: Row) -> str:
        """Return all outputs of a row at full length, casefolded."""
        return self.previews.whole_text(row) if self.has_outputs(row) else ""

    def filter_value(self, row: Row, column: TableColumn) -> str:
        """Return by what a cell is filtered: its whole text, or how the row stands in a few words."""
        match column.kind:
            case ColumnKind.STATUS:
                return _standing(self.state(row))
            case ColumnKind.REVIEW:
                state = self.state(row)
                if state.review is Review.UNREVIEWED:
                    if row.number in self.quality.tips:
                        return tr("Doubtful")
                    return tr("Not reviewed") if state.status is Status.DONE else ""
                return tr(state.review.value.capitalize())
            case ColumnKind.OUTPUT if not self.has_outputs(row):
                return ""
            case _:
                return self.whole(row, column)

    def check(self, column: TableColumn, wanted: ColumnFilter) -> CellCheck:
        """Return what tells whether a row passes the filter of a column."""
        lets_through = wanted.lets_through
        if column.kind is ColumnKind.INPUT:
            name = column.name
            return lambda row: lets_through(row.values[name])
        return lambda row: lets_through(self.filter_value(row, column))

    def sort_key(self, column: TableColumn) -> Callable[[Row], SortKey]:
        """Return what gives the sort key of a row for a column."""
        if column.kind is ColumnKind.STATUS:
            return lambda row: status_key(self.snapshot.rows.get(row.number))
        if column.kind is ColumnKind.INPUT:
            name = column.name
            return lambda row: text_key(row.values[name])
        return lambda row: text_key(self.filter_value(row, column))


def _standing(state: RowState) -> str:
    """How a row stands, in words that many rows share: with the kind of failure, and what it waits for."""
    word = tr(status_palette.word(state.status))
    if state.status is Status.FAILED and state.failure is not None:
        return tr("{status}: {kind}").format(status=word, kind=kind_text(state.failure.kind.value))
    marks = [
        mark
        for mark, there in (
            *((tr("stale"), state.stale), (tr("kept"), state.kept), (tr("cut"), state.cut)),
            (tr("flagged"), bool(state.flags)),
        )
        if there
    ]
    return f"{word}, {', '.join(marks)}" if marks else word
