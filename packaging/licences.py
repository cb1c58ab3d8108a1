"""The licences of all that is shipped: their names for the program, their texts for the packages."""

from __future__ import annotations

import importlib.metadata
import sys
from collections.abc import Iterator
from pathlib import Path

from shipped import shipped

_OWN_LICENCES = {
    f"Python {sys.version.split()[0]}": "PSF-2.0",
    "Qt for Python (PySide6) and Qt": "LGPL-3.0-only",
    "The guide's pages: Material for MkDocs": "MIT",
}


def licence_texts() -> str:
    """Return the licences of all that is shipped, each whole, as far as the distributions carry them."""
    parts = [f"{name}: {licence}" for name, licence in _OWN_LICENCES.items()]
    for distribution in _shipped_sorted():
        parts.append(f"{'=' * 80}\n{distribution.name} {distribution.version}: {_licence_of(distribution)}\n")
        parts += [
            Path(str(distribution.locate_file(file))).read_text("utf-8", "replace")
            for file in distribution.files or ()
            if Path(file).name.upper().startswith(("LICEN", "COPYING", "NOTICE")) and ".dist-info" in str(file)
        ]
    return "\n".join(parts)


def shipped_licences() -> Iterator[tuple[str, str]]:
    """Yield everything that is shipped with its version, and the name of its licence."""
    yield from _OWN_LICENCES.items()
    for distribution in _shipped_sorted():
        yield f"{distribution.name} {distribution.version}", _licence_of(distribution)


def _licence_of(distribution: importlib.metadata.Distribution) -> str:
    found = distribution.metadata
    told = found.get("License-Expression") or (found.get("License") or "").strip().partition("\n")[0]
    classified = [
        one.rpartition(" :: ")[2] for one in found.get_all("Classifier") or () if one.startswith("License ::")
    ]
    return told or ", ".join(classified) or "see its text"


def _shipped_sorted() -> list[importlib.metadata.Distribution]:
    return sorted(shipped(), key=lambda one: one.name.lower())
