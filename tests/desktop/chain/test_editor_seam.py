"""What the editor tells whoever shows something beside it: the chain as it is checked, and the current step."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from chaindesk.desktop.chain.editor import ChainEditor
from chaindesk.desktop.runtime.event_loop import DesktopLoop
from chaindesk.domain.chains.chain import Chain
from tests.support.waiting import until

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


async def test_the_chain_and_the_step_at_the_cursor_are_told_while_one_types(
    qloop: DesktopLoop, qtbot: QtBot, chain: Path
) -> None:
    editor = ChainEditor(chain, None)
    qtbot.addWidget(editor)
    chains: list[Chain | None] = []
    steps: list[str] = []
    editor.chain_changed.connect(chains.append)
    editor.current_step_changed.connect(steps.append)
    panel = QLabel("beside it")
    editor.set_side_panel(panel)
    editor.show()
    await until(lambda: editor.chain is not None)
    assert panel.isVisible()
    assert panel.x() > 0
    assert editor.current_step == "notes"
    editor.go_to(9)
    assert editor.current_step == "text"
    assert steps == ["notes", "text"]
    assert editor.cards.current == 1
    text = editor.chain_text
    editor.text.setPlainText(text.replace("steps:", "stepps:"))
    await until(lambda: editor.chain is None)
    editor.text.setPlainText(text.replace("name: two", "name: three"))
    await until(lambda: editor.chain is not None)
    assert editor.chain.name == "three"
    assert [one.name if one else None for one in chains] == ["two", None, "three"]
    editor.text.document().setModified(False)
