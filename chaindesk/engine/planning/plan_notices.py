"""What the user should know of a plan first: rows that are skipped, stale, kept or written over, and what jobs do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from chaindesk.domain.estimate import Estimate
from chaindesk.domain.manifest import Notice
from chaindesk.engine.answers.ledger import AnswerLedger
from chaindesk.engine.planning.plan import PlannedRow
from chaindesk.formatting import count, money


def jobs_end(rows: int, likely: Estimate) -> Notice:
    """Return what becomes of rows that are out in batch jobs which are told to end, and what it costs at the most."""
    cost = "at a price that is not known" if likely.cost is None else f"which costs about {money(likely.cost)}"
    return Notice(
        f"{count(rows, 'row')} {'is' if rows == 1 else 'are'} out in batch jobs, which are told to end now. What they "
        f"have answered is kept, and the rest is asked at once at its full price: all that is left, {cost} if they "
        "have answered nothing."
    )


def plan_notices(
    rows: Sequence[PlannedRow], ledger: AnswerLedger, approved: Sequence[int], overwritten: Sequence[int]
) -> list[Notice]:
    """Return what there is to know of the rows of a plan; see ``kept_approved`` and ``overwritten_rows``."""
    notices = []
    by_reason: dict[str, list[int]] = {}
    for planned in rows:
        if planned.work.skipped:
            by_reason.setdefault(planned.work.skipped, []).append(planned.row.number)
    for reason, numbers in by_reason.items():
        are = "is" if len(numbers) == 1 else "are"
        notices.append(Notice(f"{count(len(numbers), 'row')} {are} skipped. {reason}", tuple(numbers)))
    stale = tuple(planned.row.number for planned in rows if planned.work.stale and planned.work.calls)
    if stale:
        have = f"{_have(stale)} {'an answer' if len(stale) == 1 else 'answers'}"
        message = f"{count(len(stale), 'row')} {have} to inputs or prompts that have changed since: run again."
        notices.append(Notice(message, stale))
    if overwritten:
        message = (
            f"{count(len(overwritten), 'row')} {_have(overwritten)} outputs that you wrote: new answers replace them,"
        )
        notices.append(Notice(f"{message} and yours stay in the history.", tuple(overwritten)))
    if approved:
        message = f"{count(len(approved), 'row')} {_have(approved)} answers that you approved and that stay,"
        notices.append(Notice(f"{message} although their inputs or prompts have changed since.", tuple(approved)))
    notices.extend(_kept_notices(rows, ledger))
    return notices


def _kept_notices(rows: Sequence[PlannedRow], ledger: AnswerLedger) -> Iterator[Notice]:
    """Yield which rows keep what answers something else, or will once earlier steps have run."""
    written: list[int] = []
    chosen: list[int] = []
    for planned in _outdated(rows, ledger):
        number = planned.row.number
        outdated = ledger.entries[number].manual_outdated - ledger.outdated_approved(number) - planned.work.rerun_steps
        if outdated:
            (written if any(_wrote(number, index, ledger) for index in outdated) else chosen).append(number)
    for numbers, what in ((written, "outputs that you wrote"), (chosen, "earlier answers that you chose again")):
        if numbers:
            message = f"{count(len(numbers), 'row')} {_have(numbers)} {what} and that stay,"
            yield Notice(f"{message} although their inputs or prompts have changed since.", tuple(numbers))


def _have(rows: Sequence[int]) -> str:
    return "has" if len(rows) == 1 else "have"


def kept_approved(rows: Sequence[PlannedRow], ledger: AnswerLedger) -> tuple[int, ...]:
    """Return the rows that keep answers which a person approved before their prompts changed."""
    return tuple(
        planned.row.number
        for planned in _outdated(rows, ledger)
        if ledger.outdated_approved(planned.row.number) - planned.work.rerun_steps
    )


def _outdated(rows: Sequence[PlannedRow], ledger: AnswerLedger) -> list[PlannedRow]:
    """Return the rows with answers that stand although their prompts have changed."""
    entries = ledger.entries
    return [one for one in rows if entries[one.row.number].manual_outdated] if entries.manual_outdated else []


def overwritten_rows(rows: Sequence[PlannedRow], ledger: AnswerLedger) -> tuple[int, ...]:
    """Return the rows in which a text that a person wrote would give way to a new answer."""
    return tuple(
        planned.row.number
        for planned in rows
        if any(_wrote(planned.row.number, index, ledger) for index in planned.work.rerun_steps)
    )


def _wrote(number: int, index: int, ledger: AnswerLedger) -> bool:
    """Return whether a person's own words stand there, and no answer of the model that a person chose again."""
    if not ledger.is_manual(number, index):
        return False
    answer = ledger.answer(ledger.entries[number].answer(index))
    return answer is not None and answer.by_hand
