"""Help while a chain is written as YAML: keys and values are completed, and a key under the mouse is explained."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QHelpEvent, QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPlainTextEdit, QToolTip
from pytestqt.qtbot import QtBot

from chaindesk.chain_file.reference import chain_reference
from chaindesk.credentials import KeyStore
from chaindesk.desktop.chain.editor import ChainEditor
from chaindesk.desktop.chain.editor_frame import YAML_TAB
from chaindesk.desktop.chain.model_cache import ModelCache
from chaindesk.desktop.chain.yaml.yaml_place import YamlPlace, key_at, keys_for, place_at, values_for
from chaindesk.desktop.runtime.event_loop import DesktopLoop
from chaindesk.workbook import open_manifest
from tests.support.waiting import until

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", "raise", "grabbing the keyboard")
TEXT = """\
name: one
columns: [cost, to]
retry: {attempts: 3, sec: 4}
providers:
  lab:
    kind: openai-ch
steps:
- name: first
  prompt: |
    model: not this
  fields: {it: nu}
- name: deep
  run_if:
    column: Topic
    bl
  # tem
  te
"""
Open = Callable[..., Awaitable[ChainEditor]]


def place(line: str, *, text: str = TEXT, end: str = "") -> YamlPlace | None:
    """What the place behind a piece of a line is."""
    lines = text.split("\n")
    row = next(at for at, one in enumerate(lines) if line in one)
    return place_at(lines, row, lines[row].index(line) + len(line) - len(end))


@pytest.mark.parametrize(
    ("behind", "expected"),
    [
        ("na", YamlPlace((), "", "na")),
        ("[cost, to", YamlPlace((), "columns", "to")),
        ("{attempts: 3, sec", YamlPlace(("retry",), "", "sec")),
        ("    kind: openai-ch", YamlPlace(("providers", "lab"), "kind", "openai-ch")),
        ("{it: nu", YamlPlace(("steps", "fields"), "it", "nu")),
        ("    bl", YamlPlace(("steps", "run_if"), "", "bl")),
        ("  te", YamlPlace(("steps",), "", "te")),
        ("    model: not", None),
        ("  # tem", None),
    ],
)
def test_a_place_is_known_by_its_indentation(behind: str, expected: YamlPlace | None) -> None:
    assert place(behind) == expected


def test_every_field_of_a_chain_file_is_offered_where_it_may_stand() -> None:
    for field in chain_reference():
        if field.path.endswith(".NAME"):
            continue
        parents = tuple(part for part in field.path.replace("[]", "").replace("NAME", "mine").split("."))[:-1]
        assert field in keys_for(YamlPlace(parents, "", "")), field.path


def test_values_are_those_that_the_model_takes() -> None:
    assert values_for(YamlPlace(("steps",), "enabled", "")) == ["true", "false"]
    assert "gemini" in values_for(YamlPlace(("providers", "lab"), "kind", ""))
    assert "finished at" in values_for(YamlPlace((), "columns", ""))
    assert "finished at" in values_for(YamlPlace(("columns",), "", ""))  # a line each
    kinds = values_for(YamlPlace(("steps", "fields"), "score", ""))
    assert {"number", "number?", "date"} <= set(kinds)
    assert values_for(YamlPlace(("steps",), "name", "")) == []


def test_a_key_is_found_from_anywhere_in_it_and_in_its_value() -> None:
    lines = TEXT.split("\n")
    for column in (4, 7, 11):
        assert key_at(lines, 5, column) == ("providers", "lab", "kind")
    assert key_at(lines, 10, 4) == ("steps", "fields")
    assert key_at(lines, 9, 6) == ()  # inside a text
    assert key_at(lines, 99, 0) == ()


@pytest.fixture
def open_yaml(qloop: DesktopLoop, qtbot: QtBot, tmp_path: Path, jobs: Callable[[int], Path]) -> Open:
    async def opened(text: str) -> ChainEditor:
        path = tmp_path / "one.yaml"
        path.write_text(text, "utf-8")
        editor = ChainEditor(path, open_manifest(jobs(2)), models=ModelCache(KeyStore(environment={}), {}))
        qtbot.addWidget(editor, before_close_func=lambda one: one.text.document().setModified(False))
        editor.show()
        editor.activateWindow()
        await until(lambda: editor.document.reading.text)
        editor.tabs.setCurrentIndex(YAML_TAB)
        editor.text.moveCursor(QTextCursor.MoveOperation.End)
        editor.text.setFocus()
        return editor

    return opened


def offered(editor: ChainEditor) -> list[str]:
    model = editor.yaml_help.popup.model()
    return [str(model.index(row, 0).data()) for row in range(model.rowCount())]


async def typed(editor: ChainEditor, words: str) -> None:
    QTest.keyClicks(editor.text, words)
    await until(editor.yaml_help.popup.isVisible)


def press(editor: ChainEditor, key: Qt.Key) -> None:
    QTest.keyClick(editor.yaml_help.popup, key)


CHAIN = (
    "name: one\nid_column: ID\nsteps:\n  - name: notes\n    model: demo/writer\n    prompt: Facts on {{Topic}}\n    "
)


async def test_a_key_and_its_value_are_completed_while_they_are_typed(open_yaml: Open) -> None:
    editor = await open_yaml(CHAIN)
    await typed(editor, "ena")
    assert offered(editor) == ["enabled"]
    press(editor, Qt.Key.Key_Return)
    assert editor.chain_text == f"{CHAIN}enabled: "
    await typed(editor, "f")
    assert offered(editor) == ["false"]
    press(editor, Qt.Key.Key_Return)
    assert editor.chain_text == f"{CHAIN}enabled: false"
    assert not editor.yaml_help.popup.isVisible()


async def test_ctrl_space_offers_all_that_fits_and_escape_leaves_the_text_as_it_is(open_yaml: Open) -> None:
    editor = await open_yaml(f"{CHAIN}run_if:\n      column: ")
    QTest.keyClick(editor.text, Qt.Key.Key_Space, Qt.KeyboardModifier.ControlModifier)
    assert offered(editor) == ["ID", "Topic", "Audience"]
    press(editor, Qt.Key.Key_Escape)
    assert not editor.yaml_help.popup.isVisible()
    assert editor.isVisible()
    assert editor.chain_text.endswith("column: ")


async def test_in_a_prompt_nothing_is_offered_and_return_begins_a_line(open_yaml: Open) -> None:
    editor = await open_yaml(f"{CHAIN}system: |\n      ")
    QTest.keyClicks(editor.text, "temp")
    QTest.keyClick(editor.text, Qt.Key.Key_Space, Qt.KeyboardModifier.ControlModifier)
    assert not editor.yaml_help.popup.isVisible()
    QTest.keyClick(editor.text, Qt.Key.Key_Return)
    assert editor.chain_text.endswith("      temp\n      ")


async def test_what_a_key_is_for_is_told_under_the_mouse(open_yaml: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(QToolTip, "showText", lambda _, words, *__: told.append(words))
    editor = await open_yaml(f"{CHAIN}temperature: 0.5")
    hover(editor.text, "temperature")
    assert "How much chance there is" in told[-1]
    hover(editor.text, "Facts on")
    assert "The request." in told[-1]


def hover(text: QPlainTextEdit, words: str) -> None:
    """Let the mouse rest on words."""
    cursor = text.document().find(words)
    cursor.setPosition(cursor.selectionStart() + 2)
    place = text.cursorRect(cursor).center()
    event = QHelpEvent(QEvent.Type.ToolTip, place, text.viewport().mapToGlobal(place))
    QApplication.sendEvent(text.viewport(), event)
