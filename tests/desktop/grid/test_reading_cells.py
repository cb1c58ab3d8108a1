"""Texts can be read in the table: in one to three lines, whole on hover and by Space, with the hits of a search."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from chaindesk.desktop.grid.view import RowTableView
from chaindesk.desktop.ui.row_filter import RowFilter
from chaindesk.desktop.ui.theme import SEARCH_HIT
from tests.desktop.grid.test_grid import Outputs, answered, column_of, shown, started, text

LONG = "First words. " + "Words in between. " * 60 + "A needle at the end."


@pytest.fixture
def view(qtbot: QtBot, qapp: QApplication) -> RowTableView:
    """A table whose row 3 has a long output."""
    outputs = Outputs()
    outputs.texts[3] = LONG
    view = RowTableView(shown(5, outputs))
    qtbot.addWidget(view)
    view.resize(900, 400)
    view.show()
    view.rows.fold([started([3]), answered(3, "draft")])
    return view


def colours(image: QImage) -> set[str]:
    return {QColor(image.pixel(x, y)).name() for x in range(image.width()) for y in range(image.height())}


def test_rows_have_one_two_or_three_lines_of_fixed_height(view: RowTableView) -> None:
    heights = []
    for lines in (1, 2, 3):
        view.set_lines(lines)
        assert len({view.rowHeight(position) for position in range(5)}) == 1
        heights.append(view.rowHeight(0))
        assert len(text(view.rows, 1, "draft")) == 120 * lines
    spacing = view.fontMetrics().lineSpacing()
    assert [heights[1] - heights[0], heights[2] - heights[1]] == [spacing, spacing]


def test_hovering_shows_the_whole_text_within_bounds(view: RowTableView) -> None:
    cell = view.rows.index(1, column_of(view.rows, "draft"))
    assert "A needle at the end." in cell.data(Qt.ItemDataRole.ToolTipRole)
    assert view.rows.index(1, column_of(view.rows, "quality")).data(Qt.ItemDataRole.ToolTipRole) is None
    view.rows.cells.previews._load = lambda _: Outputs()(view.rows._rows[0])
    assert view.rows.index(1, column_of(view.rows, "draft")).data(Qt.ItemDataRole.ToolTipRole) is None


def test_space_shows_the_whole_cell_the_keys_go_on_and_space_or_escape_hides_it(
    view: RowTableView, qtbot: QtBot
) -> None:
    view.setFocus()
    view.setCurrentIndex(view.rows.index(1, column_of(view.rows, "draft")))
    qtbot.keyClick(view, Qt.Key.Key_Space)
    assert view.peek.isVisible()
    assert view.peek.text.toPlainText() == LONG
    assert view.peek.title.text() == "draft, row 3"
    assert view.rect().contains(view.peek.geometry())
    assert view.hasFocus() or not view.isActiveWindow()
    qtbot.keyClick(view, Qt.Key.Key_Right)
    assert view.peek.text.toPlainText() == str(len(LONG))
    qtbot.keyClick(view, Qt.Key.Key_Escape)
    assert not view.peek.isVisible()
    qtbot.keyClick(view, Qt.Key.Key_Space)
    qtbot.keyClick(view, Qt.Key.Key_Space)
    assert not view.peek.isVisible()


def test_the_hits_of_a_search_are_marked_even_where_the_cell_is_cut_before_them(view: RowTableView) -> None:
    place = column_of(view.rows, "draft")
    rect = view.visualRect(view.rows.index(1, place))
    assert SEARCH_HIT.name() not in colours(view.viewport().grab(rect).toImage())
    view.rows.set_filter(RowFilter(text="needle"))
    assert view.rows.rowCount() == 1
    rect = view.visualRect(view.rows.index(0, place))
    for lines in (1, 3):
        view.set_lines(lines)
        assert SEARCH_HIT.name() in colours(view.viewport().grab(rect).toImage())
    view.rows.set_filter(RowFilter())
    assert SEARCH_HIT.name() not in colours(view.viewport().grab(rect).toImage())


def test_a_sheet_of_headers_alone_says_what_to_do(qtbot: QtBot) -> None:
    view = RowTableView(shown(0))
    qtbot.addWidget(view)
    view.resize(600, 300)
    blank = shown(1)
    assert "read the workbook again" in view._why_empty()
    blank.set_filter(RowFilter(text="nothing like it"))
    other = RowTableView(blank)
    qtbot.addWidget(other)
    assert "Ctrl+Shift+F" in other._why_empty()
    view.show()
    assert len(colours(view.viewport().grab().toImage())) > 2  # words are painted
