"""Status and ID stay at the left while the other columns scroll: for the eye, the mouse, keys and screen readers."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from chaindesk.desktop.grid.view import RowTableView
from tests.desktop.grid.test_grid import column_of, shown


@pytest.fixture
def view(qtbot: QtBot, qapp: QApplication) -> RowTableView:
    """A table of 12 columns that is too narrow for them, scrolled to the right."""
    view = RowTableView(shown(40, columns=12))
    qtbot.addWidget(view)
    view.resize(620, 400)
    view.show()
    bar = view.horizontalScrollBar()
    bar.setValue(bar.maximum())
    assert bar.value() > 300
    return view


def test_scrolled_sideways_status_and_id_are_seen_where_they_were(view: RowTableView) -> None:
    status, topic = (view.rows.index(3, column_of(view.rows, title)) for title in ("Status", "Topic"))
    assert view.visualRect(status).left() == 0
    assert view.visualRect(topic).left() == view.columnWidth(0)
    assert view.indexAt(view.visualRect(status).center()) == status
    assert view.indexAt(view.visualRect(topic).center()) == topic


def test_the_frozen_cells_are_painted_above_what_lies_below_them(view: RowTableView) -> None:
    scrolled = view.viewport().grab(view.visualRect(view.rows.index(0, 0))).toImage()
    view.horizontalScrollBar().setValue(0)
    assert scrolled == view.viewport().grab(view.visualRect(view.rows.index(0, 0))).toImage()


def test_a_click_on_a_frozen_cell_chooses_its_row_and_a_click_on_its_header_sorts_by_it(
    view: RowTableView, qtbot: QtBot
) -> None:
    topic = column_of(view.rows, "Topic")
    place = view.visualRect(view.rows.index(4, topic)).center()
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert view.currentIndex() == view.rows.index(4, topic)
    spot = QPoint(view.columnWidth(0) + 12, view.header.height() // 2)
    qtbot.mouseClick(view.header.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    assert view.header.sortIndicatorSection() == topic


def test_the_keys_bring_a_column_beside_the_frozen_ones_and_not_below_them(view: RowTableView, qtbot: QtBot) -> None:
    last = view.header.logicalIndex(view.header.count() - 1)
    view.setCurrentIndex(view.rows.index(2, last))
    for _ in range(view.header.count() - 3):
        qtbot.keyClick(view, Qt.Key.Key_Left)
        rect = view.visualRect(view.currentIndex())
        assert rect.left() >= view.header.frozen_width()
        assert rect.left() < view.viewport().width()


def test_to_walk_through_the_rows_does_not_scroll_sideways(view: RowTableView) -> None:
    before = view.horizontalScrollBar().value()
    view.choose_row(3)
    view.step_row(20)
    assert view.currentIndex().column() == 0
    assert view.horizontalScrollBar().value() == before


def test_no_column_can_be_dragged_between_the_frozen_ones(view: RowTableView) -> None:
    header = view.header
    header.moveSection(header.visualIndex(column_of(view.rows, "quality")), 0)
    assert [header.logicalIndex(visual) for visual in range(2)] == [0, 1]
    header.moveSection(1, 5)
    assert [header.logicalIndex(visual) for visual in range(2)] == [0, 1]


def test_in_a_narrow_table_only_the_status_stays(view: RowTableView) -> None:
    assert view.header.frozen() == [0, 1]
    view.resize(320, 400)
    assert view.header.frozen() == [0]


def test_a_screen_reader_finds_one_table_with_its_cells_where_they_are_seen(view: RowTableView) -> None:
    found = QAccessible.queryAccessibleInterface(view)
    assert found is not None
    assert found.role() is QAccessible.Role.Table
    columns = view.rows.columnCount()
    assert found.childCount() == (40 + 1) * (columns + 1)  # with the headers
    cell = found.child(4 * (columns + 1) + 2)
    assert cell.text(QAccessible.Text.Name) == "topic 5"
    assert cell.rect().left() == view.viewport().mapToGlobal(view.visualRect(view.rows.index(3, 1)).topLeft()).x()
