"""The cells of our columns for each row, as the journal has them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from chaindesk.domain.chains.answer_fields import AnswerField, FieldValue, field_text
from chaindesk.domain.chains.chain import CHECKS_HEADER, ERROR_HEADER, STATUS_HEADER, Chain, ExtraColumn, Step
from chaindesk.domain.completion import Finish
from chaindesk.domain.manifest import Row
from chaindesk.domain.records import Answer
from chaindesk.domain.row_places import RowPlaces
from chaindesk.domain.status import STATUS_STYLES, Review, Status
from chaindesk.engine.answers.answer_reader import AnswerReader
from chaindesk.engine.answers.rows.row_answers import RowAnswers
from chaindesk.engine.exports.source import ExportSource
from chaindesk.engine.prompting.field_values import cell_value
from chaindesk.engine.prompting.structured_output import shown_fields
from chaindesk.formatting import count

if TYPE_CHECKING:
    from chaindesk.workbook import CellValue

_ROWS_AHEAD = 200
_KEPT_TEXT = "kept although its inputs changed"


def output_headers(chain: Chain) -> list[str]:
    """Return the headers of all columns that an export of this chain can write."""
    outputs = [header for step in chain.steps for header in step.columns]
    checks = [CHECKS_HEADER] if any(step.checks for step in chain.steps) else []
    return [*outputs, STATUS_HEADER, ERROR_HEADER, *checks, *(extra.value for extra in chain.columns)]


class ExportCells(Mapping[int, "Sequence[CellValue]"]):
    """The cells of each row, made when they are asked for: no more than some rows' texts are held at a time.

    Attributes:
        headers: of the columns, in the order of the cells.
    """

    def __init__(
        self, source: ExportSource, headers: Sequence[str] | None = None, rows: frozenset[int] | None = None
    ) -> None:
        """Give the cells of these columns, or all; rows beside ``rows`` keep what their cells say."""
        from chaindesk.workbook import Filled

        every = output_headers(source.chain)
        self._shown = {
            status: Filled(status.value, style.light, style.light_text) for status, style in STATUS_STYLES.items()
        }
        self.headers = list(every if headers is None else headers)
        self._places = [every.index(header) for header in self.headers]
        self._source = source
        self._ledger = source.ledger
        self._rows = source.manifest.rows
        self._places_of_rows = RowPlaces(self._rows)
        self._reader = AnswerReader(source.journal)
        self._ahead: frozenset[int] = frozenset()
        self._chosen = rows
        self._checked = any(step.checks for step in source.chain.steps)
        quality, wanted = source.quality, set(source.chain.columns)
        self._doubts = quality.doubts().rows if quality is not None and ExtraColumn.DOUBT in wanted else {}
        self._findings = quality.findings() if quality is not None and ExtraColumn.AUDIT in wanted else {}
        self._continues = any(column.ours for column in source.manifest.columns)

    def __getitem__(self, number: int) -> Sequence[CellValue]:
        row, entry = self._rows[self._places_of_rows[number]], self._ledger.entries[number]
        left_out = self._chosen is not None and number not in self._chosen
        if left_out or (self._continues and not entry.known):
            return [None] * len(self.headers)  # what the sheet says of it is all that anybody knows
        if number not in self._ahead:
            self._read_ahead(number)
        cells = self._cells(row, entry)
        return [cells[place] for place in self._places]

    def _read_ahead(self, number: int) -> None:
        """Read the answers of this row and of those behind it: cells are asked for in the sheet's order."""
        first = self._places_of_rows[number]
        self._ahead = frozenset([row.number for row in self._rows[first : first + _ROWS_AHEAD]])
        self._reader.read_ahead(one for row in self._ahead for one in self._ledger.entries[row].answers)

    def __contains__(self, number: object) -> bool:
        return number in self._places_of_rows  # a mapping's own would make the cells of the row

    def __iter__(self) -> Iterator[int]:
        return iter(self._places_of_rows)

    def __len__(self) -> int:
        return len(self._rows)

    def _cells(self, row: Row, entry: RowAnswers) -> list[CellValue]:
        status = entry.shown_status(self._ledger.steps)
        answers = [self._reader.answer(number) for number in entry.answers]
        cells: list[CellValue] = []
        for step, answer in zip(self._source.chain.steps, answers, strict=True):
            cells += _outputs(step, answer)
        cells.append(self._shown[status])
        cells.append(self._error(status, entry, answers))
        if self._checked:
            cells.append("; ".join(entry.flags))
        if not self._source.chain.columns:
            return cells
        given = [answer for answer in answers if answer is not None]
        for column in self._source.chain.columns:
            match column:
                case ExtraColumn.DOUBT:
                    cells.append(self._doubts[row.number].words if row.number in self._doubts else "")
                case ExtraColumn.AUDIT:
                    cells.append(self._findings.get(row.number, ""))
                case _:
                    cells.append(_extra(column, given, entry))
        return cells

    def _error(self, status: Status, entry: RowAnswers, answers: Sequence[Answer | None]) -> str:
        if status is Status.FAILED and entry.failure is not None:
            failure = entry.failure
            calls = count(failure.attempts, "attempt")
            return f"{failure.step}: {failure.kind.value}: {failure.message} ({calls})"
        if status is Status.SKIPPED:
            return entry.skipped
        said = [f"{answer.step}: {words}" for answer in answers if answer is not None and (words := _remark(answer))]
        said += [
            f"{answer.step}: {'edited by hand, ' if answer.by_hand else ''}{_KEPT_TEXT}"
            for index in sorted(entry.manual_outdated)
            if (answer := answers[index]) is not None
        ]
        if self._ledger.entries.reviews and entry.review is Review.REJECTED and entry.reason:
            said.append(f"rejected: {entry.reason}")
        if entry.stale:
            said.append("has answers to what has changed since: run again")
        return "; ".join(said)


def _remark(answer: Answer) -> str:
    if answer.by_hand:
        return ""
    if answer.finish is Finish.LENGTH:
        return "cut at the output limit"
    return "" if answer.text.strip() else "the answer is empty"


def _outputs(step: Step, answer: Answer | None) -> list[CellValue]:
    """A cell for the step, or one for each field. Without an answer the cells stay as they are: an earlier export, or
    one from another machine, may have something there."""
    if answer is None:
        return [None] * len(step.columns)
    if not step.fields:
        return [answer.shown_text]
    fields = shown_fields(step, answer)
    return [_field(fields.get(name), field) for name, field in step.fields.items()]


def _field(value: FieldValue, field: AnswerField) -> CellValue:
    """A field in its own type; an integer that a sheet would round stays text."""
    if value is None:
        return ""
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 10**15:
        return field_text(value)
    return cell_value(value, field)


def _extra(column: ExtraColumn, answers: Sequence[Answer], entry: RowAnswers) -> CellValue:
    match column:
        case ExtraColumn.REVIEW:
            return entry.review.value
        case ExtraColumn.REVIEW_REASON:
            return entry.reason
        case ExtraColumn.MODEL:
            return ", ".join(dict.fromkeys(answer.model for answer in answers if answer.model))
        case ExtraColumn.TOKENS:
            counted = [answer.usage.total for answer in answers if answer.usage is not None]
            return sum(counted) if counted else ""
        case ExtraColumn.COST:
            costs = [answer.cost for answer in answers if answer.cost is not None]
            return sum(costs) if costs else ""
        case ExtraColumn.SECONDS:
            return round(sum(answer.seconds for answer in answers), 3) if answers else ""
        case ExtraColumn.ATTEMPTS:
            return sum(answer.attempts for answer in answers) if answers else ""
        case ExtraColumn.FINISHED_AT:
            return _local(max(answer.finished_at for answer in answers)) if answers else ""
        case _:
            return ""  # of no single row's answers


def _local(moment: datetime) -> datetime:
    """The time on the user's own clock, as sheets know no time zones."""
    return moment.astimezone().replace(tzinfo=None, microsecond=0)
