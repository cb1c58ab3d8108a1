"""What a run over some rows would do and cost, from the ledger: no call is made for it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from chaindesk.domain.chains.chain import Step
from chaindesk.domain.completion import Usage
from chaindesk.domain.estimate import Price
from chaindesk.domain.manifest import Manifest, Row
from chaindesk.domain.records import AnswerKind
from chaindesk.domain.row_selection import RowSelection
from chaindesk.engine.answers.ledger import AnswerLedger
from chaindesk.engine.answers.rows.row_answers import SKIPPED
from chaindesk.engine.cost.estimator import StepDemand, estimate, likely_output
from chaindesk.engine.cost.side_calls import most_follow_ups
from chaindesk.engine.planning.plan import Plan, PlannedRow, RowWork
from chaindesk.engine.planning.plan_notices import jobs_end, kept_approved, overwritten_rows, plan_notices
from chaindesk.engine.planning.repeated_requests import distinct_rows
from chaindesk.engine.planning.unjudged import Earlier, failing_share, with_unjudged
from chaindesk.engine.prompting.request_builder import RequestBuilder
from chaindesk.journal.protocol import Journal

_MEASURED = 200
_NONE: frozenset[int] = frozenset()


def make_plan(
    manifest: Manifest,
    chain: RequestBuilder,
    ledger: AnswerLedger,
    choice: RowSelection,
    price: Price,
    *,
    fresh: bool,
    rerun_step: str = "",
    rerun_approved: bool = False,
    finish_live: bool = False,
    follows: bool = True,
    earlier: Earlier = lambda step: (),
) -> Plan:
    """Return what a run over the chosen rows would do.

    Args:
        manifest: the sheet.
        chain: what is said for a row.
        ledger: what the journal knows of every row.
        choice: the rows.
        price: what tokens cost.
        fresh: pay again for everything.
        rerun_step: the name of a step that is paid for again.
        rerun_approved: ask again where an approved answer stands although its prompt has changed since.
        finish_live: count what is out in batch jobs as asked at once, since the jobs are told to end.
        follows: follow ``on_fail`` where a judge refuses an answer that is there.
        earlier: what earlier answers to a step took.
    """
    rerun_steps = frozenset(index for index, step in enumerate(chain.steps) if fresh or step.step.name == rerun_step)
    again = ledger.outdated_approved if rerun_approved else ledger.unapproved
    rows = _planned_rows(choice.select(manifest.rows, ledger.state), chain, ledger, rerun_steps, again)
    rows, unjudged = with_unjudged(rows, chain, ledger, earlier, follows=follows)
    out = ledger.entries.submitted_by_row()
    asked = _demands(rows, chain, ledger, {} if finish_live else out, rerun_steps, earlier)
    approved, overwritten = kept_approved(rows, ledger), overwritten_rows(rows, ledger)
    submitted = sum([planned.row.number in out for planned in rows]) if out else 0
    likely = estimate(asked, price, chain.other_model, unjudged)
    ending = [jobs_end(submitted, likely)] if finish_live and submitted else []
    return Plan(
        rows=rows,
        calls=sum(one.calls for one in asked),
        reused=sum([_reused(planned.work) for planned in rows]),
        estimate=likely,
        notices=(*ending, *plan_notices(rows, ledger, approved, overwritten)),
        overwritten=overwritten,
        approved=approved,
        submitted=0 if finish_live else submitted,
        judge_calls=sum(sum(found.asked) for found in unjudged),
        follow_ups=most_follow_ups(unjudged, chain.other_model, price),
        unjudged=sum(bool(planned.work.unjudged) for planned in rows) if unjudged else 0,
    )


def _planned_rows(
    chosen: Sequence[Row],
    chain: RequestBuilder,
    ledger: AnswerLedger,
    rerun_steps: frozenset[int],
    asked_again: Callable[[int], frozenset[int]],
) -> list[PlannedRow]:
    """Return what there is to do for each row; see ``make_plan``. Rows of which nothing is known are most of a plan."""
    untouched = RowWork(chain.no_answers, chain.count)
    return [
        _planned(row, chain, ledger, rerun_steps, asked_again)
        if known or rerun_steps
        else PlannedRow(row, untouched if (key := ledger.known_as(row)) is None else replace(untouched, known_as=key))
        for row, known in zip(chosen, ledger.entries.known(chosen), strict=True)
    ]


def _planned(
    row: Row,
    chain: RequestBuilder,
    ledger: AnswerLedger,
    rerun_steps: frozenset[int],
    asked_again: Callable[[int], frozenset[int]],
) -> PlannedRow:
    entry = ledger.entries[row.number]
    skipped = entry.skipped
    again = asked_again(row.number) if entry.manual_outdated else _NONE
    rerun = _NONE if skipped else rerun_steps | again
    answers = _answers_left(row, chain, ledger, rerun) if rerun else entry.answers
    calls = 0 if skipped else answers.count(None)
    known_as = ledger.known_as(row)
    work = RowWork(answers, calls, entry.seconds, entry.stale, skipped, rerun, again - rerun_steps, known_as)
    return PlannedRow(row, work)


def _reused(work: RowWork) -> int:
    """Return how many answers of earlier runs a row has."""
    return len(work.answers) - work.answers.count(None) - work.answers.count(SKIPPED)


def _demands(
    rows: Sequence[PlannedRow],
    chain: RequestBuilder,
    ledger: AnswerLedger,
    out: Mapping[int, str],
    rerun_steps: frozenset[int],
    earlier: Earlier,
) -> Sequence[StepDemand]:
    """Return the missing calls of each step; see ``_missing``. Rows that share a call count once."""
    return _asked(chain, ledger, distinct_rows(chain, ledger, _missing(rows, chain, out), rerun_steps), earlier)


def _missing(rows: Sequence[PlannedRow], chain: RequestBuilder, out: Mapping[int, str]) -> list[list[Row]]:
    """Return for each step the rows for which a call is missing.

    Args:
        rows: the chosen ones.
        chain: what is said for a row.
        out: by sheet number the step whose call is not to be made, since it is out in a batch job.
    """
    missing: list[list[Row]] = [[] for _ in chain.steps]
    if not out and all(planned.work.calls == chain.count for planned in rows):
        return [[planned.row for planned in rows]] * chain.count
    for planned in rows:
        if planned.work.calls:
            step_out = out.get(planned.row.number)
            for index, number in enumerate(planned.work.answers):
                if number is None and not (step_out and step_out == chain.steps[index].step.name):
                    missing[index].append(planned.row)
    return missing


def _answers_left(
    row: Row, chain: RequestBuilder, ledger: AnswerLedger, rerun: frozenset[int]
) -> tuple[int | None, ...]:
    """Return the answers left where some steps are rerun: none that uses them, but what a person has written.

    Of a step's condition, only one on the row's own columns is known beforehand.
    """
    answers: list[int | None] = []
    redone: set[str] = set()  # the names of outputs that will be others
    for index, number in enumerate(ledger.entries[row.number].answers):
        step = chain.steps[index].step
        if number == SKIPPED and step.run_if is not None and step.run_if.column is not None:
            answers.append(SKIPPED)
        elif index in rerun or not (
            redone.isdisjoint(chain.dependencies(index)) or ledger.is_manual(row.number, index)
        ):
            answers.append(None)
            redone.update(step.references)
        else:
            answers.append(number)
    return tuple(answers)


def earlier_usage(journal: Journal, workbook_id: int, step: Step) -> Sequence[Usage]:
    """Return what the newest answers of a workbook to a step took, where the same model gave them."""
    newest = deque(
        (
            number
            for number, _, fingerprint in journal.answer_index(workbook_id, step.name)
            if AnswerKind.of(fingerprint) is AnswerKind.USABLE
        ),
        maxlen=_MEASURED,
    )
    answers = (journal.answer(number) for number in newest)
    # Providers call a model by a longer name, with its date.
    return [one.usage for one in answers if one is not None and one.usage and step.model_name in one.model]


def _asked(
    chain: RequestBuilder, ledger: AnswerLedger, missing: Sequence[Sequence[Row]], earlier: Earlier
) -> Sequence[StepDemand]:
    """Return the missing calls of each step.

    Outputs that they use and that are missing count as long as earlier ones, or as is likely.
    """
    lengths: dict[str, int] = {}
    asked = []
    for index, rows in enumerate(missing):
        step = chain.steps[index].step
        measured = earlier(step) if rows else ()
        lengths |= dict.fromkeys(step.references, likely_output(step, measured))
        uses = {name: lengths[name] for name in chain.dependencies(index)}
        examples = chain.examples.get(index)
        tokens = 0 if examples is None else examples.likely_tokens * len(rows)
        alike = []  # rows without any output before the step
        for row, known in zip(rows, ledger.entries.known(rows), strict=True):
            if not known:
                alike.append(row)
                continue
            entry = ledger.entries[row.number]
            if all(entry.answer(one) is None for one in chain.sources(index)):
                alike.append(row)
            else:
                outputs = {} if entry.tokens(index) else ledger.outputs_before(row, index)
                tokens += entry.tokens(index) or chain.likely_tokens(index, row, outputs, uses)
        tokens += chain.likely_tokens_of(index, alike, uses)
        failing = failing_share(index, ledger) if step.on_fail and rows else None
        asked.append(StepDemand(step, chain.endpoint(index), len(rows), tokens, measured, failing))
    return asked
