"""The versions of ChainDesk and of what it stands on, as ``--version`` tells them."""

from __future__ import annotations

import importlib.metadata
import platform
from collections.abc import Iterator

import chaindesk

LIBRARIES = (
    *("PySide6-Essentials", "qasync", "aiohttp", "openpyxl", "python-calamine", "lxml", "pydantic", "ruamel.yaml"),
    *("genai-prices", "keyring", "orjson", "uvloop"),
)


def version_lines() -> Iterator[str]:
    """Yield ``chaindesk X``, then the versions of Python, the system and the libraries, one a line.

    Nothing is imported for that, so that the versions are told where a library cannot be loaded.
    """
    yield f"chaindesk {chaindesk.__version__}"
    yield f"Python {platform.python_version()} on {platform.platform()}"
    for name in LIBRARIES:
        try:
            yield f"{name} {importlib.metadata.version(name)}"
        except importlib.metadata.PackageNotFoundError:
            yield f"{name}: not installed"
