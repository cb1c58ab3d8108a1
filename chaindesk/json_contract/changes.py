"""Tells changes of the JSON Schema that break scripts from those that only add."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


def breaking_changes(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """Return, in words, what a script that relies on the old schema would miss or not understand in the new one.

    Lines, fields and values of an enumeration may come; none may go, and none may become of another type.
    """
    known, now = old["$defs"], new["$defs"]
    gone = [f"{name} is gone" for name in known if name not in now]
    return gone + [words for name in known if name in now for words in _broken(name, known[name], now[name])]


def _broken(place: str, old: dict[str, Any], new: dict[str, Any]) -> Iterator[str]:
    if set(_types(new)) - set(_types(old)) or ("$ref" in old and old.get("$ref") != new.get("$ref")):
        yield f"{place} is of another type"
    if old.get("const") != new.get("const"):
        yield f"{place} has another value"
    lost = [value for value in old.get("enum", ()) if value not in new.get("enum", ())]
    if lost:
        yield f"{place} says no more: {', '.join(map(str, lost))}"
    yield from (f"{place}.{name} may be missing" for name in old.get("required", ()) if name not in new["required"])
    for name, part in old.get("properties", {}).items():
        if name not in new.get("properties", {}):
            yield f"{place}.{name} is gone"
        else:
            yield from _broken(f"{place}.{name}", part, new["properties"][name])
    for inner in ("items", "additionalProperties"):
        if isinstance(old.get(inner), dict):
            yield from _broken(f"{place}[]", old[inner], new.get(inner, {}))
    before, after = old.get("anyOf", []), new.get("anyOf", [])
    yield from (f"{place} may be something else" for part in after if part not in before)


def _types(shape: dict[str, Any]) -> list[str]:
    types = shape.get("type", [])
    return [types] if isinstance(types, str) else types
