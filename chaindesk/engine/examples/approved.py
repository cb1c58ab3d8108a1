"""The answers to a step that a person has approved or written, row by row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from chaindesk.domain.manifest import Row
from chaindesk.domain.records import Answer
from chaindesk.domain.status import Review
from chaindesk.engine.answers.ledger import AnswerLedger
from chaindesk.journal.protocol import Journal


def approved_answers(rows: Iterable[Row], ledger: AnswerLedger, journal: Journal, index: int) -> Mapping[int, Answer]:
    """Return a step's answers in rows that were approved, and those that a person wrote, by sheet number.

    None of a row that was rejected, and none that was given for other inputs than the row has now. A model's answer
    that was only chosen again stands like a text that a person wrote, but nobody has said that it is right.
    """
    likely: dict[int, int] = {}
    for row in rows:
        entry = ledger.entries[row.number]
        number = entry.answers[index]
        if not number or entry.review is Review.REJECTED:
            continue
        if entry.review is Review.APPROVED or ledger.is_manual(row.number, index):
            likely[row.number] = number
    answers = journal.answers_by_number(likely.values()) if likely else {}
    found = {
        row: answers[number]
        for row, number in likely.items()
        if number in answers and (answers[number].by_hand or ledger.entries[row].review is Review.APPROVED)
    }
    return {row: answer for row, answer in found.items() if _of_these_inputs(row, answer, ledger, journal, index)}


def _of_these_inputs(row: int, answer: Answer, ledger: AnswerLedger, journal: Journal, index: int) -> bool:
    """Return whether an answer belongs to what the row's cells say now; it may be to an earlier prompt."""
    if index not in ledger.entries[row].manual_outdated:
        return True
    return journal.inputs_of(answer.id) == ledger.digests[row]
