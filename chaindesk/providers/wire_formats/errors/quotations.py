"""Tells a server's own words from those that its message quotes of the prompt."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

_LONGEST_PROMPT = 1_000_000  # characters that a message is compared with
_WORD = re.compile(r"\w+")
_QUOTED = re.compile(r"[\"'`“‘«]([^\"'`“”‘’«»]{1,300})[\"'`”’»]")
_RUN = 3  # so many words of the prompt in a row are a quotation


def own_words(message: str, prompt: str) -> str:
    """A message without what it quotes of the prompt, so that a row's text is not taken for the server's words."""
    asked = _normalised(prompt)
    if not asked.strip():
        return message
    words = [(match.start(), match.end(), match.group().casefold()) for match in _WORD.finditer(message)]
    quoted = [match.span() for match in _QUOTED.finditer(message) if _normalised(match[1]) in asked]
    for number in range(len(words) - _RUN + 1):
        run = words[number : number + _RUN]
        if f" {' '.join(word for _, _, word in run)} " in asked:
            quoted.append((run[0][0], run[-1][1]))
    return _without(message, quoted)


def speaks(pattern: re.Pattern[str], text: str, prompt: str) -> bool:
    """Whether a text says what a pattern looks for, in words that do not stand in the prompt."""
    return next(own_matches(pattern, text, prompt), None) is not None


def own_matches(pattern: re.Pattern[str], text: str, prompt: str) -> Iterator[re.Match[str]]:
    """What a pattern finds in a text, in words that do not stand in the prompt."""
    found = list(pattern.finditer(text))
    asked = _normalised(prompt) if found else ""
    return (match for match in found if _normalised(match.group()) not in asked)


def _without(text: str, spans: Iterable[tuple[int, int]]) -> str:
    pieces: list[str] = []
    position = 0
    for start, end in sorted(spans):
        if start > position:
            pieces.append(text[position:start])
        position = max(position, end)
    return " … ".join([*pieces, text[position:]])


def _normalised(text: str) -> str:
    """A text as its words in small letters, with a space on both sides of each."""
    return f" {' '.join(_WORD.findall(text[:_LONGEST_PROMPT].casefold()))} "
