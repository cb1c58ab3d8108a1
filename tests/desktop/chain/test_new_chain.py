"""A new chain: begun with a model that is said, and working within few clicks and keys for who has never seen YAML."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QFileDialog, QMessageBox, QWidget

from chaindesk import settings
from chaindesk.chain_file import load_chain, parse_chain
from chaindesk.credentials import KeyStore
from chaindesk.desktop.chain.cards.name_chips import NameChip, NameChips
from chaindesk.desktop.chain.editor import ChainEditor
from chaindesk.desktop.controllers.chains.new_chain import new_chain_text
from chaindesk.desktop.runtime.event_loop import DesktopLoop
from chaindesk.desktop.session.starting_model import starting_model
from chaindesk.domain.status import Status
from chaindesk.workbook import open_manifest
from tests.support.waiting import until
from tests.support.windows import WindowMaker

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", "raise", "grabbing the keyboard")
MOST = 25


class Hand:
    """Clicks and types as a person does, and counts; the prompt's own words are not counted."""

    def __init__(self) -> None:
        self.count = 0

    def click(self, button: QAbstractButton) -> None:
        assert button.isVisible()
        assert button.isEnabled()
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        self.count += 1

    def press(
        self, widget: QWidget, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
    ) -> None:
        QTest.keyClick(widget, key, modifier)
        self.count += 1

    def write(self, widget: QWidget, words: str) -> None:
        assert widget.hasFocus()
        QTest.keyClicks(widget, words)


def text_of(path: Path) -> str:
    return path.read_text("utf-8")


def write_chain(path: Path, text: str) -> None:
    path.write_text(text, "utf-8")


def chip(chips: NameChips, name: str) -> NameChip:
    return next(one for one in chips.chips if one.name == name)


async def test_from_an_open_workbook_to_a_working_chain_of_two_steps_in_a_few_clicks(
    make_app: WindowMaker, jobs: Callable[[int], Path]
) -> None:
    app, hand = make_app(), Hand()
    app.workspace.open_workbook(jobs(3))
    hand.count += 3  # the button, the file, and its opening
    await until(lambda: app.workspace.manifest is not None)
    app.window.actions_.new_chain.trigger()
    hand.count += 1  # Ctrl+N
    await until(lambda: app.main.opening.editor is not None and app.main.opening.editor.cards.form.isVisible())
    editor = app.main.opening.editor
    form = editor.cards.form
    assert form.prompt.hasFocus()
    hand.write(form.prompt, "Three facts on ")
    hand.click(chip(form.columns, "Topic"))
    hand.write(form.prompt, " please")
    hand.click(editor.cards.add)
    await until(lambda: len(editor.cards.cards) == 2 and form.prompt.hasFocus() and not form.prompt.text)
    hand.write(form.prompt, "Write for ")
    hand.click(chip(form.columns, "Audience"))
    hand.write(form.prompt, " from ")
    hand.click(chip(form.outputs, "answer"))
    hand.press(form.prompt, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    dialog = editor.findChild(QFileDialog)
    assert dialog is not None
    dialog.accept()
    hand.count += 1  # Return in the dialog, which suggests a name
    await until(lambda: app.workspace.session is not None)
    chain = load_chain(editor.path)
    assert editor.path.parent == app.workspace.manifest.path.parent
    assert [step.prompt for step in chain.steps] == [
        "Three facts on {{Topic}} please",
        "Write for {{Audience}} from {{answer}}",
    ]
    assert chain.id_column == "ID"
    editor.close()
    app.window.actions_.run.trigger()
    hand.count += 1  # F5
    await until(lambda: app.window.model.snapshot.counts[Status.DONE] == 3)
    app.window.actions_.approve.trigger()
    hand.count += 1  # A
    assert hand.count <= MOST
    assert hand.count == 12


async def test_a_new_chain_that_nothing_was_done_to_is_left_without_a_question(
    make_app: WindowMaker, jobs: Callable[[int], Path]
) -> None:
    app = make_app()
    app.window.welcome.new_chain.click()
    await until(lambda: app.main.opening.editor is not None and app.main.opening.editor.cards.form.isVisible())
    editor = app.main.opening.editor
    assert not editor.modified
    assert "simulated" in editor.verdict.text()
    assert not editor.revert.isEnabled()
    assert not editor.path.exists()
    QTest.keyClick(editor, Qt.Key.Key_Escape)
    assert not editor.isVisible()


async def test_a_prompt_that_is_still_to_be_written_is_no_mistake_before_one_saves_or_empties_it(
    make_app: WindowMaker, jobs: Callable[[int], Path]
) -> None:
    app = make_app()
    app.workspace.open_workbook(jobs(1))
    await until(lambda: app.workspace.manifest is not None)
    app.main.opening.new_chain.begin()
    await until(lambda: app.main.opening.editor is not None and app.main.opening.editor.cards.form.isVisible())
    editor: ChainEditor = app.main.opening.editor
    form = editor.cards.form
    assert not form.mistakes.isVisible()
    assert not editor.problems
    assert editor.chain is None
    shown = app.main.trial.panel.prompt
    await until(lambda: "while you write it" in shown.toPlainText())
    title, chip_ = form.columns.title, form.columns.chips[0]
    middle = title.mapTo(form, title.rect().center()).y()
    assert abs(middle - chip_.mapTo(form, chip_.rect().center()).y()) <= 1
    QTest.keyClicks(form.prompt, "x")
    await until(lambda: editor.chain is not None)
    editor.cards.add.click()
    await until(lambda: len(editor.cards.cards) == 2 and editor.chain is None)
    assert editor.verdict.text() == "To be written yet: the prompt of step 2."
    assert not editor.problems
    QTest.keyClicks(form.prompt, "y")
    await until(lambda: editor.chain is not None)
    QTest.keyClick(form.prompt, Qt.Key.Key_Backspace)
    await until(lambda: form.mistakes.isVisible())
    assert "prompt" in form.mistakes.text()
    editor.text.document().setModified(False)
    editor.close()


async def test_saving_a_chain_without_a_prompt_tells_of_it(
    qloop: DesktopLoop, make_app: WindowMaker, chain: Path
) -> None:
    app = make_app()
    app.main.opening.edit_chain(chain)
    await until(lambda: app.main.opening.editor is not None and app.main.opening.editor.chain is not None)
    editor: ChainEditor = app.main.opening.editor
    editor.cards.add.click()
    await until(lambda: "To be written yet" in editor.verdict.text())
    editor.save.click()
    await until(lambda: len(editor.problems) == 1)
    assert editor.cards.form.mistakes.isVisible()
    editor.close()


async def test_leaving_a_new_chain_by_save_asks_for_its_name_first(
    make_app: WindowMaker, jobs: Callable[[int], Path]
) -> None:
    app = make_app()
    app.workspace.open_workbook(jobs(1))
    await until(lambda: app.workspace.manifest is not None)
    app.main.opening.new_chain.begin()
    await until(lambda: app.main.opening.editor is not None and app.main.opening.editor.cards.form.isVisible())
    editor: ChainEditor = app.main.opening.editor
    QTest.keyClicks(editor.cards.form.prompt, "x")
    for answer in ("cancelled", "named"):
        editor.close()
        box = editor.findChildren(QMessageBox)[-1]
        next(button for button in box.buttons() if button.text() == "Save").click()
        await until(lambda: bool(editor.findChildren(QFileDialog)))
        dialog = editor.findChildren(QFileDialog)[-1]
        if answer == "cancelled":
            dialog.reject()
            await until(lambda: not editor.findChildren(QFileDialog))
            assert editor.isVisible()
        else:
            dialog.accept()
    await until(lambda: not editor.isVisible())
    assert "prompt: x" in text_of(editor.path)


async def test_the_model_of_a_new_chain_is_the_one_used_last_else_one_whose_key_is_there(
    qloop: DesktopLoop, tmp_path: Path, chain: Path
) -> None:
    none = KeyStore(environment={})
    assert (await starting_model(none, [])).reference == "demo/writer"
    keys = KeyStore(environment={"MISTRAL_API_KEY": "k" * 20})
    found = await starting_model(keys, [str(chain), str(tmp_path / "gone.yaml")])
    assert found.reference.startswith("mistral/")
    assert "mistral" in found.words
    last = tmp_path / "last.yaml"
    write_chain(last, text_of(chain).replace("demo/writer", "openai/some-model"))
    used = await starting_model(keys, [str(last)])
    assert used.reference == "openai/some-model"
    assert '"two"' in used.words
    kept = KeyStore(environment={})
    kept.set_for_session("groq", "https://api.groq.com/openai/v1", "k" * 20)
    assert (await starting_model(kept, [])).reference.startswith("groq/")


def test_a_new_chain_is_one_but_for_its_prompt(jobs: Callable[[int], Path]) -> None:
    text = new_chain_text(open_manifest(jobs(1)), "demo/writer")
    chain = parse_chain(
        text.replace('prompt: ""', "prompt: {{Topic}}".replace("{{", '"{{').replace("}}", '}}"')), "new"
    )
    assert (chain.name, chain.id_column, chain.step_names) == ("jobs", "ID", ("answer",))
    assert "id_column" not in new_chain_text(None, "demo/writer")


async def test_a_saved_new_chain_is_an_ordinary_file_from_then_on(
    make_app: WindowMaker, jobs: Callable[[int], Path]
) -> None:
    app = make_app()
    app.workspace.open_workbook(jobs(1))
    await until(lambda: app.workspace.manifest is not None)
    app.main.opening.new_chain.begin()
    await until(lambda: app.main.opening.editor is not None and app.main.opening.editor.cards.form.isVisible())
    editor: ChainEditor = app.main.opening.editor
    QTest.keyClicks(editor.cards.form.prompt, "x")
    editor.save.click()
    dialog = editor.findChild(QFileDialog)
    assert dialog.selectedFiles() == [str(editor.path)]
    dialog.accept()
    await until(lambda: editor.path.exists())
    await until(lambda: app.workspace.chain is not None)
    assert editor.windowTitle().startswith(editor.path.name)
    QTest.keyClicks(editor.cards.form.prompt, "y")
    assert editor.revert.isEnabled()
    editor.save.click()
    await until(lambda: "xy" in editor.path.read_text("utf-8"))
    await until(lambda: str(editor.path) in settings.load_preferences().recent_chains)
    editor.close()


@pytest.mark.skipif(sys.platform != "linux", reason="file names are text on other systems")
def test_a_new_chain_for_a_workbook_whose_name_is_no_text_has_a_name(tmp_path: Path) -> None:
    book = tmp_path / os.fsdecode(b"jobs\xe9.csv")
    book.write_text("ID,Topic\n1,Cats\n")
    assert parse_chain(new_chain_text(open_manifest(book), "demo/writer").replace('""', "x"), "x").name == "jobs\ufffd"
