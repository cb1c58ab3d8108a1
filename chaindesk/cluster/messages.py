"""What a run and its workers say to each other. None of it holds a key, and none shows texts where it is logged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from chaindesk.domain.completion import Completion, CompletionRequest, Endpoint, Speed, Usage
from chaindesk.domain.errors import CallError, FailureKind
from chaindesk.providers.base import RateHint


@dataclass(frozen=True, slots=True, repr=False)
class Call:
    """A call that a worker is to make.

    Attributes:
        id: tells it from every other call of every run.
        request: what is asked.
        fingerprint: of the request.
        watched: whether its text is wanted while it grows.
    """

    id: str
    request: CompletionRequest
    fingerprint: str
    watched: bool = False


@dataclass(frozen=True, slots=True, repr=False)
class Batch:
    """What a run tells a worker at once.

    Attributes:
        calls: calls to make.
        cancelled: ids of calls that nobody waits for any more.
        stored: ids of answers that the journal has, so that the worker need not keep them.
    """

    calls: tuple[Call, ...] = ()
    cancelled: tuple[str, ...] = ()
    stored: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, repr=False)
class Failed:
    """A ``CallError`` as values; see there."""

    kind: FailureKind
    message: str
    http_status: int | None = None
    retry_after: float | None = None
    request_id: str = ""
    raw_text: str = ""
    usage: Usage | None = None
    cost: Decimal | None = None
    suspected: FailureKind | None = None
    speed: Speed = Speed.STANDARD

    @classmethod
    def of(cls, error: CallError) -> Failed:
        """Return an error's values."""
        return cls(
            error.kind,
            str(error),
            error.http_status,
            error.retry_after,
            error.request_id,
            error.raw_text,
            error.usage,
            error.cost,
            error.suspected,
            error.speed,
        )

    def error(self) -> CallError:
        """Return the error."""
        error = CallError(
            self.kind,
            self.message,
            http_status=self.http_status,
            retry_after=self.retry_after,
            request_id=self.request_id,
            raw_text=self.raw_text,
            usage=self.usage,
            cost=self.cost,
            suspected=self.suspected,
        )
        error.speed = self.speed
        return error


@dataclass(frozen=True, slots=True, repr=False)
class Outcome:
    """How a call ended.

    Attributes:
        id: of the call.
        fingerprint: of its request.
        completion: the answer, or None where it failed.
        failed: why it failed, or None.
    """

    id: str
    fingerprint: str
    completion: Completion | None = None
    failed: Failed | None = None

    @property
    def is_paid(self) -> bool:
        """Return whether it was paid for, as far as anybody knows."""
        return self.completion is not None or (self.failed is not None and self.failed.error().billed)


@dataclass(frozen=True, slots=True, repr=False)
class Report:
    """What a worker tells a run at once.

    Attributes:
        outcomes: calls that have ended.
        texts: of answers that are being written, by the id of the call.
        hints: what replies told of limits, each with the id of its call.
        notices: what the user should know.
    """

    outcomes: tuple[Outcome, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict)
    hints: tuple[tuple[str, RateHint], ...] = ()
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RunSetup:
    """What a worker needs to know before it makes calls of a run.

    Attributes:
        run: tells the run from every other.
        endpoints: whom it calls; the worker finds their keys itself.
        addresses: where base URLs really are.
    """

    run: str
    endpoints: tuple[Endpoint, ...]
    addresses: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Attached:
    """What a worker says when a run begins to use it.

    Attributes:
        process: tells this process of the worker from every other, its restarts included.
        processes: the processes whose answers it keeps: its own, and those that ended on its machine.
        in_flight: ids of calls of the run that it is making.
        outcomes: answers that it keeps and that no run has stored, as far as it knows.
        lacking: what keeps it from calling the endpoints, in words for the user, or "".
        attachment: tells this from other times that the run has attached to the process: what was sent before is void.
    """

    process: str
    processes: frozenset[str]
    in_flight: frozenset[str]
    outcomes: tuple[Outcome, ...]
    lacking: str
    attachment: int = 1


def portable_endpoint(endpoint: Endpoint) -> Endpoint:
    """Return an endpoint as it can be sent: prices stay here, where costs are reckoned."""
    return replace(endpoint, prices={}, servers=())


def portable_request(request: CompletionRequest, endpoint: Endpoint) -> CompletionRequest:
    """Return a request as it can be sent, with its portable endpoint."""
    schema = None if request.schema is None else dict(request.schema)
    return replace(request, endpoint=endpoint, parameters=dict(request.parameters), schema=schema)
