"""The event loop of a command: uvloop, or under Windows winloop where it is installed (``chaindesk[fast]``)."""

from __future__ import annotations

import asyncio
import importlib
import sys
from collections.abc import Callable, Coroutine
from typing import Any

from chaindesk.gc_pause import search_seldom


def run(main: Coroutine[Any, Any, int]) -> int:
    """Run a command's coroutine to its end, and give what it gives."""
    search_seldom()
    with asyncio.Runner(loop_factory=_factory()) as runner:
        return runner.run(main)


def _factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    name = "winloop" if sys.platform == "win32" else "uvloop"
    try:
        found: Callable[[], asyncio.AbstractEventLoop] = importlib.import_module(name).new_event_loop
    except ImportError:
        return None
    return found
