"""Azure's chat completions as the simulated provider speaks them: its filter's verdicts, and limits in integers."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from chaindesk.simulator.call import Call, to_json_bytes
from chaindesk.simulator.dialect_openai_chat import ChatDialect
from chaindesk.simulator.key_limits import seconds_of

_SAFE = {name: {"filtered": False, "severity": "safe"} for name in ("hate", "self_harm", "sexual", "violence")}
_PROMPT = [{"prompt_index": 0, "content_filter_results": _SAFE}]


class AzureDialect(ChatDialect):
    """``POST …/chat/completions`` with the key in ``api-key``."""

    def whole(self, call: Call) -> bytes:
        """One ``chat.completion``, with what the filter thought of prompt and answer."""
        body: dict[str, Any] = json.loads(super().whole(call))
        body["prompt_filter_results"] = _PROMPT
        body["choices"][0]["content_filter_results"] = _SAFE
        return to_json_bytes(body)

    def chunks(self, call: Call) -> list[bytes]:
        """The events, behind one that tells of the prompt alone."""
        first, *rest = super().chunks(call)
        about = {**json.loads(first.removeprefix(b"data: ")), "choices": [], "prompt_filter_results": _PROMPT}
        return [b"data: " + to_json_bytes(about) + b"\n\n", first, *rest]

    def limits(self, headers: Mapping[str, str]) -> dict[str, str]:
        """Resets in whole seconds, and a delay in milliseconds beside the one in seconds."""
        told = dict(headers)
        for name in ("x-ratelimit-reset-requests", "x-ratelimit-reset-tokens"):
            if name in told:
                told[name] = str(math.ceil(seconds_of(told[name])))
        if "retry-after" in told:
            told["retry-after-ms"] = str(math.ceil(float(told["retry-after"]) * 1000))
        return told
