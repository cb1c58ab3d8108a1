"""Anthropic's message batches: the requests are in the call that creates the job, which carries no tag of ours."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from chaindesk.domain.completion import CompletionRequest
from chaindesk.providers.batches.caller import JobCaller
from chaindesk.providers.batches.lines import answer_in, number_in, parsed_line, refusal, text_in, time_in, unreadable
from chaindesk.providers.batches.openai import cancel_unless_over
from chaindesk.providers.batches.protocol import (
    BatchLimits,
    BatchLine,
    JobCandidate,
    JobCounts,
    JobOrder,
    JobPhase,
    JobState,
    Unprocessed,
)

_PHASES = {"in_progress": JobPhase.RUNNING, "canceling": JobPhase.CANCELLING, "ended": JobPhase.ENDED}
_UNPROCESSED = {"expired": Unprocessed.EXPIRED, "canceled": Unprocessed.CANCELLED}
_STATUSES = {
    "invalid_request_error": 400,
    "authentication_error": 401,
    "billing_error": 402,
    "permission_error": 403,
    "not_found_error": 404,
    "request_too_large": 413,
    "rate_limit_error": 429,
    "timeout_error": 504,
    "overloaded_error": 529,
}
_COUNTS = ("processing", "succeeded", "errored", "canceled", "expired")
_PAGE = 1000
_RESULTS_DAYS = 29.0
_LIST = "/messages/batches"


class AnthropicBatches:
    """See ``protocol.BatchApi``."""

    limits = BatchLimits(
        items=100_000,
        size=250 * 1000**2,  # of 256 MB, which the rest of the call is part of
        mixed_models=True,
        tags_jobs=False,
        hours=24.0,
        results_days=_RESULTS_DAYS,
    )

    def __init__(self, caller: JobCaller) -> None:
        self._caller = caller

    def line(self, custom_id: str, request: CompletionRequest) -> bytes:
        """``{custom_id, params}``; what is marked for the cache stays there for an hour, since a job takes its time."""
        _, body = self._caller.request_body(request)
        if isinstance(body.get("system"), list):
            body["system"] = [_kept_for_an_hour(block) for block in body["system"]]
        for message in body["messages"]:
            if isinstance(message["content"], list):
                message["content"] = [_kept_for_an_hour(block) for block in message["content"]]
        line = {"custom_id": custom_id, "params": body}
        return json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")

    async def upload(self, nonce: str, lines: Sequence[bytes]) -> str | None:
        """Nothing: the requests go with ``create``."""
        return None

    async def create(self, order: JobOrder) -> str:
        """Create the job."""
        body = b'{"requests":[' + b",".join(order.lines) + b"]}"
        return await self._caller.create(_LIST, body, lambda job: text_in(job, "id"))

    async def find(self, nonce: str, created_after: datetime, count: int) -> Sequence[JobCandidate]:
        """Those of so many requests since that time, in the list that is newest first. None of them is certain."""
        found: list[JobCandidate] = []
        query: dict[str, str | int] = {"limit": _PAGE}
        while True:
            page = await self._caller.get(_LIST, query)
            jobs = [job for job in page.get("data") or [] if isinstance(job, Mapping)]
            for job in jobs:
                created = time_in(job, "created_at")
                if created is not None and created >= created_after and _total(job) == count:
                    found.append(JobCandidate(text_in(job, "id"), created, count, certain=False))
            oldest = time_in(jobs[-1], "created_at") if jobs else None
            if not page.get("has_more") or oldest is None or oldest < created_after:
                return found
            query["after_id"] = text_in(page, "last_id") or text_in(jobs[-1], "id")

    async def state(self, remote_id: str) -> JobState:
        """``ended`` is believed once the results are there; what expired or was cancelled is told by the counts."""
        job = await self._caller.get(f"{_LIST}/{remote_id}")
        counts = {name: number_in(job, "request_counts", name) for name in _COUNTS}
        phase = _PHASES.get(text_in(job, "processing_status"), JobPhase.RUNNING)
        if phase is JobPhase.ENDED:
            if not text_in(job, "results_url") and time_in(job, "archived_at") is None:
                phase = JobPhase.FINISHING
            elif counts["expired"]:
                phase = JobPhase.EXPIRED
            elif counts["canceled"]:
                phase = JobPhase.CANCELLED
        created = time_in(job, "created_at")
        return JobState(
            remote_id,
            phase,
            JobCounts(_total(job), counts["succeeded"], counts["errored"] + counts["canceled"] + counts["expired"]),
            created_at=created,
            expires_at=time_in(job, "expires_at"),
            results_until=None if created is None else created + timedelta(days=_RESULTS_DAYS),
        )

    async def results(self, remote_id: str) -> AsyncIterator[BatchLine]:
        """The lines of its one file, at this provider's own address whatever the job names."""
        async for raw in self._caller.lines(self._caller.url(f"{_LIST}/{remote_id}/results")):
            yield self._read(raw)

    async def cancel(self, remote_id: str) -> None:
        """What cannot be interrupted is finished and paid for."""
        await cancel_unless_over(self._caller, f"{_LIST}/{remote_id}/cancel")

    def _read(self, raw: bytes) -> BatchLine:
        line = parsed_line(raw)
        custom_id = text_in(line, "custom_id")
        if line is None or not custom_id:
            return unreadable(self._caller.endpoint, raw)
        kind = text_in(line, "result", "type")
        if kind in _UNPROCESSED:
            return BatchLine(custom_id, _UNPROCESSED[kind])
        result = line["result"] if isinstance(line.get("result"), Mapping) else {}
        if kind == "succeeded":
            return BatchLine(custom_id, answer_in(self._caller, 200, result.get("message")))
        told = result.get("error")
        inner = told.get("error") if isinstance(told, Mapping) and isinstance(told.get("error"), Mapping) else told
        return BatchLine(custom_id, refusal(self._caller, _STATUSES.get(text_in(inner, "type"), 500), inner))


def _total(job: Mapping[str, Any]) -> int:
    return sum(number_in(job, "request_counts", name) for name in _COUNTS)


def _kept_for_an_hour(block: Any) -> Any:
    if not isinstance(block, Mapping) or "cache_control" not in block:
        return block
    return {**block, "cache_control": {"type": "ephemeral", "ttl": "1h"}}
