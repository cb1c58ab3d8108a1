"""The contract of ``--json``: what is shipped is what the code says, and no change breaks a script unnoticed."""

from __future__ import annotations

import copy
import importlib
import importlib.util
import json
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from chaindesk.json_contract.changes import breaking_changes
from chaindesk.json_contract.registry import LINES
from chaindesk.json_contract.schema import json_output_schema
from chaindesk.settings import resource

ROOT = Path(__file__).parents[3]
LINE_MODULES = sorted((ROOT / "chaindesk" / "json_contract").glob("*_lines.py"))
_WRITE = "run: python3 packaging/dev.py schema"


def writer() -> ModuleType:
    spec = importlib.util.spec_from_file_location("json_schema", ROOT / "packaging" / "json_schema.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_no_change_breaks_scripts_within_a_version() -> None:
    shipped, now = json.loads(resource("examples/json-output.schema.json").read_text("utf-8")), json_output_schema()
    if shipped["$id"] == now["$id"]:
        assert breaking_changes(shipped, now) == [], "keep it, or raise VERSION in chaindesk/json_contract/encoding.py"


def test_schema_and_page_that_are_shipped_are_those_of_the_code() -> None:
    schema, module = json_output_schema(), writer()
    Draft202012Validator.check_schema(schema)
    assert resource("examples/json-output.schema.json").read_text("utf-8") == module.schema_text(schema), _WRITE
    assert (ROOT / "docs/guide/json-reference.md").read_text("utf-8") == module.reference_page(schema), _WRITE


def test_every_class_of_lines_is_registered() -> None:
    modules = [importlib.import_module(f"chaindesk.json_contract.{path.stem}") for path in LINE_MODULES]
    lines = {kind for one in modules for name, kind in vars(one).items() if name.endswith("Line")}
    assert lines
    assert lines <= set(LINES)
    assert len(LINES) == len(json_output_schema()["oneOf"]), "two lines have one name"


def changed(path: str, value: Any) -> dict[str, Any]:
    """The schema with another value at a path, or without it where the value is None."""
    schema = copy.deepcopy(json_output_schema())
    *names, last = path.split("/")
    place = schema["$defs"]
    for name in names:
        place = place[name]
    if value is None:
        del place[last]
    else:
        place[last] = value
    return schema


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("row_finished", None, "row_finished is gone"),
        ("row_finished/properties/row_key", None, "row_finished.row_key is gone"),
        ("row_finished/properties/row/type", "string", "row_finished.row is of another type"),
        ("row_finished/properties/row/type", ["integer", "null"], "row_finished.row is of another type"),
        ("row_finished/properties/status/enum", ["done"], "row_finished.status says no more"),
        ("row_finished/required", ["event"], "row_finished.time may be missing"),
        ("report/properties/failed/items/$ref", "#/$defs/SlowRow", "report.failed[] is of another type"),
        ("result/properties/tokens/$ref", "#/$defs/Failure", "result.tokens is of another type"),
    ],
)
def test_what_a_script_would_miss_is_told(path: str, value: Any, words: str) -> None:
    assert any(found.startswith(words) for found in breaking_changes(json_output_schema(), changed(path, value)))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("row_finished/properties/more", {"type": "string"}),
        ("row_finished/properties/status/enum", [*"abc", *json_output_schema()["$defs"]["Usage"]["required"]]),
        ("batch_submitted", {"type": "object", "properties": {}, "required": []}),
        ("row_finished/description", "Other words."),
    ],
    ids=["a field", "a value", "a line", "words"],
)
def test_what_only_adds_breaks_nothing(path: str, value: Any) -> None:
    schema = json_output_schema()
    if path.endswith("enum"):
        value = [*schema["$defs"]["row_finished"]["properties"]["status"]["enum"], "submitted"]
    assert breaking_changes(schema, changed(path, value)) == []
