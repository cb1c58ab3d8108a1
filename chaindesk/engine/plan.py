"""What a run over some rows would do and cost, from the ledger: no call is made for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

from chaindesk.domain.completion import Endpoint, Usage
from chaindesk.domain.row import Manifest, Notice, Row
from chaindesk.domain.row_choice import RowChoice
from chaindesk.domain.status import Status
from chaindesk.engine.ledger import SKIPPED, Entry, Ledger, input_tokens
from chaindesk.engine.planned import Estimate, Plan, PlannedRow
from chaindesk.engine.row_chain import RowChain

Price = Callable[[Endpoint, str, Usage], Decimal | None]
_GUESSED_OUTPUT = 500


def make_plan(
    manifest: Manifest, chain: RowChain, ledger: Ledger, choice: RowChoice, price: Price, *, fresh: bool
) -> Plan:
    """What a run over the chosen rows would do."""
    failed: set[int] = set()
    if choice.failed_only:
        failed = {number for number in ledger.entries if ledger.state(number).status is Status.FAILED}
    chosen = choice.select(manifest.rows, failed)
    rows = [_planned(row, chain, ledger, fresh=fresh) for row in chosen]
    tokens = [0] * chain.count
    calls = [0] * chain.count
    for planned in rows:
        entry = ledger.entries[planned.row.number]
        for index, number in enumerate(planned.answers):
            if number is None and not planned.skipped:
                calls[index] += 1
                tokens[index] += entry.tokens[index] or input_tokens(chain, index, planned.row, _guess(chain, index))
    return Plan(
        rows=rows,
        calls=sum(calls),
        reused=sum(1 for planned in rows for number in planned.answers if number),
        estimate=_estimate(chain, calls, tokens, price),
        notices=tuple(_notices(rows)),
    )


def _planned(row: Row, chain: RowChain, ledger: Ledger, *, fresh: bool) -> PlannedRow:
    entry = ledger.entries[row.number]
    answers = _fresh_answers(row, chain, entry) if fresh and not entry.skipped else entry.answers
    calls = 0 if entry.skipped else answers.count(None)
    return PlannedRow(row, tuple(answers), calls, ledger.state(row.number), entry.skipped)


def _fresh_answers(row: Row, chain: RowChain, entry: Entry) -> list[int | None]:
    """Nothing is taken over; only conditions on the row's own columns are known beforehand."""
    fresh: list[int | None] = []
    for index in range(chain.count):
        condition = chain.steps[index].step.run_if
        skipped = condition is not None and condition.column is not None and entry.answers[index] == SKIPPED
        fresh.append(SKIPPED if skipped else None)
    return fresh


def _guess(chain: RowChain, index: int) -> dict[str, str]:
    return dict.fromkeys(chain.uses(index), "x" * 4 * _GUESSED_OUTPUT)


def _estimate(chain: RowChain, calls: Sequence[int], tokens: Sequence[int], price: Price) -> Estimate:
    sent = answered = 0
    cost: Decimal | None = None
    unknown: list[str] = []
    for index, count in enumerate(calls):
        step = chain.steps[index].step
        output = count * (step.max_output_tokens or _GUESSED_OUTPUT)
        sent, answered = sent + tokens[index], answered + output
        if not count:
            continue
        part = price(chain.endpoint(index), step.model_name, Usage(tokens[index], output))
        if part is None:
            unknown.append(step.model)
        else:
            cost = part if cost is None else cost + part
    return Estimate(sent, answered, cost, tuple(dict.fromkeys(unknown)))


def _notices(rows: Sequence[PlannedRow]) -> list[Notice]:
    notices = []
    by_reason: dict[str, list[int]] = {}
    for planned in rows:
        if planned.skipped:
            by_reason.setdefault(planned.skipped, []).append(planned.row.number)
    for reason, numbers in by_reason.items():
        notices.append(Notice(f"{_rows(len(numbers))} skipped. {reason}", tuple(numbers)))
    stale = tuple(planned.row.number for planned in rows if planned.stale and planned.calls)
    if stale:
        have = "has an answer" if len(stale) == 1 else "have answers"
        message = f"{_rows(len(stale), verb='')} {have} to inputs or prompts that have changed since: run again."
        notices.append(Notice(message, stale))
    return notices


def _rows(count: int, verb: str | None = None) -> str:
    words = "1 row" if count == 1 else f"{count:,} rows"
    if verb is None:
        verb = " is" if count == 1 else " are"
    return f"{words}{verb}"
