"""The difference of two texts, word by word, and its HTML."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import Enum

_WORDS = re.compile(r"\s+|\w+|[^\w\s]")
_MAX_WORDS = 20_000  # of longer texts, whole lines are compared: words would take seconds


class Part(Enum):
    """Whether a stretch of text was kept, removed or added."""

    SAME = "same"
    GONE = "gone"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Stretch:
    """Successive words that were all kept, removed or added."""

    part: Part
    text: str


def compare(old: str, new: str) -> tuple[Stretch, ...]:
    """How ``old`` became ``new``."""
    before, after = _WORDS.findall(old), _WORDS.findall(new)
    if len(before) + len(after) > _MAX_WORDS:
        before, after = old.splitlines(keepends=True), new.splitlines(keepends=True)
    found: list[Stretch] = []
    for _, start, end, first, last in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        gone, come = "".join(before[start:end]), "".join(after[first:last])
        if gone == come:
            found.append(Stretch(Part.SAME, gone))
            continue
        found += [stretch for stretch in (Stretch(Part.GONE, gone), Stretch(Part.NEW, come)) if stretch.text]
    return tuple(found)


def as_html(
    stretches: tuple[Stretch, ...], *, gone: tuple[str, str], new: tuple[str, str], beside: bool = False
) -> str:
    """Return HTML in which removed text is struck out and new text underlined.

    Args:
        stretches: what ``compare`` gave.
        gone: background and text colour of what is gone, as CSS says them.
        new: the same for what is new.
        beside: the other text stands beside this one: its place tells what is gone, and no line through or below the
            words makes them hard to read.
    """
    lines = ("none", "none") if beside else ("line-through", "underline")
    styles = {
        Part.SAME: "",
        Part.GONE: f"background-color: {gone[0]}; color: {gone[1]}; text-decoration: {lines[0]};",
        Part.NEW: f"background-color: {new[0]}; color: {new[1]}; text-decoration: {lines[1]};",
    }
    spans = (f'<span style="{styles[one.part]}">{html.escape(one.text)}</span>' for one in stretches)
    return f'<div style="white-space: pre-wrap;">{"".join(spans)}</div>'


def before(stretches: tuple[Stretch, ...]) -> tuple[Stretch, ...]:
    """Return the old text: what stayed and what is gone."""
    return tuple(one for one in stretches if one.part is not Part.NEW)


def after(stretches: tuple[Stretch, ...]) -> tuple[Stretch, ...]:
    """Return the new text: what stayed and what is new."""
    return tuple(one for one in stretches if one.part is not Part.GONE)


def changed_words(stretches: tuple[Stretch, ...]) -> tuple[int, int]:
    """Return how many words are gone, and how many are new."""

    def words(part: Part) -> int:
        return sum(len(re.findall(r"\w+", one.text)) for one in stretches if one.part is part)

    return words(Part.GONE), words(Part.NEW)
