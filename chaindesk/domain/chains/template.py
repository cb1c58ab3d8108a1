"""Prompts as text with ``{{Column name}}``, ``{{step}}``, ``{{step.field}}`` and ``{{Column|fallback}}``.

Deliberately small: one pass, no code, and what was filled in is never looked at again, so that a cell which itself
says ``{{…}}`` or a model's answer can change nothing. ``\\{{`` stands for two literal braces.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from operator import itemgetter

from chaindesk.domain.names import readable_name

_TOKEN = re.compile(r"\\\{\{|\{\{(?P<inside>[^{}\n]*)\}\}")


@dataclass(frozen=True, slots=True)
class Placeholder:
    """One ``{{…}}``: the name that it stands for, and the text to use where its value is blank, if any."""

    name: str
    fallback: str | None = None


@dataclass(frozen=True, slots=True)
class UnknownName:
    """A ``{{…}}`` that stands for nothing: the text inside, where it begins, and the nearest real name, if any."""

    inside: str
    position: int
    nearest: str | None


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a rendered text.

    Attributes:
        text: what stands there.
        name: the name whose value or fallback it is; "" where it is the template's own text.
        fallback: whether the name's value is blank, so that its fallback stands there.
    """

    text: str
    name: str = ""
    fallback: bool = False


@dataclass(frozen=True, slots=True)
class Template:
    """A prompt whose names are all known: literal texts and placeholders in order."""

    parts: tuple[str | Placeholder, ...]

    @property
    def names(self) -> frozenset[str]:
        """The names that the template uses."""
        return frozenset(part.name for part in self.parts if isinstance(part, Placeholder))

    def render(self, values: Mapping[str, str]) -> str:
        """Return the text with every placeholder replaced by its value, or by its fallback where the value is blank.

        A name that ``values`` lacks counts as blank: it is the output of a step that was skipped.
        """
        return "".join([part if isinstance(part, str) else _fill(part, values) for part in self.parts])

    def renderer(self) -> Callable[[Mapping[str, str]], str]:
        """Return what renders the same as ``render``, three times as fast, of values that lack none of the names."""
        pattern = "".join([part.replace("%", "%%") if isinstance(part, str) else "%s" for part in self.parts])
        placeholders = [part for part in self.parts if isinstance(part, Placeholder)]
        if not placeholders:
            text = self.render({})
            return lambda values: text
        if any(one.fallback is not None for one in placeholders):
            return lambda values: pattern % tuple([_fill(one, values) for one in placeholders])
        pick = itemgetter(*[one.name for one in placeholders])
        return lambda values: pattern % pick(values)

    def sizer(self, missing: Mapping[str, int]) -> Callable[[Mapping[str, str]], int]:
        """Return what tells how many bytes of UTF-8 the text takes that is rendered from some values.

        Args:
            missing: the likely bytes of the values that are not there yet.
        """
        fixed, rest = 0, []
        for part in self.parts:
            if isinstance(part, str):
                fixed += byte_length(part)
            elif likely := missing.get(part.name):
                fixed += likely
            else:
                rest.append(part)
        if not rest:
            return lambda values: fixed
        if any(part.fallback is not None for part in rest):
            return lambda values: fixed + byte_length("".join([_fill(part, values) for part in rest]))
        names = [part.name for part in rest]
        return lambda values: fixed + byte_length("".join([values.get(name, "") for name in names]))

    def pieces(self, values: Mapping[str, str]) -> tuple[Piece, ...]:
        """Return the same text as ``render``, in pieces that tell where each comes from."""
        return tuple(
            Piece(part)
            if isinstance(part, str)
            else Piece(_fill(part, values), part.name, not values.get(part.name, "").strip())
            for part in self.parts
        )


def compile_template(text: str, names: Collection[str]) -> tuple[Template, list[UnknownName]]:
    """Read a prompt against the names that exist; what is unknown is listed, and left as it stands.

    A name is matched whole before ``|`` splits it, so headers that hold a bar can be used.
    """
    parts: list[str | Placeholder] = []
    unknown: list[UnknownName] = []
    end = 0
    for match in _TOKEN.finditer(text):
        parts.append(text[end : match.start()])
        end = match.end()
        inside = match["inside"]
        if inside is None:
            parts.append("{{")
            continue
        placeholder = _resolve(inside, names)
        if placeholder is None:
            unknown.append(UnknownName(inside, match.start(), nearest_name(_bare(inside), names)))
            parts.append(match.group())
        else:
            parts.append(placeholder)
    parts.append(text[end:])
    return Template(tuple(_joined(parts))), unknown


def byte_length(text: str) -> int:
    """Return how many bytes of UTF-8 a text takes; what no UTF-8 can say counts as one byte."""
    return len(text) if text.isascii() else len(text.encode("utf-8", "replace"))


def nearest_name(name: str, names: Iterable[str]) -> str | None:
    """Return the real name that somebody who wrote ``name`` most likely meant, or None."""
    by_folded = {candidate.casefold(): candidate for candidate in names}
    close = difflib.get_close_matches(name.casefold(), by_folded, n=1, cutoff=0.6)
    return by_folded[close[0]] if close else None


def _bare(inside: str) -> str:
    return inside.partition("|")[0].strip()


def _resolve(inside: str, names: Collection[str]) -> Placeholder | None:
    if (name := _known(inside, names)) is not None:
        return Placeholder(name)
    head, bar, _ = inside.rpartition("|")
    while bar:
        if (name := _known(head, names)) is not None:
            return Placeholder(name, inside[len(head) + 1 :])
        head, bar, _ = head.rpartition("|")
    return None


def _known(written: str, names: Collection[str]) -> str | None:
    """The name that is written there, be it with other bytes for the same letters."""
    return next((name for name in (written.strip(), readable_name(written)) if name in names), None)


def _fill(placeholder: Placeholder, values: Mapping[str, str]) -> str:
    value = values.get(placeholder.name, "")
    if not value.strip():
        return value if placeholder.fallback is None else placeholder.fallback
    return value


def _joined(parts: Iterable[str | Placeholder]) -> Iterable[str | Placeholder]:
    text = ""
    for part in parts:
        if isinstance(part, str):
            text += part
            continue
        if text:
            yield text
        text = ""
        yield part
    if text:
        yield text
