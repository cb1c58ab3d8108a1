"""The prompt cache of the simulated provider: long beginnings of prompts, readable from the first byte of an answer on.

Where a request marks what is to be cached, as Anthropic's do, that is written and read; in other wire formats it is
whatever a prompt has in common with an earlier one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from chaindesk.simulator.call import Call
from chaindesk.simulator.text import count_tokens

_MIN_TOKENS = 1024
_STEP_TOKENS = 128
_HEAD = 3000  # characters by which prompts that may have a beginning in common are found


class PromptCache:
    """What has been cached, by key and model."""

    def __init__(self) -> None:
        self._marked: set[tuple[str, str, str]] = set()
        self._prompts: dict[tuple[str, str, str], str] = {}

    def look_up(self, key: str, call: Call, *, implicit: bool) -> Call:
        """The call with the tokens that it reads from the cache or writes to it; ``implicit``: without a mark, too."""
        marked = _marked_text(call.asked.body)
        if marked is not None:
            tokens = count_tokens(marked)
            if tokens < _MIN_TOKENS:
                return call
            there = (key, call.model, marked) in self._marked
            return replace(call, cached=tokens if there else 0, written=0 if there else tokens)
        earlier = self._prompts.get((key, call.model, call.prompt[:_HEAD])) if implicit else None
        if earlier is None:
            total = count_tokens(call.prompt)
            return replace(call, written=total) if implicit and total >= _MIN_TOKENS else call
        common = count_tokens(_common(earlier, call.prompt)) // _STEP_TOKENS * _STEP_TOKENS
        return replace(call, cached=common) if common >= _MIN_TOKENS else call

    def begin(self, key: str, call: Call) -> None:
        """An answer begins: what its call writes can be read from now on."""
        if not call.written:
            return
        marked = _marked_text(call.asked.body)
        if marked is not None:
            self._marked.add((key, call.model, marked))
        else:
            self._prompts.setdefault((key, call.model, call.prompt[:_HEAD]), call.prompt)


def _common(one: str, other: str) -> str:
    length = next((at for at, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]), None)
    return one[: min(len(one), len(other)) if length is None else length]


def _marked_text(body: Mapping[str, Any]) -> str | None:
    """The text up to the last mark, or None where there is none."""
    text, marked = "", None
    for block in _blocks(body):
        text += str(block.get("text", ""))
        if "cache_control" in block:
            marked = text
    return marked


def _blocks(body: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    messages = body.get("messages")
    contents = (
        [one.get("content") for one in messages if isinstance(one, Mapping)] if isinstance(messages, list) else []
    )
    for content in (body.get("system"), *contents):
        if isinstance(content, list):
            yield from (block for block in content if isinstance(block, Mapping))
        elif isinstance(content, str):
            yield {"text": content}
