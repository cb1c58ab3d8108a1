"""The line of ``report``: one run in figures, with all its parts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from chaindesk.domain.check_results import AnswerPath
from chaindesk.domain.completion import Speed, Usage
from chaindesk.domain.records import Failure, RunState
from chaindesk.domain.status import Review
from chaindesk.json_contract.quality_lines import AgreementFigures, AuditState


@dataclass(frozen=True, slots=True)
class RowOutcomes:
    """What a run did with its rows; all figures add up to its ``row_count``.

    Attributes:
        done: rows that it finished.
        failed: rows that failed.
        skipped: rows in which no step had anything to do.
        stopped: rows that were cut off.
        complete_before: rows that had all their answers before.
        not_run: rows that it did not come to, or not to the end of.
        unknown: rows of which runs of earlier versions do not tell whether they were complete or not run.
    """

    done: int
    failed: int
    skipped: int
    stopped: int
    complete_before: int
    not_run: int
    unknown: int


@dataclass(frozen=True, slots=True)
class StepFigures:
    """The answers of one step.

    Attributes:
        step: its name.
        answers: how many.
        seconds: of their calls, summed.
        median_seconds: of one call.
        tokens: of all calls that were paid for.
        cost: as far as prices are known; null where none is.
    """

    step: str
    answers: int
    seconds: float
    median_seconds: float
    tokens: Usage
    cost: Decimal | None


@dataclass(frozen=True, slots=True)
class CutAnswerPlace:
    """An answer that was cut at its output limit."""

    row: int
    key: str
    step: str


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A row whose answer a person rejected.

    Attributes:
        row: its sheet row number.
        key: how it is known.
        reason: the person's words, or "".
    """

    row: int
    key: str
    reason: str


@dataclass(frozen=True, slots=True)
class FailedRow:
    """A row that failed."""

    row: int
    key: str
    failure: Failure


@dataclass(frozen=True, slots=True)
class SlowRow:
    """One of the rows that took longest."""

    row: int
    key: str
    seconds: float


@dataclass(frozen=True, slots=True)
class ReportLine:
    """One run in figures. A field that ``result`` has too means the same there.

    Attributes:
        run_id: its number.
        workbook: its file, as it was.
        sheet: the sheet's name.
        chain: the chain's name.
        state: how it stands or ended.
        started_at: when it began.
        finished_at: when it ended; null while it goes on, or where it never ended.
        concurrency: rows at once when it began.
        row_count: rows that it took.
        outcomes: what this run did with them.
        seconds: from its start to its end.
        held_seconds: of them, those in which it was paused or held.
        call_seconds: of all calls that were answered, summed.
        speed_up: how many times faster than one call after another; null where nothing was called.
        calls: calls made, the failed ones included, as far as they ended.
        answers: calls that were answered.
        retries: of the calls, those made again.
        reused: answers that were taken from the journal.
        tokens: of all calls that were paid for.
        cost: of all of them, as far as prices are known; null where none is.
        cost_in_vain: of the cost, that of calls which gave nothing that can be used.
        calls_in_vain: those calls.
        perhaps_billed: calls of which nobody knows whether they were billed; they are in no figure.
        unpriced: paid calls whose price nobody knows.
        saved: what the providers' caches saved; null where nothing was cached or no price is known.
        speed_saved: what other speeds than the standard one saved.
        answers_by_speed: answers by the speed that they were served at.
        budget: what it was allowed to cost; null for no limit.
        side_calls: calls for votes, judges and answers that failed their checks, which are no row's answer.
        answer_paths: answers to steps with checks or votes, by how the row came by them; "" is at once.
        failed_checks: answers that fail a check, by its label.
        cut_answers: answers that were cut at their output limit.
        reviews: rows by a person's word on them.
        rejected: those rejected.
        steps: each step's part.
        failures: the failed rows by the kind of failure.
        failed: the rows that failed.
        slowest: the rows that took longest, the slowest first.
        audit: the newest audit of rows with its answers; null without one.
        agreement: how its checks and judges agree with the reviews, those that compare with cells left out.
        page: the page that was saved, or null.
        bundle: the bundle that was saved, or null.
    """

    run_id: int
    workbook: str
    sheet: str
    chain: str
    state: RunState
    started_at: datetime
    finished_at: datetime | None
    concurrency: int
    row_count: int
    outcomes: RowOutcomes
    seconds: float
    held_seconds: float
    call_seconds: float
    speed_up: float | None
    calls: int
    answers: int
    retries: int
    reused: int
    tokens: Usage
    cost: Decimal | None
    cost_in_vain: Decimal
    calls_in_vain: int
    perhaps_billed: int
    unpriced: int
    saved: Decimal | None
    speed_saved: Decimal
    answers_by_speed: Mapping[Speed, int]
    budget: Decimal | None
    side_calls: int
    answer_paths: Mapping[AnswerPath, int]
    failed_checks: Mapping[str, int]
    cut_answers: tuple[CutAnswerPlace, ...]
    reviews: Mapping[Review, int]
    rejected: tuple[RejectedRow, ...]
    steps: tuple[StepFigures, ...]
    failures: Mapping[str, int]
    failed: tuple[FailedRow, ...]
    slowest: tuple[SlowRow, ...]
    audit: AuditState | None = None
    agreement: tuple[AgreementFigures, ...] = ()
    page: Path | None = None
    bundle: Path | None = None


@dataclass(frozen=True, slots=True)
class BundleLine:
    """A bundle that was saved although there is no run yet."""

    bundle: Path
