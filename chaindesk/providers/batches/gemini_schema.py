"""JSON Schema as the subset of OpenAPI of Gemini's ``responseSchema``: in batch jobs it is the only one that works.

A job whose lines have ``responseJsonSchema`` is accepted, answered without regard to it, and charged for.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_KEPT = frozenset({"title", "description", "nullable", "minItems", "maxItems", "minimum", "maximum", "pattern"})
_FORMATS = frozenset({"date-time", "enum", "float", "double", "int32", "int64"})


def response_schema(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return a JSON Schema in OpenAPI's subset: types in capitals, null as ``nullable``, fields in their order."""
    kinds = schema.get("type")
    kinds = [kinds] if isinstance(kinds, str) else list(kinds or [])
    found: dict[str, Any] = {name: value for name, value in schema.items() if name in _KEPT}
    choices = [one for one in schema.get("anyOf") or schema.get("oneOf") or [] if isinstance(one, Mapping)]
    real = [one for one in choices if one.get("type") != "null"]
    if "null" in kinds or len(real) < len(choices):
        found["nullable"] = True
    if len(real) == 1:
        return response_schema(real[0]) | found
    if real:
        found["anyOf"] = [response_schema(one) for one in real]
    kind = next((one for one in kinds if one != "null"), "object" if "properties" in schema else "")
    if kind:
        found["type"] = kind.upper()
    if schema.get("format") in _FORMATS:
        found["format"] = schema["format"]
    _add_choices(found, schema)
    properties = schema.get("properties")
    if isinstance(properties, Mapping):
        found["properties"] = {name: response_schema(one) for name, one in properties.items()}
        found["propertyOrdering"] = list(properties)
    if schema.get("required"):
        found["required"] = list(schema["required"])
    if isinstance(schema.get("items"), Mapping):
        found["items"] = response_schema(schema["items"])
    return found


def _add_choices(found: dict[str, Any], schema: Mapping[str, Any]) -> None:
    given = schema.get("enum") or ([schema["const"]] if "const" in schema else [])
    values = [value for value in given if value is not None]
    if len(values) < len(given):
        found["nullable"] = True
    if values and all(isinstance(value, str) for value in values):
        found |= {"type": "STRING", "format": "enum", "enum": values}
