"""What the engine sees of the journal's batch jobs: one protocol, free of SQLite.

Every request of a job is kept before the job is sent, and its answer is stored together with the note that it has
come: results that are read twice are stored once.
"""

from __future__ import annotations

from collections.abc import Awaitable, Mapping, Sequence
from typing import Protocol

from chaindesk.domain.batch_jobs import BatchItem, BatchJob, ItemResult, JobMoney


class BatchJobs(Protocol):
    """The batch jobs of a journal. Every method raises ``JournalError``; writes return when the data is on the disk."""

    def begin(self, job: BatchJob, items: Sequence[BatchItem]) -> Awaitable[object]:
        """Store a job that is about to be sent with all of its requests, all at once or not at all."""
        ...

    def update(self, job: BatchJob) -> Awaitable[object]:
        """Store how a job stands now."""
        ...

    def close(self, job: BatchJob) -> Awaitable[object]:
        """Store that a job is over; requests of which nothing came cost nothing, and may be sent again."""
        ...

    def store_results(self, nonce: str, results: Sequence[ItemResult]) -> Awaitable[Sequence[int]]:
        """Store what became of requests, the answers included; what is known of a request already is passed over.

        Returns:
            The number of each answer, that of before where it was stored already, 0 where there is none.
        """
        ...

    def jobs(self, workbook_id: int | None = None, *, only_open: bool = True) -> Sequence[BatchJob]:
        """Return jobs, oldest first: those of a workbook, or all."""
        ...

    def items(self, nonce: str) -> Sequence[BatchItem]:
        """Return the requests of a job, in the order in which they were sent."""
        ...

    def rows_out(self, workbook_id: int) -> Mapping[str, Sequence[tuple[str, str]]]:
        """Return step and fingerprint of what is out in open jobs, by the key of the row."""
        ...

    def job_of(self, workbook_id: int, row_key: str, step: str, fingerprint: str) -> BatchJob | None:
        """Return the open job in which a question is out, the row's own one first; None where it is out in none."""
        ...

    def money(self) -> Mapping[str, JobMoney]:
        """Return what the answers of each job have cost, by its nonce."""
        ...
