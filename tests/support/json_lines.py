"""Lines of ``--json``, each held against the schema of its kind, closed to any field that it does not name."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator

from chaindesk.json_contract.schema import closed, json_output_schema


@cache
def _validators() -> dict[str, Draft202012Validator]:
    schema = closed(json_output_schema())
    Draft202012Validator.check_schema(schema)
    names = [one["$ref"].removeprefix("#/$defs/") for one in schema["oneOf"]]
    return {name: Draft202012Validator({"$ref": f"#/$defs/{name}", "$defs": schema["$defs"]}) for name in names}


def checked_line(text: str) -> dict[str, Any]:
    """Return a line as values; an assertion fails where it breaks the contract."""
    values: dict[str, Any] = json.loads(text)
    validator = _validators().get(values.get("event", ""))
    assert validator is not None, f"no line has this name: {text[:200]}"
    faults = [f"{'.'.join(map(str, fault.absolute_path))}: {fault.message}" for fault in validator.iter_errors(values)]
    assert not faults, f"{values['event']}: {faults}"
    return values


def checked_lines(text: str) -> list[dict[str, Any]]:
    """Return every line of an output as values."""
    return [checked_line(line) for line in text.splitlines()]
