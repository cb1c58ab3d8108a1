"""Mistral's batch jobs: the model is the job's, not the lines', and the list can be asked from a time on."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from chaindesk.domain.completion import CompletionRequest
from chaindesk.domain.errors import CallError, FailureKind
from chaindesk.providers.batches.caller import JobCaller, multipart
from chaindesk.providers.batches.job_times import MAX_FINISHING, Now, utc_now
from chaindesk.providers.batches.lines import number_in, parsed_line, text_in, time_in
from chaindesk.providers.batches.openai import cancel_unless_over, read_result
from chaindesk.providers.batches.protocol import (
    BatchLimits,
    BatchLine,
    JobCandidate,
    JobCounts,
    JobOrder,
    JobPhase,
    JobState,
)

_PHASES = {
    "QUEUED": JobPhase.QUEUED,
    "RUNNING": JobPhase.RUNNING,
    "SUCCESS": JobPhase.ENDED,
    "FAILED": JobPhase.FAILED,
    "TIMEOUT_EXCEEDED": JobPhase.EXPIRED,
    "CANCELLATION_REQUESTED": JobPhase.CANCELLING,
    "CANCELLED": JobPhase.CANCELLED,
}
_HOURS = 24
_PAGE = 100
_TAG = "chaindesk"


class MistralBatches:
    """See ``protocol.BatchApi``."""

    limits = BatchLimits(
        items=100_000, size=500 * 1000**2, mixed_models=False, tags_jobs=True, hours=float(_HOURS), results_days=None
    )

    def __init__(self, caller: JobCaller, now: Now = utc_now) -> None:
        self._caller = caller
        self._now = now

    def line(self, custom_id: str, request: CompletionRequest) -> bytes:
        """``{custom_id, body}``."""
        _, body = self._caller.request_body(request)
        body.pop("model", None)
        line = {"custom_id": custom_id, "body": body}
        return json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")

    async def upload(self, nonce: str, lines: Sequence[bytes]) -> str | None:
        """Upload them as a file whose purpose is a batch job."""
        body, headers = multipart(nonce, lines)
        reply = await self._caller.upload(self._caller.url("/files"), body, headers)
        identity = text_in(parsed_line(reply.body), "id")
        if not identity:
            message = f"{self._caller.endpoint.name} told no id of the uploaded file. Try again."
            raise CallError(FailureKind.MALFORMED, message)
        return identity

    async def create(self, order: JobOrder) -> str:
        """Create the job over the uploaded file, tagged with the nonce."""
        body = {
            "input_files": [order.input],
            "model": order.model,
            "endpoint": "/v1/chat/completions",
            "timeout_hours": _HOURS,
            "metadata": {_TAG: order.nonce, "rows": str(order.count)},
        }
        return await self._caller.create("/batch/jobs", json.dumps(body).encode(), lambda job: text_in(job, "id"))

    async def find(self, nonce: str, created_after: datetime, count: int) -> Sequence[JobCandidate]:
        """Those whose tag is the nonce, on all pages from that time on."""
        found: list[JobCandidate] = []
        query: dict[str, str | int] = {
            "page": 0,
            "page_size": _PAGE,
            "created_after": created_after.astimezone(UTC).isoformat(),
        }
        while True:
            page = await self._caller.get("/batch/jobs", query)
            jobs = [job for job in page.get("data") or [] if isinstance(job, Mapping)]
            for job in jobs:
                if text_in(job, "metadata", _TAG) == nonce:
                    total = number_in(job, "total_requests")
                    found.append(JobCandidate(text_in(job, "id"), time_in(job, "created_at"), total, certain=True))
            if len(jobs) < _PAGE:
                return found
            query["page"] = int(query["page"]) + 1

    async def state(self, remote_id: str) -> JobState:
        """``SUCCESS`` is believed once the files are named that its counts promise."""
        return self._state(remote_id, await self._caller.get(f"/batch/jobs/{remote_id}"))

    async def results(self, remote_id: str) -> AsyncIterator[BatchLine]:
        """The lines of the output file and of the error file."""
        job = await self._caller.get(f"/batch/jobs/{remote_id}")
        for name in ("output_file", "error_file"):
            if file := text_in(job, name):
                async for raw in self._caller.lines(self._caller.url(f"/files/{file}/content")):
                    yield read_result(self._caller, raw)

    async def cancel(self, remote_id: str) -> None:
        """A job that is over already is none to cancel."""
        await cancel_unless_over(self._caller, f"/batch/jobs/{remote_id}/cancel")

    def _state(self, remote_id: str, job: Mapping[str, Any]) -> JobState:
        counts = JobCounts(
            number_in(job, "total_requests"), number_in(job, "succeeded_requests"), number_in(job, "failed_requests")
        )
        phase = _PHASES.get(text_in(job, "status"), JobPhase.RUNNING)
        over_at = time_in(job, "completed_at")
        lacks_files = (counts.succeeded and not text_in(job, "output_file")) or (
            counts.failed and not text_in(job, "error_file")
        )
        if phase is JobPhase.ENDED and lacks_files and self._now() - (over_at or self._now()) < MAX_FINISHING:
            phase = JobPhase.FINISHING
        errors = [text_in(one, "message") for one in job.get("errors") or [] if isinstance(one, Mapping)]
        return JobState(
            remote_id,
            phase,
            counts,
            created_at=time_in(job, "created_at"),
            error=self._caller.clean("; ".join(errors[:5])) if phase is JobPhase.FAILED else "",
        )
