"""What a past run was like, from the journal alone: times, speed-up, calls, tokens, cost, failures by kind."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from chaindesk.domain.check_results import AnswerPath, Verdict
from chaindesk.domain.completion import Finish, Speed, Usage
from chaindesk.domain.records import Answer, AnswerKind, RowOutcome, RunRecord
from chaindesk.domain.status import Status
from chaindesk.engine.past_run import run_record
from chaindesk.engine.quality.agreement import CheckAgreement
from chaindesk.engine.quality.audit import AuditResult
from chaindesk.engine.reports.call_timeline import CallTable
from chaindesk.engine.reports.row_tally import RowTally, row_tally
from chaindesk.engine.reports.run_agreement import RunAgreement
from chaindesk.engine.reports.run_reviews import RunReviews, audit_of_run, reviews_by_answer
from chaindesk.engine.reports.savings import Saved, savings
from chaindesk.journal.protocol import Journal

SLOWEST = 20
"""So many of the slowest rows are kept."""


@dataclass(slots=True)
class StepReport:
    """The answers of one step: how many, seconds of their calls, tokens, and dollars as far as they are known.

    Attributes:
        unusable_cost: US dollars of calls that gave nothing that can be used, which are in ``cost``, too.
        unpriced: paid calls whose price nobody knows.
        saved: US dollars that the provider's cache saved, what writing to it cost taken off; None where unknown.
        speeds: answers by the speed that they were served at.
        speed_saved: US dollars that other speeds than the standard one saved, as far as they are known.
    """

    answers: int = 0
    seconds: float = 0.0
    usage: Usage = field(default_factory=Usage)
    cost: Decimal | None = None
    unusable_cost: Decimal = Decimal(0)
    unpriced: int = 0
    saved: Decimal | None = None
    speeds: Counter[Speed] = field(default_factory=Counter)
    speed_saved: Decimal = Decimal(0)


class CutAnswer(NamedTuple):
    """An answer that was cut at its output limit: whose, and in which step."""

    row: int
    key: str
    step: str


@dataclass(frozen=True, slots=True)
class RunReport:
    """A past run.

    Attributes:
        run: its record.
        rows: the rows that it worked on, by how they ended; rows that were complete before are not among them.
        elapsed: seconds from its start to its end (to the last thing that is known, where it never ended).
        call_seconds: of all calls that were answered, summed.
        steps: by step name.
        unfit: calls that were paid for and gave nothing that can be used, as answers that did not fit their fields.
        cut: answers that were cut at their output limit, as sheet row number, row key and step.
        calls: calls made, the failed ones included, as far as they ended.
        answers: calls that were answered, those for votes, judges and failed checks included.
        failures: rows that failed, by kind, the most frequent first.
        failed: the rows that failed.
        slowest: the rows that took longest, the slowest first.
        calls_made: when each call was answered, and for how long it went on.
        side_calls: calls for votes, judges and answers that failed their checks, which are no row's answer.
        flagged: answers of the run that fail a check, by the check's label, the most frequent first.
        paths: how its rows came by their answers to steps with checks or votes.
        perhaps_billed: calls of which nobody knows whether they were billed, since they were cut off.
        reviews: what people said of the answers that it paid for.
        audit: the newest sample that was drawn of rows with its answers, as it stands; None without one.
        agreement: how its checks and judges agree with the reviews.
    """

    run: RunRecord
    rows: Mapping[Status, int]
    elapsed: float
    call_seconds: float
    steps: Mapping[str, StepReport]
    unfit: int
    cut: tuple[CutAnswer, ...]
    calls: int
    failures: Mapping[str, int]
    failed: tuple[RowOutcome, ...]
    slowest: tuple[RowOutcome, ...]
    calls_made: CallTable
    perhaps_billed: int = 0
    side_calls: int = 0
    answers: int = 0
    flagged: Mapping[str, int] = field(default_factory=dict)
    paths: Mapping[AnswerPath, int] = field(default_factory=dict)
    reviews: RunReviews = field(default_factory=RunReviews)
    audit: AuditResult | None = None
    agreement: tuple[CheckAgreement, ...] = ()

    @property
    def tally(self) -> RowTally:
        """What became of every chosen row."""
        return row_tally(self.run, self.rows)

    @property
    def speed_up(self) -> float | None:
        """How many times faster than one call after another, pauses left out; None where nothing was called."""
        active = self.elapsed - self.run.held_seconds
        return self.call_seconds / active if active > 0 and self.call_seconds else None

    @property
    def usage(self) -> Usage:
        """Tokens of all answers."""
        return sum((step.usage for step in self.steps.values()), Usage())

    @property
    def cost(self) -> Decimal | None:
        """US dollars of all paid calls whose price is known, or None where none is."""
        known = [step.cost for step in self.steps.values() if step.cost is not None]
        return sum(known, Decimal(0)) if known else None

    @property
    def unusable_cost(self) -> Decimal:
        """Of the cost, that of calls that gave nothing that can be used."""
        return sum((step.unusable_cost for step in self.steps.values()), Decimal(0))

    @property
    def unpriced(self) -> int:
        """Paid calls whose price nobody knows."""
        return sum(step.unpriced for step in self.steps.values())

    @property
    def speeds(self) -> Mapping[Speed, int]:
        """Answers by the speed that they were served at."""
        return sum((step.speeds for step in self.steps.values()), Counter())

    @property
    def speed_saved(self) -> Decimal:
        """US dollars that other speeds than the standard one saved, as far as they are known."""
        return sum((step.speed_saved for step in self.steps.values()), Decimal(0))

    @property
    def saved(self) -> Decimal | None:
        """US dollars that the providers' caches saved, or None where nobody knows or nothing was cached."""
        known = [step.saved for step in self.steps.values() if step.saved is not None]
        return sum(known, Decimal(0)) if known else None


def priced_report(journal: Journal, run_id: int) -> RunReport:
    """Return the report of a run with what the providers' caches saved, by today's prices; loads the price list.

    Raises:
        UsageError: there is no such run.
    """
    return run_report(journal, run_id, savings(run_record(journal, run_id).definition))


def run_report(journal: Journal, run_id: int, saved: Saved = lambda step, usage: None) -> RunReport:
    """Return the report of a run.

    Args:
        journal: where the run is.
        run_id: its number.
        saved: returns what the cache saved; see ``savings``.

    Raises:
        UsageError: there is no such run.
    """
    run = run_record(journal, run_id)
    checked = '"checks"' in run.definition or '"votes"' in run.definition  # else there is nothing to be read
    verdicts = journal.verdicts(run.workbook_id) if checked else ()
    by_answer = {one.answer_id: one for one in verdicts}
    answers = _Answers(run, saved, by_answer)
    given, reviews = reviews_by_answer(journal, run.workbook_id), RunReviews()
    agreement = RunAgreement(run.definition, given, by_answer)
    for answer in journal.run_answers(run_id):
        answers.add(answer)
        reviews.add(answer, given.get(answer.id))
        agreement.add(answer)
    rows, failed, slowest = _outcomes(journal, run_id, answers)
    return RunReport(
        run=run,
        rows={status: rows[status] for status in Status if rows[status]},
        elapsed=((run.finished_at or answers.last) - run.started_at).total_seconds(),
        call_seconds=sum(step.seconds for step in answers.steps.values()),
        steps=answers.steps,
        unfit=answers.unfit,
        cut=tuple(answers.cut),
        calls=answers.calls + sum(one.failure.attempts for one in failed if one.failure is not None),
        failures=dict(Counter(one.failure.kind.value for one in failed if one.failure is not None).most_common()),
        failed=tuple(failed),
        slowest=tuple(slowest),
        calls_made=answers.table,
        perhaps_billed=answers.perhaps,
        side_calls=answers.side,
        answers=answers.side + answers.answered,
        flagged=dict(answers.flagged.most_common()),
        paths=dict(answers.paths),
        reviews=reviews,
        audit=audit_of_run(journal, run, given),
        agreement=agreement.found(),
    )


def _outcomes(
    journal: Journal, run_id: int, answers: _Answers
) -> tuple[Counter[Status], list[RowOutcome], list[RowOutcome]]:
    """Return how many rows ended how, those that failed, and the slowest; note their times with the answers."""
    rows: Counter[Status] = Counter()
    failed: list[RowOutcome] = []
    slowest: list[tuple[float, int, RowOutcome]] = []
    for number, outcome in enumerate(journal.run_outcomes(run_id)):
        rows[outcome.status] += 1
        answers.table.begin_row(outcome)
        answers.last = max(answers.last, outcome.finished_at)
        slowest = heapq.nlargest(SLOWEST, [*slowest, (outcome.seconds, -number, outcome)])
        if outcome.failure is not None:
            failed.append(outcome)
            answers.table.fail(outcome)
    return rows, failed, [one for _, _, one in slowest]


class _Answers:
    """The answers of a run, summed up."""

    def __init__(self, run: RunRecord, saved: Saved, verdicts: Mapping[int, Verdict]) -> None:
        self._saved = saved
        self._verdicts = verdicts
        self.side = 0
        self.flagged: Counter[str] = Counter()
        self.paths: Counter[AnswerPath] = Counter()
        self.steps = {name: StepReport() for name in run.steps}
        self.unfit = self.calls = self.answered = self.perhaps = 0
        self.cut: list[CutAnswer] = []
        self.table = CallTable(run.started_at, run.steps)
        self.last: datetime = run.started_at

    def add(self, answer: Answer) -> None:
        if answer.kind is AnswerKind.MANUAL:
            return  # a person's: nobody was asked
        step = self.steps.setdefault(answer.step, StepReport())
        self.last = max(self.last, answer.finished_at)
        if answer.kind is AnswerKind.POSSIBLY_BILLED:
            self.perhaps += 1
            return
        if answer.attempts:  # else it was another row's, and no call was made
            self.table.add(answer)
        step.seconds += answer.seconds
        self._pay(step, answer)
        if answer.kind in (AnswerKind.DRAFT, AnswerKind.VERDICT):
            self.side += 1
            self.calls += answer.attempts
            return
        if answer.kind is AnswerKind.USABLE and (verdict := self._verdicts.get(answer.id)) is not None:
            self.paths[verdict.path] += 1
            self.flagged.update({words.partition(":")[0] for words in verdict.failed})
        if answer.kind is AnswerKind.UNUSABLE:
            self.unfit += 1  # its calls are counted with the answer or the failure that followed
            step.unusable_cost += answer.cost or 0
            return
        if answer.finish is Finish.LENGTH:
            self.cut.append(CutAnswer(answer.row_number, answer.row_key, answer.step))
        self.calls += answer.attempts
        step.answers += 1
        if answer.attempts:
            self.answered += 1
            step.speeds[answer.speed] += 1

    def _pay(self, step: StepReport, answer: Answer) -> None:
        usage = answer.usage or Usage()
        step.usage += usage
        if answer.cost is None:
            step.unpriced += 1
        else:
            step.cost = answer.cost + (step.cost or 0)
            step.speed_saved += answer.cost / answer.speed.price_share - answer.cost
        saved = self._saved(answer.step, usage) if usage.cached_input or usage.cache_write else None
        if saved is not None:
            step.saved = saved * answer.speed.price_share + (step.saved or 0)
