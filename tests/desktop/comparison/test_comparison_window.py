"""Two models or chains compared in the window: cost first, rows side by side, picks by keys, B taken in one click."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from chaindesk.desktop.app import AppWindow
from chaindesk.desktop.comparison.pair_view import is_turned
from chaindesk.desktop.comparison.setup_bar import OtherSide
from chaindesk.desktop.comparison.window import ComparisonWindow
from chaindesk.engine.comparison.comparison import Pick
from chaindesk.engine.planning.plan import Plan
from tests.support.waiting import until
from tests.support.windows import WindowMaker

pytestmark = pytest.mark.qt_log_ignore(r"does not support propagateSizeHints")


async def opened(app: AppWindow, workbook: Path, chain: Path) -> ComparisonWindow:
    app.workspace.open_workbook(workbook, chain=chain)
    await until(lambda: app.workspace.session is not None)
    app.window.actions_.compare_chains.trigger()
    view = app.main.comparison.view
    assert view is not None
    return view


def other_prompt(chain: Path, target: Path) -> Path:
    target.write_text(chain.read_text("utf-8").replace("20 words", "30 words"), "utf-8")
    return target


def pick_words(view: ComparisonWindow) -> list[str]:
    items = (view.list.topLevelItem(place) for place in range(view.list.topLevelItemCount()))
    return [item.text(3) for item in items if item is not None]


def choose_model(view: ComparisonWindow, name: str) -> None:
    """Type a model's name over that of the step, and leave the field."""
    view.setup.model.model.setEditText(name)
    field = view.setup.model.model.lineEdit()
    assert field is not None
    field.editingFinished.emit()


async def compared(view: ComparisonWindow) -> None:
    """Compare three rows with another model in the last step."""
    view.setup.rows.setValue(3)
    choose_model(view, "editor")
    await until(lambda: view.setup.start.isEnabled())
    view.setup.start.click()
    await until(lambda: bool(view.figures.text()))


async def test_the_cost_is_said_first_and_the_rows_stand_side_by_side(
    make_app: WindowMaker, jobs: Callable[[int], Path], chain: Path
) -> None:
    app = make_app()
    view = await opened(app, jobs(8), chain)
    assert not view.setup.start.isEnabled()
    view.setup.rows.setValue(3)
    choose_model(view, "editor")
    await until(lambda: view.setup.start.isEnabled())
    assert view.message.text().startswith("9 calls at most, free.")  # the notes are made once for both
    assert "3 are made once for both" in view.message.text()
    view.setup.start.click()
    await until(lambda: bool(view.figures.text()))
    assert view.figures.text().startswith("3 rows compared")
    assert view.list.topLevelItemCount() == 3
    assert view.pair.texts[0].toPlainText() != view.pair.texts[1].toPlainText()
    journal = await app.workspace.journal()
    assert sum(one.answers for one in journal.run_totals().values()) == 9


async def test_picks_by_keys_are_counted_blind_or_not(
    make_app: WindowMaker, jobs: Callable[[int], Path], chain: Path, qtbot: QtBot
) -> None:
    app = make_app()
    view = await opened(app, jobs(8), chain)
    await compared(view)
    assert "pick the better answer" in view.figures.text()
    first = view.current
    assert first is not None
    await until(view.isActiveWindow)
    qtbot.keyClick(view.list, Qt.Key.Key_3)
    await until(lambda: "You picked B in 1 of 1 row" in view.figures.text())
    assert view.current is not None
    assert view.current.row.number != first.row.number  # on to the next without a pick
    assert sorted(pick_words(view)) == ["", "", "B"]
    view.pair.blind.setChecked(True)
    assert not view.figures.isVisible()
    assert "demo" not in view.pair.heads[0].text()
    second = view.current
    view.pair.left.click()
    comparison = app.main.comparison._comparison
    assert comparison is not None
    await until(lambda: comparison.pick_of(second) is not None)
    assert comparison.pick_of(second) is (Pick.B if is_turned(second.row) else Pick.A)
    await until(lambda: "of 2 rows" in view.figures.text())
    assert not view.figures.isVisible()  # the figures would tell which side is which
    await until(lambda: sorted(pick_words(view)) == ["", "picked", "picked"])  # and so would a letter beside a row
    view.pair.blind.setChecked(False)
    assert view.figures.isVisible()
    assert "picked" not in pick_words(view)


async def test_taking_b_changes_the_chain_and_asks_only_for_what_changes(
    make_app: WindowMaker, jobs: Callable[[int], Path], chain: Path
) -> None:
    app = make_app()
    view = await opened(app, jobs(8), chain)
    before = await asyncio.to_thread(chain.read_text, "utf-8")
    await compared(view)
    plans: list[Plan] = []
    app.run_controller.planned.connect(lambda plan, _: plans.append(plan))
    view.take.click()
    await until(lambda: bool(plans))
    assert await asyncio.to_thread(chain.read_text, "utf-8") == before.replace("demo/writer", "demo/editor")
    assert plans[0].calls == 5 * 2  # three of the eight rows have all their answers


async def test_another_chain_file_can_be_b_and_what_is_wrong_is_said(
    make_app: WindowMaker, jobs: Callable[[int], Path], chain: Path, tmp_path: Path
) -> None:
    app = make_app()
    view = await opened(app, jobs(4), chain)
    view.setup.other.setCurrentIndex(view.setup.other.findData(OtherSide.CHAIN))
    view.setup.show_file(chain)
    await until(lambda: "ask the same" in view.message.text())
    assert not view.setup.start.isEnabled()
    other = other_prompt(chain, tmp_path / "other.yaml")
    view.setup.show_file(other)
    await until(lambda: view.setup.start.isEnabled())
    assert "calls at most" in view.message.text()
