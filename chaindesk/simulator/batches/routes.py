"""Who answers what is asked of batch jobs: the first of the providers' forms that knows the path."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from chaindesk.simulator.batches.anthropic_routes import AnthropicJobs
from chaindesk.simulator.batches.gemini_routes import GeminiJobs
from chaindesk.simulator.batches.jobs import JobStore
from chaindesk.simulator.batches.openai_routes import OpenAIJobs
from chaindesk.simulator.batches.reply import Asked, Lost, Reply
from chaindesk.simulator.call import Dialect
from chaindesk.simulator.options import SimulatorOptions

CLOCK_PATH = "/batch-clock"
_ROOTS = ("/files", "/batches", "/batch/jobs", "/messages/batches")


class BatchRoutes:
    """All batch jobs of a server.

    Attributes:
        store: the jobs and files.
    """

    def __init__(
        self, options: Callable[[], SimulatorOptions], dialects: Mapping[str, Dialect], azure: Dialect, gemini: Dialect
    ) -> None:
        self._options = options
        self.store = JobStore(lambda: options().batch, options().seed)
        openai = {end: dialect for end, dialect in dialects.items() if end != "/messages"}
        self._forms = (
            AnthropicJobs(self.store, dialects["/messages"]),
            GeminiJobs(self.store, gemini),
            OpenAIJobs(self.store, openai, azure),
        )

    @staticmethod
    def concern(path: str) -> bool:
        """Whether a path may be one of batch jobs."""
        return any(root in path for root in _ROOTS) or path.endswith((":batchGenerateContent", CLOCK_PATH))

    def handle(
        self, method: str, path: str, query: Mapping[str, str], headers: Mapping[str, str], body: bytes, root: str
    ) -> Reply | Lost | None:
        """Answer a request, or return None where nobody knows its path."""
        if path == CLOCK_PATH and method == "POST":
            self.store.advance(float(json.loads(body or b"{}").get("advance", 0)))
            return Reply(200, json.dumps({"now": self.store.now}).encode())
        options = self._options()
        if _creates(method, path):
            self.store.created_calls += 1
            if self.store.created_calls <= options.batch.lost_before:
                return Lost()
        asked = Asked(method, path, query, headers, body, root, self._accepted)
        for form in self._forms:
            reply = form.handle(options, asked)
            if reply is not None:
                return self._downloaded(path, reply)
        return None

    def _accepted(self, reply: Reply) -> Reply | Lost:
        lost = self._options().batch
        return Lost() if self.store.created_calls <= lost.lost_before + lost.lost_replies else reply

    def _downloaded(self, path: str, reply: Reply | Lost) -> Reply | Lost:
        if isinstance(reply, Lost) or reply.status != 200 or not path.endswith(("/content", "/results", ":download")):
            return reply
        self.store.downloads += 1
        if self.store.downloads <= self._options().batch.broken_downloads:
            # The length of the whole, and half of it: the connection breaks off in between.
            return Reply(200, reply.body[: len(reply.body) // 2], reply.content_type, {"X-Whole": str(len(reply.body))})
        return reply


def _creates(method: str, path: str) -> bool:
    return method == "POST" and path.endswith(("/batches", "/batch/jobs", ":batchGenerateContent"))
