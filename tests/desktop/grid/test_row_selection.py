"""The row that is shown is one of those that are selected: A and J act on what is seen."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from chaindesk.desktop.grid.view import RowTableView
from tests.desktop.grid.test_grid import shown

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def view(qtbot: QtBot, qapp: QApplication) -> RowTableView:
    view = RowTableView(shown(40))
    qtbot.addWidget(view)
    view.resize(620, 400)
    view.show()
    return view


@pytest.mark.parametrize("key", [Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_Down])
def test_a_key_with_ctrl_takes_the_selection_along(view: RowTableView, qtbot: QtBot, key: Qt.Key) -> None:
    view.step_row(5)
    before = view.current_row()
    qtbot.keyClick(view, key, CTRL)
    assert view.current_row() is not None
    assert view.current_row() != before
    assert view.selected_rows() == [view.current_row()]


def test_a_row_that_is_clicked_out_of_the_selection_is_shown_no_longer(view: RowTableView, qtbot: QtBot) -> None:
    for position, modifier in ((2, Qt.KeyboardModifier.NoModifier), (5, CTRL), (5, CTRL)):
        place = view.visualRect(view.rows.index(position, 0)).center()
        qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, modifier, place)
    assert view.selected_positions() == [2]
    assert view.currentIndex().row() == 2
