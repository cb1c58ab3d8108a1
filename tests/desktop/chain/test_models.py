"""The editor's list of models: asked for off the widgets' way, once a session; any other name may be typed."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from chaindesk.credentials import KeyStore
from chaindesk.desktop.chain.editor import ChainEditor
from chaindesk.desktop.chain.model_cache import ModelCache
from chaindesk.desktop.chain.model_hints import model_lines
from chaindesk.desktop.chain.model_picker import ModelPicker
from chaindesk.desktop.runtime.event_loop import DesktopLoop
from chaindesk.providers.registry import resolve
from chaindesk.simulator.options import SimulatorOptions
from chaindesk.simulator.server import SimulatorServer
from tests.support.waiting import until

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


def lab(chain: Path, base_url: str) -> None:
    text = chain.read_text("utf-8").replace("demo/", "lab/")
    provider = f'providers:\n  lab: {{kind: openai-chat, base_url: "{base_url}"}}\n'
    chain.write_text(text.replace("steps:\n", f"{provider}steps:\n"), "utf-8")


def choose(bar: ModelPicker, name: str) -> None:
    bar.model.setEditText(name)
    bar.model.lineEdit().editingFinished.emit()


def items(editor: ChainEditor) -> list[str]:
    return [editor.list.item(place).text() for place in range(editor.list.count())]


async def test_models_are_offered_used_in_a_step_and_a_name_that_is_on_no_list_is_only_marked(
    qloop: DesktopLoop, qtbot: QtBot, chain: Path
) -> None:
    async with SimulatorServer(SimulatorOptions(latency=0.0, models=("writer", "researcher", "poet"))) as server:
        lab(chain, server.base_url)
        lists = ModelCache(KeyStore(environment={}), {})
        editor = ChainEditor(chain, None, models=lists)
        qtbot.addWidget(editor)
        editor.show()
        bar = editor.model_picker
        await until(lambda: bar.model.count() == 3)
        assert bar.provider.currentText() == "lab"
        await until(lambda: bar.state.text() == "price unknown · 3 models")
        assert [bar.model.itemText(place) for place in range(3)] == ["poet", "researcher", "writer"]
        assert items(editor) == []
        line = next(line for line, model in model_lines(editor.text.toPlainText()) if model == "lab/writer")
        editor.go_to(line + 1)
        choose(bar, "poet")
        await until(lambda: (line, "lab/poet") in model_lines(editor.text.toPlainText()))
        await until(lambda: "No mistake" in editor.verdict.text())
        assert items(editor) == []
        choose(bar, "of my own")
        await until(lambda: len(items(editor)) == 1)
        assert 'lab lists no model "of my own"' in items(editor)[0]
        assert editor.problems == ()
        editor.text.document().setModified(False)
        await editor.tasks.close()
        await lists.tasks.close()


async def test_a_list_that_cannot_be_had_is_told_in_words_kept_and_asked_for_again_on_wish(
    qloop: DesktopLoop, chain: Path
) -> None:
    lists = ModelCache(KeyStore(environment={}), {})
    changed: list[str] = []
    lists.changed.connect(changed.append)
    openai = resolve("openai")
    lists.ask(openai)
    assert lists.of(openai).asking
    lists.ask(openai)
    await until(lambda: not lists.of(openai).asking)
    assert "without its key" in lists.of(openai).error
    assert changed == ["openai", "openai"]
    lists.ask(openai)
    assert not lists.of(openai).asking
    lists.ask(openai, again=True)
    assert lists.of(openai).asking
    await lists.tasks.finish(10)
    demo = resolve("demo")
    lists.ask(demo)
    await lists.tasks.finish(10)
    assert "writer" in (lists.of(demo).names or ())
