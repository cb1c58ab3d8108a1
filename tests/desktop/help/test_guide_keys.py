"""The keys that the user's guide names are the window's own, and none of the review's letters is left out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PySide6.QtCore import QObject
from PySide6.QtGui import QKeySequence
from pytestqt.qtbot import QtBot

from chaindesk.desktop.actions import Actions

GUIDE = Path(__file__).parents[3] / "docs" / "guide"
EDITOR = {
    *("Ctrl+Shift+Return", "Ctrl+PgUp", "Ctrl+PgDown", "Alt+Shift+Up", "Alt+Shift+Down", "Ctrl+D"),
    *("Ctrl+Shift+Delete", "Ctrl+S", "Ctrl+Return", "Ctrl+Space"),
}
_KEY = re.compile(r"`((?:(?:Ctrl|Alt|Shift)\+)+[^`\s]+|F\d+|[A-Z]|Space)`")


def keys_of(page: str) -> set[str]:
    text = (GUIDE / page).read_text(encoding="utf-8")
    return {QKeySequence(key.replace("↑", "Up").replace("↓", "Down")).toString() for key in _KEY.findall(text)}


def keys_of_the_window(owner: QObject) -> tuple[set[str], set[str]]:
    """All keys of the commands, and the letters of the table and the panel among them."""
    actions = Actions(owner)
    letters = {action.shortcut().toString() for action in actions.output_keys}
    named = {key.toString() for action in actions.commands() for key in action.shortcuts()}
    return named | letters | {action.shortcut().toString() for action in actions.table_keys} | {"Space"}, letters


@pytest.mark.parametrize("page", ["window.md", "reviewing.md", "first-run.md", "keys.md"])
def test_every_key_in_the_guide_is_a_key_of_the_window(page: str, qtbot: QtBot) -> None:
    owner = QObject()
    every, _ = keys_of_the_window(owner)
    named = keys_of(page)
    assert named
    assert named <= every | {QKeySequence(key).toString() for key in EDITOR}


def test_the_page_on_reviewing_names_every_letter_of_the_table(qtbot: QtBot) -> None:
    owner = QObject()
    _, letters = keys_of_the_window(owner)
    assert letters <= keys_of("reviewing.md")
