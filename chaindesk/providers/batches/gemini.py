"""Gemini's batch jobs: the requests are a file of lines, and the job is a long-running operation."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from chaindesk.domain.completion import CompletionRequest
from chaindesk.domain.errors import CallError, FailureKind
from chaindesk.providers.batches.caller import JobCaller, file_of
from chaindesk.providers.batches.gemini_schema import response_schema
from chaindesk.providers.batches.job_times import MAX_FINISHING, Now, utc_now
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
    QueueFull,
)

_PHASES = {
    "PENDING": JobPhase.QUEUED,
    "QUEUED": JobPhase.QUEUED,
    "RUNNING": JobPhase.RUNNING,
    "SUCCEEDED": JobPhase.ENDED,
    "PARTIALLY_SUCCEEDED": JobPhase.ENDED,
    "FAILED": JobPhase.FAILED,
    "CANCELLING": JobPhase.CANCELLING,
    "CANCELLED": JobPhase.CANCELLED,
    "EXPIRED": JobPhase.EXPIRED,
}
_RESULTS_DAYS = 2.0
_PAGE = 100
_NAME = "chaindesk-"
_FILE_TYPE = "application/jsonl"


class GeminiBatches:
    """See ``protocol.BatchApi``."""

    limits = BatchLimits(
        items=100_000,
        size=1900 * 1000**2,
        mixed_models=False,
        tags_jobs=True,
        hours=48.0,
        results_days=_RESULTS_DAYS,
    )

    def __init__(self, caller: JobCaller, now: Now = utc_now) -> None:
        self._caller = caller
        self._now = now

    def line(self, custom_id: str, request: CompletionRequest) -> bytes:
        """``{key, request}``, with the schema in the one form that is obeyed."""
        _, body = self._caller.request_body(request)
        config = body.get("generationConfig")
        if isinstance(config, dict) and "responseJsonSchema" in config:
            schema = config.pop("responseJsonSchema")
            config["responseSchema"] = response_schema(schema)
        line = {"key": custom_id, "request": body}
        return json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")

    async def upload(self, nonce: str, lines: Sequence[bytes]) -> str | None:
        """Upload them as a file: one call for the address, and one for the content."""
        content = file_of(lines)
        begin = {
            "X-Goog-Upload-Protocol": "resumable",
            "X-Goog-Upload-Command": "start",
            "X-Goog-Upload-Header-Content-Length": str(len(content)),
            "X-Goog-Upload-Header-Content-Type": _FILE_TYPE,
        }
        about = json.dumps({"file": {"displayName": f"{_NAME}{nonce}"}}).encode()
        started = await self._caller.upload(self._caller.beside("upload", "/files"), about, begin)
        address = started.headers.get("X-Goog-Upload-URL", "")
        if not address:
            message = f"{self._caller.endpoint.name} told no address for the file of a batch job. Try again."
            raise CallError(FailureKind.MALFORMED, message)
        finish = {
            "X-Goog-Upload-Offset": "0",
            "X-Goog-Upload-Command": "upload, finalize",
            "Content-Type": _FILE_TYPE,
        }
        reply = await self._caller.upload(address, content, finish)
        name = text_in(parsed_line(reply.body), "file", "name")
        if not name:
            message = f"{self._caller.endpoint.name} told no name of the uploaded file. Try again."
            raise CallError(FailureKind.MALFORMED, message)
        return name

    async def create(self, order: JobOrder) -> str:
        """Create the job over the uploaded file, with the nonce in its name."""
        batch = {"displayName": f"{_NAME}{order.nonce}", "inputConfig": {"fileName": order.input}}
        path = f"/models/{quote(order.model, safe='')}:batchGenerateContent"
        try:
            return await self._caller.create(
                path, json.dumps({"batch": batch}).encode(), lambda job: text_in(job, "name")
            )
        except CallError as error:
            if error.http_status != 429:
                raise
            raise QueueFull(error.kind, str(error), http_status=429, retry_after=error.retry_after) from None

    async def find(self, nonce: str, created_after: datetime, count: int) -> Sequence[JobCandidate]:
        """Those whose name is the nonce's, on all pages down to that time."""
        found: list[JobCandidate] = []
        query: dict[str, str | int] = {"pageSize": _PAGE}
        while True:
            page = await self._caller.get("/batches", query)
            jobs = [job for job in page.get("operations") or [] if isinstance(job, Mapping)]
            abouts = [_about(job) for job in jobs]
            for job, about in zip(jobs, abouts, strict=True):
                if text_in(about, "displayName") == f"{_NAME}{nonce}":
                    total = number_in(about, "batchStats", "requestCount")
                    found.append(JobCandidate(text_in(job, "name"), time_in(about, "createTime"), total, certain=True))
            oldest = time_in(abouts[-1], "createTime") if abouts else None
            following = text_in(page, "nextPageToken")
            if not following or oldest is None or oldest < created_after:
                return found
            query["pageToken"] = following

    async def state(self, remote_id: str) -> JobState:
        """``SUCCEEDED`` is believed once the results are named."""
        job = await self._caller.get(f"/{remote_id}")
        about = _about(job)
        word = text_in(about, "state").removeprefix("BATCH_STATE_").removeprefix("JOB_STATE_")
        phase = _PHASES.get(word, JobPhase.RUNNING)
        over_at = time_in(about, "endTime")
        if phase is JobPhase.ENDED and not _output(job) and self._now() - (over_at or self._now()) < MAX_FINISHING:
            phase = JobPhase.FINISHING
        created = time_in(about, "createTime")
        stats = ("requestCount", "successfulRequestCount", "failedRequestCount")
        hours = self.limits.hours or 0.0
        return JobState(
            remote_id,
            phase,
            JobCounts(*(number_in(about, "batchStats", name) for name in stats)),
            created_at=created,
            expires_at=None if created is None else created + timedelta(hours=hours),
            results_until=None if over_at is None else over_at + timedelta(days=_RESULTS_DAYS),
            error=self._caller.clean(text_in(job, "error", "message")) if phase is JobPhase.FAILED else "",
            queue_full=phase is JobPhase.FAILED and number_in(job, "error", "code") in (8, 429),
        )

    async def results(self, remote_id: str) -> AsyncIterator[BatchLine]:
        """The lines of its one file, or the answers that stand in the job itself, which come in any order."""
        output = _output(await self._caller.get(f"/{remote_id}"))
        if file := text_in(output, "responsesFile"):
            async for raw in self._caller.lines(self._caller.beside("download", f"/{file}:download?alt=media")):
                yield self._read(raw, parsed_line(raw))
        inline = output.get("inlinedResponses")
        listed = inline.get("inlinedResponses") if isinstance(inline, Mapping) else inline
        for line in listed if isinstance(listed, list) else []:
            yield self._read(b"", line if isinstance(line, dict) else None)

    async def cancel(self, remote_id: str) -> None:
        """What was answered until then stays."""
        await cancel_unless_over(self._caller, f"/{remote_id}:cancel")

    def _read(self, raw: bytes, line: dict[str, Any] | None) -> BatchLine:
        custom_id = text_in(line, "key") or text_in(line, "metadata", "key")
        if line is None or not custom_id:
            return unreadable(self._caller.endpoint, raw)
        if isinstance(line.get("response"), Mapping):
            return BatchLine(custom_id, answer_in(self._caller, 200, line["response"]))
        error = line.get("error") or line.get("status")
        code = number_in(error, "code")
        return BatchLine(
            custom_id, refusal(self._caller, _HTTP_STATUSES.get(code, code if code >= 400 else 500), error)
        )


_HTTP_STATUSES = {1: 499, 3: 400, 4: 504, 5: 404, 7: 403, 8: 429, 9: 400, 13: 500, 14: 503, 16: 401}  # of gRPC's codes


def _about(job: Mapping[str, Any]) -> Mapping[str, Any]:
    about = job.get("metadata")
    return about if isinstance(about, Mapping) else job


def _output(job: Mapping[str, Any]) -> Mapping[str, Any]:
    """Where the results are: an operation that is done has them in its response, and in its metadata."""
    for place in (job.get("response"), _about(job).get("output"), job.get("dest")):
        if isinstance(place, Mapping) and (place.get("responsesFile") or place.get("inlinedResponses")):
            return place
    return {}
