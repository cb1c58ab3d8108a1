"""What one row has and had: the output of each step beside the row's inputs, and every version of an output."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum
from types import MappingProxyType

from chaindesk.domain.batch_jobs import BatchJob
from chaindesk.domain.chains.answer_fields import field_text
from chaindesk.domain.manifest import Row
from chaindesk.domain.records import Answer, AnswerKind
from chaindesk.engine.answers.ledger import AnswerLedger
from chaindesk.engine.answers.rows.row_answers import SKIPPED
from chaindesk.engine.prompting.request_builder import RequestBuilder
from chaindesk.engine.prompting.structured_output import shown_fields
from chaindesk.journal.protocol import Journal


class OutputState(Enum):
    """How a step's output of a row stands."""

    ANSWERED = "answered"
    KEPT = "kept"  # a person has written it, and it stands although its prompt has changed since
    STALE = "stale"  # there is an answer, but to a prompt that has changed since: the next run asks again
    MISSING = "missing"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class StepOutput:
    """One step's output of one row, for reading beside the row's inputs.

    Attributes:
        step: the step's name.
        state: how it stands.
        answer: the answer, where there is one (a stale one included).
        text: what is to be shown: the person's edit where there is one, else the model's; "" where there is nothing.
        fields: the text of each field of a structured answer.
        flags: the checks that it fails, in words.
        note: what a person told the model, where that is part of what the step asks now; "" for nothing.
        job: the batch job in which what it asks now is out, or None.
    """

    step: str
    state: OutputState
    answer: Answer | None = None
    text: str = ""
    fields: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    note: str = ""
    flags: tuple[str, ...] = ()
    job: BatchJob | None = None


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a step's output.

    Attributes:
        answer: the paid answer that it is, or is a version of.
        text: what it says.
        at: when it came about (UTC).
        by_hand: whether a person wrote it.
        shown: whether it is what the row shows now.
        fits: whether it belongs to what the row asks now; if not, to an earlier prompt, or to other inputs.
        note: what a person had told the model before it gave this answer; "" for nothing.
    """

    answer: Answer
    text: str
    at: datetime
    by_hand: bool
    shown: bool
    fits: bool
    note: str = ""


def outputs_of(chain: RequestBuilder, ledger: AnswerLedger, journal: Journal, row: Row) -> tuple[StepOutput, ...]:
    """Return the output of each step: the row's answer, or else the newest that it had for another prompt."""
    entry = ledger.entries[row.number]
    shown: list[StepOutput] = []
    history: list[Answer] | None = None
    for index, number in enumerate(entry.answers):
        name = chain.steps[index].step.name
        if entry.blank_reason or number == SKIPPED:
            shown.append(StepOutput(name, OutputState.SKIPPED))
            continue
        answer = journal.answer(number) if number is not None else None
        if answer is not None:
            state = OutputState.KEPT if index in entry.manual_outdated else OutputState.ANSWERED
            if index in ledger.unapproved(row.number):
                state = OutputState.STALE
            note = chain.note_behind(index, row, answer.request)
            output = _shown(chain, index, answer, state, note)
            shown.append(replace(output, flags=ledger.checks.flags.get(answer.id, ())))
            continue
        if history is None:
            history = ledger.history(row)
        earlier = next((answer for answer in history if answer.step == name and answer.text), None)
        if earlier is None:
            shown.append(StepOutput(name, OutputState.MISSING))
        else:
            usable = earlier.kind is AnswerKind.USABLE
            asked, _ = chain.fingerprint(index, row, ledger.outputs_before(row, index))
            note = chain.note_behind(index, row, asked)
            shown.append(_shown(chain, index, earlier, OutputState.STALE if usable else OutputState.MISSING, note))
    return tuple(shown)


def _shown(chain: RequestBuilder, index: int, answer: Answer, state: OutputState, note: str) -> StepOutput:
    step = chain.steps[index].step
    fields = {name: field_text(value, step.fields.get(name)) for name, value in shown_fields(step, answer).items()}
    return StepOutput(step.name, state, answer, answer.shown_text, fields, note)


def versions_of(
    chain: RequestBuilder, ledger: AnswerLedger, journal: Journal, row: Row, index: int
) -> tuple[Version, ...]:
    """Return every version of a step's output of a row, the newest first. Taking an edit back is none of its own."""
    step = chain.steps[index].step.name
    entry = ledger.entries[row.number]
    answers = [answer for answer in ledger.history(row) if answer.step == step and (answer.text or answer.edited_text)]
    stale = next((answer.id for answer in answers if answer.kind is AnswerKind.USABLE), 0)
    shown = entry.answers[index] or stale
    held = next((answer for answer in answers if answer.id == entry.answers[index]), None)
    asked = {held.fingerprint} if held is not None and index not in entry.manual_outdated else set()
    notes = {note.asked: note for note in ledger.notes_of(row, index)}
    for note in notes.values():  # what a note is about belongs to the same question
        asked |= {note.request} if note.asked in asked else set()
    found = [
        version
        for answer in answers
        for version in _of_answer(
            answer,
            journal,
            shown=answer.id == shown,
            fits=answer.fingerprint in asked,
            note=notes[answer.request].text if answer.request in notes else "",
        )
    ]
    return tuple(sorted(found, key=lambda version: (version.at, version.by_hand), reverse=True))


def _of_answer(answer: Answer, journal: Journal, *, shown: bool, fits: bool, note: str) -> Iterator[Version]:
    own = shown and not answer.by_hand
    if answer.text:  # else the model never said anything
        yield Version(answer, answer.text, answer.finished_at, by_hand=False, shown=own, fits=fits, note=note)
    edits = [(at, text) for at, text in journal.edits(answer.id) if text not in (None, answer.text)]
    newest = max((index for index, (_, text) in enumerate(edits) if text == answer.edited_text), default=-1)
    for index, (at, text) in enumerate(edits):
        yield Version(answer, text or "", at, by_hand=True, shown=shown and index == newest, fits=fits)
