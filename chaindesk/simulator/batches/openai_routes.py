"""OpenAI's, Azure's and Mistral's batch jobs as the simulated provider speaks them: over uploaded files of lines."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from chaindesk.simulator import faults
from chaindesk.simulator.batches.answers import reply_to
from chaindesk.simulator.batches.jobs import Job, JobStore, Line, Phase, iso
from chaindesk.simulator.batches.reply import Asked, Lost, Reply, garbled, refuse, whole
from chaindesk.simulator.call import Dialect, to_json_bytes
from chaindesk.simulator.options import SimulatorOptions

_OPENAI_WORDS = {
    Phase.QUEUED: "validating",
    Phase.RUNNING: "in_progress",
    Phase.ENDED: "completed",
    Phase.EXPIRED: "expired",
    Phase.CANCELLING: "cancelling",
    Phase.CANCELLED: "cancelled",
    Phase.FAILED: "failed",
}
_MISTRAL_WORDS = {
    Phase.QUEUED: "QUEUED",
    Phase.RUNNING: "RUNNING",
    Phase.ENDED: "SUCCESS",
    Phase.EXPIRED: "TIMEOUT_EXCEEDED",
    Phase.CANCELLING: "CANCELLATION_REQUESTED",
    Phase.CANCELLED: "CANCELLED",
    Phase.FAILED: "FAILED",
}
_OPENAI_PREFIX = "batch_"
_MISTRAL_PREFIX = "job-"
_FORM_FILE = re.compile(rb'name="file"[^\r]*\r\n(?:[^\r]+\r\n)*\r\n(.*)\r\n--[^\r\n]+--\s*$', re.DOTALL)


class OpenAIJobs:
    """The files and jobs of OpenAI's form."""

    def __init__(self, store: JobStore, dialects: Mapping[str, Dialect], azure: Dialect) -> None:
        self._store = store
        self._dialects = dialects
        self._azure = azure

    def handle(self, options: SimulatorOptions, asked: Asked) -> Reply | Lost | None:
        """Answer what is asked of files and jobs; None where it is another thing."""
        path = asked.path
        if asked.method == "POST" and path.endswith("/files"):
            return self._upload(asked)
        if match := re.search(r"/files/(file-[^/]+)/content$", path):
            return self._download(match[1])
        if path.endswith("/batch/jobs"):
            return (
                self._create_mistral(options, asked) if asked.method == "POST" else self._list_mistral(options, asked)
            )
        if match := re.search(r"/(?:batch/jobs|batches)/([^/]+)(/cancel)?$", path):
            return self._about(options, match[1], cancel=bool(match[2]))
        if path.endswith("/batches"):
            return self._create(options, asked) if asked.method == "POST" else self._list(options, asked)
        return None

    def _upload(self, asked: Asked) -> Reply:
        found = _FORM_FILE.search(asked.body)
        if found is None or b'name="purpose"\r\n\r\nbatch\r\n' not in asked.body:
            return refuse(400, "Missing required parameter: 'file' or 'purpose'.")
        identity = self._store.add_file(found[1])
        return whole(
            {
                "id": identity,
                "object": "file",
                "bytes": len(found[1]),
                "created_at": int(self._store.now),
                "filename": "lines.jsonl",
                "purpose": "batch",
                "status": "processed",
                "sample_type": "batch_request",
                "source": "upload",
            }
        )

    def _download(self, file: str) -> Reply:
        content = self._store.files.get(file)
        if content is None:
            return refuse(404, f"No such File object: {file}")
        return Reply(200, content, "application/jsonl")

    def _create(self, options: SimulatorOptions, asked: Asked) -> Reply | Lost:
        body = asked.json
        file = str(body.get("input_file_id"))
        if body.get("completion_window") != "24h" or not str(body.get("endpoint")).endswith(tuple(self._dialects)):
            return refuse(400, "Invalid value for 'completion_window' or 'endpoint'.")
        if not self._store.finds(file):
            return refuse(400, f"Cannot find file {file}. It may not be available yet.")
        lines, mistake = _openai_lines(self._store.files[file])
        models = {str(line.body.get("model")) for line in lines}
        job = self._store.create(
            _OPENAI_PREFIX, next(iter(models), ""), lines, body, expires=not asked.headers.get("api-key")
        )
        job.input = file
        if mistake:
            job.failed = "invalid_json_line", mistake
        elif len(models) > 1:
            job.failed = "model_mismatch", "All requests in a batch must have the same model."
        return asked.accepted(whole(self._batch(options, job)))

    def _create_mistral(self, options: SimulatorOptions, asked: Asked) -> Reply | Lost:
        body = asked.json
        file = str((body.get("input_files") or [""])[0])
        if not self._store.finds(file):
            return refuse(404, f"File {file} not found.")
        lines = [
            Line(str(one["custom_id"]), {**one["body"], "model": body["model"]}, str(body["endpoint"]))
            for one in map(json.loads, self._store.files[file].splitlines())
        ]
        job = self._store.create(_MISTRAL_PREFIX, str(body["model"]), lines, body)
        job.input = file
        return asked.accepted(whole(self._mistral_job(options, job)))

    def _about(self, options: SimulatorOptions, identity: str, *, cancel: bool) -> Reply | None:
        if not identity.startswith((_OPENAI_PREFIX, _MISTRAL_PREFIX)):
            return None
        job = self._store.get(identity)
        if job is None:
            return refuse(404, f"No batch found with id '{identity}'.")
        if cancel and not self._store.cancel(job):
            return refuse(409, f"Cannot cancel a batch with status '{_OPENAI_WORDS[self._store.phase(job)]}'.")
        mistral = identity.startswith(_MISTRAL_PREFIX)
        return whole(self._mistral_job(options, job) if mistral else self._batch(options, job))

    def _list(self, options: SimulatorOptions, asked: Asked) -> Reply:
        jobs = self._store.newest_first(_OPENAI_PREFIX)
        names = [job.identity for job in jobs]
        start = names.index(asked.query["after"]) + 1 if asked.query.get("after") in names else 0
        size = min(int(asked.query.get("limit", "20")), options.batch.page)
        page = [self._batch(options, job) for job in jobs[start : start + size]]
        ends = {"first_id": page[0]["id"], "last_id": page[-1]["id"]} if page else {}
        return whole({"object": "list", "data": page, "has_more": start + size < len(jobs), **ends})

    def _list_mistral(self, options: SimulatorOptions, asked: Asked) -> Reply:
        jobs = [
            job
            for job in self._store.newest_first(_MISTRAL_PREFIX)
            if (iso(job.created) or "") >= asked.query.get("created_after", "").replace("+00:00", "")
        ]
        size = int(asked.query.get("page_size", "100"))
        start = int(asked.query.get("page", "0")) * size
        page = [self._mistral_job(options, job) for job in jobs[start : start + size]]
        return whole({"object": "list", "data": page, "total": len(jobs)})

    def _batch(self, options: SimulatorOptions, job: Job) -> dict[str, Any]:
        store, phase = self._store, self._store.phase(job)
        over = store.over_at(job)
        refused = sum(1 for line in job.answered if store.refusal_of(line))
        counts = {"total": len(job.lines), "completed": len(job.answered) - refused, "failed": refused}
        if phase is Phase.EXPIRED:
            counts["failed"] = len(job.lines) - counts["completed"]
        self._make_files(options, job)
        code = job.failed
        errors = None if code is None else {"object": "list", "data": [{"code": code[0], "message": code[1]}]}
        return {
            "id": job.identity,
            "object": "batch",
            "endpoint": job.about.get("endpoint"),
            "errors": errors,
            "input_file_id": job.input,
            "completion_window": "24h",
            "status": _OPENAI_WORDS[phase].capitalize() if _is_azures(job) else _OPENAI_WORDS[phase],
            "output_file_id": job.outputs.get("output"),
            "error_file_id": job.outputs.get("error", "" if phase is Phase.ENDED else None),
            "created_at": int(job.created),
            "expires_at": None if job.expires is None else int(job.expires),
            "completed_at": int(over) if over and phase is Phase.ENDED else None,
            "expired_at": int(over) if over and phase is Phase.EXPIRED else None,
            "cancelled_at": int(over) if over and phase is Phase.CANCELLED else None,
            "failed_at": int(over) if over and phase is Phase.FAILED else None,
            "request_counts": counts,
            "metadata": job.about.get("metadata"),
            "model": job.model,
        }

    def _mistral_job(self, options: SimulatorOptions, job: Job) -> dict[str, Any]:
        store, over = self._store, self._store.over_at(job)
        refused = sum(1 for line in job.answered if store.refusal_of(line))
        self._make_files(options, job)
        return {
            "id": job.identity,
            "object": "batch",
            "input_files": [job.input],
            "metadata": job.about.get("metadata"),
            "endpoint": job.about.get("endpoint"),
            "model": job.model,
            "agent_id": None,
            "output_file": job.outputs.get("output"),
            "error_file": job.outputs.get("error"),
            "errors": [] if job.failed is None else [{"message": job.failed[1], "count": 1}],
            "status": _MISTRAL_WORDS[store.phase(job)],
            "created_at": int(job.created),
            "total_requests": len(job.lines),
            "completed_requests": len(job.answered),
            "succeeded_requests": len(job.answered) - refused,
            "failed_requests": refused,
            "started_at": int(job.created),
            "completed_at": None if over is None else int(over),
        }

    def _make_files(self, options: SimulatorOptions, job: Job) -> None:
        """The files of a job that is over: answers in one, whatever else became of its requests in the other."""
        store = self._store
        if job.outputs or not store.names_results(job) or job.failed is not None:
            return
        answers: list[bytes] = []
        failures: list[bytes] = []
        for line in job.answered:
            code = store.refusal_of(line)
            result = self._result(options, job, line, code)
            (failures if code else answers).append(garbled(result) if store.is_garbled(line) else result)
        answered = {line.custom_id for line in job.answered}
        word = "batch_expired" if store.phase(job) is Phase.EXPIRED else "batch_cancelled"
        if job.identity.startswith(_OPENAI_PREFIX):
            error = {"code": word, "message": "This request could not be executed before the batch ended."}
            failures += [
                to_json_bytes({"id": "r", "custom_id": line.custom_id, "response": None, "error": error})
                for line in job.order
                if line.custom_id not in answered
            ]
        if answers:
            job.outputs["output"] = store.add_file(b"\n".join(answers) + b"\n")
        if failures:
            job.outputs["error"] = store.add_file(b"\n".join(failures) + b"\n")

    def _result(self, options: SimulatorOptions, job: Job, line: Line, code: str) -> bytes:
        status, body = 200, None
        if code:
            status = 429 if code == "empty" else 400
            kind = "insufficient_quota" if code == "empty" else "invalid_request_error"
            told = faults.error_body(
                f"You exceeded your current quota: {code}." if code == "empty" else "Refused.", kind
            )
            body = json.loads(told)
        else:
            dialect = next((one for end, one in self._dialects.items() if line.path.endswith(end)), self._azure)
            dialect = self._azure if _is_azures(job) else dialect
            body = reply_to(options, dialect, line, self._store.counters)
        response = {"status_code": status, "request_id": f"req_{line.custom_id}", "body": body}
        return to_json_bytes(
            {"id": f"br_{line.custom_id}", "custom_id": line.custom_id, "response": response, "error": None}
        )


def _is_azures(job: Job) -> bool:
    """Whether a job was made at Azure, whose jobs name a path without a version, and have states in capitals."""
    return not str(job.about.get("endpoint")).startswith("/v1")


def _openai_lines(content: bytes) -> tuple[list[Line], str]:
    lines = []
    for number, raw in enumerate(content.splitlines(), 1):
        try:
            one = json.loads(raw)
            if one["method"] != "POST" or not str(one["url"]).startswith("/v1/"):
                raise ValueError(number)
            lines.append(Line(str(one["custom_id"]), one["body"], str(one["url"])))
        except (ValueError, KeyError, TypeError):
            return lines, f"Line {number} is not a valid request."
    return lines, ""
