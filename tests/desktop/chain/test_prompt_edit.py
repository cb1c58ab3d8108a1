"""A prompt while it is written: names are completed, unknown ones mended, chips clicked and dropped."""

from __future__ import annotations

from collections.abc import Collection

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QTextCharFormat
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from chaindesk.desktop.chain.cards import placeholders
from chaindesk.desktop.chain.cards.name_chips import NameChips, mime_of
from chaindesk.desktop.chain.cards.placeholders import fixes, placeholders_of
from chaindesk.desktop.chain.cards.prompt_edit import PromptEdit
from chaindesk.desktop.chain.cards.prompt_hints import PromptHints
from chaindesk.domain.chains.template import Template, UnknownName, compile_template

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", "raise", "grabbing the keyboard")
NAMES = ("Topic", "Do not contact", "notes", "notes.score")


class Shown(QWidget):
    """A prompt with its hints in a window of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.prompt = PromptEdit("Prompt")
        self.hints = PromptHints(self.prompt)
        layout = QVBoxLayout(self)
        layout.addWidget(self.prompt)
        layout.addWidget(self.hints)
        self.prompt.show_names(NAMES, complete=True)


@pytest.fixture
def shown(qtbot: QtBot) -> Shown:
    widget = Shown()
    qtbot.addWidget(widget)
    widget.show()
    widget.activateWindow()
    widget.prompt.setFocus()
    return widget


def underlined(prompt: PromptEdit) -> list[str]:
    block = prompt.document().firstBlock()
    return [
        block.text().encode("utf-16-le")[2 * one.start : 2 * (one.start + one.length)].decode("utf-16-le")
        for one in block.layout().formats()
        if one.format.underlineStyle() == QTextCharFormat.UnderlineStyle.WaveUnderline
    ]


def test_a_begun_name_is_completed_by_return_and_closed(shown: Shown) -> None:
    QTest.keyClicks(shown.prompt, "On {{NOT")
    popup = shown.prompt._popup
    assert popup.isVisible()
    assert [popup.model().index(row, 0).data() for row in range(popup.model().rowCount())] == [
        "Do not contact",
        "notes",
        "notes.score",
    ]
    QTest.keyClick(popup, Qt.Key.Key_Down)
    QTest.keyClick(popup, Qt.Key.Key_Return)
    assert shown.prompt.text == "On {{notes}}"
    assert not popup.isVisible()
    QTest.keyClicks(shown.prompt, " and {")
    assert not popup.isVisible()
    QTest.keyClicks(shown.prompt, "{")
    assert popup.isVisible()
    QTest.keyClick(popup, Qt.Key.Key_Escape)
    assert shown.prompt.text == "On {{notes}} and {{"


def test_only_the_unknown_word_is_underlined_and_ctrl_dot_mends_it(shown: Shown) -> None:
    shown.prompt.show_text("😀 {{ Topik | none }} of {{Topic}}")
    assert underlined(shown.prompt) == ["Topik"]
    assert shown.hints.words.isVisible()
    assert shown.hints.fixes[0].property("fix") == "Topic"
    QTest.keyClick(shown.prompt, Qt.Key.Key_Period, Qt.KeyboardModifier.ControlModifier)
    assert shown.prompt.text == "😀 {{ Topic | none }} of {{Topic}}"
    assert underlined(shown.prompt) == []
    assert not shown.hints.words.isVisible()


def test_a_click_on_a_likely_name_mends_the_unknown_one_at_the_cursor(shown: Shown) -> None:
    shown.prompt.show_text("{{Topik}} {{note}}")
    cursor = shown.prompt.textCursor()
    cursor.setPosition(14)
    shown.prompt.setTextCursor(cursor)
    button = shown.hints.fixes[0]
    assert button.property("fix") == "notes"
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert shown.prompt.text == "{{Topik}} {{notes}}"
    assert shown.prompt.hasFocus()


def test_without_a_sheet_no_name_is_called_unknown(shown: Shown) -> None:
    shown.prompt.show_names((), complete=False)
    shown.prompt.show_text("{{Anything}}")
    assert underlined(shown.prompt) == []
    assert not shown.hints.words.isVisible()


def test_the_text_for_blank_cells_is_a_field_below_the_prompt(shown: Shown) -> None:
    shown.prompt.show_text("For {{Topic}}.")
    cursor = shown.prompt.textCursor()
    cursor.setPosition(8)
    shown.prompt.setTextCursor(cursor)
    assert shown.hints.fallback.isVisible()
    shown.hints.fallback.setFocus()
    QTest.keyClicks(shown.hints.fallback, "anyone")
    QTest.keyClick(shown.hints.fallback, Qt.Key.Key_Return)
    assert shown.prompt.text == "For {{Topic|anyone}}."
    shown.hints.fallback.clear()
    QTest.keyClick(shown.hints.fallback, Qt.Key.Key_Return)
    assert shown.prompt.text == "For {{Topic}}."


def test_a_chip_is_dropped_where_it_is_let_go(shown: Shown) -> None:
    shown.prompt.show_text("Before after")
    shown.prompt.moveCursor(shown.prompt.textCursor().MoveOperation.Start)
    place = QPointF(shown.prompt.cursorRect().center())
    data, copy, left = mime_of("Topic"), Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    enter = QDragEnterEvent(place.toPoint(), copy, data, left, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(shown.prompt.viewport(), enter)
    assert enter.isAccepted()
    drop = QDropEvent(place, copy, data, left, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(shown.prompt.viewport(), drop)
    assert shown.prompt.text == "{{Topic}}Before after"


def test_a_clicked_chip_leaves_the_focus_in_the_prompt_and_many_go_into_a_menu(shown: Shown, qtbot: QtBot) -> None:
    chips = NameChips("Columns")
    shown.layout().addWidget(chips)
    chosen: list[str] = []
    chips.chosen.connect(chosen.append)
    chips.show_names([f"Column & {number}" for number in range(40)])
    QTest.mouseClick(chips.chips[1], Qt.MouseButton.LeftButton)
    assert chosen == ["Column & 1"]
    assert shown.prompt.hasFocus()
    assert chips.more.isVisible()
    chips.more.menu().actions()[-1].trigger()
    assert chosen[-1] == "Column & 39"
    chips.show_names([])
    assert not chips.isVisible()


def test_names_with_bars_and_points_are_read_as_the_engine_reads_them() -> None:
    found = placeholders_of(r"{{a|b}} {{a|c}} \{{a}} {{notes.score|0}}", ("a|b", "a", "notes.score"))
    assert [(one.name, one.fallback, one.known) for one in found] == [
        ("a|b", None, True),
        ("a", "c", True),
        ("notes.score", "0", True),
    ]
    assert fixes("Tpoic", NAMES) == ["Topic"]


def test_a_placeholder_that_is_written_often_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled: list[str] = []

    def watched(text: str, names: Collection[str]) -> tuple[Template, list[UnknownName]]:
        compiled.append(text)
        return compile_template(text, names)

    monkeypatch.setattr(placeholders, "compile_template", watched)
    text = "a line of {{Often used}} with {{Nowhere}}\n" * 400
    found = placeholders.placeholders_of(text, ("Often used",))
    assert [one.known for one in found[:2]] == [True, False]
    assert len(found) == 800
    assert sorted(compiled) == ["{{Nowhere}}", "{{Often used}}"]
