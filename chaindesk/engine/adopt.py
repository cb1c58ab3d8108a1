"""Finds what a person wrote into our columns in another program, so that it counts as an edit of the answer there."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from chaindesk.domain.answer import Answer
from chaindesk.domain.chain import FieldType, Step
from chaindesk.domain.row import Notice, Row
from chaindesk.engine.fields import Scalar, shown_fields
from chaindesk.journal.base import Journal

Written = Callable[[str, Scalar], bool]
"""Whether a cell's text is what the export makes of a value."""


@dataclass(frozen=True, slots=True)
class SheetEdit:
    """A person's version of an answer, as it stands in the sheet.

    Attributes:
        row: the row.
        step: the step's name.
        answer_id: the answer that the sheet showed before.
        text: the new version, or None where a cell does not fit the type of its field.
        header: the column.
    """

    row: Row
    step: str
    answer_id: int
    text: str | None
    header: str


def sheet_edits(
    rows: Sequence[Row],
    steps: Sequence[Step],
    columns: Mapping[str, str],
    answers: Callable[[Row], Sequence[int | None]],
    journal: Journal,
    written: Written,
) -> Iterator[SheetEdit]:
    """Every cell of our columns that says neither what its answer says nor what an earlier one said.

    A cell with an older text is out of date rather than edited, and a blank one is not there yet. White space at the
    ends of lines does not count, because other programs change it.

    Args:
        rows: the manifest's rows.
        steps: the chain's steps.
        columns: the name of the manifest's column for each output header that the sheet has from an earlier run.
        answers: the numbers of a row's answers, for each step.
        journal: where they are.
        written: whether a cell says what was written into it.
    """
    for row in rows:
        for step, number in zip(steps, answers(row), strict=True):
            answer = journal.answer(number) if number else None
            if answer is None:
                continue
            cells = {header: row.values[columns[header]] for header in step.columns if header in columns}
            changed = {
                header: cell
                for header, cell in cells.items()
                if cell.strip() and not _says(cell, _value(step, answer, header), written)
            }
            if changed and not _said_before(step, answer, changed, journal, written):
                yield _edit(row, step, answer, changed)


def adoption_notices(found: Sequence[SheetEdit]) -> tuple[Notice, ...]:
    """What to tell the user of these edits."""
    taken = tuple(sorted({edit.row.number for edit in found if edit.text is not None}))
    notices = []
    if taken:
        rows = "1 row" if len(taken) == 1 else f"{len(taken):,} rows"
        notices.append(Notice(f"Your edits of outputs in the sheet were taken over in {rows}.", taken))
    for edit in found:
        if edit.text is None:
            words = (
                f'Row {edit.row.number}, column "{edit.header}": what was written there does not fit the field\'s type'
            )
            notices.append(Notice(f"{words}, so it was left out.", (edit.row.number,)))
    return tuple(notices)


def _value(step: Step, answer: Answer, header: str) -> Scalar:
    if not step.fields:
        return answer.shown_text
    return shown_fields(step, answer).get(_field_of(step, header))


def _field_of(step: Step, header: str) -> str:
    return list(step.fields)[step.columns.index(header)]


def _said_before(step: Step, answer: Answer, changed: Mapping[str, str], journal: Journal, written: Written) -> bool:
    """Whether all these cells stand as an earlier version of the step's output had them."""
    versions: list[Mapping[str, Scalar]] = []
    for earlier in journal.history(answer.workbook_id, answer.row_key):
        if earlier.step != step.name:
            continue
        for text in (None, *(text for _, text in journal.edits(earlier.id))):
            version = _with_edit(earlier, text)
            versions.append({header: _value(step, version, header) for header in changed})
    return any(all(_says(cell, version[header], written) for header, cell in changed.items()) for version in versions)


def _with_edit(answer: Answer, text: str | None) -> Answer:
    return replace(answer, edited_text=text)


def _says(cell: str, value: Scalar, written: Written) -> bool:
    return written(cell, value) or (isinstance(value, str) and _trimmed(cell) == _trimmed(value))


def _trimmed(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip().splitlines())


def _edit(row: Row, step: Step, answer: Answer, changed: Mapping[str, str]) -> SheetEdit:
    header = next(iter(changed))
    if not step.fields:
        return SheetEdit(row, step.name, answer.id, changed[header], header)
    fields = dict(shown_fields(step, answer))
    for name, cell in changed.items():
        field = _field_of(step, name)
        try:
            fields[field] = _typed(cell, step.fields[field])
        except ValueError:
            return SheetEdit(row, step.name, answer.id, None, name)
    return SheetEdit(row, step.name, answer.id, json.dumps(fields, ensure_ascii=False), header)


def _typed(cell: str, kind: FieldType) -> Scalar:
    match kind:
        case FieldType.STRING:
            return cell
        case FieldType.INTEGER:
            return int(cell.replace(",", ""))
        case FieldType.NUMBER:
            return float(cell.replace(",", ""))
        case FieldType.BOOLEAN:
            return ("false", "true").index(cell.strip().casefold()) == 1
