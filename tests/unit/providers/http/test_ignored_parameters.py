"""A parameter that has no effect is told once, whether the server refused it or its wire format has no place for it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from chaindesk.domain.completion import ProviderKind
from chaindesk.providers.http.client import open_providers
from tests.support.http_server import chat_completion, http_reply, scripted_server


def refusal(name: str) -> dict[str, Any]:
    message = f"Unsupported parameter: '{name}' is not supported with this model."
    return {"error": {"message": message, "param": name, "code": "unsupported_parameter"}}


async def test_parameters_that_a_server_refuses_are_told_once() -> None:
    told: list[str] = []
    answers = [
        http_reply(400, refusal("temperature")),
        http_reply(400, refusal("top_p")),
        http_reply(200, chat_completion()),
    ]
    server = scripted_server(*answers)
    async with server, open_providers({}, 1, on_notice=told.append) as provider:
        request = server.request(parameters={"temperature": 0.3, "top_p": 0.5, "seed": 7, "max_output_tokens": 9})
        for _ in range(3):
            await provider.complete(request)
        await provider.complete(replace(request, parameters={"temperature": 1}))
    assert told == [
        'lab: "model-1" does not take temperature and top_p. '
        "Its answers are made without; take it out of the chain, or choose another model."
    ]
    assert len(server.received) == 6


@pytest.mark.parametrize(
    ("kind", "lost"),
    [
        (ProviderKind.OPENAI_CHAT, ""),
        (ProviderKind.OPENAI_RESPONSES, "seed and stop"),
        (ProviderKind.ANTHROPIC_MESSAGES, "seed"),
        (ProviderKind.GEMINI, ""),
    ],
)
async def test_parameters_without_a_place_in_the_wire_format_are_told(kind: ProviderKind, lost: str) -> None:
    told: list[str] = []
    bodies = {
        ProviderKind.OPENAI_RESPONSES: {
            "status": "completed",
            "output": [{"type": "message", "content": [{"type": "output_text", "text": "Hello."}]}],
        },
        ProviderKind.ANTHROPIC_MESSAGES: {"content": [{"type": "text", "text": "Hello."}], "stop_reason": "end_turn"},
        ProviderKind.GEMINI: {"candidates": [{"content": {"parts": [{"text": "Hello."}]}, "finishReason": "STOP"}]},
    }
    server = scripted_server(http_reply(200, bodies.get(kind, chat_completion())))
    async with server, open_providers({}, 1, on_notice=told.append) as provider:
        parameters = {"max_output_tokens": 4096, "seed": 1, "stop": ["END"], "temperature": 0, "stream": False}
        await provider.complete(server.request(parameters=parameters, settings={"kind": kind}))
    assert [words.split(" does not take ")[1].split(".")[0] for words in told] == ([lost] if lost else [])
