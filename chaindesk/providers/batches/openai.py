"""OpenAI's batch jobs, and Azure's: the same but for the path that a job names and that they do not expire."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from chaindesk.domain.completion import CompletionRequest, Message
from chaindesk.domain.errors import CallError, FailureKind
from chaindesk.providers.batches.caller import JobCaller, multipart
from chaindesk.providers.batches.job_times import MAX_FINISHING, Now, utc_now
from chaindesk.providers.batches.lines import answer_in, number_in, parsed_line, refusal, text_in, time_in, unreadable
from chaindesk.providers.batches.protocol import (
    BatchLimits,
    BatchLine,
    InputNotFound,
    JobCandidate,
    JobCounts,
    JobOrder,
    JobPhase,
    JobState,
    JobUnknown,
    QueueFull,
    Unprocessed,
)

_PHASES = {
    "validating": JobPhase.QUEUED,
    "in_progress": JobPhase.RUNNING,
    "finalizing": JobPhase.FINISHING,
    "completed": JobPhase.ENDED,
    "failed": JobPhase.FAILED,
    "expired": JobPhase.EXPIRED,
    "cancelling": JobPhase.CANCELLING,
    "cancelled": JobPhase.CANCELLED,
    "canceled": JobPhase.CANCELLED,  # so Azure's pages have it too
}
_UNPROCESSED = {"batch_expired": Unprocessed.EXPIRED, "batch_cancelled": Unprocessed.CANCELLED}
_NO_FILE = re.compile(r"(cannot|could not|couldn't|no such) .{0,20}\bfile|file .{0,40}not found", re.IGNORECASE)
_QUEUE_FULL = re.compile(r"token_limit_exceeded|enqueued.{0,20}(token|limit)", re.IGNORECASE)
_FILE_DELAYS_S = (1.0, 2.0, 4.0, 8.0)
_OVER_AT = ("completed_at", "expired_at", "cancelled_at", "failed_at")
_PAGE = 100
_TAG = "chaindesk"
_VERSION = "/v1"


class OpenAIBatches:
    """OpenAI's batch jobs; see ``protocol.BatchApi``."""

    limits = BatchLimits(
        items=50_000, size=200 * 1000**2, mixed_models=False, tags_jobs=True, hours=24.0, results_days=30.0
    )
    job_prefix = _VERSION
    """Before the path that a job asks, as its creation names it."""

    def __init__(
        self, caller: JobCaller, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep, now: Now = utc_now
    ) -> None:
        self._caller = caller
        self._sleep = sleep
        self._now = now

    def line(self, custom_id: str, request: CompletionRequest) -> bytes:
        """``{custom_id, method, url, body}``."""
        path, body = self._caller.request_body(request)
        line = {"custom_id": custom_id, "method": "POST", "url": f"{_VERSION}{path}", "body": body}
        return json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")

    async def upload(self, nonce: str, lines: Sequence[bytes]) -> str | None:
        """Upload them as a file whose purpose is a batch job."""
        body, headers = multipart(nonce, lines)
        reply = await self._caller.upload(self._caller.url("/files"), body, headers)
        identity = text_in(parsed_line(reply.body), "id")
        if not identity:
            raise CallError(
                FailureKind.MALFORMED, f"{self._caller.endpoint.name} told no id of the uploaded file. Try again."
            )
        return identity

    async def create(self, order: JobOrder) -> str:
        """Create the job over the uploaded file, tagged with the nonce. A file not found yet is asked for again."""
        body = json.dumps(
            {
                "input_file_id": order.input,
                "endpoint": self._path_of(order.model),
                "completion_window": "24h",
                "metadata": {_TAG: order.nonce, "rows": str(order.count)},
            }
        ).encode()
        for delay in (*_FILE_DELAYS_S, None):
            try:
                return await self._caller.create("/batches", body, lambda job: text_in(job, "id"))
            except CallError as error:
                if error.http_status not in (400, 404, 429):
                    raise
                if _QUEUE_FULL.search(str(error)):
                    raise QueueFull(error.kind, str(error), http_status=error.http_status) from None
                if not (_NO_FILE.search(str(error)) or error.http_status == 404):
                    raise
                if delay is None:
                    raise InputNotFound(error.kind, str(error), http_status=error.http_status) from None
                await self._sleep(delay)
        raise AssertionError("unreachable")

    async def find(self, nonce: str, created_after: datetime, count: int) -> Sequence[JobCandidate]:
        """Those whose tag is the nonce, in the list that is newest first."""
        found: list[JobCandidate] = []
        query: dict[str, str | int] = {"limit": _PAGE}
        while True:
            page = await self._caller.get("/batches", query)
            jobs = [job for job in page.get("data") or [] if isinstance(job, Mapping)]
            for job in jobs:
                if text_in(job, "metadata", _TAG) == nonce:
                    total = number_in(job, "request_counts", "total")
                    found.append(JobCandidate(text_in(job, "id"), time_in(job, "created_at"), total, certain=True))
            oldest = time_in(jobs[-1], "created_at") if jobs else None
            if not page.get("has_more") or oldest is None or oldest < created_after:
                return found
            query["after"] = text_in(jobs[-1], "id")

    async def state(self, remote_id: str) -> JobState:
        """``completed`` is believed once the files are named that its counts promise."""
        job = await self._caller.get(f"/batches/{remote_id}")
        return self._state(remote_id, job)

    async def results(self, remote_id: str) -> AsyncIterator[BatchLine]:
        """The lines of the output file and of the error file."""
        job = await self._caller.get(f"/batches/{remote_id}")
        for name in ("output_file_id", "error_file_id"):
            if file := text_in(job, name):
                async for raw in self._caller.lines(self._caller.url(f"/files/{file}/content")):
                    yield read_result(self._caller, raw)

    async def cancel(self, remote_id: str) -> None:
        """A job that is over already is none to cancel."""
        await cancel_unless_over(self._caller, f"/batches/{remote_id}/cancel")

    def _path_of(self, model: str) -> str:
        some = CompletionRequest(self._caller.endpoint, model, (Message("user", ""),))
        return f"{self.job_prefix}{self._caller.request_body(some)[0]}"

    def _state(self, remote_id: str, job: Mapping[str, Any]) -> JobState:
        counts = JobCounts(
            number_in(job, "request_counts", "total"),
            number_in(job, "request_counts", "completed"),
            number_in(job, "request_counts", "failed"),
        )
        phase = _PHASES.get(text_in(job, "status").lower(), JobPhase.RUNNING)
        over_at = next((at for name in _OVER_AT if (at := time_in(job, name)) is not None), None)
        missing = (counts.succeeded and not text_in(job, "output_file_id")) or (
            counts.failed and not text_in(job, "error_file_id")
        )
        lacks_files = bool(missing) or not (counts.finished or phase is not JobPhase.ENDED)
        if phase is JobPhase.ENDED and lacks_files and self._now() - (over_at or self._now()) < MAX_FINISHING:
            phase = JobPhase.FINISHING
        errors = [one for one in (_mapping(job.get("errors")).get("data") or []) if isinstance(one, Mapping)]
        said = "; ".join(dict.fromkeys(text_in(one, "message") or text_in(one, "code") for one in errors[:5]))
        kept = self.limits.results_days
        return JobState(
            remote_id,
            phase,
            counts,
            created_at=time_in(job, "created_at"),
            expires_at=time_in(job, "expires_at") if self.limits.hours is not None else None,
            results_until=None if over_at is None or kept is None else over_at + timedelta(days=kept),
            error=self._caller.clean(said) if phase is JobPhase.FAILED else "",
            queue_full=any(
                _QUEUE_FULL.search(f"{text_in(one, 'code')} {text_in(one, 'message')}") is not None for one in errors
            ),
        )


def read_result(caller: JobCaller, raw: bytes) -> BatchLine:
    """One line of either file: ``{custom_id, response: {status_code, body}, error}``."""
    line = parsed_line(raw)
    if line is None or not text_in(line, "custom_id"):
        return unreadable(caller.endpoint, raw)
    custom_id = text_in(line, "custom_id")
    code = text_in(line, "error", "code")
    if code in _UNPROCESSED:
        return BatchLine(custom_id, _UNPROCESSED[code])
    response = line.get("response")
    if isinstance(response, Mapping):
        return BatchLine(custom_id, answer_in(caller, number_in(response, "status_code"), response.get("body")))
    return BatchLine(custom_id, refusal(caller, 400, line.get("error")))


async def cancel_unless_over(caller: JobCaller, path: str) -> None:
    """Ask for a job's end; the refusal because it is over already is none."""
    try:
        await caller.post(path, {})
    except JobUnknown:
        raise
    except CallError as error:
        if error.http_status not in (400, 409, 422):
            raise


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
