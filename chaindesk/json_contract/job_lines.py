"""The lines of the commands about batch jobs: ``jobs`` and ``collect``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from chaindesk.domain.batch_jobs import JobStage


@dataclass(frozen=True, slots=True)
class JobLine:
    """One batch job of a list.

    Attributes:
        job: by which it is known here.
        provider: the provider's name.
        remote_id: the provider's own number of it, or "".
        model: the model.
        step: the step that asks.
        request_count: how many rows it holds.
        succeeded: of them, answered as of the last look.
        unanswered: of them, refused, expired or cancelled as of the last look.
        stage: how far it is here.
        phase: how far the provider says it is, or "".
        cancelling: whether its end was asked for.
        created_at: when it was sent.
        expires_at: when it ends at the latest; null where nobody can tell.
        results_until: until when its results wait at the provider; null where nobody can tell.
        checked_at: when the provider was asked last; null where it never was.
        stored_answers: answers of it that are in the journal.
        cost: what they have cost; null where no price is known.
        message: what should be known of it, or "".
        run_id: the run that sent it.
        chain: the chain's name, or "" where that run is gone.
        workbook: the workbook's file, as it was, or "".
    """

    job: str
    provider: str
    remote_id: str
    model: str
    step: str
    request_count: int
    succeeded: int
    unanswered: int
    stage: JobStage
    phase: str
    cancelling: bool
    created_at: datetime
    expires_at: datetime | None
    results_until: datetime | None
    checked_at: datetime | None
    stored_answers: int
    cost: Decimal | None
    message: str
    run_id: int
    chain: str
    workbook: str


@dataclass(frozen=True, slots=True)
class CollectedLine:
    """What ``collect`` came to.

    Attributes:
        collected_rows: rows of which something has come.
        jobs_ended: jobs that are over.
        jobs_open: jobs that go on, or could not be asked.
        problems: what could not be done, in words, by job.
        workbooks: the workbooks that have something new.
    """

    collected_rows: int
    jobs_ended: int
    jobs_open: int
    problems: Mapping[str, str]
    workbooks: tuple[str, ...]
