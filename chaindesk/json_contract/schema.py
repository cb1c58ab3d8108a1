"""The JSON Schema of every line of ``--json``, made from the classes of the lines."""

from __future__ import annotations

import inspect
import re
import types
from collections.abc import Mapping
from dataclasses import is_dataclass
from datetime import datetime
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any, Union, get_args, get_origin

from chaindesk.json_contract.encoding import VERSION, event_name, members
from chaindesk.json_contract.registry import LINES

SCHEMA_ID = f"urn:chaindesk:json-output:{VERSION}"
_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_ATTRIBUTE = re.compile(r"^    (\w+): (.*(?:\n        .*)*)", re.M)
_NONE = re.compile(r"\bNone\b")
_SIMPLE: dict[Any, dict[str, Any]] = {
    str: {"type": "string"},
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    float: {"type": "number"},
    Path: {"type": "string"},
    datetime: {"type": "string", "format": "date-time"},
    Decimal: {"type": "string", "pattern": r"^-?\d+(\.\d+)?$"},
    type(None): {"type": "null"},
}


def json_output_schema() -> dict[str, Any]:
    """Return the schema: a line is one of ``$defs``, told apart by its ``event``."""
    parts: dict[str, Any] = {}
    names = []
    for kind in LINES:
        names.append(event_name(kind))
        parts[names[-1]] = _line(kind, parts)
    return {
        "$schema": _DIALECT,
        "$id": SCHEMA_ID,
        "title": f"A line of chaindesk --json, version {VERSION}",
        "description": (
            "Fields, values of an enumeration and events may be added within a version: pass over what you do not know."
        ),
        "oneOf": [{"$ref": f"#/$defs/{name}"} for name in sorted(names)],
        "$defs": dict(sorted(parts.items())),
    }


def closed(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema so that it refuses fields which it does not name: for tests of the program itself."""

    def close(value: Any) -> Any:
        if isinstance(value, list):
            return [close(part) for part in value]
        if not isinstance(value, dict):
            return value
        shut = {name: close(part) for name, part in value.items()}
        return shut | {"additionalProperties": False} if isinstance(value.get("properties"), dict) else shut

    found: dict[str, Any] = close(schema)
    return found


def _line(kind: type, parts: dict[str, Any]) -> dict[str, Any]:
    body = _object(kind, parts)
    head = {"event": {"const": event_name(kind)}, "version": {"const": VERSION}}
    return body | {"properties": head | body["properties"], "required": [*head, *body["required"]]}


def _object(kind: type, parts: dict[str, Any]) -> dict[str, Any]:
    text = inspect.getdoc(kind) or ""
    told = dict(_ATTRIBUTE.findall(text.partition("Attributes:\n")[2]))
    properties = {}
    for one in members(kind):
        hint: Any = one.hint
        if one.is_clock:
            hint = datetime | None if type(None) in get_args(one.hint) else datetime
        shape = _shape(hint, parts)
        words = _NONE.sub("null", " ".join(told.get(one.field, "").replace("``", "").split()))
        properties[one.name] = shape | ({"description": words} if words else {})
    said = " ".join(_as_in_json(text.partition("\n\nAttributes:")[0], kind).split())
    return {
        "description": said,
        "type": "object",
        "properties": properties,
        "required": [one.name for one in members(kind)],
    }


def _as_in_json(text: str, kind: type) -> str:
    """Return the words of a docstring with the names that fields have in JSON."""
    for one in members(kind):
        text = text.replace(f"``{one.field}``", one.name)
    return _NONE.sub("null", text.replace("``", ""))


def _shape(hint: Any, parts: dict[str, Any]) -> dict[str, Any]:
    if hint in _SIMPLE:
        return dict(_SIMPLE[hint])
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (types.UnionType, Union):
        return _one_of([_shape(part, parts) for part in inner])
    if origin is tuple:
        return {"type": "array", "items": _shape(inner[0], parts)}
    if origin is not None and issubclass(origin, Mapping):
        return {"type": "object", "additionalProperties": _shape(inner[1], parts)}
    if isinstance(hint, type) and issubclass(hint, Enum):
        return {"type": "string", "enum": [one.value for one in hint]}
    if isinstance(hint, type) and is_dataclass(hint):
        if hint.__name__ not in parts:
            parts[hint.__name__] = {}  # so that a class which holds itself ends
            parts[hint.__name__] = _object(hint, parts)
        return {"$ref": f"#/$defs/{hint.__name__}"}
    raise TypeError(f"{hint} has no form in the JSON Schema.")


def _one_of(shapes: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the union of shapes, in the short form where one of two is null."""
    null = {"type": "null"}
    real = [shape for shape in shapes if shape != null]
    if len(real) == 1 and isinstance(real[0].get("type"), str) and null in shapes:
        (only,) = real
        more = {"enum": [*only["enum"], None]} if "enum" in only else {}
        return only | {"type": [only["type"], "null"]} | more
    return {"anyOf": shapes}


def type_words(shape: dict[str, Any]) -> str:
    """Return the type of a field as a reader wants it, such as ``string or null`` or ``list of Problem``."""
    if "$ref" in shape:
        return str(shape["$ref"]).removeprefix("#/$defs/")
    if "anyOf" in shape:
        return " or ".join(type_words(one) for one in shape["anyOf"])
    if "items" in shape:
        return f"list of {type_words(shape['items'])}"
    if isinstance(shape.get("additionalProperties"), dict):
        return f"object of {type_words(shape['additionalProperties'])}"
    types = shape.get("type", [])
    if types == "null":
        return "null"
    nullable = " or null" if "null" in types else ""
    if "enum" in shape:
        return ", ".join(f"`{value}`" if value else '""' for value in shape["enum"] if value is not None) + nullable
    if shape.get("format") == "date-time":
        return "time" + nullable
    if shape.get("pattern"):
        return "US dollars" + nullable
    return (types if isinstance(types, str) else str(types[0])) + nullable
