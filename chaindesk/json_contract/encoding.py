"""Turns a typed line into JSON values, by rules that the JSON Schema is made by, too.

A field keeps its name, but for a few that mean more to a script in another form; US dollars say so in their names.
An event holds no API key, so none can come out here; the row's own key is called ``row_key`` to leave no doubt.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any, get_args, get_type_hints

VERSION = 1
"""The version of the contract: raised where a script that relied on the one before would break."""

_WORD_START = re.compile(r"(?<!^)(?=[A-Z])")
_NAMES = {"key": "row_key", "at": "time", "usage": "tokens"}
_NAMES_OF_CLASS = {
    ("RunStarted", "steps"): "step_names",
    ("RunStarted", "calls"): "planned_calls",
    ("StepEstimate", "calls"): "planned_calls",
    ("StepFinished", "path"): "answer_path",
}
_CLOCKS = frozenset({"at", "until"})
"""Fields that are seconds of ``time.monotonic()`` where they are floats; printed, they are dates."""


@dataclass(frozen=True, slots=True)
class Member:
    """A field of a line.

    Attributes:
        field: its name in Python.
        name: its name in JSON.
        hint: its type.
        is_clock: whether it is a monotonic time that is printed as a date.
    """

    field: str
    name: str
    hint: Any
    is_clock: bool


def members(kind: type) -> tuple[Member, ...]:
    """Return the fields of a class as JSON knows them."""
    return _members(kind)


@cache
def _members(kind: Hashable) -> tuple[Member, ...]:
    assert isinstance(kind, type)  # noqa: S101 - what mypy needs to hear beside what the cache does
    hints = get_type_hints(kind)
    return tuple(_member(kind, part.name, hints[part.name]) for part in fields(kind))


def event_name(kind: type) -> str:
    """Return the name that a line of this class has, such as ``row_finished`` for ``RowFinished``."""
    return _WORD_START.sub("_", kind.__name__.removesuffix("Line")).lower()


def to_values(line: Any) -> dict[str, Any]:
    """Return a line as JSON values: its name, such as ``row_finished``, the version, then its fields."""
    return {"event": event_name(type(line)), "version": VERSION, **_parts(line)}


def to_json(line: Any) -> str:
    """Return a line as a JSON object without line breaks, in ASCII: ``{"event":"row_finished","version":1,…}``."""
    return json.dumps(to_values(line), separators=(",", ":"), allow_nan=False)


def iso_time(moment: datetime) -> str:
    """Return a time in UTC as in ``2026-11-27T14:05:00.250Z``."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def exact_dollars(amount: Decimal) -> str:
    """Return an amount with all of its digits, none of them a needless zero, and without an exponent."""
    text = format(amount, "f")
    return (text.rstrip("0").rstrip(".") or "0") if "." in text else text


def _member(kind: type, field: str, hint: Any) -> Member:
    name = _NAMES_OF_CLASS.get((kind.__name__, field)) or _NAMES.get(field, field)
    if Decimal in (hint, *get_args(hint)) and "usd" not in name:
        name += "_usd"
    return Member(field, name, hint, is_clock=field in _CLOCKS and float in (hint, *get_args(hint)))


def _parts(value: Any) -> dict[str, Any]:
    return {
        one.name: _date(getattr(value, one.field)) if one.is_clock else _plain(getattr(value, one.field))
        for one in members(type(value))
    }


def _date(seconds: float | None) -> str | None:
    if seconds is None:
        return None
    return iso_time(datetime.fromtimestamp(time.time() - time.monotonic() + seconds, UTC))


def _plain(value: Any) -> Any:
    match value:
        case None | str() | bool() | int():
            return value
        case Enum():
            return value.value
        case Decimal():
            return exact_dollars(value)
        case float():
            return round(value, 6)
        case datetime():
            return iso_time(value)
        case Path():
            return str(value)
        case Mapping():
            return {str(_plain(name)): _plain(part) for name, part in value.items()}
        case list() | tuple():
            return [_plain(part) for part in value]
    if is_dataclass(value):
        return _parts(value)
    raise TypeError(f"{type(value).__name__} has no form in JSON.")
