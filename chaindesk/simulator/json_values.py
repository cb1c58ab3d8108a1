"""Values that fit a JSON Schema, for the simulated provider's structured answers."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

_DEEPEST = 12


def value_for(schema: Mapping[str, Any], rng: random.Random, text: str) -> Any:
    """A value that fits the schema, as far as the schema keeps to what providers take; its strings say ``text``."""
    return _value(schema, schema, rng, text, 0)


def _value(schema: Any, root: Mapping[str, Any], rng: random.Random, text: str, depth: int) -> Any:
    if not isinstance(schema, Mapping) or depth > _DEEPEST:
        return None
    reference = schema.get("$ref")
    if isinstance(reference, str):
        return _value(_referred(root, reference), root, rng, text, depth + 1)
    if "const" in schema:
        return schema["const"]
    if schema.get("enum"):
        return rng.choice(list(schema["enum"]))
    for choice in ("anyOf", "oneOf", "allOf"):
        if schema.get(choice):
            return _value(schema[choice][0], root, rng, text, depth + 1)
    kind = schema.get("type", "object" if "properties" in schema else "string")
    if isinstance(kind, list):
        kind = next((one for one in kind if one != "null"), "null")
    return _of_type(str(kind), schema, root, rng, text, depth)


def _of_type(
    kind: str, schema: Mapping[str, Any], root: Mapping[str, Any], rng: random.Random, text: str, depth: int
) -> Any:
    match kind:
        case "object":
            properties = schema.get("properties") or {}
            return {name: _value(inner, root, rng, text, depth + 1) for name, inner in properties.items()}
        case "array":
            count = max(int(schema.get("minItems", 0)), min(2, int(schema.get("maxItems", 2))))
            return [_value(schema.get("items", {}), root, rng, text, depth + 1) for _ in range(count)]
        case "integer":
            low = int(schema.get("minimum", 1))
            return rng.randint(low, max(int(schema.get("maximum", low + 9)), low))
        case "number":
            least = float(schema.get("minimum", 0))
            return round(rng.uniform(least, max(float(schema.get("maximum", least + 1)), least)), 2)
        case "boolean":
            return rng.random() < 0.5
        case "null":
            return None
        case _ if schema.get("format") == "date":
            return f"2026-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}"
        case _:
            return text[: int(schema.get("maxLength", len(text)))]


def _referred(root: Mapping[str, Any], reference: str) -> Any:
    place: Any = root
    for part in reference.removeprefix("#/").split("/"):
        place = place.get(part) if isinstance(place, Mapping) else None
    return place
