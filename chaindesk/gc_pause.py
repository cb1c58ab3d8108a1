"""Pauses Python's search for reference cycles while many objects are made of which none is part of a cycle."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def gc_paused() -> Iterator[None]:
    """Keep the collector from going through all new texts and rows again and again: a quarter of the time otherwise.

    What is not needed any more is still freed at once; only cycles wait for the end.
    """
    searching = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if searching:
            gc.enable()
