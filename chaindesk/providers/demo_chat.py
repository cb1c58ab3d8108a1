"""OpenAI's chat completions as the simulated provider speaks them: a call is read, its answer written."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chaindesk.providers.demo_options import DemoOptions, request_digest
from chaindesk.providers.demo_text import answer_text, count_tokens, cut_to_tokens, said

_CREATED = 1_760_000_000  # answers are the same whenever they are given
_PIECE = re.compile(r"\S+\s*|\s+")


@dataclass(frozen=True, slots=True)
class Call:
    """One call as it was read, and the answer to it.

    Attributes:
        model: the model that it names.
        body: its JSON.
        digest: what it is known by.
        said: all its messages' texts.
        text: the answer's text.
        finish: ``stop`` or ``length``.
        usage: tokens, in OpenAI's words.
    """

    model: str
    body: Mapping[str, Any]
    digest: str
    said: str
    text: str
    finish: str
    usage: dict[str, Any]

    @property
    def streamed(self) -> bool:
        """Whether the answer is wanted in pieces."""
        return self.body.get("stream") is True

    @property
    def identity(self) -> str:
        """The answer's id."""
        return f"chatcmpl-simulated{self.digest[:20]}"

    def whole(self) -> bytes:
        """The answer as one ``chat.completion``."""
        message: dict[str, Any] = {"role": "assistant", "content": self.text, "refusal": None, "annotations": []}
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": self.finish}
        return _dumped({**self._about("chat.completion"), "choices": [choice], "usage": self.usage})

    def chunks(self) -> list[bytes]:
        """The answer as server-sent events, some words in each, and ``[DONE]``."""
        words = _PIECE.findall(self.text)
        size = max(len(words) // 16, 1)
        pieces = ["".join(words[start : start + size]) for start in range(0, len(words), size)]
        deltas: list[tuple[dict[str, Any], str | None]] = [({"role": "assistant", "content": ""}, None)]
        deltas += [({"content": piece}, None) for piece in pieces]
        deltas.append(({}, self.finish))
        options = self.body.get("stream_options")
        counted = isinstance(options, Mapping) and options.get("include_usage") is True
        about = self._about("chat.completion.chunk") | ({"usage": None} if counted else {})
        events = [
            about | {"choices": [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}]}
            for delta, finish in deltas
        ]
        if counted:
            events.append(about | {"choices": [], "usage": self.usage})
        return [*(b"data: " + _dumped(event) + b"\n\n" for event in events), b"data: [DONE]\n\n"]

    def _about(self, kind: str) -> dict[str, Any]:
        return {
            "id": self.identity,
            "object": kind,
            "created": _CREATED,
            "model": self.model,
            "system_fingerprint": "fp_simulated",
        }


def read_call(options: DemoOptions, body: bytes) -> Call:
    """Read a call and make its answer.

    Raises:
        ValueError: it is no chat completion request; the text says what is missing, as a server would.
    """
    try:
        asked = json.loads(body)
    except ValueError:
        raise ValueError("We could not parse the JSON body of your request.") from None
    if not isinstance(asked, dict) or not isinstance(asked.get("model"), str) or not asked["model"]:
        raise ValueError("you must provide a model parameter")
    messages = asked.get("messages")
    if not isinstance(messages, list) or not messages or not all(isinstance(one, dict) for one in messages):
        raise ValueError("Missing required parameter: 'messages'.")
    text = answer_text(options, asked["model"], messages, _schema(asked.get("response_format")))
    limit = asked.get("max_completion_tokens") or asked.get("max_tokens")
    cut = False
    if isinstance(limit, int) and limit > 0:
        text, cut = cut_to_tokens(text, limit)
    everything = "\n".join(said(message) for message in messages)
    return Call(
        model=asked["model"],
        body=asked,
        digest=request_digest(asked["model"], messages),
        said=everything,
        text=text,
        finish="length" if cut else "stop",
        usage=_usage(count_tokens(everything) + 4 * len(messages), count_tokens(text)),
    )


def model_list(options: DemoOptions) -> dict[str, Any]:
    """The answer to ``GET /v1/models``."""
    data = [{"id": name, "object": "model", "created": _CREATED, "owned_by": "simulated"} for name in options.models]
    return {"object": "list", "data": data}


def _schema(response_format: Any) -> Mapping[str, Any] | None:
    if not isinstance(response_format, Mapping):
        return None
    if response_format.get("type") == "json_object":
        return {"type": "object", "properties": {"answer": {"type": "string"}}}
    wrapped = response_format.get("json_schema")
    schema = wrapped.get("schema") if isinstance(wrapped, Mapping) else None
    return schema if isinstance(schema, Mapping) else None


def _usage(spent: int, made: int) -> dict[str, Any]:
    return {
        "prompt_tokens": spent,
        "completion_tokens": made,
        "total_tokens": spent + made,
        "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": 0, "audio_tokens": 0},
    }


def _dumped(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
