"""Columns are moved, sized and hidden for each workbook, and found so again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QMenu

from chaindesk.desktop.app import AppWindow
from chaindesk.desktop.grid.headers.column_layout import ColumnLayout, ColumnLayoutStore
from chaindesk.desktop.runtime.event_loop import DesktopLoop
from tests.support.waiting import until
from tests.support.windows import WindowMaker, write_jobs

KEYS = st.lists(st.sampled_from([f"input:{letter}" for letter in "ABCDEFGH"]), unique=True)


@given(KEYS, KEYS)
def test_a_stored_order_arranges_whatever_columns_there_are(stored: list[str], there: list[str]) -> None:
    ordered = ColumnLayout(tuple(stored)).ordered(there)
    assert sorted(ordered) == sorted(there)
    known = [key for key in stored if key in there]
    assert [key for key in ordered if key in known] == known


def test_a_new_column_stands_behind_the_one_that_it_usually_follows() -> None:
    assert ColumnLayout(("c", "a", "b")).ordered(["a", "new", "b", "c"]) == ["c", "a", "new", "b"]


@pytest.mark.parametrize("text", ["", "no json", "[]", "{}", '{"order": 5, "widths": {}, "hidden": []}', "null"])
def test_what_cannot_be_read_is_the_usual_arrangement(text: str) -> None:
    assert ColumnLayout.from_json(text) == ColumnLayout()


def test_arrangements_are_kept_by_workbook_and_sheet_and_the_oldest_are_forgotten(tmp_path: Path) -> None:
    QSettings.setPath(QSettings.Format.NativeFormat, QSettings.Scope.UserScope, str(tmp_path))
    store = ColumnLayoutStore()
    first = ColumnLayout(("b", "a"), {"a": 77}, frozenset({"c"}))
    store.save(Path("first.xlsx"), "Jobs", first)
    assert store.load(Path("first.xlsx"), "Jobs") == first
    assert store.load(Path("first.xlsx"), "Other") == ColumnLayout()
    for number in range(100):
        store.save(Path(f"{number}.xlsx"), "Jobs", first)
    assert store.load(Path("first.xlsx"), "Jobs") == ColumnLayout()
    assert store.load(Path("0.xlsx"), "Jobs") == first


def shown(app: AppWindow) -> list[str]:
    """The titles of the columns that are shown, left to right."""
    table = app.window.table
    places = [table.header.logicalIndex(visual) for visual in range(table.header.count())]
    return [table.rows.columns[place].title for place in places if not table.isColumnHidden(place)]


async def test_what_is_arranged_in_one_workbook_is_there_again_and_in_no_other(
    qloop: DesktopLoop, make_app: WindowMaker, tmp_path: Path, jobs: Callable[[int], Path], chain: Path
) -> None:
    first, other = jobs(3), write_jobs(tmp_path / "other.xlsx", 3)
    app = make_app()
    app.workspace.open_workbook(first, chain=chain)
    await until(lambda: app.workspace.session is not None)
    usual = ["Status", "ID", "Review", "notes", "Text", "Topic", "Audience"]
    assert shown(app) == usual
    place = [column.title for column in app.window.model.columns].index
    app.main.table.arranger.hide("input:Audience")
    app.main.table.arranger.move(place("Text"), -1)
    app.window.table.header.resizeSection(place("notes"), 333)
    app.window.table.header.layout_changed.emit()
    wanted = ["Status", "ID", "Review", "Text", "notes", "Topic"]
    assert shown(app) == wanted
    app.workspace.open_workbook(other, chain=chain)
    await until(lambda: app.window.source.workbook.text() == "other.xlsx" and app.workspace.session is not None)
    assert shown(app) == usual
    again = make_app()
    again.workspace.open_workbook(first, chain=chain)
    await until(lambda: again.workspace.session is not None)
    assert shown(again) == wanted
    assert again.window.table.columnWidth(place("notes")) == 333
    menu = QMenu()
    again.main.table.menu.fill(menu, 0)
    offered = {action.text(): action for action in menu.actions()}
    offered["Show “Audience”"].trigger()
    assert shown(again) == [*wanted, "Audience"]
    again.window.actions_.reset_columns.trigger()
    assert shown(again) == usual
    assert again.window.table.columnWidth(place("notes")) != 333
