"""The chain editor: checks while one types, marks lines, saves."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from chaindesk.desktop.chain.editor import ChainEditor
from chaindesk.desktop.runtime.event_loop import DesktopLoop
from chaindesk.workbook import open_manifest
from tests.support.waiting import until

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


async def test_mistakes_are_marked_at_their_lines_while_one_types(
    qloop: DesktopLoop, qtbot: QtBot, jobs: Callable[[int], Path], chain: Path
) -> None:
    editor = ChainEditor(chain, open_manifest(jobs(2)), dark=False)
    qtbot.addWidget(editor)
    editor.show()
    await until(lambda: "fits sheet" in editor.verdict.text())
    editor.tabs.setCurrentWidget(editor.text)
    text = editor.text.toPlainText()
    editor.text.setPlainText(text.replace("{{Topic}}", "{{Topik}}").replace("concurrency: 5", "concurrency: many"))
    await until(lambda: bool(editor.problems))
    assert editor.text.marked_lines() == {3}
    editor.text.setPlainText(text.replace("{{Topic}}", "{{Topik}}"))
    await until(lambda: editor.text.marked_lines() == {7})
    assert "Did you mean {{Topic}}" in editor.list.item(0).text()
    editor.list.itemActivated.emit(editor.list.item(0))
    assert editor.text.textCursor().blockNumber() == 6
    editor.text.setPlainText(text)
    await until(lambda: not editor.problems)
    editor.text.document().setModified(False)


async def test_saving_keeps_the_text_as_it_is_and_tells(qloop: DesktopLoop, qtbot: QtBot, chain: Path) -> None:
    editor = ChainEditor(chain, None)
    qtbot.addWidget(editor)
    editor.show()
    saved: list[Path] = []
    editor.saved.connect(saved.append)
    await until(lambda: "No mistake" in editor.verdict.text())
    editor.text.insertPlainText("# my own comment\n")
    assert editor.modified
    editor.save.click()
    assert saved == [chain]
    assert not editor.modified
    assert first_line(chain) == "# my own comment"
    await until(lambda: "No mistake" in editor.verdict.text())


async def test_unsaved_changes_are_asked_about_before_they_are_lost(
    qloop: DesktopLoop, qtbot: QtBot, chain: Path
) -> None:
    editor = ChainEditor(chain, None)
    qtbot.addWidget(editor)
    editor.show()
    await until(lambda: "No mistake" in editor.verdict.text())
    qtbot.keyClicks(editor.text, "# ")
    qtbot.keyClick(editor, Qt.Key.Key_Escape)
    assert editor.isVisible()
    box = editor.findChild(QMessageBox)
    assert box is not None
    next(button for button in box.buttons() if button.text() == "Leave").click()
    await until(lambda: not editor.isVisible())


async def test_changes_are_saved_at_the_end_by_one_press_and_going_on_loses_nothing(
    qloop: DesktopLoop, qtbot: QtBot, chain: Path
) -> None:
    editor = ChainEditor(chain, None)
    qtbot.addWidget(editor)
    editor.show()
    await until(lambda: "No mistake" in editor.verdict.text())
    qtbot.keyClicks(editor.text, "# mine ")
    editor.close()
    (box,) = editor.findChildren(QMessageBox)
    qtbot.keyClick(box, Qt.Key.Key_Escape)
    await until(lambda: not editor.findChildren(QMessageBox))
    assert editor.isVisible()
    assert editor.modified
    editor.close()
    (box,) = editor.findChildren(QMessageBox)
    assert box.defaultButton().text() == "Save"
    qtbot.keyClick(box, Qt.Key.Key_Return)
    await until(lambda: not editor.isVisible())
    assert first_line(chain).startswith("# mine")


def first_line(path: Path) -> str:
    return path.read_text("utf-8").splitlines()[0]
