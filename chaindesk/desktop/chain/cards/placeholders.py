"""The ``{{…}}`` of a prompt while it is written: which stand where, which are unknown, and what they may have meant."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache

from chaindesk.domain.chains.template import Placeholder, compile_template, nearest_name

_TOKEN = re.compile(r"(?<!\\)\{\{([^{}\n]*)\}\}")
_BEGUN = re.compile(r"(?<!\\)\{\{([^{}|\n]*)$")


@dataclass(frozen=True, slots=True)
class Written:
    """One ``{{…}}`` of a text.

    Attributes:
        start, end: where it stands, braces included.
        name: the name that is written, without spaces around it.
        name_start: where the name begins.
        fallback: the text for blank values, or None where none is written.
        known: whether the name exists.
    """

    start: int
    end: int
    name: str
    name_start: int
    fallback: str | None
    known: bool

    @property
    def name_end(self) -> int:
        """Where the name ends."""
        return self.name_start + len(self.name)


def placeholders_of(text: str, names: Collection[str]) -> list[Written]:
    """Return every ``{{…}}`` of a text in order."""
    found, known = [], tuple(names)
    for match in _TOKEN.finditer(text):
        part = _part(match[0], known)
        inside = match[1]
        if isinstance(part, Placeholder):
            fallback = part.fallback
            written = inside if fallback is None else inside[: len(inside) - len(fallback) - 1]
        else:
            written, bar, rest = inside.partition("|")
            fallback = rest if bar else None
        name = written.strip()
        start = match.start(1) + len(written) - len(written.lstrip())
        found.append(Written(match.start(), match.end(), name, start, fallback, isinstance(part, Placeholder)))
    return found


@lru_cache(maxsize=1000)
def _part(written: str, names: tuple[str, ...]) -> str | Placeholder:
    """Return what one ``{{…}}`` stands for; a long prompt has the same ones often, and is read at each key."""
    template, _ = compile_template(written, names)
    return template.parts[0] if template.parts else ""


def begun_name(before: str) -> str | None:
    """Return what is typed of a name after ``{{`` at the end of a text, or None where no name is begun."""
    match = _BEGUN.search(before)
    return match[1] if match else None


def fixes(name: str, names: Sequence[str], most: int = 4) -> list[str]:
    """Return the names that an unknown one may have meant, the nearest first."""
    left = list(names)
    found: list[str] = []
    while len(found) < most and (nearest := nearest_name(name, left)) is not None:
        found.append(nearest)
        left.remove(nearest)
    return found
