#!/usr/bin/env python3
"""Writes docs/modules.md: each package and module with the first sentence of its docstring.

``python3 packaging/dev.py map`` runs it after a module came, went or changed its task; a test holds the page to the
code.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "modules.md"
HEAD = """# Every module

Each line is the first sentence of the module's own docstring. This page is written by `python3 packaging/dev.py map`.
"""


def module_map() -> str:
    """Return the page's text."""
    parts = [HEAD]
    for folder in sorted({path.parent for path in (ROOT / "chaindesk").rglob("*.py")}):
        parts.append(f"\n## {folder.relative_to(ROOT).as_posix()}/\n")
        parts.append(f"{_summary(folder / '__init__.py')}\n")
        modules = sorted(path for path in folder.glob("*.py") if path.name != "__init__.py")
        if modules:
            parts.append("| Module | What it is for |\n|---|---|")
            parts += [f"| `{path.name}` | {_summary(path).replace('|', chr(92) + '|')} |" for path in modules]
    return "\n".join(parts) + "\n"


def _summary(path: Path) -> str:
    text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    first = " ".join(text.split("\n\n")[0].split())
    return re.split(r"(?<=[.!?]) (?=[A-Z])", first)[0]


if __name__ == "__main__":
    PAGE.write_text(module_map(), encoding="utf-8")
