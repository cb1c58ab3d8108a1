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
            ledger.keep_approved(by_number[number], review)


def answers_at_approval(ledger: AnswerLedger, row: Row) -> tuple[tuple[int, ...], int]:
    """Return what an approval is kept with: the row's answers, and its newest, which may be another prompt's."""
    return held_answers(ledger, row), max((answer.id for answer in ledger.history(row)), default=0)


def held_answers(ledger: AnswerLedger, row: Row) -> tuple[int, ...]:
    """Return the numbers of a row's answers, in the order of the steps."""
    return tuple(number for number in ledger.entries[row.number].answers if number and number != SKIPPED)


def keep_approved(ledger: AnswerLedger, pool: AnswerPool, row: Row, approval: RowReview, withdrawn: set[str]) -> None:
    """Let a row keep the answers that a person approved, though it asks otherwise now.

    Not where an answer has taken their place since, or where one is missing besides. One that was there already when
    the person approved has not: that person passed it over. A trial's answer takes no place before a run uses it.

    Args:
        ledger: whose row it is.
        pool: the answers that nobody has.
        row: the row.
        approval: what the person said.
        withdrawn: what was asked with notes that were taken back.
    """
    entry, steps, approved = ledger.entries[row.number], ledger.steps, approval.answer_id
    if not entry.calls and entry.last_answer == approved:
        return
    newest: dict[str, Answer] = {}
    history = ledger.history(row)
    chosen = {answer.step: answer.id for answer in history if answer.id in approval.answers}
    for answer in history:
        usable = answer.kind is AnswerKind.USABLE and answer.id not in pool.tried
        passed_over = answer.id <= approval.newest and chosen.get(answer.step, answer.id) != answer.id
        if usable and not passed_over and answer.request not in withdrawn:
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
