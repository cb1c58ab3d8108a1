"""Batch jobs as the journal keeps them: what was sent in which job, how far it is, and what became of each request."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import Enum

from chaindesk.domain.errors import FailureKind
from chaindesk.domain.records import Answer


class JobStage(Enum):
    """How far a job is, as far as it is known here."""

    INTENDED = "intended"  # kept, and nothing that creates it was sent
    CREATING = "creating"  # the call that creates it may have gone out: nobody knows whether the provider has it
    SUBMITTED = "submitted"  # the provider has it
    COLLECTED = "collected"  # it is over, and everything of it is in the journal
    ABANDONED = "abandoned"  # the provider never had it, or was told to forget it

    @property
    def is_open(self) -> bool:
        """Whether requests of it may still be answered, so that nobody may send them again."""
        return self in OPEN_STAGES


OPEN_STAGES = frozenset({JobStage.INTENDED, JobStage.CREATING, JobStage.SUBMITTED})


@dataclass(frozen=True, slots=True)
class BatchJob:
    """One job.

    Attributes:
        nonce: by which it is known here, and at the beginning of the id of each of its requests.
        workbook_id: the journal's number of the workbook and sheet.
        run_id: the run that pays for it.
        step: the definition of the step as JSON, by which its answers are read whatever becomes of the chain.
        provider: the provider's name in model references.
        base_url: its address.
        model: the model's name as the provider knows it.
        count: how many requests it holds.
        size: their bytes.
        created_at: when it was kept (UTC), just before it was sent.
        stage: how far it is.
        remote_id: the provider's id of it, or "".
        phase: how far the provider says it is, or "".
        succeeded: requests answered so far, as far as the provider tells.
        failed: requests refused, expired or cancelled so far.
        expires_at: when it ends at the latest, or None.
        results_until: until when its results can be read, or None where nobody can tell.
        checked_at: when the provider was asked last, or None.
        cancelling: whether the user has asked for its end.
        message: what the user is to know of it, or "".
    """

    nonce: str
    workbook_id: int
    run_id: int
    step: str
    provider: str
    base_url: str
    model: str
    count: int
    size: int
    created_at: datetime
    stage: JobStage = JobStage.INTENDED
    remote_id: str = ""
    phase: str = ""
    succeeded: int = 0
    failed: int = 0
    expires_at: datetime | None = None
    results_until: datetime | None = None
    checked_at: datetime | None = None
    cancelling: bool = False
    message: str = ""

    @property
    def step_name(self) -> str:
        """The name of the step that asks."""
        return str(json.loads(self.step)["name"])


class ItemState(Enum):
    """What became of a request of a job."""

    OUT = "out"  # in a job that is open
    ANSWERED = "answered"  # its answer is in the journal
    FAILED = "failed"  # refused, or answered with nothing that can be used
    UNPROCESSED = "unprocessed"  # expired, cancelled, or never sent: it cost nothing


@dataclass(frozen=True, slots=True)
class BatchItem:
    """One request of a job.

    Attributes:
        custom_id: its id in the job.
        row_key: the row's key at that time.
        row_number: the row's sheet number at that time.
        step: the step's name.
        fingerprint: of the request.
        draft: whether its answer is stored as a draft, since checks or votes settle it.
        state: what became of it.
        answer_id: the journal's number of what was paid for, or 0.
    """

    custom_id: str
    row_key: str
    row_number: int
    step: str
    fingerprint: str
    draft: bool = False
    state: ItemState = ItemState.OUT
    answer_id: int = 0


@dataclass(frozen=True, slots=True)
class ItemResult:
    """What a job's results say of one request.

    Attributes:
        custom_id: its id in the job.
        state: what became of it.
        answer: what was paid for, usable or not; None where nothing was.
        kind: why it failed, or None.
        message: the same in words, or "".
    """

    custom_id: str
    state: ItemState
    answer: Answer | None = None
    kind: FailureKind | None = None
    message: str = ""


@dataclass(frozen=True, slots=True)
class JobMoney:
    """What the answers of a job have cost: how many there are, and US dollars, None where no price is known."""

    answers: int = 0
    cost: Decimal | None = None
