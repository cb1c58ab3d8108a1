"""How this very ChainDesk is called in a terminal, so that a command in a hint can be pasted and works."""

from __future__ import annotations

import shlex
import shutil
import sys
from functools import cache
from pathlib import Path


def command(*words: object) -> str:
    """Return a command of ChainDesk's as a line for a terminal."""
    return shlex.join([*_program(), *map(str, words)])


@cache
def _program() -> tuple[str, ...]:
    """Return ``chaindesk`` where that is this installation's on the PATH, else what starts it from anywhere."""
    found = shutil.which("chaindesk")
    if found is not None and Path(found).resolve() in (Path(sys.argv[0]).resolve(), Path(sys.executable).resolve()):
        return ("chaindesk",)
    if found is not None and Path(found).parent == Path(sys.executable).parent:
        return ("chaindesk",)
    return (sys.executable,) if getattr(sys, "frozen", False) else (sys.executable, "-m", "chaindesk")
