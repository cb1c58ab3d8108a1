"""The chain as cards: each edit changes its own lines of the text, and one history of undo serves cards and text."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from chaindesk.credentials import KeyStore
from chaindesk.desktop.chain.editor import ChainEditor
from chaindesk.desktop.chain.model_cache import ModelCache
from chaindesk.desktop.runtime.event_loop import DesktopLoop
from chaindesk.workbook import open_manifest
from tests.support.waiting import until

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", "raise", "grabbing the keyboard")

TEXT = """\
# mine
name: two   # of them
id_column: ID
providers:
  lab: {kind: openai-chat, base_url: "http://localhost:1/v1"}
steps:
  # facts first
  - name: notes
    model: demo/researcher
    prompt: Three facts on {{Topic}}.   # short
  - name: text
    model: demo/writer
    prompt: |
      20 words for {{Audience}}
      from {{notes}}
    stop: [END]   # here
    output: Text
"""
Open = Callable[..., Awaitable[ChainEditor]]


@pytest.fixture
def open_editor(qloop: DesktopLoop, qtbot: QtBot, tmp_path: Path, jobs: Callable[[int], Path]) -> Open:
    async def opened(text: str = TEXT, *, with_sheet: bool = True) -> ChainEditor:
        path = tmp_path / "two.yaml"
        path.write_text(text, "utf-8")
        models = ModelCache(KeyStore(environment={}), {})
        editor = ChainEditor(path, open_manifest(jobs(2)) if with_sheet else None, models=models)
        qtbot.addWidget(editor, before_close_func=leave)
        editor.show()
        await until(lambda: editor.document.reading.text)
        return editor

    return opened


def leave(widget: Any) -> None:
    widget.text.document().setModified(False)


async def settled(editor: ChainEditor) -> None:
    """Wait until what was typed and asked for is in the text, and shown."""
    editor.cards.flush()
    await until(lambda: not editor.document.busy and editor.document.reading.text == editor.chain_text)


def difference(editor: ChainEditor) -> tuple[list[str], list[str]]:
    """The lines that are gone, and those that came."""
    before, after = TEXT.split("\n"), editor.chain_text.split("\n")
    return [line for line in before if line not in after], [line for line in after if line not in before]


def choose(box: Any, place: int) -> None:
    box.setCurrentIndex(place)
    box.activated.emit(place)


def names(editor: ChainEditor) -> list[str]:
    return [step.name for step in editor.document.reading.steps]


async def test_a_typed_prompt_changes_its_own_line_and_keeps_the_comment(open_editor: Open) -> None:
    editor = await open_editor()
    prompt = editor.cards.form.prompt
    assert prompt.text == "Three facts on {{Topic}}."
    prompt.moveCursor(prompt.textCursor().MoveOperation.End)
    QTest.keyClicks(prompt, " Now")
    assert editor.modified
    await settled(editor)
    assert difference(editor) == (
        ["    prompt: Three facts on {{Topic}}.   # short"],
        ["    prompt: Three facts on {{Topic}}. Now   # short"],
    )
    editor.save.click()
    await until(lambda: "Now" in editor.path.read_text("utf-8"))


async def test_controls_write_what_they_show_and_take_it_away_again(open_editor: Open) -> None:
    editor = await open_editor()
    form = editor.cards.form
    editor.cards.choose(1)
    form.parameters.temperature.setValue(0.5)
    form.parameters.max_output_tokens.setValue(300)
    choose(form.condition.subject, form.condition.subject.findText("if the column Topic"))
    form.condition.value.setText("tea")
    form.condition.value.editingFinished.emit()
    form.fields.new_name.setText("score")
    form.fields.new_type.setCurrentIndex(1)
    QTest.keyClick(form.fields.new_name, Qt.Key.Key_Return)
    QTest.keyClicks(form.system, "Be brief.")
    await settled(editor)
    step = editor.document.reading.chain.steps[1]
    assert (step.temperature, step.max_output_tokens, step.system) == (0.5, 300, "Be brief.")
    assert {name: field.type.value for name, field in step.fields.items()} == {"score": "integer"}
    assert (step.run_if.column, step.run_if.equals) == ("Topic", "tea")
    assert difference(editor)[0] == []
    form.parameters.temperature.setValue(form.parameters.temperature.minimum())
    form.parameters.max_output_tokens.setValue(0)
    choose(form.condition.subject, 0)
    form.fields.removed.emit("score")
    form.system.selectAll()
    QTest.keyClick(form.system, Qt.Key.Key_Delete)
    await settled(editor)
    assert editor.chain_text == TEXT


async def test_what_is_typed_in_a_control_is_saved_without_leaving_it_first(open_editor: Open) -> None:
    editor = await open_editor()
    editor.cards.choose(1)
    form = editor.cards.form
    for section in form.sections.values():
        section.setChecked(True)
    for control, typed in (
        (form.parameters.seed, "7"),
        (form.parameters.top_p, "0.5"),
        (form.parameters.reasoning_effort, "low"),
        (form.fields.new_name, "score"),
        (editor.cards.settings.name, "renamed"),
    ):
        control.setFocus()
        QTest.keyClick(control, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        QTest.keyClicks(control, typed)
        editor.save_file()
        assert editor.focusWidget() is control
        await until(lambda typed=typed: typed in editor.path.read_text("utf-8"))
    await settled(editor)
    step = editor.document.reading.chain.steps[1]
    assert (step.seed, step.top_p, step.reasoning_effort, list(step.fields)) == (7, 0.5, "low", ["score"])
    assert not editor.modified


@pytest.mark.parametrize("typed", ["title", ""])
async def test_closing_asks_where_a_new_field_is_typed_but_not_added_yet(open_editor: Open, typed: str) -> None:
    editor = await open_editor()
    form = editor.cards.form
    form.sections["fields"].setChecked(True)
    form.fields.new_name.setFocus()
    QTest.keyClicks(form.fields.new_name, typed)
    editor.reject()
    assert editor.isVisible() is bool(typed)


async def test_a_section_that_is_opened_to_write_in_can_be_written_in_at_once(open_editor: Open) -> None:
    form = (await open_editor()).cards.form
    for section, first in (("system", form.system), ("fields", form.fields.new_name)):
        form.prompt.setFocus()
        form.sections[section].setChecked(False)
        QTest.mouseClick(form.sections[section], Qt.MouseButton.LeftButton)
        assert first.hasFocus()


async def test_a_new_field_gets_the_type_that_is_chosen_after_its_name(open_editor: Open) -> None:
    editor = await open_editor()
    form = editor.cards.form
    form.sections["fields"].setChecked(True)
    form.fields.new_name.setFocus()
    QTest.keyClicks(form.fields.new_name, "price")
    form.fields.new_type.setFocus()
    QTest.keyClick(form.fields.new_type, Qt.Key.Key_Down)
    QTest.keyClick(form.fields.new_type, Qt.Key.Key_Down)
    form.prompt.setFocus()
    await settled(editor)
    fields = editor.document.reading.chain.steps[0].fields
    assert {name: field.type.value for name, field in fields.items()} == {"price": "number"}


async def test_steps_are_added_moved_copied_switched_off_and_removed_and_all_of_it_undone(open_editor: Open) -> None:
    editor = await open_editor()
    cards = editor.cards
    texts = [TEXT]

    async def done() -> None:
        await settled(editor)
        texts.append(editor.chain_text)

    cards.add.click()
    await done()
    assert names(editor) == ["notes", "text", "step 3"]
    assert cards.current == 2
    assert cards.form.prompt.hasFocus()
    cards.cards[2].up.click()
    await done()
    assert names(editor) == ["notes", "step 3", "text"]
    assert cards.current == 1
    cards.cards[1].copy.click()
    await done()
    assert names(editor) == ["notes", "step 3", "step 2", "text"]
    cards.cards[2].on.click()
    await done()
    assert editor.document.reading.steps[2].values["enabled"] is False
    cards.cards[2].remove.click()
    await done()
    assert len(names(editor)) == 3
    for text in reversed(texts[:-1]):
        editor.undo_button.click()
        await settled(editor)
        assert editor.chain_text == text
    assert not editor.modified
    for text in texts[1:]:
        QTest.keyClick(cards.form.prompt, Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier)
        await settled(editor)
        assert editor.chain_text == text


async def test_undo_goes_through_cards_and_text_in_one_order(open_editor: Open) -> None:
    editor = await open_editor()
    form = editor.cards.form
    QTest.keyClicks(form.prompt, "A ")
    await settled(editor)
    editor.tabs.setCurrentIndex(1)
    editor.go_to(1)
    QTest.keyClicks(editor.text, "# of two views ")
    await settled(editor)
    editor.tabs.setCurrentIndex(0)
    form.prompt.setFocus()
    QTest.keyClick(form.prompt, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    await settled(editor)
    assert editor.chain_text == TEXT.replace("prompt: Three", "prompt: A Three")
    assert form.prompt.text.startswith("A Three")
    QTest.keyClick(form.prompt, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    await settled(editor)
    assert editor.chain_text == TEXT
    assert form.prompt.text == "Three facts on {{Topic}}."


async def test_a_renamed_step_is_renamed_where_it_is_used_if_one_agrees(open_editor: Open) -> None:
    editor = await open_editor()
    form = editor.cards.form
    form.name.setFocus()
    form.name.selectAll()
    QTest.keyClicks(form.name, "facts")
    QTest.keyClick(form.name, Qt.Key.Key_Return)
    box = editor.findChild(QMessageBox)
    assert "1 place uses" in box.text()
    box.defaultButton().click()
    await settled(editor)
    assert names(editor)[0] == "facts"
    assert "from {{facts}}" in editor.chain_text
    assert not editor.problems
    await until(lambda: "No mistake" in editor.verdict.text())
    assert 'a run asks "facts" anew' in editor.verdict.text()


async def test_what_a_card_cannot_show_is_named_on_it_and_kept(open_editor: Open) -> None:
    odd = TEXT.replace("    output: Text\n", "    output: Text\n    tone: {of: voice}\n").replace(
        "id_column", "colour: red\nid_column"
    )
    editor = await open_editor(odd)
    editor.cards.choose(1)
    assert "tone" in editor.cards.form.also.text()
    assert "colour" in editor.cards.settings.also.text()
    anchored = await open_editor(TEXT.replace("demo/researcher", "&m demo/researcher").replace("demo/writer", "*m"))
    assert not anchored.cards.form.model.isEnabled()
    assert "model" in anchored.cards.form.also.text()


async def test_broken_yaml_opens_as_text_with_its_mistake_and_says_why_there_are_no_cards(open_editor: Open) -> None:
    editor = await open_editor(TEXT.replace("steps:", "steps: ["))
    await until(lambda: editor.problems)
    assert editor.tabs.currentWidget() is editor.text
    editor.tabs.setCurrentIndex(0)
    for act in (editor.cards.choose, editor.cards.copy_step, editor.cards.remove_step):
        act(0)
    editor.cards.move_step(0, 1)
    editor.cards.add_step()
    assert not editor.document.busy
    assert "Line" in editor.cards.reason.text()
    assert editor.cards.reason.isVisible()
    assert not editor.cards.add.isVisible()
    editor.cards.show_yaml.click()
    assert editor.tabs.currentWidget() is editor.text
    editor.text.setPlainText(TEXT)
    await until(lambda: not editor.problems)
    editor.tabs.setCurrentIndex(0)
    assert editor.cards.add.isVisible()
    editor.text.setPlainText(TEXT.replace("steps:", "steps: ["))
    await until(lambda: editor.problems)
    editor.cards.choose(1)
    assert editor.cards.reason.isVisible()


async def test_a_card_is_dragged_by_its_grip(open_editor: Open) -> None:
    editor = await open_editor()
    editor.cards.choose(1)
    first, second = editor.cards.cards
    drag(second.grip, first.mapTo(second.window(), QPoint(0, 2)))
    await settled(editor)
    assert names(editor) == ["text", "notes"]
    assert editor.cards.current == 0


async def test_both_views_work_on_the_same_step(open_editor: Open) -> None:
    editor = await open_editor()
    editor.cards.choose(1)
    assert editor.current_step == "text"
    editor.tabs.setCurrentIndex(1)
    assert editor.text.textCursor().block().text() == "  - name: text"
    editor.go_to(9)
    assert editor.current_step == "notes"
    editor.tabs.setCurrentIndex(0)
    assert editor.cards.current == 0


async def test_hard_spaces_and_wide_characters_outlive_an_edit(open_editor: Open) -> None:
    editor = await open_editor(TEXT.replace("Three facts", "😀 Drei\u00a0Fakten"))
    prompt = editor.cards.form.prompt
    prompt.moveCursor(prompt.textCursor().MoveOperation.End)
    QTest.keyClicks(prompt, "!")
    await settled(editor)
    assert "prompt: 😀 Drei\u00a0Fakten on {{Topic}}.!   # short" in editor.chain_text


def drag(grip: QWidget, to: QPoint) -> None:
    """Drag a grip to a point of its window."""
    start = grip.rect().center()
    end = grip.mapFrom(grip.window(), to)
    QTest.mousePress(grip, Qt.MouseButton.LeftButton, pos=start)
    for place in (start + QPoint(0, -15), end):
        QTest.mouseMove(grip, place)
    QTest.mouseRelease(grip, Qt.MouseButton.LeftButton, pos=end)
