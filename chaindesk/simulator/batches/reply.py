"""What is asked of batch jobs, and what is said back, free of any server."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from chaindesk.simulator import faults


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply: HTTP status, body and what it is."""

    status: int
    body: bytes
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)


class Lost:
    """There is no reply: the connection breaks."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request.

    Attributes:
        method: GET or POST.
        path: without the query.
        query: its parameters.
        headers: without regard to case.
        body: its bytes.
        root: the address of the server.
        accepted: returns the reply to a call that created a job, which may get lost.
    """

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    root: str
    accepted: Callable[[Reply], Reply | Lost]

    @property
    def json(self) -> dict[str, Any]:
        """The body as a JSON object; an empty one where it is none."""
        try:
            found = json.loads(self.body)
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}


def whole(value: Any) -> Reply:
    """A good reply in JSON."""
    return Reply(200, json.dumps(value, ensure_ascii=False).encode())


def refuse(status: int, message: str, code: str | None = None) -> Reply:
    """A refusal as OpenAI writes it."""
    return Reply(status, faults.error_body(message, "invalid_request_error", code=code))


def garbled(line: bytes) -> bytes:
    """A line cut off behind its id, as a writer that died leaves it."""
    return line[: max(len(line) // 2, 1)]
