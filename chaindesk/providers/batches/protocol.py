"""What the engine sees of a provider's batch jobs: one protocol for all providers, its values and its errors.

A job goes through ``line`` (each request as it is sent), ``upload`` (where the provider takes files), ``create``,
``state`` until it has ended, and ``results``. Whoever calls this keeps the nonce and the items **before** ``create``:
no provider has an idempotency key, so that a lost reply to it is reconciled by ``find`` and never by a second call.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Protocol

from chaindesk.domain.completion import Completion, CompletionRequest, Endpoint
from chaindesk.domain.errors import CallError
from chaindesk.providers.base import Provider

MAX_CUSTOM_ID = 64
"""Characters of a ``custom_id``, out of ``A-Z a-z 0-9 _ -``, that every provider takes."""


@dataclass(frozen=True, slots=True)
class BatchLimits:
    """What one job may hold, and how long it and its results live.

    Attributes:
        items: the most requests.
        size: the most bytes of all lines and their line ends.
        mixed_models: whether the requests of one job may ask different models.
        tags_jobs: whether a job carries its nonce, so that ``find`` is certain; else it is known by time and count.
        hours: after which a job expires, or None where it goes on.
        results_days: days that results are kept for, or None where nobody says.
    """

    items: int
    size: int
    mixed_models: bool
    tags_jobs: bool
    hours: float | None
    results_days: float | None


@dataclass(frozen=True, slots=True)
class JobOrder:
    """A job that is to be created.

    Attributes:
        nonce: what it is known by, at the beginning of every ``custom_id``.
        model: the model, or the first one where they are mixed.
        lines: its requests as ``line`` made them; not needed where ``upload`` returned a reference.
        input: what ``upload`` returned, or None.
        count: how many requests it holds.
    """

    nonce: str
    model: str
    lines: Sequence[bytes] = field(repr=False)
    input: str | None
    count: int


class JobPhase(Enum):
    """How far a job is. The providers' own words are more and mean the same."""

    QUEUED = "queued"
    RUNNING = "running"
    FINISHING = "finishing"  # its requests are answered, its results cannot be read yet
    CANCELLING = "cancelling"
    ENDED = "ended"
    EXPIRED = "expired"  # ended by time: what was answered until then is paid for and can be read
    CANCELLED = "cancelled"  # the same, by the user
    FAILED = "failed"  # refused as a whole: nothing was answered, or what was stands in its results

    @property
    def over(self) -> bool:
        """Whether the job does not change any more, so that its results are to be read."""
        return self in _OVER


_OVER = frozenset({JobPhase.ENDED, JobPhase.EXPIRED, JobPhase.CANCELLED, JobPhase.FAILED})


@dataclass(frozen=True, slots=True)
class JobCounts:
    """A job's requests. Anthropic tells all of them as unfinished until the whole job has ended.

    Attributes:
        total: all of them, or 0 where the provider has not counted yet.
        succeeded: answered.
        failed: refused, expired or cancelled.
    """

    total: int = 0
    succeeded: int = 0
    failed: int = 0

    @property
    def finished(self) -> int:
        """Requests that are over."""
        return self.succeeded + self.failed


@dataclass(frozen=True, slots=True)
class JobState:
    """A job as the provider tells of it.

    Attributes:
        remote_id: the provider's own id.
        phase: how far it is.
        counts: its requests.
        created_at: when the provider accepted it.
        expires_at: when it ends at the latest, or None.
        results_until: until when its results can be read, or None while nobody can tell.
        error: why the job failed as a whole, in words for the user, or "".
        queue_full: whether it failed since more tokens were waiting than the account may queue: nothing was billed,
            and a smaller job, or this one later, may pass.
    """

    remote_id: str
    phase: JobPhase
    counts: JobCounts
    created_at: datetime | None = None
    expires_at: datetime | None = None
    results_until: datetime | None = None
    error: str = ""
    queue_full: bool = False


class Unprocessed(Enum):
    """Why a request of a job was not worked at. It cost nothing."""

    EXPIRED = "expired"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class BatchLine:
    """What became of one request.

    Attributes:
        custom_id: whose it is; "" where the line could not be read so far, which concerns this line alone.
        outcome: the answer, the failure, or why it was not worked at.
    """

    custom_id: str
    outcome: Completion | CallError | Unprocessed


@dataclass(frozen=True, slots=True)
class JobCandidate:
    """A job at the provider that may be the one whose creation nobody knows of.

    Attributes:
        remote_id: the provider's id.
        created_at: when it was accepted.
        count: its requests, or 0 where they are not told.
        certain: whether it carries the nonce. Else it fits by time and count alone, and the first line of its results
            proves it, or not.
    """

    remote_id: str
    created_at: datetime | None
    count: int
    certain: bool


class CreationLost(CallError):
    """No reply came to the call that creates a batch job: it may have been accepted. It is not to be sent again before
    ``find`` was asked."""


class InputNotFound(CallError):
    """The provider does not find the file of the job that was just uploaded: nothing was created."""


class QueueFull(CallError):
    """The provider takes no further batch job now, because too many tokens or jobs wait: nothing was created."""


class JobUnknown(CallError):
    """The provider does not know the batch job (any more). It is not to be sent again without asking: it may have been
    paid for."""


class BatchApi(Protocol):
    """The batch jobs of one provider with one key. Every method raises ``CallError`` where a call fails."""

    @property
    def limits(self) -> BatchLimits:
        """What one job may hold."""
        ...

    def line(self, custom_id: str, request: CompletionRequest) -> bytes:
        """One request as it is sent in a job, without a line end.

        The body is that of the live wire format, with what was learnt of the model by live calls, without streaming.
        """
        ...

    async def upload(self, nonce: str, lines: Sequence[bytes]) -> str | None:
        """Upload the requests, and return how ``create`` refers to them; None where the provider takes no files.

        Costs nothing, and may be repeated.
        """
        ...

    async def create(self, order: JobOrder) -> str:
        """Create the job, and return its id. One call that is never repeated, but where the file is not found yet.

        Raises:
            CreationLost: there was no reply that tells whether the job exists.
            InputNotFound: the uploaded file is not found, after some seconds of trying.
            QueueFull: too much waits already.
            CallError: it was refused.
        """
        ...

    async def find(self, nonce: str, created_after: datetime, count: int) -> Sequence[JobCandidate]:
        """The jobs that may be the one of this nonce: all pages of the provider's list, down to that time.

        Args:
            nonce: the job's.
            created_after: some minutes before it can have been created.
            count: its requests.
        """
        ...

    async def state(self, remote_id: str) -> JobState:
        """How far the job is.

        Raises:
            JobUnknown: the provider does not know it.
        """
        ...

    def results(self, remote_id: str) -> AsyncIterator[BatchLine]:
        """What became of its requests, in any order: answers and failures, whichever file they are in.

        Reading again gives the same lines again: whoever stores them goes by ``custom_id``.

        Raises:
            JobUnknown: the provider does not know the job, or has deleted its results.
            CallError: they cannot be read, or not to their end; what was given until then is good.
        """
        ...

    async def cancel(self, remote_id: str) -> None:
        """Ask the provider to end the job. It goes on for a while; what was answered is paid for and can be read."""
        ...


class BatchProvider(Provider, Protocol):
    """A provider that may have batch jobs beside its calls."""

    def batches(self, endpoint: Endpoint) -> BatchApi | None:
        """The batch jobs of an endpoint, or None where it has none."""
        ...
