"""The lines of ``run``, ``demo`` and ``check`` that are no events of the engine: progress, result, error, findings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import Enum
from pathlib import Path

from chaindesk.domain.completion import Usage
from chaindesk.domain.errors import (
    CallError,
    ChainError,
    EnvironmentFailure,
    InputError,
    JournalError,
    KeyringError,
    PasswordNeeded,
    Problem,
    SaveError,
    UsageError,
    WorkbookError,
)
from chaindesk.domain.estimate import Estimate
from chaindesk.domain.manifest import Notice
from chaindesk.domain.records import RunState
from chaindesk.domain.status import Status


class ErrorKind(Enum):
    """What an ``error`` line is about, for scripts that go on differently."""

    CHAIN = "chain"  # the chain, or how it fits the sheet
    WORKBOOK = "workbook"
    PASSWORD = "password"  # noqa: S105 - the workbook is encrypted
    USAGE = "usage"  # options or words
    INPUT = "input"  # anything else that the user gave
    JOURNAL = "journal"
    SAVE = "save"
    KEYRING = "keyring"
    CALL = "call"  # a provider refused, or could not be reached
    INTERRUPTED = "interrupted"
    INTERNAL = "internal"  # a mistake in ChainDesk itself
    ENVIRONMENT = "environment"  # the machine refused something else

    @classmethod
    def of(cls, error: BaseException) -> ErrorKind:
        """Return the kind of an error."""
        return next((kind for tree, kind in _KINDS.items() if isinstance(error, tree)), cls.INTERNAL)


_KINDS: Mapping[type[BaseException], ErrorKind] = {
    ChainError: ErrorKind.CHAIN,
    PasswordNeeded: ErrorKind.PASSWORD,
    WorkbookError: ErrorKind.WORKBOOK,
    UsageError: ErrorKind.USAGE,
    InputError: ErrorKind.INPUT,
    JournalError: ErrorKind.JOURNAL,
    SaveError: ErrorKind.SAVE,
    KeyringError: ErrorKind.KEYRING,
    CallError: ErrorKind.CALL,
    EnvironmentFailure: ErrorKind.ENVIRONMENT,
    KeyboardInterrupt: ErrorKind.INTERRUPTED,
}
"""The first that fits counts: an error's class stands before those that it is derived from."""


@dataclass(frozen=True, slots=True)
class ErrorLine:
    """The last line where a command could not do its work: nothing was run, or the run broke off.

    Attributes:
        kind: what it is about.
        exit_status: what the command ends with.
        message: all of it in words for a person.
        problems: each mistake, with its place where it has one; at least one.
        run_id: the run that broke off; null where none had begun.
        ok: never true; a check line has the same field.
    """

    kind: ErrorKind
    exit_status: int
    message: str
    problems: tuple[Problem, ...]
    run_id: int | None = None
    ok: bool = False


@dataclass(frozen=True, slots=True)
class ProgressLine:
    """How a run stands, every five seconds.

    Attributes:
        at: when.
        row_count: rows that the run takes.
        rows_finished: of them, those done, failed or skipped.
        planned_calls: calls that the run expects to make.
        answers: of them, those answered.
        rows_per_minute: rows that made a call, pauses left out.
        time_left_seconds: until the run is likely to end; null where nothing can be said, as of batch jobs.
        jobs_out: batch jobs that the run waits for.
        jobs_since: when the oldest of them was sent; null without one.
        jobs_until: when all of them are over at the latest; null where nobody can tell.
        cost: so far; null where no price is known.
    """

    at: float
    row_count: int
    rows_finished: int
    planned_calls: int
    answers: int
    rows_per_minute: float
    time_left_seconds: float | None
    jobs_out: int
    jobs_since: datetime | None
    jobs_until: datetime | None
    cost: Decimal | None


@dataclass(frozen=True, slots=True)
class ResultLine:
    """The last line of a run.

    Attributes:
        exit_status: what the command ends with.
        path: the completed workbook; null where none was saved.
        export_error: why it could not be saved, or null.
        run_id: the number under which the journal has it; 0 where there was nothing to run.
        state: how it ended.
        message: why it ended early, or "".
        counts: the chosen rows by status.
        failures: the failed rows by the kind of failure.
        seconds: from its start to its end.
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
        saved: what the providers' caches saved; null where nothing was cached or no price is known.
        flagged: the checks that answers fail, by sheet row number.
        notices: what should be known.
        columns: the column number of each new header in the sheet.
    """

    exit_status: int
    path: Path | None
    export_error: str | None
    run_id: int
    state: RunState
    message: str
    counts: Mapping[Status, int]
    failures: Mapping[str, int]
    seconds: float
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
    saved: Decimal | None
    flagged: Mapping[int, tuple[str, ...]]
    notices: tuple[Notice, ...]
    columns: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class TextReading:
    """How a text file was read.

    Attributes:
        encoding: such as utf-8.
        delimiter: what stands between its cells; "" for one cell in each line.
        guessed: which of the two were guessed.
        sample: some of its text, to judge by.
    """

    encoding: str
    delimiter: str
    guessed: tuple[str, ...]
    sample: str


@dataclass(frozen=True, slots=True)
class CheckedSheet:
    """The sheet of a check.

    Attributes:
        workbook: its file.
        sheet: its name.
        header_row: the row that holds the headers.
        column_names: the columns as prompts name them.
        row_count: how many jobs it has.
        text: how a text file was read; null for a workbook.
    """

    workbook: Path
    sheet: str
    header_row: int
    column_names: tuple[str, ...]
    row_count: int
    text: TextReading | None


@dataclass(frozen=True, slots=True)
class CheckedPlan:
    """What a run would do.

    Attributes:
        rows: the sheet row numbers of the chosen rows.
        planned_calls: calls that are missing, as far as can be known.
        reused: answers that are known already.
        estimate: what the calls are likely to take.
        judge_calls: calls to judges about answers that are known already, and that they were not asked about yet.
    """

    rows: tuple[int, ...]
    planned_calls: int
    reused: int
    estimate: Estimate
    judge_calls: int = 0


@dataclass(frozen=True, slots=True)
class ProviderModels:
    """The models of a provider that was asked.

    Attributes:
        provider: its name.
        models: those that it lists.
        trouble: why they could not be had, or "".
    """

    provider: str
    models: tuple[str, ...]
    trouble: str


@dataclass(frozen=True, slots=True)
class CheckLine:
    """What a check found.

    Attributes:
        ok: whether it can be run.
        problems: what must be put right first.
        notices: what should be known.
        path: where the result would go; null where it could not be written.
        providers: the providers that were asked for their models.
        sheet: the sheet; null where it cannot be read.
        plan: what a run would do; null where chain and sheet do not fit.
    """

    ok: bool
    problems: tuple[Problem, ...]
    notices: tuple[Notice, ...]
    path: Path | None
    providers: tuple[ProviderModels, ...]
    sheet: CheckedSheet | None
    plan: CheckedPlan | None
