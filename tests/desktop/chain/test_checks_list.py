"""The checks of a step in the editor: added, changed and taken away by controls, the rest of the text left as it is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from chaindesk.chain_file import parse_chain
from chaindesk.credentials import KeyStore
from chaindesk.desktop.chain.cards.controls.check_specs import PLAIN, read_check, write_check
from chaindesk.desktop.chain.editor import ChainEditor
from chaindesk.desktop.chain.model_cache import ModelCache
from chaindesk.desktop.runtime.event_loop import DesktopLoop
from chaindesk.domain.chains.checks import RULES
from tests.support.waiting import until

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
TEXT = """\
name: one   # of them
steps:
  - name: notes
    model: demo/researcher
    prompt: Three facts on tea.   # short
"""
Open = Callable[[], Awaitable[ChainEditor]]


@pytest.fixture
def open_editor(qloop: DesktopLoop, qtbot: QtBot, tmp_path: Path) -> Open:
    async def opened() -> ChainEditor:
        path = tmp_path / "one.yaml"
        path.write_text(TEXT, "utf-8")
        editor = ChainEditor(path, None, models=ModelCache(KeyStore(environment={}), {}))
        qtbot.addWidget(editor, before_close_func=lambda one: one.text.document().setModified(False))
        editor.show()
        await until(lambda: editor.document.reading.text)
        return editor

    return opened


async def settled(editor: ChainEditor) -> None:
    """Wait until what was asked for is in the text, and shown."""
    editor.cards.flush()
    await until(lambda: not editor.document.busy and editor.document.reading.text == editor.chain_text)


def add(editor, rule: str) -> None:
    box = editor.cards.form.checks.new_rule
    place = box.findData(rule)
    box.setCurrentIndex(place)
    box.activated.emit(place)


async def test_checks_are_added_changed_and_taken_away(open_editor: Open) -> None:
    editor = await open_editor()
    before = editor.chain_text
    table = editor.cards.form.checks
    for rule in ("words", "not_contains", "judge"):
        add(editor, rule)
        await settled(editor)
    table.rows[1].value.setText("as an AI; sorry")
    table.rows[1].value.editingFinished.emit()
    await settled(editor)
    table.ask_again.click()
    await settled(editor)
    table.larger.setText("openai/gpt-5.4")
    table.larger.editingFinished.emit()
    await settled(editor)
    step = parse_chain(editor.chain_text, "one").steps[0]
    assert [dict(check.rules()) for check in step.checks] == [
        {"words": "5..40"},
        {"not_contains": ["as an AI", "sorry"]},
        {"judge": "Is it right?"},
    ]
    assert step.checks[2].model == step.model
    assert step.model_dump(mode="json")["on_fail"] == ["ask_again", {"escalate": "openai/gpt-5.4"}, "review"]
    assert "•" in editor.cards.form.sections["checks"].text()
    while table.rows:
        table.rows[0].remove.click()
        await settled(editor)
    assert editor.chain_text == before


def test_a_check_that_one_row_can_show_is_read_and_written_alike() -> None:
    for check in (
        {"field": "a", "words": "5..40"},
        {"contains": ["a", "b"]},
        {"field": "quote", "quoted_from": True},
        {"judge": "Right?", "model": "demo/x"},
        {"unique": True},
        {"field": "a", "json_schema": True},
        {"similar_length": 3.0},
    ):
        assert write_check(read_check(check)) == check
    for other in ({"words": 5, "contains": "a"}, {"json": {"type": "object"}}, {"wrods": 5}, "text", {"field": "a"}):
        assert not read_check(other).rule
    assert write_check(read_check({"json": True})) == {"json_schema": True}


async def test_every_rule_can_be_added_and_changed_by_its_controls(open_editor: Open) -> None:
    editor = await open_editor()
    table = editor.cards.form.checks
    assert [table.new_rule.itemData(place) for place in range(1, table.new_rule.count())] == list(RULES)
    for rule in RULES:
        add(editor, rule)
        await settled(editor)
        assert [(row.spec.rule, row.field.isEnabled()) for row in table.rows] == [(rule, True)]
        assert table.rows[0].value.isHidden() == (rule in PLAIN)
        (check,) = parse_chain(editor.chain_text, "one").steps[0].checks
        assert [name for name, _ in check.rules()] == [rule]
        table.rows[0].remove.click()
        await settled(editor)
