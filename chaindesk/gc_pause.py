"""Pauses Python's search for reference cycles while many objects are made of which none is part of a cycle."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_OBJECTS_BETWEEN_SEARCHES = 50_000


def search_seldom() -> None:
    """Have the collector search a long run for cycles seldom: its calls make many objects, and hardly ever a cycle.

    By Python's own numbers the searches take a twentieth of a run's CPU. What is there now is left out of them.
    """
    gc.freeze()
    gc.set_threshold(_OBJECTS_BETWEEN_SEARCHES, *gc.get_threshold()[1:])


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
