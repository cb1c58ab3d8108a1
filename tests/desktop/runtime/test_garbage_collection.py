"""Reference cycles are looked for by the window's own timer, a few objects at a time, and not by Python."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from chaindesk.desktop.runtime import garbage_collection
from chaindesk.desktop.runtime.garbage_collection import NEW_OBJECTS, GarbageCollection


class Cycle:
    """Refers to itself."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture
def collection(qapp: QApplication) -> Iterator[GarbageCollection]:
    gc.collect()
    collection = GarbageCollection(lambda: False)
    collection.begin()
    yield collection
    collection.end()


def left_over() -> weakref.ref[Cycle]:
    return weakref.ref(Cycle())


def test_python_collects_nothing_meanwhile_and_everything_afterwards(collection: GarbageCollection) -> None:
    assert not gc.isenabled()
    collection.end()
    assert gc.isenabled()
    assert gc.get_freeze_count() == 0


def test_cycles_are_freed_once_there_are_many_new_objects(collection: GarbageCollection) -> None:
    cycle = left_over()
    collection.collect_new()
    assert cycle() is not None
    kept: list[list[int]] = [[] for _ in range(NEW_OBJECTS)]
    collection.collect_new()
    assert cycle() is None
    assert gc.get_freeze_count() > len(kept)  # they are not gone through again


def test_while_rows_run_nothing_is_gone_through(qapp: QApplication) -> None:
    collection = GarbageCollection(lambda: True)
    collection.begin()
    try:
        cycle = left_over()
        kept: list[list[int]] = [[] for _ in range(NEW_OBJECTS)]
        collection.collect_new()
        assert cycle() is not None
        assert gc.get_count()[0] < len(kept)
    finally:
        collection.end()


def test_what_was_left_out_is_gone_through_while_nobody_looks(
    collection: GarbageCollection, monkeypatch: pytest.MonkeyPatch
) -> None:
    cycle = left_over()
    gc.freeze()
    monkeypatch.setattr(garbage_collection, "MANY_OBJECTS", 0)
    collection.collect_all(Qt.ApplicationState.ApplicationActive)
    assert cycle() is not None
    collection.collect_all(Qt.ApplicationState.ApplicationInactive)
    assert cycle() is None
