"""Gemini's batch jobs as the simulated provider speaks them: a file by the resumable upload, then an operation."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

from chaindesk.simulator.batches.answers import as_gemini_reads, reply_to
from chaindesk.simulator.batches.jobs import Job, JobStore, Line, Phase, iso
from chaindesk.simulator.batches.reply import Asked, Lost, Reply, garbled, refuse, whole
from chaindesk.simulator.call import Dialect, to_json_bytes
from chaindesk.simulator.options import SimulatorOptions

_PREFIX = "batches/"
_WORDS = {
    Phase.QUEUED: "BATCH_STATE_PENDING",
    Phase.RUNNING: "BATCH_STATE_RUNNING",
    Phase.ENDED: "BATCH_STATE_SUCCEEDED",
    Phase.EXPIRED: "BATCH_STATE_EXPIRED",
    Phase.CANCELLING: "BATCH_STATE_CANCELLING",
    Phase.CANCELLED: "BATCH_STATE_CANCELLED",
    Phase.FAILED: "BATCH_STATE_FAILED",
}


class GeminiJobs:
    """Its files and jobs."""

    def __init__(self, store: JobStore, dialect: Dialect) -> None:
        self._store = store
        self._dialect = dialect

    def handle(self, options: SimulatorOptions, asked: Asked) -> Reply | Lost | None:
        """Answer what is asked of files and operations; None where it is another thing."""
        path = asked.path
        if re.search(r"/upload/[^/]+/files$", path):
            return self._upload(asked)
        if match := re.search(r"/download/[^/]+/files/([^/:]+):download$", path):
            content = self._store.files.get(match[1])
            return self._refuse(404, "File not found.") if content is None else Reply(200, content, "application/jsonl")
        if match := re.search(r"/models/([^/:]+):batchGenerateContent$", path):
            return self._create(asked, unquote(match[1]))
        if match := re.search(r"/(batches/simulated[^/:]+)(:cancel)?$", path):
            return self._about(options, match[1], cancel=bool(match[2]))
        if path.endswith("/batches") and "pageSize" in asked.query:
            return self._list(options, asked)
        return None

    def _upload(self, asked: Asked) -> Reply:
        command = asked.headers.get("X-Goog-Upload-Command", "")
        if command == "start":
            reply = whole({})
            address = f"{asked.root}{asked.path}?upload_id=1"
            return replace(reply, headers={"X-Goog-Upload-URL": address, "X-Goog-Upload-Status": "active"})
        if "finalize" not in command:
            return self._refuse(400, "Unknown upload command.")
        identity = self._store.add_file(asked.body)
        about = {"name": f"files/{identity}", "sizeBytes": str(len(asked.body)), "state": "ACTIVE"}
        return replace(whole({"file": about}), headers={"X-Goog-Upload-Status": "final"})

    def _create(self, asked: Asked, model: str) -> Reply | Lost:
        batch = asked.json.get("batch")
        batch = batch if isinstance(batch, Mapping) else {}
        source = batch.get("inputConfig")
        file = str(source.get("fileName", "")).removeprefix("files/") if isinstance(source, Mapping) else ""
        if not self._store.finds(file):
            return self._refuse(400, f"The file files/{file} cannot be read.")
        path = f"/v1beta/models/{model}:generateContent"
        lines = [
            Line(str(one["key"]), one["request"], path) for one in map(json.loads, self._store.files[file].splitlines())
        ]
        job = self._store.create(_PREFIX, model, lines, batch)
        return asked.accepted(whole(self._operation(asked, job)))

    def _about(self, options: SimulatorOptions, identity: str, *, cancel: bool) -> Reply:
        job = self._store.get(identity)
        if job is None:
            return self._refuse(404, f"Operation {identity} not found.")
        if cancel:
            return whole({}) if self._store.cancel(job) else self._refuse(400, "The batch is over already.")
        self._make_file(options, job)
        return whole(self._operation(None, job))

    def _list(self, options: SimulatorOptions, asked: Asked) -> Reply:
        jobs = self._store.newest_first(_PREFIX)
        start = int(asked.query.get("pageToken") or 0)
        size = min(int(asked.query["pageSize"]), options.batch.page)
        page = [self._operation(asked, job) for job in jobs[start : start + size]]
        following = {"nextPageToken": str(start + size)} if start + size < len(jobs) else {}
        return whole({"operations": page, **following})

    def _output(self, job: Job) -> dict[str, Any]:
        """Where the results are: in a file, or here."""
        if "inline" in job.outputs:
            lines = map(json.loads, self._store.files[job.outputs["inline"]].splitlines())
            listed = [{"metadata": {"key": line.pop("key")}, **line} for line in lines]
            return {"inlinedResponses": {"inlinedResponses": listed}}
        return {"responsesFile": f"files/{job.outputs['output']}"} if "output" in job.outputs else {}

    def _operation(self, asked: Asked | None, job: Job) -> dict[str, Any]:
        store, phase = self._store, self._store.phase(job)
        over = store.over_at(job)
        refused = sum(1 for line in job.answered if store.refusal_of(line))
        stats = {
            "requestCount": str(len(job.lines)),
            "successfulRequestCount": str(len(job.answered) - refused),
            "failedRequestCount": str(refused),
            "pendingRequestCount": str(len(job.lines) - len(job.answered)),
        }
        output = self._output(job)
        about = {
            "@type": "type.googleapis.com/google.ai.generativelanguage.v1main.GenerateContentBatch",
            "name": job.identity,
            "model": f"models/{job.model}",
            "displayName": job.about.get("displayName"),
            "state": _WORDS[phase],
            "createTime": iso(job.created),
            "updateTime": iso(store.now),
            **({"endTime": iso(over)} if over is not None else {}),
            "batchStats": stats,
            **({"output": output} if output else {}),
        }
        operation: dict[str, Any] = {"name": job.identity, "metadata": about}
        if over is not None:
            operation["done"] = True
            if job.failed is not None:
                code = 8 if job.failed[0] == "token_limit_exceeded" else 3
                operation["error"] = {"code": code, "message": job.failed[1]}
            elif output:
                operation["response"] = {**output}
        return operation

    def _make_file(self, options: SimulatorOptions, job: Job) -> None:
        store = self._store
        if job.outputs or not store.names_results(job) or job.failed is not None or not job.answered:
            return
        lines = [self._result(options, line) for line in job.answered]
        place = "inline" if options.batch.inline else "output"
        job.outputs[place] = store.add_file(b"\n".join(lines) + b"\n")

    def _result(self, options: SimulatorOptions, line: Line) -> bytes:
        store = self._store
        if code := store.refusal_of(line):
            error = {
                "code": 8 if code == "empty" else 3,
                "message": "You exceeded your current quota." if code == "empty" else "Refused.",
            }
            return to_json_bytes({"key": line.custom_id, "error": error})
        read = replace(line, body=as_gemini_reads(line.body))
        result = to_json_bytes(
            {"key": line.custom_id, "response": reply_to(options, self._dialect, read, store.counters)}
        )
        return garbled(result) if store.is_garbled(line) else result

    def _refuse(self, status: int, message: str) -> Reply:
        return Reply(status, self._dialect.error(status, refuse(status, message).body))
