"""Anthropic's message batches as the simulated provider speaks them: the requests in the call, one file of results."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from chaindesk.simulator.batches.answers import reply_to
from chaindesk.simulator.batches.jobs import Job, JobStore, Line, Phase, iso
from chaindesk.simulator.batches.options import DAY_S
from chaindesk.simulator.batches.reply import Asked, Lost, Reply, garbled, refuse, whole
from chaindesk.simulator.call import Dialect, to_json_bytes
from chaindesk.simulator.options import SimulatorOptions

_PREFIX = "msgbatch_"
_CUSTOM_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")
_KEPT_DAYS = 29


class AnthropicJobs:
    """Its jobs."""

    def __init__(self, store: JobStore, dialect: Dialect) -> None:
        self._store = store
        self._dialect = dialect

    def handle(self, options: SimulatorOptions, asked: Asked) -> Reply | Lost | None:
        """Answer what is asked of message batches; None where it is another thing."""
        if asked.path.endswith("/messages/batches"):
            return self._create(asked) if asked.method == "POST" else self._list(options, asked)
        match = re.search(r"/messages/batches/([^/]+)(/cancel|/results)?$", asked.path)
        if match is None:
            return None
        job = self._store.get(match[1])
        if job is None:
            return self._refuse(404, f"No such batch: {match[1]}")
        if match[2] == "/results":
            return self._results(options, job)
        if match[2] == "/cancel" and not self._store.cancel(job):
            return self._refuse(400, "The batch has ended already.")
        return whole(self._batch(asked.root, job))

    def _create(self, asked: Asked) -> Reply | Lost:
        requests = asked.json.get("requests")
        if not isinstance(requests, list) or not requests:
            return self._refuse(400, "requests: Field required")
        lines = []
        for number, one in enumerate(requests):
            if not isinstance(one, Mapping) or not _CUSTOM_ID.fullmatch(str(one.get("custom_id"))):
                return self._refuse(400, f"requests.{number}.custom_id: String should match pattern")
            lines.append(Line(str(one["custom_id"]), one["params"], "/v1/messages"))
        if len({line.custom_id for line in lines}) < len(lines):
            return self._refuse(400, "requests: custom_id must be unique")
        models = sorted({str(line.body.get("model")) for line in lines})
        job = self._store.create(_PREFIX, models[0], lines, {})
        return asked.accepted(whole(self._batch(asked.root, job)))

    def _list(self, options: SimulatorOptions, asked: Asked) -> Reply:
        jobs = self._store.newest_first(_PREFIX)
        names = [job.identity for job in jobs]
        start = names.index(asked.query["after_id"]) + 1 if asked.query.get("after_id") in names else 0
        size = min(int(asked.query.get("limit", "20")), options.batch.page)
        page = [self._batch(asked.root, job) for job in jobs[start : start + size]]
        first, last = (page[0]["id"], page[-1]["id"]) if page else (None, None)
        return whole({"data": page, "has_more": start + size < len(jobs), "first_id": first, "last_id": last})

    def _batch(self, root: str, job: Job) -> dict[str, Any]:
        store, phase = self._store, self._store.phase(job)
        over = store.over_at(job)
        counts = {"processing": len(job.lines), "succeeded": 0, "errored": 0, "canceled": 0, "expired": 0}
        if over is not None:
            refused = sum(1 for line in job.answered if store.refusal_of(line))
            left = len(job.lines) - len(job.answered)
            counts |= {"processing": 0, "succeeded": len(job.answered) - refused, "errored": refused}
            counts |= {"expired" if phase is Phase.EXPIRED else "canceled": left}
        words = {Phase.QUEUED: "in_progress", Phase.RUNNING: "in_progress", Phase.CANCELLING: "canceling"}
        named = store.names_results(job)
        return {
            "id": job.identity,
            "type": "message_batch",
            "processing_status": words.get(phase, "ended"),
            "request_counts": counts,
            "created_at": iso(job.created),
            "expires_at": iso(job.expires if job.expires is not None else job.created + DAY_S),
            "ended_at": iso(over),
            "archived_at": None,
            "cancel_initiated_at": iso(job.cancelled),
            "results_url": f"{root}/v1/messages/batches/{job.identity}/results" if named else None,
        }

    def _results(self, options: SimulatorOptions, job: Job) -> Reply:
        store = self._store
        over = store.over_at(job)
        if over is None or store.now > over + _KEPT_DAYS * DAY_S:
            return self._refuse(404, "The results of this batch are not available.")
        if "results" not in job.outputs:
            done = [self._result(options, line) for line in job.answered]
            answered = {line.custom_id for line in job.answered}
            word = "expired" if store.phase(job) is Phase.EXPIRED else "canceled"
            done += [
                to_json_bytes({"custom_id": line.custom_id, "result": {"type": word}})
                for line in job.order
                if line.custom_id not in answered
            ]
            job.outputs["results"] = store.add_file(b"\n".join(done) + b"\n")
        return Reply(200, store.files[job.outputs["results"]], "application/x-jsonl")

    def _result(self, options: SimulatorOptions, line: Line) -> bytes:
        store = self._store
        code = store.refusal_of(line)
        if code:
            empty = "Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing."
            error = {"type": "invalid_request_error", "message": empty if code == "empty" else "messages: refused"}
            told = {"type": "error", "error": error, "request_id": None}
            return to_json_bytes({"custom_id": line.custom_id, "result": {"type": "errored", "error": told}})
        message = reply_to(options, self._dialect, line, store.counters)
        result = to_json_bytes({"custom_id": line.custom_id, "result": {"type": "succeeded", "message": message}})
        return garbled(result) if store.is_garbled(line) else result

    def _refuse(self, status: int, message: str) -> Reply:
        plain = refuse(status, message)
        return Reply(status, self._dialect.error(status, plain.body))
