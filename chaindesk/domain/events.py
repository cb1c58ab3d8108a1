"""Everything that a run can tell, as one closed union of small frozen events.

The command line and the window read the same stream. An event is emitted only after what it tells is in the journal.
Times are seconds of ``time.monotonic()`` unless a name says otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from chaindesk.domain.answer import Failure, RunState
from chaindesk.domain.completion import Finish, Usage
from chaindesk.domain.errors import FailureKind
from chaindesk.domain.status import Status


@dataclass(frozen=True, slots=True)
class RunStarted:
    """The run opened its session. ``rows`` are the sheet numbers of the chosen rows: each is queued now.

    ``calls`` is the number of calls that are missing for these rows, ``reused`` that of the answers already paid for.
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


@dataclass(frozen=True, slots=True)
class StepStarted:
    """A call of the row goes out (``attempt`` counts from 1), after it had its turn with the provider's limits."""

    at: float
    row: int
    key: str
    step: str
    attempt: int


@dataclass(frozen=True, slots=True)
class StepWaiting:
    """The row waits until about ``until``: for the provider's limits, or before it tries a failed call again.

    ``kind`` and ``message`` tell the failure that made it wait; both are None where no call failed.
    """

    at: float
    row: int
    key: str
    step: str
    until: float
    kind: FailureKind | None
    message: str | None


@dataclass(frozen=True, slots=True)
class StepFinished:
    """A step has its answer, and the journal has it. ``reused``: it was paid for earlier, and no call was made.

    ``skipped`` tells that the step's ``run_if`` did not hold; it has no text then, and nothing was called.
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


@dataclass(frozen=True, slots=True)
class RowFinished:
    """The row came to rest: done, failed, stopped or skipped, or pending again where it never began."""

    at: float
    row: int
    key: str
    status: Status
    failure: Failure | None
    seconds: float


@dataclass(frozen=True, slots=True)
class ConcurrencyChanged:
    """The user turned the number of rows at once."""

    at: float
    concurrency: int


class PauseCause(Enum):
    """Who or what paused the run."""

    USER = "user"
    KEY = "key"
    QUOTA = "quota"
    MODEL = "model"
    BUDGET = "budget"


@dataclass(frozen=True, slots=True)
class RunPaused:
    """No new call starts until the run is resumed; those under way finish. ``message`` says why and what to do."""

    at: float
    cause: PauseCause
    message: str


@dataclass(frozen=True, slots=True)
class RunResumed:
    """Calls start again."""

    at: float


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
    | StepFinished
    | RowFinished
    | ConcurrencyChanged
    | RunPaused
    | RunResumed
    | RunNoticed
    | RunFinished
)
