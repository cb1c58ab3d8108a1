"""Every command is in a menu, has words, a tip and a name, and keys that no other command has."""

from __future__ import annotations

from collections import Counter

import pytest
from PySide6.QtGui import QAction

from chaindesk.desktop.help.menu_commands import NEEDS, menu_commands, plain_text, shortcut_groups
from chaindesk.desktop.runtime.event_loop import DesktopLoop
from tests.support.windows import WindowMaker

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


async def test_every_command_has_a_place_in_a_menu_words_and_a_tip(qloop: DesktopLoop, make_app: WindowMaker) -> None:
    window = make_app().window
    actions = window.actions_
    in_menus = {command.action for command in menu_commands(window.menuBar())}
    every = [*actions.commands(), *actions.themes.values()]
    assert len(every) > 35
    assert [action.text() for action in every if action not in in_menus] == []
    assert [action.text() for action in every if not plain_text(action).strip() or not action.objectName()] == []
    assert [action.text() for action in actions.commands() if not action.toolTip() or not action.statusTip()] == []


async def test_no_two_commands_have_the_same_keys_and_what_is_used_often_has_some(
    qloop: DesktopLoop, make_app: WindowMaker
) -> None:
    window = make_app().window
    a = window.actions_
    keys = Counter(keys.toString() for action in a.commands() for keys in action.shortcuts())
    assert [shortcut for shortcut, times in keys.items() if times > 1] == []
    keyed = {action for action in a.commands() if action.shortcuts() or "\t" in action.text()}
    often: list[QAction] = [a.open, a.run, a.pause, a.stop, a.retry, a.export, a.export_as, a.find, a.keys, a.history]
    often += [a.approve, a.reject, a.edit, a.versions, a.copy, a.next_row, a.previous_row, a.next_unreviewed, a.undo]
    often += [a.palette, a.shortcuts, a.legend, a.panel, a.open_chain, a.edit_chain, a.reload, a.quit]
    assert [action.text() for action in often if action not in keyed] == []


async def test_in_each_menu_the_underlined_letters_differ(qloop: DesktopLoop, make_app: WindowMaker) -> None:
    window = make_app().window
    for entry in window.menuBar().actions():
        letters = Counter(
            text[text.index("&") + 1].casefold()
            for text in (action.text() for action in entry.menu().actions())  # type: ignore[attr-defined]
            if "&" in text
        )
        assert [letter for letter, times in letters.items() if times > 1] == [], entry.text()


async def test_a_command_that_is_not_possible_says_why(qloop: DesktopLoop, make_app: WindowMaker) -> None:
    window = make_app().window
    reasons = {command.action.objectName(): command.reason for command in menu_commands(window.menuBar())}
    disabled = [name for name in reasons if name and not window.findChild(QAction, name).isEnabled()]
    assert {"run", "export", "pause", "approve"} <= set(disabled)
    assert [name for name in disabled if reasons[name] in ("", "Not possible now.")] == []
    assert reasons["run"] == "Open a workbook first."
    assert set(NEEDS) <= set(reasons)


async def test_the_list_of_keys_is_made_of_the_menus(qloop: DesktopLoop, make_app: WindowMaker) -> None:
    groups = shortcut_groups(make_app().window.menuBar())
    assert ("Export", "Ctrl+E") in groups["File"]
    assert ("Approve", "A") in groups["Review"]
