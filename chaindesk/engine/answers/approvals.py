"""What people's reviews mean to a ledger: an approved answer stands, though its row asks otherwise now."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from chaindesk.domain.manifest import Row
from chaindesk.domain.records import Answer, AnswerKind, RowReview
from chaindesk.domain.status import Review
from chaindesk.engine.answers.answer_pool import AnswerPool
from chaindesk.engine.answers.rows.row_answers import SKIPPED
from chaindesk.engine.answers.rows.row_matching import match_rows

if TYPE_CHECKING:
    from chaindesk.engine.answers.ledger import AnswerLedger


def read_reviews(ledger: AnswerLedger, rows: Sequence[Row], reviews: Iterable[RowReview]) -> None:
    """Note in a ledger whose answers were claimed what people have said of them, and keep what they approved."""
    named, unnamed = [], []
    for review in reviews:
        if review.answer_id:
            ledger.record_review(review.answer_id, review.review, review.reason)
            named.append(review)
        else:
            unnamed.append(review)
    known = ledger.entries.reviews
    for number, review in match_rows(rows, ledger.digests, unnamed).items():
        if review.digest == ledger.digests[number] and (last := ledger.entries[number].last_answer):
            known.setdefault(last, review.review)
    by_number = {row.number: row for row in rows} if named else {}
    for number, review in match_rows(rows, ledger.digests, named).items():
        same = by_number[number].named or review.digest == ledger.digests[number]
        if same and review.review is Review.APPROVED:
            ledger.keep_approved(by_number[number], review.answer_id)


def keep_approved(ledger: AnswerLedger, pool: AnswerPool, row: Row, approved: int, withdrawn: set[str]) -> None:
    """Let a row keep the answers that a person approved, though it asks otherwise now.

    Not where a newer answer has taken their place, or where one is missing besides. A trial's answer takes no place
    before a run uses it.

    Args:
        ledger: whose row it is.
        pool: the answers that nobody has.
        row: the row.
        approved: the number of the answer that was approved.
        withdrawn: what was asked with notes that were taken back.
    """
    entry, steps = ledger.entries[row.number], ledger.steps
    if not entry.calls and entry.last_answer == approved:
        return
    newest: dict[str, Answer] = {}
    for answer in ledger.history(row):
        usable = answer.kind is AnswerKind.USABLE and answer.id not in pool.tried
        if usable and answer.request not in withdrawn:
            newest.setdefault(answer.step, answer)
    if approved not in {answer.id for answer in newest.values()}:
        return
    held = entry.answers
    if any(number is None and step not in newest for number, step in zip(held, steps, strict=True)):
        return
    kept = {
        index: newest[step]
        for index, step in enumerate(steps)
        if held[index] != SKIPPED
        and ledger.standing.answer(row.number, index) is None
        and step in newest
        and newest[step].id != held[index]
    }
    if not all(pool.claim_answer(answer.id, answer.step, answer.fingerprint) for answer in kept.values()):
        return
    for index, answer in kept.items():
        if (before := ledger.answer(entry.answer(index))) is not None:
            pool.release(before)
        entry.set_answer(index, answer, outdated=True)
    ledger.standing.approve(row.number, approved, {index: answer.id for index, answer in kept.items()})
    entry.recount(map(ledger.answer, entry.answers))
    entry.stale = False
