"""The history of one cell: every answer that was paid for, and everything that people made of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from chaindesk.domain.manifest import Row
from chaindesk.domain.records import Answer
from chaindesk.engine.answers.answer_pool import UNFIT
from chaindesk.engine.answers.ledger import AnswerLedger
from chaindesk.engine.prompting.request_builder import RequestBuilder
from chaindesk.journal.protocol import Journal


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
    """

    answer: Answer
    text: str
    at: datetime
    by_hand: bool
    shown: bool
    fits: bool


def versions_of(
    chain: RequestBuilder, ledger: AnswerLedger, journal: Journal, row: Row, index: int
) -> tuple[Version, ...]:
    """Every version of a step's output of a row, the newest first. Taking an edit back is none of its own."""
    step = chain.steps[index].step.name
    entry = ledger.entries[row.number]
    answers = [answer for answer in ledger.history(row) if answer.step == step and (answer.text or answer.edited_text)]
    stale = next((answer.id for answer in answers if not answer.fingerprint.startswith(UNFIT)), 0)
    shown = entry.answers[index] or stale
    held = next((answer for answer in answers if answer.id == entry.answers[index]), None)
    asked = held.fingerprint if held is not None and index not in entry.manual_outdated else ""
    found = [
        version
        for answer in answers
        for version in _of_answer(answer, journal, shown=answer.id == shown, fits=answer.fingerprint == asked)
    ]
    return tuple(sorted(found, key=lambda version: (version.at, version.by_hand), reverse=True))


def _of_answer(answer: Answer, journal: Journal, *, shown: bool, fits: bool) -> Iterator[Version]:
    own = shown and answer.edited_text is None
    if answer.text:  # else the model never said anything
        yield Version(answer, answer.text, answer.finished_at, by_hand=False, shown=own, fits=fits)
    edits = [(at, text) for at, text in journal.edits(answer.id) if text is not None]
    newest = max((place for place, (_, text) in enumerate(edits) if text == answer.edited_text), default=-1)
    for place, (at, text) in enumerate(edits):
        yield Version(answer, text, at, by_hand=True, shown=shown and place == newest, fits=fits)
