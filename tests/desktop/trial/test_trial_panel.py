"""Beside the chain editor: the prompt of the selected row, live, and the step tried on it before the chain is saved."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from chaindesk.desktop.app import AppWindow
from chaindesk.desktop.chain.editor import ChainEditor
from chaindesk.desktop.runtime.event_loop import DesktopLoop
from chaindesk.desktop.session.run_request import RunPhase
from chaindesk.desktop.trial.panel import TrialPanel
from chaindesk.domain.status import Review, Status
from chaindesk.simulator.options import SimulatorOptions
from chaindesk.simulator.server import SimulatorServer
from tests.support.waiting import until
from tests.support.windows import WindowMaker

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


async def opened(app: AppWindow, workbook: Path, chain: Path) -> tuple[ChainEditor, TrialPanel]:
    """Open a workbook with its chain, and the editor with the panel beside it."""
    app.workspace.open_workbook(workbook, chain=chain)
    await until(lambda: app.workspace.session is not None)
    app.window.actions_.edit_chain.trigger()
    editor, panel = app.main.opening.editor, app.main.trial.panel
    assert editor is not None
    assert panel is not None
    await until(lambda: editor.chain is not None and panel.try_row.isEnabled())
    return editor, panel


def kept(app: AppWindow) -> int:
    """How many answers the journal has."""
    journal = app.workspace.session.journal if app.workspace.session is not None else None
    assert journal is not None
    return journal.usage_counts()["answer"]


def leave(editor: ChainEditor) -> None:
    """Close the editor without its question."""
    editor.text.document().setModified(False)
    editor.close()


async def test_the_prompt_of_the_selected_row_follows_row_step_and_text(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Callable[[int], Path], chain: Path
) -> None:
    app = make_app()
    editor, panel = await opened(app, jobs(3), chain)
    await until(lambda: "Three facts on topic 1." in panel.prompt.toPlainText())
    assert panel.title.text() == "notes, row 2 (J-1)"
    panel.next.click()
    await until(lambda: "Three facts on topic 2." in panel.prompt.toPlainText())
    row = app.window.table.current_row()
    assert row is not None
    assert row.number == 3
    app.window.table.choose_row(4)
    await until(lambda: "topic 3" in panel.prompt.toPlainText())
    editor.go_to(9)
    await until(lambda: "20 words for gardeners from ‹output of notes›" in panel.prompt.toPlainText())
    assert "Not there yet: the answer of notes." in panel.notes.text()
    editor.text.setPlainText(editor.chain_text.replace("20 words", "Thirty words"))
    editor.go_to(9)
    await until(lambda: "Thirty words for gardeners" in panel.prompt.toPlainText())
    await until(lambda: "no cost" in panel.figures.text())
    assert panel.figures.text().startswith("Sends about ")
    leave(editor)


async def test_the_prompt_is_there_as_soon_as_the_chain_is_read(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Callable[[int], Path], chain: Path
) -> None:
    app = make_app()
    app.workspace.open_workbook(jobs(3), chain=chain)
    await until(lambda: app.workspace.session is not None)
    app.window.actions_.edit_chain.trigger()
    editor, panel = app.main.opening.editor, app.main.trial.panel
    assert editor is not None
    assert panel is not None
    titles: list[str] = []
    editor.chain_changed.connect(lambda chain: titles.append(panel.title.text()))
    await until(lambda: editor.chain is not None)
    assert titles[-1:] == ["notes, row 2 (J-1)"]
    leave(editor)


async def test_a_step_of_an_unsaved_chain_is_tried_and_what_it_answers_counts_in_the_run(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Callable[[int], Path], chain: Path
) -> None:
    app = make_app()
    editor, panel = await opened(app, jobs(3), chain)
    before = editor.chain_text
    editor.text.setPlainText(before.replace("20 words", "30 words"))
    editor.go_to(9)
    await until(lambda: "30 words for gardeners" in panel.prompt.toPlainText())
    panel.try_row.click()
    assert not panel.try_row.isEnabled()
    await until(lambda: ", row 2" in panel.answers.toPlainText())
    said = panel.answers.toPlainText()
    assert said.startswith("text, row 2")
    assert "tokens" in said
    assert kept(app) == 2, "what it needs first was asked too, and both are in the journal"
    assert await asyncio.to_thread(chain.read_text, "utf-8") == before
    await until(lambda: "‹output of notes›" not in panel.prompt.toPlainText())
    assert not panel.notes.isVisible()
    panel.try_row.click()
    await until(lambda: "answered before: nothing paid now" in panel.answers.toPlainText())
    assert kept(app) == 2
    editor.save.click()
    await until(lambda: app.window.model.state_of(2).status is Status.DONE)
    app.window.actions_.run.trigger()
    await until(lambda: app.window.model.snapshot.counts[Status.DONE] == 3)
    await until(lambda: app.run_controller.phase is RunPhase.IDLE)
    assert kept(app) == 6
    leave(editor)


async def test_what_a_step_was_tried_with_fills_the_prompt_of_the_next_one(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Callable[[int], Path], chain: Path
) -> None:
    app = make_app()
    editor, panel = await opened(app, jobs(3), chain)
    panel.try_row.click()
    await until(lambda: panel.answers.toPlainText().startswith("notes, row 2"))
    before = await asyncio.to_thread(chain.read_text, "utf-8")
    for saved in (False, True):
        editor.go_to(9)
        await until(lambda: panel.title.text().startswith("text"))
        assert "‹output of notes›" not in panel.prompt.toPlainText()
        assert not panel.notes.isVisible(), panel.notes.text()
        if not saved:
            editor.text.setPlainText(before.replace("20 words", "30 words"))
            await until(lambda: "30 words for gardeners" in panel.prompt.toPlainText())
            editor.save.click()
            await until(lambda: not editor.isWindowModified())
    leave(editor)


async def test_the_first_three_rows_are_tried_and_again_asks_anew(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Callable[[int], Path], chain: Path
) -> None:
    app = make_app()
    editor, panel = await opened(app, jobs(5), chain)
    panel.try_first.click()
    await until(lambda: ", row 4" in panel.answers.toPlainText())
    assert kept(app) == 3
    panel.again.click()
    await until(lambda: kept(app) == 6)
    await until(panel.again.isEnabled)
    assert "answered before" not in panel.answers.toPlainText()
    leave(editor)


PRICED = (
    "name: two\nsteps:\n"
    "  - {name: notes, model: lab/writer, prompt: 'Three facts on {{Topic}}.'}\n"
    "  - {name: text, model: lab/writer, prompt: 'From {{notes}}'}\n"
    "providers:\n  lab: {kind: openai-chat, base_url: '%s', allow_http: true, api_key_env: LAB_KEY,\n"
    "    prices: {writer: {input: 2, output: 8}}}\n"
)


async def test_what_costs_is_asked_about_before_and_a_budget_holds_it(
    qloop: DesktopLoop,
    make_app: WindowMaker,
    jobs: Callable[[int], Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LAB_KEY", "lab-key-value-0001")
    async with SimulatorServer(SimulatorOptions(latency=0.0)) as server:
        chain = tmp_path / "priced.yaml"
        chain.write_text(PRICED % server.base_url, "utf-8")
        app = make_app()
        app.workspace.keys.set_for_session("lab", server.base_url, "lab-key-value-0001")
        editor, panel = await opened(app, jobs(3), chain)
        await until(lambda: "one call about $" in panel.figures.text())
        editor.go_to(4)
        await until(lambda: panel.title.text().startswith("text"))
        panel.try_row.click()
        await until(panel.question.start.isVisible)
        asked = panel.question.text.text()
        assert asked.startswith("Ask text for 1 row: 2 calls, about $")
        assert asked.endswith("That includes what it needs first: notes.")
        assert server.counters.requests == 0
        panel.question.cancel.click()
        assert not panel.question.isVisible()
        assert panel.try_row.isEnabled()
        panel.try_row.click()
        await until(panel.question.start.isVisible)
        panel.question.budget.field.setText("a lot")
        panel.question.start.click()
        assert "is no sum in US dollars" in panel.question.text.text()
        panel.question.budget.field.setText("0.000001")
        panel.question.start.click()
        await until(lambda: "budget" in panel.question.text.text().casefold() and panel.try_row.isEnabled())
        assert server.counters.requests == 0
        panel.try_row.click()
        await until(panel.question.start.isVisible)
        panel.question.budget.field.clear()
        panel.question.start.click()
        await until(lambda: "$" in panel.answers.toPlainText() and panel.try_row.isEnabled())
        assert server.counters.requests == 2
        leave(editor)


async def test_a_question_about_another_text_is_withdrawn(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Callable[[int], Path], tmp_path: Path
) -> None:
    async with SimulatorServer(SimulatorOptions(latency=0.0)) as server:
        chain = tmp_path / "priced.yaml"
        chain.write_text(PRICED % server.base_url, "utf-8")
        app = make_app()
        app.workspace.keys.set_for_session("lab", server.base_url, "lab-key-value-0001")
        editor, panel = await opened(app, jobs(3), chain)
        panel.try_row.click()
        await until(panel.question.start.isVisible)
        editor.text.setPlainText(editor.chain_text.replace("Three facts", "Four facts"))
        await until(lambda: not panel.question.isVisible())
        assert panel.try_row.isEnabled()
        leave(editor)


async def test_a_missing_key_is_offered_to_be_given(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Callable[[int], Path], chain: Path
) -> None:
    app = make_app()
    editor, panel = await opened(app, jobs(2), chain)
    editor.text.setPlainText(editor.chain_text.replace("demo/researcher", "openai/gpt-6.1-mini"))
    await until(lambda: editor.chain is not None and editor.chain.steps[0].provider == "openai")
    asked: list[str] = []
    app.main.trial.keys_requested.connect(asked.append)
    panel.try_row.click()
    await until(panel.question.open_keys.isVisible)
    assert "openai needs an API key" in panel.question.text.text()
    assert "chaindesk keys" not in panel.question.text.text()
    panel.question.open_keys.click()
    assert asked == ["openai"]
    assert panel.try_row.isEnabled()
    leave(editor)


async def test_failures_mistakes_and_runs_are_told_in_plain_words(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Callable[[int], Path], chain: Path
) -> None:
    app = make_app(SimulatorOptions(latency=0.0, fail_containing="topic 1"))
    editor, panel = await opened(app, jobs(2), chain)
    panel.try_row.click()
    await until(lambda: "failed" in panel.answers.toPlainText())
    assert "notes:" in panel.answers.toPlainText()
    editor.text.setPlainText(editor.chain_text.replace("{{Topic}}", "{{Topik}}"))
    await until(lambda: "{{Topik}}" in panel.prompt.toPlainText())
    panel.try_row.click()
    await until(lambda: "cannot be tried yet" in panel.question.text.text())
    assert "Did you mean {{Topic}}?" in panel.question.text.text()
    leave(editor)


async def test_a_trial_can_be_cancelled_and_no_run_begins_beside_it(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Callable[[int], Path], chain: Path
) -> None:
    app = make_app(SimulatorOptions(latency=30.0))
    editor, panel = await opened(app, jobs(2), chain)
    panel.try_row.click()
    await until(lambda: "asking notes" in panel.question.text.text())
    panel.question.cancel.click()
    await until(panel.try_row.isEnabled)
    assert "The trial ended before this row was answered." in panel.answers.toPlainText()
    app.window.actions_.run.trigger()
    await until(lambda: app.run_controller.phase is RunPhase.RUNNING)
    panel.try_row.click()
    assert "A run is going on." in panel.question.text.text()
    app.run_controller.stop()
    await until(lambda: app.run_controller.phase is RunPhase.IDLE)
    leave(editor)


async def test_an_approved_row_keeps_its_answer_through_a_trial_and_the_saving_of_the_prompt(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Callable[[int], Path], chain: Path
) -> None:
    app = make_app(SimulatorOptions(latency=0.0))
    editor, panel = await opened(app, jobs(1), chain)
    app.window.actions_.run.trigger()
    await until(lambda: app.window.model.state_of(2).status is Status.DONE)
    await until(lambda: app.run_controller.phase is RunPhase.IDLE)
    app.window.actions_.approve.trigger()
    await until(lambda: app.window.model.state_of(2).review is Review.APPROVED)
    editor.text.setPlainText(editor.chain_text.replace("Three facts", "Four facts"))
    await until(lambda: "Four facts" in panel.prompt.toPlainText())
    panel.try_row.click()
    await until(lambda: "Approved: row 2." in panel.question.text.text())
    assert app.window.model.state_of(2).review is Review.APPROVED
    before = app.workspace.session
    editor.save.click()
    await until(lambda: app.workspace.session is not None and app.workspace.session is not before)
    assert app.window.model.state_of(2).review is Review.APPROVED
    assert app.window.model.state_of(2).kept
    leave(editor)


async def test_everything_can_be_reached_by_keys_and_has_a_name(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Callable[[int], Path], chain: Path
) -> None:
    app = make_app(SimulatorOptions(latency=0.0))
    editor, panel = await opened(app, jobs(3), chain)
    editor.activateWindow()
    editor.text.setFocus()
    QTest.keyClick(editor.text, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    await until(lambda: "topic 2" in panel.prompt.toPlainText())
    QTest.keyClick(editor.text, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    await until(lambda: ", row 3" in panel.answers.toPlainText())
    for button in (panel.previous, panel.next, panel.try_row, panel.try_first, panel.again):
        assert button.accessibleName() or button.text()
        assert button.focusPolicy() is not Qt.FocusPolicy.NoFocus or button in (panel.previous, panel.next)
    for view in (panel.prompt, panel.answers, panel.notes, panel.figures):
        assert view.accessibleName()
    leave(editor)
