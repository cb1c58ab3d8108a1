"""What few chains need, as controls: each writes its own line of the text, and takes it away again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from chaindesk.chain_file import parse_chain
from chaindesk.chain_file.reference import Shape, chain_reference
from chaindesk.credentials import KeyStore
from chaindesk.desktop.chain.cards.controls.field_controls import (
    ChoiceControl,
    ChoicesControl,
    LinesControl,
    WordControl,
)
from chaindesk.desktop.chain.cards.controls.more_fields import MoreFields
from chaindesk.desktop.chain.editor import ChainEditor
from chaindesk.desktop.chain.model_cache import ModelCache
from chaindesk.desktop.runtime.event_loop import DesktopLoop
from tests.support.waiting import until

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", "raise", "grabbing the keyboard")

TEXT = """\
name: one   # of them
steps:
  - name: notes
    model: demo/researcher
    prompt: Three facts on tea.   # short
"""
BRACKETS = """\
name: one
steps: [{name: notes, model: demo/researcher, prompt: "Facts"},   # first
  {name: text, model: demo/writer, prompt: 'Words from {{notes}}'}]
"""
Open = Callable[..., Awaitable[ChainEditor]]


@pytest.fixture
def open_editor(qloop: DesktopLoop, qtbot: QtBot, tmp_path: Path) -> Open:
    async def opened(text: str = TEXT) -> ChainEditor:
        path = tmp_path / "one.yaml"
        path.write_text(text, "utf-8")
        editor = ChainEditor(path, None, models=ModelCache(KeyStore(environment={}), {}))
        qtbot.addWidget(editor, before_close_func=lambda one: one.text.document().setModified(False))
        editor.show()
        await until(lambda: editor.document.reading.text)
        return editor

    return opened


async def settled(editor: ChainEditor) -> None:
    """Wait until what was typed and asked for is in the text, and shown."""
    editor.cards.flush()
    await until(lambda: not editor.document.busy and editor.document.reading.text == editor.chain_text)


def put(fields: MoreFields, key: str, value: str) -> None:
    """Give a field a value as a person does: typed and left, chosen, or clicked; "" takes it away."""
    control = fields.controls[key]
    match control:
        case WordControl():
            control.line.setText(value)
            control.line.editingFinished.emit()
        case LinesControl():
            control.lines.selectAll()
            control.lines.insertPlainText(value)
            control.lines.left.emit()
        case ChoiceControl():
            place = max(control.box.findText(value), 0)
            control.box.setCurrentIndex(place)
            control.box.activated.emit(place)
        case ChoicesControl():
            next(box for box in control.boxes if box.text() == value).click()


async def test_every_field_of_a_step_and_of_the_chain_has_a_control_or_is_made_of_parts(open_editor: Open) -> None:
    editor = await open_editor()
    form, settings = editor.cards.form, editor.cards.settings
    elsewhere = {"name", "id_column", "concurrency", "steps", "providers"}
    of_step = {"name", "enabled", "model", "prompt", "system", "output", "fields", "run_if", "max_output_tokens"}
    of_step |= {"temperature", "top_p", "seed", "reasoning_effort", "checks", "on_fail"}
    missing = []
    for field in chain_reference():
        parts = field.path.replace("[]", "").split(".")
        in_list = "[]" in field.path.removeprefix("steps[]")  # a list of parts is written in the YAML
        if field.shape is Shape.OTHER or len(parts) > 3 or in_list:
            continue
        match parts:
            case ["steps", key, *_] if key not in of_step:
                shown = ".".join(parts[1:]) in form.more.controls
            case ["providers", "NAME", key]:
                shown = key in settings.providers.fields.controls
            case [key, *_] if key not in elsewhere:
                shown = ".".join(parts) in settings.more.controls
            case _:
                shown = True
        if not shown:
            missing.append(field.path)
    assert missing == []


async def test_the_rest_of_a_step_is_written_by_its_controls_and_taken_away_again(open_editor: Open) -> None:
    editor = await open_editor()
    more = editor.cards.form.more
    for key, value in (
        ("timeout", "30"),
        ("total_timeout", "90.5"),
        ("stop", "END\na\\n\nback\\\\slash"),
        ("parameters", "top_k: 40\nnested: {a: [1, null]}"),
    ):
        put(more, key, value)
    await settled(editor)
    step = parse_chain(editor.chain_text, "one").steps[0]
    assert (step.timeout, step.total_timeout, step.stop) == (30, 90.5, ["END", "a\n", "back\\slash"])
    assert step.parameters == {"top_k": 40, "nested": {"a": [1, None]}}
    assert all(line in editor.chain_text.split("\n") for line in TEXT.split("\n"))
    assert "•" in editor.cards.form.sections["more"].text()
    assert more.controls["stop"].lines.toPlainText() == "END\na\\n\nback\\\\slash"  # type: ignore[attr-defined]
    for key in ("timeout", "total_timeout", "stop", "parameters"):
        put(more, key, "")
    await settled(editor)
    assert editor.chain_text == TEXT


async def test_retries_columns_and_a_servers_limits_are_written_by_the_chains_controls(open_editor: Open) -> None:
    editor = await open_editor()
    settings = editor.cards.settings
    put(settings.more, "retry.attempts", "4")
    put(settings.more, "retry.outage_minutes", "5")
    put(settings.more, "columns", "cost")
    put(settings.more, "columns", "model")
    await settled(editor)
    settings.providers.new_name.setText("lab.v1")
    settings.providers.new_name.editingFinished.emit()
    put(settings.providers.fields, "base_url", "http://localhost:1/v1")
    put(settings.providers.fields, "kind", "openai-chat")
    put(settings.providers.fields, "allow_http", "yes")
    put(settings.providers.fields, "requests_per_minute", "60")
    await settled(editor)
    chain = parse_chain(editor.chain_text, "one")
    assert (chain.retry.attempts, chain.retry.outage_minutes) == (4, 5)
    assert [column.value for column in chain.columns] == ["cost", "model"]
    lab = chain.providers["lab.v1"]
    assert (lab.base_url, lab.requests_per_minute, lab.allow_http) == ("http://localhost:1/v1", 60, True)
    for key in ("base_url", "kind", "allow_http", "requests_per_minute"):
        put(settings.providers.fields, key, "")
    for key, value in (("retry.attempts", ""), ("retry.outage_minutes", ""), ("columns", "cost"), ("columns", "model")):
        put(settings.more, key, value)
    await settled(editor)
    assert editor.chain_text == TEXT


async def test_what_is_no_number_is_told_on_the_card_and_what_is_no_list_keeps_the_editor_open(
    open_editor: Open,
) -> None:
    editor = await open_editor()
    form = editor.cards.form
    put(form.more, "timeout", "soon")
    await until(lambda: "timeout" in form.mistakes.text())
    put(form.more, "timeout", "")
    await settled(editor)
    assert editor.chain_text == TEXT
    form.sections["more"].setChecked(True)
    put(form.more, "parameters", "top_k 40")
    assert "name: value" in form.more.controls["parameters"].mistake.text()  # type: ignore[attr-defined]
    assert editor.cards.unsaved
    put(form.more, "parameters", "")
    await settled(editor)
    assert not editor.cards.unsaved


async def test_what_is_typed_in_lines_is_saved_without_leaving_them_first(open_editor: Open) -> None:
    editor = await open_editor()
    editor.cards.form.sections["more"].setChecked(True)
    lines: Any = editor.cards.form.more.controls["stop"]
    lines.lines.setFocus()
    QTest.keyClicks(lines.lines, "END")
    editor.save_file()
    await until(lambda: "stop: [END]" in editor.path.read_text("utf-8"))


async def test_steps_in_brackets_are_written_as_lines_by_one_click_and_that_can_be_undone(open_editor: Open) -> None:
    editor = await open_editor(BRACKETS)
    note: QWidget = editor.cards.brackets
    assert note.isVisible()
    editor.cards.brackets.write.click()
    await settled(editor)
    assert not note.isVisible()
    assert "  - name: notes  # first\n" in editor.chain_text
    editor.cards.move_step(1, 0)
    await settled(editor)
    assert [step.name for step in editor.document.reading.steps] == ["text", "notes"]
    editor.undo_button.click()
    await settled(editor)
    editor.undo_button.click()
    await settled(editor)
    assert editor.chain_text == BRACKETS
    assert note.isVisible()


async def test_what_a_step_has_none_of_is_not_said_to_be_usual(open_editor: Open) -> None:
    fields = (await open_editor()).findChildren(MoreFields)
    controls = next(one.controls for one in fields if "examples.from" in one.controls)
    examples, fallback = controls["examples.from"], controls["fallback"]
    assert isinstance(examples, ChoiceControl)
    assert isinstance(fallback, WordControl)
    assert examples.box.currentText() == "none"
    assert fallback.line.placeholderText() == "none"
