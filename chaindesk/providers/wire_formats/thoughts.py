"""Finds the answer in a text that holds the model's thoughts as well, as servers of open models leave them in.

Thoughts stand before the answer, between tags of many names (``<think>``, ``[THINK]``, ``<seed:think>``,
``◁think▷``, ``<|START_THINKING|>``) or in the channels of the harmony format. Often the opening tag was part of the
prompt's template, so that the text holds the closing one alone. Every pattern here reads a text once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_NAME = r"(?:[a-z]{1,16}:)?(?:think|thinking|thoughts?|reasoning|reflection)"
_TAG = re.compile(
    rf"<(?P<slash>/?)(?P<name>{_NAME})(?:\s[^<>]{{0,200}})?>"
    r"|\[(?P<bracket_slash>/?)(?P<bracket>think|thinking|reasoning)\]"
    r"|◁(?P<angle_slash>/?)(?P<angle>think|thinking)▷"
    r"|<\|(?P<opening>begin_of_thought|start_thinking|think)\|>|<unused94>"
    r"|(?P<closing><\|(?:end_of_thought|end_thinking|/think)\|>|<unused95>)"
    r"|(?P<fence>```)",
    re.IGNORECASE,
)
# What may stand before the first tag: special tokens of a chat template, the name of its role, punctuation.
_PREFIX = re.compile(
    r"(?:<[|｜][^<>|｜]{1,40}[|｜]>|</?(?:s|bos|eos|pad|unk|start_of_turn|end_of_turn)>|\[/?INST\]|(?:assistant|model)\b"
    r"|[^\w<\[]){0,20}",
    re.IGNORECASE,
)
_LONGEST_PREFIX = 200
_QUOTES = "`\"'“”‘’«»"
_WRAPPERS = ("answer", "response", "output")
_SOLUTION = re.compile(r"<\|(?:begin_of_solution|start_response|end_of_solution|end_response)\|>", re.IGNORECASE)
_CHANNEL = re.compile(
    r"<\|channel\|>(?P<name>[a-z]{1,20})[^<]{0,80}(?:<\|constrain\|>[^<]{0,40})?<\|message\|>", re.IGNORECASE
)
_END = "<|end|>"
_SPECIAL = re.compile(r"(?:<\|start\|>assistant)?<\|(?:message|return|start)\|>", re.IGNORECASE)
_CHANNEL_END = re.compile(r"<\|(?:return|end|call|start|channel)\|>", re.IGNORECASE)
# The same channels where a server left the special tokens out of the text.
_BARE_ANALYSIS = re.compile(r"analysis(?=[A-Z\W])")
_BARE_FINAL = "assistantfinal"
_MARKS = ("<", "[", "◁")


@dataclass(frozen=True, slots=True)
class _Tag:
    start: int
    end: int
    name: str
    closing: bool
    quoted: bool
    in_code: bool

    @property
    def is_words(self) -> bool:
        """Whether the text only speaks of the tag."""
        return self.quoted or self.in_code


def may_hold_thoughts(text: str) -> bool:
    """Return whether a text has any of the tags that thoughts stand between: most texts have none."""
    if any(mark in text for mark in _MARKS) and (_TAG.search(text) is not None or "<|channel|>" in text):
        return True
    return _BARE_FINAL in text


def without_thoughts(text: str, prompt: str = "", *, cut: bool = False) -> str:
    """Return the answer in a text; a text without thoughts is returned as it is.

    Args:
        text: what the model wrote.
        prompt: what it was asked; a tag that the prompt names is the answer's own.
        cut: whether the output limit cut it: thoughts without an end are then no answer.
    """
    if "<|channel|>" in text:
        return _final_channel(text)
    if _BARE_FINAL in text and _BARE_ANALYSIS.match(text.lstrip()):
        return text[text.rindex(_BARE_FINAL) + len(_BARE_FINAL) :].strip()
    asked = prompt.lower()
    tags = list(_tags(text))
    named = {name for name in {tag.name for tag in tags} if _is_named(name, asked)}
    tags = [tag for tag in tags if tag.name not in named]
    first = next((tag for tag in tags if not tag.is_words), None)
    if first is None and tags and tags[0].closing and not tags[0].quoted:
        first = tags[0]  # behind thoughts that left a block of code open
    if first is None:
        return text
    if first.closing:
        answer = _outside_blocks(text, first.end, tags[tags.index(first) + 1 :], cut=cut)
    elif not _is_prefix(text[: first.start]):
        return text
    elif any(tag.closing for tag in tags):
        answer = _outside_blocks(text, first.start, tags, cut=cut)
    else:
        return "" if cut else text
    return _unwrapped(answer, asked)


def _final_channel(text: str) -> str:
    """The text of harmony's ``final`` channel, or what stands behind the other channels without one."""
    pieces = []
    for channel in _CHANNEL.finditer(text):
        if channel["name"].lower() == "final":
            end = _CHANNEL_END.search(text, channel.end())
            pieces.append(text[channel.end() : end.start() if end else len(text)])
    if not pieces:
        pieces = [_SPECIAL.sub("", text[text.rfind(_END) + len(_END) :])] if _END in text else []
    return "".join(pieces).strip()


def _tags(text: str) -> Iterator[_Tag]:
    """The tags of thoughts, in order."""
    in_code = False
    for match in _TAG.finditer(text):
        if match["fence"]:
            in_code = not in_code
            continue
        start, end = match.span()
        around = (text[max(start - 1, 0) : start], text[end : end + 1])
        quoted = all(mark and mark in _QUOTES for mark in around)
        slash = match["slash"] or match["bracket_slash"] or match["angle_slash"] or match["closing"]
        name = match["name"] or match["bracket"] or match["angle"] or ""
        yield _Tag(start, end, name.lower(), bool(slash), quoted, in_code)


def _outside_blocks(text: str, begin: int, tags: Sequence[_Tag], *, cut: bool) -> str:
    """The text from ``begin`` on without the blocks of thoughts; tags in quotes or code are the answer's own words."""
    pieces: list[str] = []
    position = begin
    depth = 0
    last_closing = -1
    for tag in tags:
        if depth == 0 and (tag.is_words or tag.start < position):
            continue
        if not tag.closing:
            if depth == 0:
                pieces.append(text[position : tag.start])
                position, last_closing = tag.start, -1
            depth += 1
        elif depth == 0:
            if not text[position : tag.start].strip():
                position = tag.end
        else:
            depth -= 1
            position = last_closing = tag.end
    # A block that mentions its own opening tag ends with its last closing one.
    if depth == 0 or last_closing >= 0 or not cut:
        pieces.append(text[position:])
    shown = [piece for piece in pieces if piece.strip()]
    return "".join([shown[0].lstrip(), *shown[1:]]) if shown else ""


def _unwrapped(answer: str, asked: str) -> str:
    """An answer without the tags that some models put around it where they put tags around their thoughts."""
    answer = _SOLUTION.sub("", answer)
    inner = answer.strip()
    for name in _WRAPPERS:
        opening, closing = f"<{name}>", f"</{name}>"
        if inner.lower().startswith(opening) and inner.lower().endswith(closing) and not _is_named(name, asked):
            return inner[len(opening) : -len(closing)].strip()
    return answer


def _is_prefix(text: str) -> bool:
    """Whether a text is nothing but what a chat template leaves before an answer."""
    text = "".join(text.split())
    return len(text) <= _LONGEST_PREFIX and _PREFIX.fullmatch(text) is not None


def _is_named(name: str, asked: str) -> bool:
    """Whether the prompt speaks of the tag, so that it is part of what was asked for."""
    return bool(name) and (f"<{name}" in asked or f"[{name}]" in asked)
