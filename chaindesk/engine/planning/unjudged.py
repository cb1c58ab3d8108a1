"""Which answers that are there judges are still to be asked about, and what that may cost: before it is paid."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import islice

from chaindesk.domain.chains.chain import Step
from chaindesk.domain.chains.checks import FailActionKind
from chaindesk.domain.check_results import AnswerPath
from chaindesk.domain.completion import Usage
from chaindesk.domain.manifest import Row
from chaindesk.domain.status import Review
from chaindesk.engine.answers.ledger import AnswerLedger
from chaindesk.engine.cost.estimator import likely_output
from chaindesk.engine.cost.side_calls import LaterStep, UnjudgedAnswers
from chaindesk.engine.planning.plan import PlannedRow
from chaindesk.engine.prompting.request_builder import RequestBuilder

Earlier = Callable[[Step], Sequence[Usage]]
"""What earlier answers to a step took."""
_ENOUGH = 20  # answers that tell how many fail
_MEASURED_ROWS = 50  # whose prompts tell how long a call is
_MISSING_OUTPUT = 200  # tokens
_OWN_WORDS = frozenset({Review.APPROVED, Review.EDITED})


def with_unjudged(
    rows: list[PlannedRow], chain: RequestBuilder, ledger: AnswerLedger, earlier: Earlier, *, follows: bool = True
) -> tuple[list[PlannedRow], list[UnjudgedAnswers]]:
    """Return planned rows with the steps about whose answers judges are to be asked, and what they are asked.

    Args:
        rows: the rows.
        chain: what is said for a row.
        ledger: what the journal knows of every row.
        earlier: what earlier answers to a step took.
        follows: whether ``on_fail`` is followed where a judge refuses an answer.
    """
    if not ledger.checks.has_judges:
        return rows, []
    ledger.checks.look_at(ledger, [planned.row for planned in rows])
    if not ledger.checks.unsettled:
        return rows, []
    marked = [_marked(planned, chain, ledger, follows=follows) for planned in rows]
    return marked, _unjudged_answers(marked, chain, ledger, earlier)


def _marked(planned: PlannedRow, chain: RequestBuilder, ledger: AnswerLedger, *, follows: bool) -> PlannedRow:
    unsettled = ledger.checks.unsettled
    found = [index for index, number in enumerate(planned.work.answers) if number and number in unsettled]
    if not found or planned.work.skipped:
        return planned
    kept = {index for index in found if not follows or _stays(planned.row, index, chain, ledger)}
    unjudged = frozenset(
        index for index in found if index not in kept or any(unsettled[planned.work.answers[index] or 0])
    )
    return PlannedRow(planned.row, replace(planned.work, unjudged=unjudged, unreplaced=unjudged & kept))


def _stays(row: Row, index: int, chain: RequestBuilder, ledger: AnswerLedger) -> bool:
    """Return whether an answer stays the row's whatever a judge says of it."""
    if all(action.kind is FailActionKind.REVIEW for action in chain.steps[index].step.on_fail):
        return True
    entry = ledger.entries[row.number]
    own = index in entry.manual_outdated or ledger.is_manual(row.number, index)
    return own or entry.review in _OWN_WORDS


def _unjudged_answers(
    rows: Sequence[PlannedRow], chain: RequestBuilder, ledger: AnswerLedger, earlier: Earlier
) -> list[UnjudgedAnswers]:
    """Return the answers of planned rows that judges are to be asked about, by step; the same question counts once."""
    found = []
    for index, step in enumerate(chain.steps):
        chosen = [one for one in rows if index in one.work.unjudged]
        if not chosen:
            continue
        checks, unsettled = ledger.checks.steps[index], ledger.checks.unsettled
        questions: list[set[str]] = [set() for _ in checks.judges]
        for one in chosen:
            for place, fingerprint in enumerate(unsettled[one.work.answers[index] or 0]):
                if fingerprint:
                    questions[place].add(fingerprint)
        replaced = [one for one in chosen if index not in one.work.unreplaced]
        found.append(
            UnjudgedAnswers(
                step.step,
                tuple(map(len, questions)),
                len(replaced),
                _tokens(chain, ledger, index, replaced),
                likely_output(step.step, earlier(step.step)),
                failing_share(index, ledger),
                tuple(_later(chain, ledger, index, replaced, earlier)),
            )
        )
    return found


def failing_share(index: int, ledger: AnswerLedger) -> float | None:
    """Return the share of a step's answers that did not pass its checks at once; None where too few were judged."""
    verdicts, unsettled = ledger.checks.verdicts, ledger.checks.unsettled
    numbers = [one for one in ledger.entries.answers_to(index) if one in verdicts and one not in unsettled]
    if len(numbers) < _ENOUGH:
        return None
    return sum(verdicts[number].path is not AnswerPath.AT_ONCE for number in numbers) / len(numbers)


def _later(
    chain: RequestBuilder,
    ledger: AnswerLedger,
    index: int,
    rows: Sequence[PlannedRow],
    earlier: Earlier,
) -> list[LaterStep]:
    """Return the steps behind one whose answers of these rows go where its answer is replaced."""
    asked: dict[int, list[PlannedRow]] = {}
    for one in rows:
        redone = set(chain.steps[index].step.references)
        for later in range(index + 1, chain.count):
            if redone.isdisjoint(chain.dependencies(later)) or ledger.is_manual(one.row.number, later):
                continue
            redone.update(chain.steps[later].step.references)
            if one.work.answers[later] is not None:  # else its call is missing, and counted
                asked.setdefault(later, []).append(one)
    return [
        LaterStep(
            chain.steps[later].step,
            len(found),
            _tokens(chain, ledger, later, found),
            likely_output(chain.steps[later].step, earlier(chain.steps[later].step)),
        )
        for later, found in asked.items()
    ]


def _tokens(chain: RequestBuilder, ledger: AnswerLedger, index: int, rows: Sequence[PlannedRow]) -> int:
    """Return how many tokens a call of a step sends for these rows, by the first of them."""
    missing = dict.fromkeys(chain.dependencies(index), _MISSING_OUTPUT)
    measured = [
        chain.likely_tokens(index, one.row, ledger.outputs_before(one.row, index), missing)
        for one in islice(rows, _MEASURED_ROWS)
    ]
    return round(sum(measured) / len(measured)) if measured else 0
