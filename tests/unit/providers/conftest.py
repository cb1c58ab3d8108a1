"""A server that answers exactly the bytes it is told, so that replies can be as wrong as real ones are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from tests.support.http_server import ScriptedServer, chat_chunk, chat_completion, http_reply, sse_events


@dataclass(frozen=True)
class Wire:
    """The helpers of tests.support.http_server as one fixture."""

    server: Callable[..., ScriptedServer] = lambda *answers: ScriptedServer(list(answers))
    reply: Callable[..., bytes] = http_reply
    completion: Callable[..., dict[str, Any]] = chat_completion
    events: Callable[..., bytes] = sse_events
    chunk: Callable[..., dict[str, Any]] = chat_chunk


@pytest.fixture
def wire() -> Wire:
    return Wire()
