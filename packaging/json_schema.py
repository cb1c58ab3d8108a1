"""Writes what is derived from the lines of ``--json``: ``python3 packaging/dev.py schema``.

The JSON Schema that comes with the program, and the guide's page of all fields. A change that would break scripts is
refused as long as the contract's version is the old one.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from chaindesk.json_contract.changes import breaking_changes
from chaindesk.json_contract.encoding import VERSION
from chaindesk.json_contract.schema import json_output_schema, type_words

ROOT = Path(__file__).resolve().parent.parent
SCHEMA = ROOT / "resources" / "examples" / "json-output.schema.json"
PAGE = ROOT / "docs" / "guide" / "json-reference.md"


def main() -> int:
    """Write both, or say what would break."""
    schema = json_output_schema()
    before = json.loads(SCHEMA.read_text("utf-8")) if SCHEMA.exists() else schema
    if before["$id"] == schema["$id"] and (broken := breaking_changes(before, schema)):
        print("This would break scripts:", *broken, sep="\n  ", file=sys.stderr)
        print("Keep it, or raise VERSION in chaindesk/json_contract/encoding.py.", file=sys.stderr)
        return 1
    SCHEMA.write_text(schema_text(schema), encoding="utf-8")
    PAGE.write_text(reference_page(schema), encoding="utf-8")
    return 0


def schema_text(schema: Mapping[str, Any]) -> str:
    """Return the schema as it is shipped."""
    return json.dumps(schema, indent=1, ensure_ascii=False) + "\n"


def reference_page(schema: Mapping[str, Any]) -> str:
    """Return the page of every line and field, in Markdown."""
    lines = [name.removeprefix("#/$defs/") for name in (one["$ref"] for one in schema["oneOf"])]
    parts = [name for name in schema["$defs"] if name not in lines]
    page = [
        "# Every field of --json",
        "",
        "Written from the classes of the lines: change it there. `chaindesk help json LINE` tells the same. Each line",
        f"has its name as `event`, and `version`, which is {VERSION}. [What you can rely on](json.md)",
    ]
    for title, names in (("Lines", lines), ("Parts of lines", parts)):
        page += ["", f"## {title}"]
        for name in names:
            part = schema["$defs"][name]
            page += ["", f"### {name}", "", part["description"], "", "| Field | Type | What it is |", "|---|---|---|"]
            page += list(_rows(part))
    return "\n".join(page) + "\n"


def _rows(part: Mapping[str, Any]) -> Iterator[str]:
    for name, shape in part["properties"].items():
        if "const" not in shape:
            cells = (f"`{name}`", type_words(shape), shape.get("description", ""))
            yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


if __name__ == "__main__":
    raise SystemExit(main())
