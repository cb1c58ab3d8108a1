"""Batch jobs of the journal in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Protocol

from typing_extensions import override

from chaindesk.domain.batch_jobs import BatchItem, BatchJob, ItemResult, ItemState, JobMoney
from chaindesk.domain.records import Answer
from chaindesk.journal.batch_jobs import BatchJobs


class Answers(Protocol):
    """The answers of the journal that the jobs are part of."""

    def put(self, answer: Answer) -> int:
        """Keep an answer, and return its number."""
        ...

    def answer(self, answer_id: int) -> Answer | None:
        """Return one answer."""
        ...


class MemoryBatchJobs(BatchJobs):
    """See ``journal.batch_jobs.BatchJobs``."""

    def __init__(self, answers: Answers) -> None:
        self._answers = answers
        self._jobs: dict[str, BatchJob] = {}
        self._items: dict[str, dict[str, BatchItem]] = {}

    @property
    def counts(self) -> dict[str, int]:
        """Return how many jobs and requests there are."""
        return {"batch_job": len(self._jobs), "batch_item": sum(map(len, self._items.values()))}

    @override
    async def begin(self, job: BatchJob, items: Sequence[BatchItem]) -> None:
        self._jobs[job.nonce] = job
        self._items[job.nonce] = {item.custom_id: item for item in items}

    @override
    async def update(self, job: BatchJob) -> None:
        self._jobs[job.nonce] = job

    @override
    async def close(self, job: BatchJob) -> None:
        self._jobs[job.nonce] = job
        for custom_id, item in self._items[job.nonce].items():
            if item.state is ItemState.OUT:
                self._items[job.nonce][custom_id] = replace(item, state=ItemState.UNPROCESSED)

    @override
    async def store_results(self, nonce: str, results: Sequence[ItemResult]) -> Sequence[int]:
        numbers = []
        for result in results:
            item = self._items[nonce].get(result.custom_id)
            if item is not None and item.state is ItemState.OUT:
                number = 0 if result.answer is None else self._answers.put(result.answer)
                item = replace(item, state=result.state, answer_id=number)
                self._items[nonce][result.custom_id] = item
            numbers.append(0 if item is None else item.answer_id)
        return numbers

    @override
    def jobs(self, workbook_id: int | None = None, *, only_open: bool = True) -> Sequence[BatchJob]:
        return [
            job
            for job in self._jobs.values()
            if workbook_id in (None, job.workbook_id) and (job.stage.is_open or not only_open)
        ]

    @override
    def items(self, nonce: str) -> Sequence[BatchItem]:
        return list(self._items.get(nonce, {}).values())

    @override
    def rows_out(self, workbook_id: int) -> Mapping[str, Sequence[tuple[str, str]]]:
        found: dict[str, list[tuple[str, str]]] = {}
        for job in self.jobs(workbook_id):
            for item in self._items[job.nonce].values():
                if item.state is ItemState.OUT:
                    found.setdefault(item.row_key, []).append((item.step, item.fingerprint))
        return found

    @override
    def job_of(self, workbook_id: int, row_key: str, step: str, fingerprint: str) -> BatchJob | None:
        found = [
            (item.row_key != row_key, job.created_at, job.nonce)
            for job in self.jobs(workbook_id)
            for item in self._items[job.nonce].values()
            if (item.step, item.fingerprint, item.state) == (step, fingerprint, ItemState.OUT)
        ]
        return self._jobs[min(found)[2]] if found else None

    @override
    def money(self) -> Mapping[str, JobMoney]:
        found = {}
        for nonce, items in self._items.items():
            answers = [self._answers.answer(item.answer_id) for item in items.values() if item.answer_id]
            costs = [one.cost for one in answers if one is not None and one.cost is not None]
            if answers:
                found[nonce] = JobMoney(len(answers), sum(costs, Decimal(0)) if costs else None)
        return found
