"""An edit that is not saved yet survives whatever takes its row from the screen."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from chaindesk.desktop.app import AppWindow
from chaindesk.desktop.runtime.event_loop import DesktopLoop
from chaindesk.domain.status import Review, Status
from tests.support.waiting import until
from tests.support.windows import WindowMaker

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
Jobs = Callable[[int], Path]


async def typed(app: AppWindow, workbook: Path, chain: Path) -> None:
    """Run a workbook, and type into the output of its first row without saving."""
    app.workspace.open_workbook(workbook, chain=chain)
    await until(lambda: app.workspace.session is not None)
    app.window.actions_.run.trigger()
    await until(lambda: "Run finished" in app.window.run_banner.text)
    app.window.actions_.edit.trigger()
    app.window.panel.step.editor.setPlainText("Half a sentence")


async def edited(app: AppWindow) -> bool:
    """Whether the open workbook's first row has the text."""
    await until(lambda: app.workspace.session is not None)
    await until(lambda: app.window.panel.step.can_edit)
    assert app.window.model.state_of(2).review is Review.EDITED
    return app.window.panel.step.browser.toPlainText() == "Half a sentence"


async def test_opening_another_workbook_saves_what_was_typed(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Jobs, chain: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.csv"
    other.write_text("ID;Topic;Audience\nX-1;roses;all\n", "utf-8")
    app = make_app()
    path = jobs(2)
    await typed(app, path, chain)
    app.main.opening.open_path(other)
    await until(lambda: app.window.model.rowCount() == 1 and app.workspace.session is not None)
    assert not app.window.panel.step.editing
    assert app.window.model.state_of(2).status is Status.PENDING
    assert app.window.model.state_of(2).review is Review.UNREVIEWED
    app.main.opening.open_path(path)
    await until(lambda: app.window.model.rowCount() == 2)
    assert await edited(app)


@pytest.mark.parametrize("way", ["reload", "chain"])
async def test_reading_the_workbook_or_its_chain_again_saves_what_was_typed_and_shows_it(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Jobs, chain: Path, way: str
) -> None:
    app = make_app()
    await typed(app, jobs(2), chain)
    before = app.workspace.session
    if way == "reload":
        app.workspace.reload()
    else:
        app.main.opening.open_path(chain)
    await until(lambda: app.workspace.session not in (None, before))
    assert await edited(app)


async def test_a_workbook_that_cannot_be_opened_leaves_the_edit_going_on(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Jobs, chain: Path, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.xlsx"
    broken.write_bytes(b"no zip at all")
    app = make_app()
    await typed(app, jobs(2), chain)
    app.main.opening.open_path(broken)
    await until(lambda: "broken.xlsx" in app.window.message_banner.text)
    assert app.window.panel.step.editing
    assert app.window.panel.step.editor.toPlainText() == "Half a sentence"


async def test_closing_the_window_saves_what_was_typed(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Jobs, chain: Path
) -> None:
    first = make_app()
    path = jobs(2)
    await typed(first, path, chain)
    closed = asyncio.Event()
    first.window.closed.connect(closed.set)
    first.window.close()
    await asyncio.wait_for(closed.wait(), 5)
    await first.close()
    second = make_app()
    second.workspace.open_workbook(path)
    assert await edited(second)
