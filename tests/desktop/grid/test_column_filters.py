"""Each column can be filtered: by words, by being empty, by its values; a row's standing and kind of error too."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from chaindesk.desktop.grid.column_filter import ColumnFilter
from chaindesk.desktop.grid.headers.column_arranger import ColumnArranger
from chaindesk.desktop.grid.headers.column_menu import ColumnMenu
from chaindesk.desktop.grid.model import RowTableModel
from chaindesk.desktop.grid.view import RowTableView
from chaindesk.desktop.ui.row_filter import RowFilter
from chaindesk.desktop.ui.theme import Theme
from chaindesk.domain.errors import FailureKind
from chaindesk.domain.events import RowFinished
from chaindesk.domain.records import Failure
from chaindesk.domain.row_state import RowState
from chaindesk.domain.status import Review, Status
from tests.desktop.grid.test_grid import Outputs, answered, column_of, shown, started

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


def numbers(model: RowTableModel) -> list[int]:
    return [row.number for position in range(model.rowCount()) if (row := model.row_at(position))]


def column_key(model: RowTableModel, title: str) -> str:
    return model.columns[column_of(model, title)].key


def with_failures() -> RowTableModel:
    """Six rows: two done, two failed for different reasons, one done and stale, one pending."""
    model = shown(6)
    model.fold([started(range(2, 7))])
    for number, kind in ((4, FailureKind.SERVER), (5, FailureKind.REFUSED)):
        model.fold([RowFinished(2.0, number, str(number), Status.FAILED, Failure("draft", kind, "no", 1), 1.0)])
    for number in (2, 3, 6):
        model.fold([RowFinished(2.0, number, str(number), Status.DONE, None, 1.0)])
    model.snapshot.set_state(6, RowState(Status.DONE, stale=True))
    model.snapshot.set_state(3, RowState(Status.DONE, review=Review.APPROVED))
    model.refilter()
    return model


@pytest.mark.parametrize(
    ("wanted", "text", "passes"),
    [
        (ColumnFilter("big cat"), "A Big CAT", True),
        (ColumnFilter("big cat"), "a cat that is big", False),
        (ColumnFilter(blank=True), "  ", True),
        (ColumnFilter(blank=True), "x", False),
        (ColumnFilter(blank=False), "", False),
        (ColumnFilter(values=frozenset({"en", "de"})), "de", True),
        (ColumnFilter(values=frozenset({"en"})), "de", False),
        (ColumnFilter("d", values=frozenset({"en", "de"})), "en", False),
    ],
)
def test_a_cell_must_pass_all_that_is_set(wanted: ColumnFilter, text: str, passes: bool) -> None:
    assert wanted.lets_through(text) is passes


def test_columns_are_filtered_together_with_the_search_and_one_by_one_again(qtbot: QtBot) -> None:
    model = shown(30)
    topic, second = column_key(model, "Topic"), column_key(model, "Column 2")
    model.set_column_filter(topic, ColumnFilter("topic 1"))
    assert numbers(model) == list(range(10, 20))
    model.set_column_filter(second, ColumnFilter(values=frozenset({"12 / 0", "13 / 0", "25 / 0"})))
    assert numbers(model) == [12, 13]
    model.set_filter(RowFilter(text="13"))
    assert numbers(model) == [13]
    model.set_filter(RowFilter())
    model.set_column_filter(topic, ColumnFilter())
    assert numbers(model) == [12, 13, 25]
    model.clear_column_filters()
    assert not model.filtered
    assert model.rowCount() == 30


def test_rows_are_filtered_by_the_kind_of_error_by_staleness_and_by_review(qtbot: QtBot) -> None:
    model = with_failures()
    values, distinct = model.frequent_values(model.columns[0], 10)
    assert distinct == 5
    assert dict(values) == {
        "Done": 2, "Failed: server error": 1, "Failed: answer refused": 1, "Done, stale": 1, "Pending": 1,
    }  # fmt: skip
    status, review = model.columns[0].key, column_key(model, "Review")
    model.set_column_filter(status, ColumnFilter(values=frozenset({"Failed: server error"})))
    assert numbers(model) == [4]
    model.set_column_filter(status, ColumnFilter("stale"))
    assert numbers(model) == [6]
    model.clear_column_filters()
    model.set_column_filter(review, ColumnFilter(values=frozenset({"Approved"})))
    assert numbers(model) == [3]


def test_an_output_is_filtered_by_all_of_it_and_not_by_its_beginning(qtbot: QtBot) -> None:
    outputs = Outputs()
    outputs.texts[4] = "word " * 300 + "needle"
    model = shown(5, outputs)
    model.fold([started([4]), answered(4, "draft")])
    model.set_column_filter(column_key(model, "draft"), ColumnFilter("needle"))
    assert numbers(model) == [4]
    assert outputs.asked <= 2  # rows without outputs are not asked for them


def test_outputs_of_few_rows_are_searched_in_a_sheet_of_any_length(qtbot: QtBot) -> None:
    outputs = Outputs()
    outputs.texts[9000] = "needle"
    model = shown(10_000, outputs)
    assert model.searches_outputs
    model.fold([started([9000]), answered(9000, "draft")])
    model.set_filter(RowFilter(text="needle"))
    assert numbers(model) == [9000]
    model.snapshot.rows.update((number, RowState(Status.DONE)) for number in range(2, 6000))
    assert not model.searches_outputs


def test_the_form_of_a_filter_shows_each_change_at_once(qtbot: QtBot, qapp: QApplication) -> None:
    model = with_failures()
    view = RowTableView(model)
    qtbot.addWidget(view)
    view.show()
    menu = ColumnMenu(view, ColumnArranger(view))
    menu.show_filter(0)
    popup = menu.popup
    assert popup is not None
    assert popup.values.item(0).text() == "Done   2"
    popup.values.item(0).setCheckState(Qt.CheckState.Checked)
    assert numbers(model) == [2, 3]
    popup.clear.click()
    assert model.rowCount() == 6
    view.setCurrentIndex(model.index(0, column_of(model, "Topic")))
    menu.show_filter_of_current()
    popup = menu.popup
    assert popup is not None
    popup.words.setText("topic 5")
    qtbot.keyClick(popup.words, Qt.Key.Key_Return)
    assert numbers(model) == [5]
    assert model.column_filters[column_key(model, "Topic")].describe("Topic") == "Topic contains “topic 5”"


def test_the_values_of_a_filter_are_laid_out_for_the_look_they_are_shown_in(qtbot: QtBot, qapp: QApplication) -> None:
    Theme(qapp, "light")
    view = RowTableView(with_failures())
    qtbot.addWidget(view)
    view.show()
    menu = ColumnMenu(view, ColumnArranger(view))
    menu.show_filter(0)
    assert menu.popup is not None
    values = menu.popup.values
    qtbot.waitUntil(lambda: values.visualItemRect(values.item(0)).isValid())
    places = [values.visualItemRect(values.item(row)) for row in range(values.count())]
    values.doItemsLayout()
    assert places == [values.visualItemRect(values.item(row)) for row in range(values.count())]
    menu.popup.close()


def test_a_chain_that_is_changed_keeps_the_filters_of_the_columns_that_stay(qtbot: QtBot) -> None:
    model = shown(30)
    model.set_column_filter(column_key(model, "Topic"), ColumnFilter("topic 1"))
    manifest = model._manifest
    model.show_rows(manifest, model.snapshot, model.cells.previews)
    assert model.rowCount() == 10
    assert model.sheet == (Path("jobs.xlsx"), "Jobs")
