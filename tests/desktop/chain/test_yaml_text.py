"""The text of a chain file: where Return puts the next line, and what is coloured as what."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextDocument
from pytestqt.qtbot import QtBot

from chaindesk.chain_file import parse_chain
from chaindesk.desktop.chain.yaml.code_edit import CodeEdit
from chaindesk.desktop.chain.yaml.yaml_highlighter import YamlHighlighter
from chaindesk.desktop.chain.yaml.yaml_indent import next_indent

LINES = (
    "name: typed",
    "steps:",
    "- name: notes",
    "model: demo/writer",
    "prompt: |",
    "Notes: three facts.",
    "# not a comment",
)


def editor_of(qtbot: QtBot) -> tuple[CodeEdit, YamlHighlighter]:
    editor = CodeEdit()
    qtbot.addWidget(editor)
    return editor, YamlHighlighter(editor.document(), dark=False)


def test_a_chain_typed_line_by_line_with_return_alone_is_a_chain(qtbot: QtBot) -> None:
    editor, _ = editor_of(qtbot)
    for line in LINES:
        qtbot.keyClicks(editor, line)
        qtbot.keyClick(editor, Qt.Key.Key_Return)
    step = parse_chain(editor.toPlainText(), "typed").steps[0]
    assert step.prompt == "Notes: three facts.\n# not a comment\n"


@pytest.mark.parametrize(
    ("line", "indent"),
    [
        ("name: two", 0),
        ("steps:", 2),
        ("steps: # all of them", 2),
        ("  - name: a", 4),
        ("    prompt: |", 6),
        ("    prompt: >- # why", 6),
        ("    run_if:", 6),
        ("    model: demo/writer", 4),
        ("    # a comment", 4),
        ("    ", 4),
        ("      any words: of a text", 6),
    ],
)
def test_return_begins_the_next_line_where_yaml_wants_it(line: str, indent: int) -> None:
    assert next_indent(line) == " " * indent


def test_what_looks_like_a_key_or_a_comment_inside_a_prompt_is_no_key_and_no_comment(qtbot: QtBot) -> None:
    editor, highlighter = editor_of(qtbot)
    editor.setPlainText("prompt: |\n  Notes: {{Topic}}\n\n  # 1\nmodel: a/b # c\n")
    highlighter.rehighlight()
    assert coloured(editor.document(), 0) == ["prompt"]
    assert coloured(editor.document(), 1) == ["{{Topic}}"]
    assert coloured(editor.document(), 3) == []
    assert coloured(editor.document(), 4) == ["model", " # c"]


def coloured(document: QTextDocument, line: int) -> list[str]:
    block = document.findBlockByNumber(line)
    return [block.text()[one.start : one.start + one.length] for one in block.layout().formats()]
