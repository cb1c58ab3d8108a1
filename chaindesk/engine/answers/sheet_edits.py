"""Finds what a person wrote into our columns in another program, so that it counts as an edit of the answer there."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from chaindesk.domain.chains.answer_fields import FieldValue, field_text
from chaindesk.domain.chains.chain import Step
from chaindesk.domain.manifest import Notice, Row
from chaindesk.domain.records import Answer, AnswerKind
from chaindesk.engine.answers.row_history import OutputState, StepOutput
from chaindesk.engine.prompting.field_values import InvalidFields, cell_value, read_cell
from chaindesk.engine.prompting.structured_output import shown_fields
from chaindesk.formatting import count
from chaindesk.journal.protocol import Journal

Cell = str | int | float | bool | date | None
Written = Callable[[str, Cell], bool]
"""Whether a cell's text is what the export makes of a value."""


@dataclass(frozen=True, slots=True)
class SheetEdit:
    """A person's version of an answer, as it stands in the sheet.

    Attributes:
        row: the row.
        step: the step's name.
        answer_id: the answer that the sheet showed before; 0 where the row never had any.
        text: the new version, or None where a cell does not fit the type of its field.
        header: the column.
        known: whether the answer shows this text already: it stands, for the sheet says that the row is the same.
    """

    row: Row
    step: str
    answer_id: int
    text: str | None
    header: str
    known: bool = False


@dataclass(frozen=True, slots=True)
class SheetEditContext:
    """What is compared.

    Attributes:
        rows: the manifest's rows.
        steps: the chain's steps.
        columns: the name of the manifest's column for each output header that the sheet has from an earlier run.
        outputs: what is shown of a row, for each step.
        is_certain: whether a row is certainly the one that its answers were paid for.
        history: every answer that was ever paid for under a row's keys; None where no run of this journal has had the
            row or left it waiting, so that nobody knows who wrote what it says.
        journal: where the answers are.
        written: whether a cell says what was written into it.
    """

    rows: Sequence[Row]
    steps: Sequence[Step]
    columns: Mapping[str, str]
    outputs: Callable[[Row], Sequence[StepOutput]]
    is_certain: Callable[[Row], bool]
    history: Callable[[Row], Sequence[Answer] | None]
    journal: Journal
    written: Written


def sheet_edits(sheet: SheetEditContext) -> Iterator[SheetEdit]:
    """Yield every cell of our columns that says neither what its answer says nor what an earlier one said.

    A cell with an older text is out of date rather than edited, and a blank one is not there yet. White space at the
    ends of lines does not count, because other programs change it. An answer that is out of date may have been edited,
    too: where the sheet cannot tell whose text stands there, none that any row was ever answered counts as an edit.
    What stands where a row was never answered, as it failed or has not run, is a person's own.
    """
    known: dict[str, set[str]] = {}
    for row in sheet.rows:
        for step, output in zip(sheet.steps, sheet.outputs(row), strict=True):
            answer = output.answer
            if answer is None or output.state is OutputState.MISSING:
                if output.state is OutputState.MISSING and (edit := _unanswered(sheet, row, step, answer)) is not None:
                    yield edit
                continue
            changed = _changed(sheet, row, step, answer)
            stale = output.state is OutputState.STALE
            if not changed:
                header = step.columns[0]
                if stale and answer.edited_text is not None and _cell(sheet, row, header).strip():
                    yield SheetEdit(row, step.name, answer.id, answer.edited_text, header, known=True)
            elif not stale or sheet.is_certain(row):
                if not _said_before(step, answer, changed, sheet.journal, sheet.written):
                    yield _edit(row, step, answer.id, shown_fields(step, answer), changed)
            elif not step.fields:
                texts = known.get(step.name)
                if texts is None:
                    texts = known[step.name] = _all_texts(sheet.journal, answer.workbook_id, step.name)
                if _trimmed(next(iter(changed.values()))) not in texts:
                    yield _edit(row, step, answer.id, {}, changed)


def import_notices(found: Sequence[SheetEdit]) -> tuple[Notice, ...]:
    """Return what to tell the user of these edits."""
    imported = tuple(sorted({edit.row.number for edit in found if edit.text is not None and not edit.known}))
    notices = []
    if imported:
        rows = count(len(imported), "row")
        notices.append(Notice(f"Your edits of outputs in the sheet were taken over in {rows}.", imported))
    for edit in found:
        if edit.text is None:
            words = (
                f'Row {edit.row.number}, column "{edit.header}": what was written there does not fit the field\'s type'
            )
            notices.append(Notice(f"{words}, so it was left out.", (edit.row.number,)))
    return tuple(notices)


def _changed(sheet: SheetEditContext, row: Row, step: Step, answer: Answer) -> dict[str, str]:
    """Return the cells of a step that say something else than its answer, by header."""
    cells = {header: _cell(sheet, row, header) for header in step.columns if header in sheet.columns}
    return {
        header: cell
        for header, cell in cells.items()
        if cell.strip() and not _says(cell, _value(step, answer, header), sheet.written)
    }


def _unanswered(sheet: SheetEditContext, row: Row, step: Step, unfit: Answer | None) -> SheetEdit | None:
    """Return what a person wrote where the row has no answer, or none that fits the step's fields."""
    cells = {header: _cell(sheet, row, header) for header in step.columns}
    if not any(cell.strip() for cell in cells.values()) or (history := sheet.history(row)) is None:
        return None
    texts = [_trimmed(cell) for cell in cells.values()]
    for earlier in history:
        if earlier.step == step.name and earlier.edited_text is not None and earlier.kind is AnswerKind.MANUAL:
            own = _field_texts(step, shown_fields(step, earlier)) if step.fields else [earlier.edited_text]
            if [_trimmed(text) for text in own] == texts:
                return SheetEdit(row, step.name, earlier.id, earlier.edited_text, next(iter(cells)), known=True)
        said = _field_texts(step, earlier.fields) if earlier.fields else [earlier.text]
        if [_trimmed(text) for text in said] == texts:
            return None  # the model's, of a step that has another name by now
    return _edit(row, step, unfit.id if unfit is not None else 0, {}, cells)


def _field_texts(step: Step, fields: Mapping[str, FieldValue]) -> list[str]:
    return [field_text(value, step.fields.get(name)) for name, value in fields.items()]


def _cell(sheet: SheetEditContext, row: Row, header: str) -> str:
    return row.values[sheet.columns[header]] if header in sheet.columns else ""


def _all_texts(journal: Journal, workbook_id: int, step: str) -> set[str]:
    """Return every version of every answer to a step in a workbook."""
    texts: set[str] = set()
    for number, _, _ in journal.answer_index(workbook_id, step):
        answer = journal.answer(number)
        if answer is not None:
            texts.add(_trimmed(answer.text))
            texts.update(_trimmed(text) for _, text in journal.edits(number) if text is not None)
    return texts


def _value(step: Step, answer: Answer, header: str) -> Cell:
    if not step.fields:
        return answer.shown_text
    name = _field_of(step, header)
    return cell_value(shown_fields(step, answer).get(name), step.fields[name])


def _field_of(step: Step, header: str) -> str:
    return list(step.fields)[step.columns.index(header)]


def _said_before(step: Step, answer: Answer, changed: Mapping[str, str], journal: Journal, written: Written) -> bool:
    """Return whether all these cells stand as an earlier version of the step's output had them."""
    versions: list[Mapping[str, Cell]] = []
    for earlier in journal.history(answer.workbook_id, answer.row_key):
        if earlier.step != step.name:
            continue
        for text in (None, *(text for _, text in journal.edits(earlier.id))):
            version = _with_edit(earlier, text)
            versions.append({header: _value(step, version, header) for header in changed})
    return any(all(_says(cell, version[header], written) for header, cell in changed.items()) for version in versions)


def _with_edit(answer: Answer, text: str | None) -> Answer:
    return replace(answer, edited_text=text)


def _says(cell: str, value: Cell, written: Written) -> bool:
    return written(cell, value) or (isinstance(value, str) and _trimmed(cell) == _trimmed(value))


def _trimmed(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip().splitlines())


def _edit(row: Row, step: Step, number: int, shown: Mapping[str, FieldValue], changed: Mapping[str, str]) -> SheetEdit:
    """Return the edit of an answer that shows these fields."""
    header = next(iter(changed))
    if not step.fields:
        return SheetEdit(row, step.name, number, changed[header], header)
    fields = dict(shown)
    for name, cell in changed.items():
        field = _field_of(step, name)
        try:
            fields[field] = read_cell(cell, step.fields[field], field)
        except InvalidFields:
            return SheetEdit(row, step.name, number, None, name)
    return SheetEdit(row, step.name, number, json.dumps(fields, ensure_ascii=False), header)
