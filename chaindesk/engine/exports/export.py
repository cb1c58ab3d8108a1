"""What of the journal goes into the workbook: the columns in their order, and for each row its cells."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from chaindesk.domain.chain import ERROR_HEADER, STATUS_HEADER, Chain, ExtraColumn, Step
from chaindesk.domain.completion import Finish
from chaindesk.domain.manifest import Manifest, Row
from chaindesk.domain.records import Answer
from chaindesk.domain.status import STATUS_STYLES, Review, Status
from chaindesk.engine.answers.ledger import AnswerLedger
from chaindesk.engine.prompting.structured_output import Scalar, field_text, shown_fields
from chaindesk.formatting import count
from chaindesk.journal.protocol import Journal
from chaindesk.logging_setup import KNOWN

if TYPE_CHECKING:
    from chaindesk.workbook import CellValue

_STATUS_WIDTH = 12.0
_log = logging.getLogger(__name__)
_KEPT_TEXT = "edited by hand, kept although its inputs changed"


@dataclass(frozen=True, slots=True)
class ExportSource:
    """What an export writes, and where it has it from.

    Attributes:
        manifest: the sheet as the file has it now.
        chain: the chain whose outputs are written.
        ledger: the answers and states of the rows.
        journal: where the answers are stored; it records the path of the export.
        workbook_id: the journal's number of the workbook and sheet.
        password: of an encrypted workbook.
    """

    manifest: Manifest
    chain: Chain
    ledger: AnswerLedger
    journal: Journal
    workbook_id: int
    password: str | None = None


@dataclass(frozen=True, slots=True)
class ExportReport:
    """Where a completed workbook was saved, what was noticed on the way, and the sheet column of each header."""

    path: Path
    notices: tuple[str, ...]
    columns: Mapping[str, int]


async def export(source: ExportSource, target: Path | None, *, overwrite_source: bool) -> ExportReport:
    """Save a copy of a workbook with its outputs, and let the journal recognise the copy."""
    from chaindesk.workbook import export_name

    workbook = source.manifest.path
    if target is None:
        target = export_name(workbook)
        overwrite_source = overwrite_source or _same(target, workbook)  # it is a completed copy already: ours
    report = await asyncio.to_thread(_write, source, target, overwrite_source=overwrite_source)
    await source.journal.add_path(source.workbook_id, report.path)
    _log.info("Exported %s", report.path.name, extra=KNOWN)
    return report


def past_name(workbook: Path, run_id: int) -> Path:
    """Where the export of a past run goes by default: ``NAME.run-N.xlsx`` beside the workbook."""
    from chaindesk.workbook import export_name

    return workbook.with_name(f"{workbook.stem.removesuffix('.completed')}.run-{run_id}{export_name(workbook).suffix}")


def _write(source: ExportSource, target: Path, *, overwrite_source: bool) -> ExportReport:
    from chaindesk.workbook import ColumnWrite, continued_columns, write_columns

    manifest = source.manifest
    headers = _headers(source.chain)
    untouched = source.journal.is_own_export(target)  # else somebody may have worked on it since
    columns = ColumnWrite(
        manifest.sheet,
        manifest.header_row,
        headers,
        _Cells(source),
        into=continued_columns(manifest, headers),
        widths={STATUS_HEADER: _STATUS_WIDTH},
        source=manifest.source,
    )
    written = write_columns(
        manifest.path,
        target,
        columns,
        overwrite_source=overwrite_source,
        keep_target=not untouched,
        password=source.password,
    )
    notices = [notice.message for notice in written.notices]
    if written.backup is not None:
        notices.append(f'What "{target.name}" was before is kept as "{written.backup.name}".')
    return ExportReport(written.path, tuple(dict.fromkeys(notices)), dict(written.columns))


def _headers(chain: Chain) -> list[str]:
    outputs = [header for step in chain.steps for header in step.columns]
    return [*outputs, STATUS_HEADER, ERROR_HEADER, *(extra.value for extra in chain.columns)]


def check_export(manifest: Manifest, chain: Chain, password: str | None) -> None:
    """Find out, before anything is paid for, whether the outputs of a chain could be written beside a sheet's rows.

    The workbook is gone through once: call it in a thread. A manifest that was made without a file has no export.

    Raises:
        InputError: they could not; the message says why, and what to do.
    """
    from chaindesk.workbook import check_export as check

    if manifest.reading is not None and manifest.path.exists():
        check(manifest, _headers(chain), password=password)


class _Cells(Mapping[int, "Sequence[CellValue]"]):
    """The cells of each row, made when they are asked for: no more than one row's texts are held at a time."""

    def __init__(self, source: ExportSource) -> None:
        self._source = source
        self._ledger = source.ledger
        self._rows: dict[int, Row] = {row.number: row for row in source.manifest.rows}
        self._continues = any(column.ours for column in source.manifest.columns)
        self._width = len(_headers(source.chain))

    def __getitem__(self, number: int) -> Sequence[CellValue]:
        return self._cells(self._rows[number])

    def __iter__(self) -> Iterator[int]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    def _cells(self, row: Row) -> list[CellValue]:
        from chaindesk.workbook import Filled

        entry, state = self._ledger.entries[row.number], self._ledger.state(row.number)
        if self._continues and not entry.known:
            return [None] * self._width  # what the sheet says of it is all that anybody knows
        answers = [self._source.journal.answer(number) if number else None for number in entry.answers]
        cells: list[CellValue] = []
        for step, answer in zip(self._source.chain.steps, answers, strict=True):
            cells += _outputs(step, answer)
        style = STATUS_STYLES[state.status]
        cells.append(Filled(state.status.value, style.light, style.light_text))
        cells.append(self._error(state.status, row, answers))
        given = [answer for answer in answers if answer is not None]
        return cells + [_extra(column, given, entry.review) for column in self._source.chain.columns]

    def _error(self, status: Status, row: Row, answers: Sequence[Answer | None]) -> str:
        entry = self._ledger.entries[row.number]
        if status is Status.FAILED and entry.failure is not None:
            failure = entry.failure
            calls = count(failure.attempts, "attempt")
            return f"{failure.step}: {failure.kind.value}: {failure.message} ({calls})"
        if status is Status.SKIPPED:
            return entry.skipped
        said = [f"{answer.step}: {words}" for answer in answers if answer is not None and (words := _remark(answer))]
        said += [
            f"{answer.step}: {_KEPT_TEXT}"
            for index in sorted(entry.manual_outdated)
            if (answer := answers[index]) is not None
        ]
        if entry.stale:
            said.append("has answers to what has changed since: run again")
        return "; ".join(said)


def _remark(answer: Answer) -> str:
    if answer.edited_text is not None:
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
    return [_field(fields.get(name)) for name in step.fields]


def _field(value: Scalar) -> CellValue:
    """A field in its own type; an integer that a sheet would round stays text."""
    if value is None:
        return ""
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 10**15:
        return field_text(value)
    return value


def _extra(column: ExtraColumn, answers: Sequence[Answer], review: Review) -> CellValue:
    match column:
        case ExtraColumn.REVIEW:
            return review.value
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


def _local(moment: datetime) -> datetime:
    """The time on the user's own clock, as sheets know no time zones."""
    return moment.astimezone().replace(tzinfo=None, microsecond=0)


def _same(one: Path, other: Path) -> bool:
    return one.absolute().resolve() == other.absolute().resolve()
