"""What the window asks and offers beside the main way: a budget, the next step, a search, room for its tools."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from msoffcrypto.format.ooxml import OOXMLFile  # type: ignore[import-untyped]
from openpyxl import load_workbook
from PySide6.QtWidgets import QInputDialog

from chaindesk.credentials import KeyStore
from chaindesk.desktop.app import AppWindow
from chaindesk.desktop.runtime.event_loop import DesktopLoop
from chaindesk.desktop.session.run_request import OutputEdit, RunPhase
from chaindesk.domain.status import Review, Status
from chaindesk.providers.registry import PRESETS
from chaindesk.simulator.options import SimulatorOptions
from chaindesk.simulator.server import SimulatorServer
from tests.support.waiting import until
from tests.support.windows import WindowMaker

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
Jobs = Callable[[int], Path]


def button(app: AppWindow, words: str) -> None:
    """Press a button of either banner."""
    banners = (app.window.run_banner, app.window.message_banner)
    next(found for banner in banners for found in banner.buttons() if found.text() == words).click()


def encrypt(plain: Path, locked: Path) -> None:
    """Save a workbook under a password."""
    with plain.open("rb") as source, locked.open("wb") as target:
        OOXMLFile(source).encrypt("secret", target)


async def test_a_budget_is_asked_for_kept_and_may_be_raised(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Jobs, tmp_path: Path
) -> None:
    chain = tmp_path / "paid.yaml"
    chain.write_text(
        "name: paid\nconcurrency: 1\nsteps:\n  - name: text\n    model: openai/gpt-4o\n"
        "    max_output_tokens: 1000\n    prompt: 20 words on {{Topic}}\n",
        "utf-8",
    )
    app = make_app()
    app.workspace.keys = KeyStore(environment={"OPENAI_API_KEY": "sk-app"})
    async with SimulatorServer(SimulatorOptions(latency=0.01)) as server:
        app.workspace.addresses[PRESETS["openai"].base_url] = server.base_url
        app.workspace.open_workbook(jobs(4), chain=chain)
        await until(lambda: app.workspace.session is not None)
        app.window.actions_.run.trigger()
        await until(app.window.budget.isVisible)
        start = app.window.run_banner.buttons()[0]
        assert start.previousInFocusChain() is app.window.budget.field  # Shift+Tab goes there
        app.window.budget.field.setText("a fiver")
        button(app, "Start")
        assert app.run_controller.phase is RunPhase.IDLE
        assert '"a fiver" is no sum' in app.window.run_banner.text
        app.window.budget.field.setText("0.01")
        app.window.budget.field.returnPressed.emit()
        await until(lambda: app.run_controller.phase is RunPhase.PAUSED)
        assert "budget" in app.window.run_banner.text
        assert server.counters.delivered < 4
        assert app.window.budget.isVisible()
        app.window.budget.field.setText("$5")
        button(app, "Go on")
        await until(lambda: app.window.model.snapshot.counts[Status.DONE] == 4)
        await until(lambda: app.run_controller.phase is RunPhase.IDLE)
        assert not app.window.budget.isVisible()
        assert app.window.budget.value() == Decimal(5)


async def test_a_free_run_asks_for_no_budget(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Jobs, chain: Path
) -> None:
    app = make_app()
    app.window.budget.field.setText("0.01")
    app.workspace.open_workbook(jobs(2), chain=chain)
    await until(lambda: app.workspace.session is not None)
    app.window.actions_.run.trigger()
    await until(lambda: app.window.model.snapshot.counts[Status.DONE] == 2)
    assert not app.window.budget.isVisible()


async def test_a_workbook_without_a_chain_says_what_is_next(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Jobs, chain: Path
) -> None:
    app = make_app()
    app.main.opening.open_path(jobs(2))
    await until(lambda: "choose a chain" in app.window.run_banner.text)
    app.main.opening.open_path(chain)
    await until(lambda: app.workspace.session is not None)
    assert app.window.run_banner.text == ""


async def test_a_chain_file_that_cannot_be_read_is_edited_itself(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Jobs, chain: Path, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.yaml"
    broken.write_text("name: broken\nstep: []\n", "utf-8")
    app = make_app()
    app.workspace.open_workbook(jobs(2), chain=chain)
    await until(lambda: app.workspace.session is not None)
    app.main.opening.open_path(broken)
    await until(lambda: "cannot run yet" in app.window.message_banner.text)
    button(app, "Edit chain")
    editor = app.main.opening.editor
    assert editor is not None
    assert editor.path == broken
    editor.close()


async def test_an_encrypted_workbook_opens_and_exports_and_a_wrong_password_is_told(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Jobs, chain: Path, tmp_path: Path
) -> None:
    locked = tmp_path / "locked.xlsx"
    encrypt(jobs(2), locked)
    app = make_app()
    app.main.opening.open_path(locked)

    def asked() -> list[QInputDialog]:
        return [found for found in app.window.findChildren(QInputDialog) if found.isVisible()]

    for words, password in (("is encrypted", "wrong"), ("does not open", "secret")):
        await until(lambda words=words: any(words in dialog.labelText() for dialog in asked()))
        dialog = asked()[-1]
        dialog.setTextValue(password)
        dialog.accept()
    await until(lambda: app.workspace.manifest is not None)
    app.main.opening.open_path(chain)
    await until(lambda: app.workspace.session is not None)
    app.window.actions_.export.trigger()
    await until(lambda: "Exported" in app.window.message_banner.text)


async def test_the_chain_and_sheet_that_were_wanted_are_kept_while_a_password_is_asked_for(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Jobs, chain: Path, tmp_path: Path
) -> None:
    plain, locked = tmp_path / "plain.xlsx", tmp_path / "locked.xlsx"
    book = load_workbook(jobs(2))
    book.create_sheet("Cover", 0).append(["Notes"])
    book.save(plain)
    encrypt(plain, locked)
    app = make_app()
    app.workspace.open_workbook(locked, sheet="Jobs", chain=chain)
    await until(lambda: any(found.isVisible() for found in app.window.findChildren(QInputDialog)))
    dialog = app.window.findChildren(QInputDialog)[-1]
    dialog.setTextValue("secret")
    dialog.accept()
    await until(lambda: app.workspace.session is not None)
    assert app.workspace.chain_path == chain
    assert app.workspace.manifest is not None
    assert app.workspace.manifest.sheet == "Jobs"


async def test_the_panel_follows_another_workbook_with_the_same_row_numbers(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Jobs, tmp_path: Path
) -> None:
    other = tmp_path / "other.csv"
    other.write_text("Name;Town\nAda;London\nGrace;New York\n", "utf-8")
    app = make_app()
    app.main.opening.open_path(jobs(2))
    await until(lambda: "topic 1" in app.window.panel.inputs.toPlainText())
    app.main.opening.open_path(other)
    await until(lambda: "Ada" in app.window.panel.inputs.toPlainText())


async def test_a_narrow_window_keeps_every_tool_within_reach(qloop: DesktopLoop, make_app: WindowMaker) -> None:
    app = make_app()
    window = app.window
    for width in (760, 1400, 800):
        window.resize(width, 560)
        await until(lambda width=width: window.width() == width)
        assert window.tool_bar.sizeHint().width() <= width
        await until(window.theme_button.isVisible)


async def test_a_search_finds_words_of_the_outputs(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Jobs, chain: Path
) -> None:
    app = make_app()
    app.workspace.open_workbook(jobs(3), chain=chain)
    await until(lambda: app.workspace.session is not None)
    app.window.actions_.run.trigger()
    await until(lambda: app.window.model.snapshot.counts[Status.DONE] == 3)
    assert app.window.progress_strip.search.placeholderText() == "Search inputs and outputs"
    row = app.window.model.row_at(1)
    assert row is not None
    app.run_controller.writer.edit(row, OutputEdit("text", "Only here: Zinnober"))
    await until(lambda: app.window.model.state_of(row.number).review is Review.EDITED)
    app.window.progress_strip.search.setText("topic zinnober")
    await until(lambda: app.window.model.rowCount() == 1)
    assert app.window.model.row_at(0) == row


async def test_rows_that_the_sheet_hides_can_be_left_out(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Jobs, chain: Path, tmp_path: Path
) -> None:
    hiding = tmp_path / "hiding.xlsx"
    book = load_workbook(jobs(4))
    for number in (3, 4):
        book["Jobs"].row_dimensions[number].hidden = True
    book.save(hiding)
    app = make_app()
    box = app.window.rows.box
    app.workspace.open_workbook(hiding, chain=chain)
    await until(lambda: app.workspace.session is not None)
    box.setCurrentText("Visible rows")
    app.window.actions_.run.trigger()
    await until(lambda: "Run finished: 2 done." in app.window.run_banner.text)
    rows = app.window.model.snapshot.rows
    assert [number for number, state in rows.items() if state.status is Status.DONE] == [2, 5]
    app.main.opening.open_path(jobs(4))
    await until(lambda: app.workspace.manifest is not None and app.workspace.manifest.path != hiding)
    await until(lambda: app.workspace.session is not None)
    assert box.findText("Visible rows") == -1
    assert box.currentText() == "All rows"
