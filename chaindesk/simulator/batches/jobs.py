"""Batch jobs and the files around them: what was asked, how far it is by a clock that can be moved, what is billed."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum
from typing import Any

from chaindesk.simulator.batches.options import BatchOptions
from chaindesk.simulator.options import generator
from chaindesk.simulator.text import count_tokens


class Phase(Enum):
    """How far a job is, whatever the provider calls it."""

    QUEUED = "queued"
    RUNNING = "running"
    ENDED = "ended"
    EXPIRED = "expired"
    CANCELLING = "cancelling"
    CANCELLED = "cancelled"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Line:
    """One request of a job.

    Attributes:
        custom_id: its own id.
        body: the body of the live call that it stands for.
        path: where that would go.
    """

    custom_id: str
    body: Mapping[str, Any]
    path: str


@dataclass(slots=True)
class Job:
    """A job.

    Attributes:
        identity: its id.
        model: whom it asks.
        lines: its requests.
        created: when, by the store's clock.
        expires: when it ends at the latest, or None.
        about: what its creator said of it, such as metadata.
        failed: why it fails as a whole: a code and a message.
        cancelled: when it was cancelled.
        answered: the requests answered so far, in the order of answering.
        input: the id of its file.
        outputs: the ids of the files of its results, by kind.
    """

    identity: str
    model: str
    lines: Sequence[Line]
    created: float
    expires: float | None
    about: Mapping[str, Any]
    failed: tuple[str, str] | None = None
    cancelled: float | None = None
    answered: list[Line] = field(default_factory=list)
    input: str = ""
    outputs: dict[str, str] = field(default_factory=dict)
    order: Sequence[Line] = ()


@dataclass(slots=True)
class BatchCounters:
    """The witness: jobs accepted, requests accepted and billed by their ids.

    Attributes:
        jobs: jobs that were accepted.
        lines: how often each request was accepted.
        billed: how often each was answered, and so is paid for.
        tokens_in: of what was billed.
        tokens_out: the same.
    """

    jobs: int = 0
    lines: Counter[str] = field(default_factory=Counter)
    billed: Counter[str] = field(default_factory=Counter)
    tokens_in: int = 0
    tokens_out: int = 0

    def as_json(self) -> dict[str, Any]:
        """All counts as JSON values."""
        return {
            "jobs": self.jobs,
            "lines": dict(self.lines),
            "billed": dict(self.billed),
            "tokens_in": self.tokens_in,
            "tokens_out": self.tokens_out,
        }


class JobStore:
    """All jobs and files of a server."""

    def __init__(self, options: Callable[[], BatchOptions], seed: int = 0) -> None:
        self._options = options
        self._seed = seed
        self._offset = 0.0
        self._jobs: dict[str, Job] = {}
        self._refusals_of_files: Counter[str] = Counter()
        self.files: dict[str, bytes] = {}
        self.counters = BatchCounters()
        self.created_calls = 0
        self.downloads = 0

    @property
    def now(self) -> float:
        """Seconds since 1970, by a clock that ``advance`` moves."""
        return time.time() + self._offset

    def advance(self, seconds: float) -> None:
        """Let so much time pass."""
        self._offset += seconds
        for job in self._jobs.values():
            self.progress(job)

    def add_file(self, content: bytes) -> str:
        """Keep a file, and return its id."""
        identity = f"file-simulated{len(self.files) + 1}"
        self.files[identity] = content
        return identity

    def finds(self, file: str) -> bool:
        """Whether a file is found already, when a job is created over it."""
        if file not in self.files:
            return False
        self._refusals_of_files[file] += 1
        return self._refusals_of_files[file] > self._options().input_delay

    def create(
        self, prefix: str, model: str, lines: Sequence[Line], about: Mapping[str, Any], *, expires: bool = True
    ) -> Job:
        """Accept a job."""
        options = self._options()
        identity = f"{prefix}simulated{len(self._jobs) + 1}"
        job = Job(identity, model, lines, self.now, self.now + options.expires if expires else None, about)
        shuffled = list(lines)
        generator(self._seed, "batch order", identity).shuffle(shuffled)
        job.order = shuffled
        job.failed = self._obstacle(job)
        self._jobs[identity] = job
        self.counters.jobs += 1
        self.counters.lines.update(line.custom_id for line in lines)
        return job

    def get(self, identity: str) -> Job | None:
        """The job of an id, as it is now."""
        job = self._jobs.get(identity)
        if job is not None:
            self.progress(job)
        return job

    def newest_first(self, prefix: str) -> list[Job]:
        """All jobs whose ids begin so."""
        found = [job for job in reversed(self._jobs.values()) if job.identity.startswith(prefix)]
        for job in found:
            self.progress(job)
        return found

    def phase(self, job: Job) -> Phase:
        """How far a job is."""
        options, now = self._options(), self.now
        if job.failed is not None:
            return Phase.FAILED
        if job.cancelled is not None:
            return Phase.CANCELLED if now >= job.cancelled + options.cancel_seconds else Phase.CANCELLING
        if len(job.answered) == len(job.lines):
            return Phase.ENDED
        if job.expires is not None and now >= job.expires:
            return Phase.EXPIRED
        return Phase.RUNNING if now > job.created else Phase.QUEUED

    def over_at(self, job: Job) -> float | None:
        """When a job was over, or None."""
        options = self._options()
        match self.phase(job):
            case Phase.FAILED:
                return job.created
            case Phase.CANCELLED:
                return (job.cancelled or 0.0) + options.cancel_seconds
            case Phase.ENDED:
                return job.created + options.seconds
            case Phase.EXPIRED:
                return job.expires
        return None

    def names_results(self, job: Job) -> bool:
        """Whether a job that is over says where its results are."""
        over = self.over_at(job)
        return over is not None and self.now >= over + self._options().file_delay

    def cancel(self, job: Job) -> bool:
        """Cancel a job, and return whether it could be."""
        if self.phase(job) not in (Phase.QUEUED, Phase.RUNNING):
            return False
        job.cancelled = self.now
        return True

    def progress(self, job: Job) -> None:
        """Answer what has been answered by now, once."""
        if job.failed is not None:
            return
        options = self._options()
        until = min(self.now, job.cancelled or self.now, job.expires or self.now)
        share = 1.0 if options.seconds <= 0 else min((until - job.created) / options.seconds, 1.0)
        count = int(min(share, options.answered) * len(job.lines))
        for line in job.order[len(job.answered) : count]:
            job.answered.append(line)
            if not self.refusal_of(line):
                self.counters.billed[line.custom_id] += 1

    def refusal_of(self, line: Line) -> str:
        """Why a request is refused: ``refused``, ``empty``, or "" where it is answered."""
        options = self._options()
        point = generator(self._seed, "batch line", line.custom_id).random()
        if point < options.refused or line.body.get("stream"):
            return "refused"
        return "empty" if point < options.refused + options.empty_account else ""

    def is_garbled(self, line: Line) -> bool:
        """Whether a line of results cannot be read."""
        return generator(self._seed, "garbled", line.custom_id).random() < self._options().garbled

    def _obstacle(self, job: Job) -> tuple[str, str] | None:
        identities = Counter(line.custom_id for line in job.lines)
        if not job.lines:
            return "empty_file", "The batch file is empty."
        if any(number > 1 for number in identities.values()):
            return "duplicate_custom_id", "The custom_id for this request is a duplicate of another request."
        limit = self._options().queue_tokens
        if limit is None:
            return None
        waiting = sum(
            _tokens(line)
            for other in [*self._jobs.values(), job]
            if other.model == job.model and self.phase(other) in (Phase.QUEUED, Phase.RUNNING)
            for line in other.lines
        )
        if waiting <= limit:
            return None
        message = (
            f"Enqueued token limit reached for {job.model} in organization org-simulated. Limit: {limit:,} enqueued "
            "tokens. Please try again once some in_progress batches have been completed."
        )
        return "token_limit_exceeded", message


def iso(seconds: float | None) -> str | None:
    """A time as text, in UTC."""
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")


def _tokens(line: Line) -> int:
    return count_tokens(str(line.body))
