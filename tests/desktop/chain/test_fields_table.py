"""The table of answer fields: types with allowed values and empty ones, written as a chain file has them in short."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from chaindesk.desktop.chain.cards.controls.field_specs import joined_values, read_spec, split_values, write_spec
from chaindesk.desktop.chain.cards.controls.fields_table import TYPE_WORDS, FieldsTable
from chaindesk.domain.chains.answer_fields import AnswerField, FieldType

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
WORDS = st.text(
    st.characters(codec="utf-8", exclude_characters=";", categories=("L", "N", "P")), min_size=1, max_size=9
)


def shown(qtbot: QtBot, fields: dict[str, Any]) -> FieldsTable:
    """A table with fields, and what it tells as a list on it."""
    table = FieldsTable()
    qtbot.addWidget(table)
    table.show_fields(fields)
    table.show()
    table.activateWindow()
    return table


def choose(box: Any, kind: FieldType) -> None:
    place = next(at for at in range(box.count()) if box.itemData(at) is kind)
    box.setFocus()
    box.setCurrentIndex(place)
    box.activated.emit(place)


def test_every_type_can_be_chosen() -> None:
    assert set(TYPE_WORDS) == set(FieldType)


def test_a_new_choice_is_added_with_its_values_by_keys_alone(qtbot: QtBot) -> None:
    table = shown(qtbot, {})
    added: list[tuple[str, Any]] = []
    table.added.connect(lambda name, written: added.append((name, written)))
    table.new_name.setFocus()
    QTest.keyClicks(table.new_name, "kind")
    QTest.keyClick(table.new_name, Qt.Key.Key_Tab)
    choose(table.new_type, FieldType.CHOICE)
    QTest.keyClick(table.new_type, Qt.Key.Key_Tab)
    assert table.focusWidget() is table.new_values
    assert added == []
    QTest.keyClicks(table.new_values, "retail, food , other")
    QTest.keyClick(table.new_values, Qt.Key.Key_Return)
    assert added == [("kind", ["retail", "food", "other"])]


def test_a_type_becomes_a_choice_once_its_values_are_typed(qtbot: QtBot) -> None:
    table = shown(qtbot, {"kind": "string"})
    told: list[tuple[str, Any]] = []
    table.type_changed.connect(lambda name, written: told.append((name, written)))
    assert not table.values[0].isVisible()
    choose(table.types[0], FieldType.CHOICE)
    assert told == []
    assert table.focusWidget() is table.values[0]
    QTest.keyClicks(table.values[0], "a, b")
    QTest.keyClick(table.values[0], Qt.Key.Key_Return)
    assert told == [("kind", ["a", "b"])]


@pytest.mark.parametrize(
    ("before", "clicked"),
    [
        ("number", "number?"),
        ("date?", "date"),
        (["a", "b"], {"type": "choice?", "values": ["a", "b"]}),
        ({"type": "boolean", "words": ["ja", "nein"]}, {"type": "boolean?", "words": ["ja", "nein"]}),
        ({"type": "list?", "values": ["a"], "separator": ","}, {"type": "list", "values": ["a"], "separator": ","}),
    ],
)
def test_whether_a_field_may_be_empty_is_one_tick_that_keeps_all_else(qtbot: QtBot, before: Any, clicked: Any) -> None:
    table = shown(qtbot, {"it": before})
    told: list[Any] = []
    table.type_changed.connect(lambda _, written: told.append(written))
    table.empty[0].click()
    assert told == [clicked]
    assert AnswerField.model_validate(clicked).nullable is not AnswerField.model_validate(before).nullable


def test_what_is_no_type_is_shown_as_it_is_and_nothing_is_told_of_it(qtbot: QtBot) -> None:
    table = shown(qtbot, {"it": "words"})
    told: list[Any] = []
    table.type_changed.connect(lambda _, written: told.append(written))
    assert table.types[0].currentText() == "words"
    table.values[0].editingFinished.emit()
    assert told == []


@given(values=st.lists(WORDS, min_size=1, max_size=4, unique=True))
def test_values_come_back_from_the_line_that_shows_them(values: list[str]) -> None:
    assert list(split_values(joined_values(values))) == values
    assert write_spec(read_spec(values), None) == values
