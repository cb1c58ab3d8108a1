"""Prints a version's part of CHANGELOG.md, for the notes of its release."""

from __future__ import annotations

import re
import sys
from pathlib import Path


def notes(version: str, changelog: str) -> str:
    """Return what stands under the version's heading.

    Raises:
        SystemExit: there is no such heading.
    """
    found = re.search(rf"^## {re.escape(version)}\b.*?\n(.*?)(?=^## |\Z)", changelog, re.MULTILINE | re.DOTALL)
    if found is None:
        raise SystemExit(f"CHANGELOG.md has no heading for {version}.")
    return found[1].strip() + "\n"


if __name__ == "__main__":
    changes = Path(__file__).resolve().parent.parent / "CHANGELOG.md"
    print(notes(sys.argv[1], changes.read_text(encoding="utf-8")), end="")
