"""Everything that a run can tell, as one closed union of small frozen events.

The command line and the window read the same stream. An event is emitted only after what it tells is in the journal.
Times are seconds of ``time.monotonic()`` unless a name says otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import Enum

from chaindesk.domain.batch_jobs import JobStage
from chaindesk.domain.check_results import AnswerPath
from chaindesk.domain.completion import Finish, Usage
from chaindesk.domain.errors import FailureKind
from chaindesk.domain.estimate import Estimate
from chaindesk.domain.fast_values import fast_init
from chaindesk.domain.records import Failure, RunState
from chaindesk.domain.status import Status


@dataclass(frozen=True, slots=True)
class RunStarted:
    """The run opened its session. ``rows`` are the sheet numbers of the chosen rows: each is queued now.

    ``calls`` is the number of calls that are missing for these rows, ``reused`` that of the answers already paid for,
    ``estimate`` what the calls are likely to cost, ``budget`` what they may cost in US dollars, or None.
    ``judge_calls`` are those to judges about answers that are there.
    """

    at: float
    run_id: int
    workbook: str
    sheet: str
    chain: str
    steps: tuple[str, ...]
    rows: tuple[int, ...]
    concurrency: int
    calls: int
    reused: int
    estimate: Estimate = field(default_factory=Estimate)
    budget: Decimal | None = None
    judge_calls: int = 0


@fast_init
@dataclass(frozen=True, slots=True)
class StepStarted:
    """A call of the row goes out (``attempt`` counts from 1), after it had its turn with the provider's limits."""

    at: float
    row: int
    key: str
    step: str
    attempt: int


@fast_init
@dataclass(frozen=True, slots=True)
class StepWaiting:
    """The row waits until about ``until``: for the provider's limits, before it tries a failed call again, or for
    whatever holds the run.

    ``until`` is None where nobody knows. ``kind`` and ``message`` tell the failure that made it wait; both are None
    where no call failed. ``cause`` tells what holds the run, where that is what it waits for.
    """

    at: float
    row: int
    key: str
    step: str
    until: float | None
    kind: FailureKind | None
    message: str | None
    cause: PauseCause | None = None


@dataclass(frozen=True, slots=True)
class StepSubmitted:
    """The row's request is out in a batch job at the provider: it goes on whatever becomes of the run.

    ``job`` is the job by which ``BatchJobChanged`` tells of it.
    """

    at: float
    row: int
    key: str
    step: str
    job: str


@dataclass(frozen=True, slots=True)
class BatchJobChanged:
    """A batch job was submitted, has come further, or is over.

    ``stage`` and ``phase`` are how far it is here and at the provider, ``finished`` how many of its ``requests`` are
    answered or refused as far as the provider tells. It was made at ``created_at``. It ends at ``expires_at`` at the
    latest, and its results wait at the provider until ``results_until``; both are None where nobody can tell.
    ``message`` is what the user is to know.
    """

    at: float
    job: str
    provider: str
    model: str
    step: str
    stage: JobStage
    phase: str
    requests: int
    finished: int
    created_at: datetime
    expires_at: datetime | None
    results_until: datetime | None
    message: str = ""


@fast_init
@dataclass(frozen=True, slots=True)
class StepFinished:
    """A step has its answer, and the journal has it. ``reused``: it was paid for earlier, and no call was made.

    ``skipped`` tells that the step's ``run_if`` did not hold; it has no text then, and nothing was called. ``kept``
    tells of a reused answer that a person has written over, and that stands although its prompt has changed since.
    ``saved`` is what the provider's cache saved of the cost, in US dollars. ``flags`` are the checks that the answer
    fails, in words, and ``path`` is how the row came by it. ``settled``: a ``SideCall`` told of its call.
    """

    at: float
    row: int
    key: str
    step: str
    text: str
    model: str
    usage: Usage | None
    cost: Decimal | None
    seconds: float
    attempts: int
    finish: Finish
    reused: bool = False
    skipped: bool = False
    kept: bool = False
    saved: Decimal | None = None
    flags: tuple[str, ...] = ()
    path: AnswerPath = AnswerPath.AT_ONCE
    settled: bool = False


class SidePurpose(Enum):
    """For what a call was made whose answer is not the row's."""

    CHECKED = "checked"  # it failed its checks, and the step is asked otherwise
    VOTE = "vote"
    JUDGE = "judge"


@dataclass(frozen=True, slots=True)
class SideCall:
    """A call for a step's checks or votes has its answer, and the journal has it; it is not the row's answer.

    ``step`` is the step for which it was made, ``attempts`` the calls that were made for it.
    """

    at: float
    row: int
    key: str
    step: str
    purpose: SidePurpose
    model: str
    usage: Usage | None
    cost: Decimal | None
    seconds: float
    attempts: int = 1


@dataclass(frozen=True, slots=True)
class CallInVain:
    """A call gave nothing that can be used, and yet it was paid for, as ``usage`` and ``cost`` tell. ``perhaps``:
    nobody knows whether it was, because it was cut off or no whole reply came.

    ``kind`` tells why there is nothing that can be used; None where the run was stopped.
    """

    at: float
    row: int
    key: str
    step: str
    kind: FailureKind | None
    usage: Usage | None
    cost: Decimal | None
    perhaps: bool = False


@fast_init
@dataclass(frozen=True, slots=True)
class RowFinished:
    """The row came to rest: done, failed or skipped, or pending again where it never began or was cut off.

    ``began`` tells whether a worker had taken it up. ``cause`` tells of a pending row why the run did not come to its
    end: what the run was halted for, or the user, who stopped it.
    """

    at: float
    row: int
    key: str
    status: Status
    failure: Failure | None
    seconds: float
    began: bool = True
    cause: PauseCause | None = None


@dataclass(frozen=True, slots=True)
class ConcurrencyChanged:
    """The user turned the number of rows at once."""

    at: float
    concurrency: int


@dataclass(frozen=True, slots=True)
class BudgetChanged:
    """The run has another budget from now on, in US dollars; None is no limit."""

    at: float
    budget: Decimal | None


@dataclass(frozen=True, slots=True)
class LimitSeen:
    """A provider's limit became known or changed: by the chain, by what a reply told, or by refusals.

    ``unit`` is ``requests``, ``tokens``, ``input_tokens`` or ``output_tokens``; ``per_minute`` how many of them pass.
    """

    at: float
    provider: str
    unit: str
    per_minute: float


class PauseCause(Enum):
    """Who or what paused the run."""

    USER = "user"
    KEY = "key"
    QUOTA = "quota"
    MODEL = "model"
    BUDGET = "budget"
    LIMIT = "limit"  # a limit of a day or an hour is reached: the run goes on by itself when it has passed
    TRUST = "trust"  # the provider's certificate is not trusted
    OUTAGE = "outage"  # a provider cannot be reached, or answers nothing but errors: the run goes on by itself
    DISK = "disk"  # answers cannot be kept
    FAILURES = "failures"  # most rows fail for one reason: the brake


@dataclass(frozen=True, slots=True)
class RunPaused:
    """No new call starts until the run is resumed; those under way finish. ``message`` says why and what to do.

    An outage holds back the calls to one ``provider`` only, and ends by itself; it is told anew, with the same words,
    each time that ``until``, the time of the next try, is another. More than one pause can be on at a time.
    """

    at: float
    cause: PauseCause
    message: str
    provider: str = ""
    until: float | None = None


@dataclass(frozen=True, slots=True)
class RunResumed:
    """Calls start again: after the outage of ``provider``, or, where ``cause`` is None, after every other pause."""

    at: float
    cause: PauseCause | None = None
    provider: str = ""


@dataclass(frozen=True, slots=True)
class RunNoticed:
    """Something came to light that the user should know and that stops nothing, such as a parameter that a model does
    not take. Each is told once a run; ``message`` is a whole sentence."""

    at: float
    message: str


@dataclass(frozen=True, slots=True)
class RunFinished:
    """The run is over and its session is closed."""

    at: float
    run_id: int
    state: RunState
    message: str = ""


Event = (
    RunStarted
    | StepStarted
    | StepWaiting
    | StepSubmitted
    | BatchJobChanged
    | StepFinished
    | SideCall
    | CallInVain
    | RowFinished
    | ConcurrencyChanged
    | BudgetChanged
    | LimitSeen
    | RunPaused
    | RunResumed
    | RunNoticed
    | RunFinished
)
