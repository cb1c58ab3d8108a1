"""An edit that is not saved yet survives whatever takes its row from the screen."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from chaindesk.desktop.app import Desk
from chaindesk.desktop.runtime.event_loop import DesktopLoop
from chaindesk.domain.status import Review, Status

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
Make = Callable[..., Desk]
Reach = Callable[..., Awaitable[None]]
Jobs = Callable[[int], Path]


async def typed(desk: Desk, workbook: Path, chain: Path, reach: Reach) -> None:
    """Run a workbook, and type into the output of its first row without saving."""
    desk.workspace.open_workbook(workbook, chain=chain)
    await reach(lambda: desk.workspace.session is not None)
    desk.window.actions_.run.trigger()
    await reach(lambda: "Run finished" in desk.window.run_banner.text)
    desk.window.actions_.edit.trigger()
    desk.window.panel.step.editor.setPlainText("Half a sentence")


async def edited(desk: Desk, reach: Reach) -> bool:
    """Whether the open workbook's first row has the text."""
    await reach(lambda: desk.workspace.session is not None)
    await reach(lambda: desk.window.panel.step.can_edit)
    assert desk.window.model.state_of(2).review is Review.EDITED
    return desk.window.panel.step.browser.toPlainText() == "Half a sentence"


async def test_opening_another_workbook_saves_what_was_typed(
    qloop: DesktopLoop, make_desk: Make, jobs: Jobs, chain: Path, tmp_path: Path, reach: Reach
) -> None:
    other = tmp_path / "other.csv"
    other.write_text("ID;Topic;Audience\nX-1;roses;all\n", "utf-8")
    desk = make_desk()
    path = jobs(2)
    await typed(desk, path, chain, reach)
    desk.conductor.opening.open_path(other)
    await reach(lambda: desk.window.model.rowCount() == 1 and desk.workspace.session is not None)
    assert not desk.window.panel.step.editing
    assert desk.window.model.state_of(2).status is Status.PENDING
    assert desk.window.model.state_of(2).review is Review.UNREVIEWED
    desk.conductor.opening.open_path(path)
    await reach(lambda: desk.window.model.rowCount() == 2)
    assert await edited(desk, reach)


@pytest.mark.parametrize("way", ["reload", "chain"])
async def test_reading_the_workbook_or_its_chain_again_saves_what_was_typed_and_shows_it(
    qloop: DesktopLoop, make_desk: Make, jobs: Jobs, chain: Path, reach: Reach, way: str
) -> None:
    desk = make_desk()
    await typed(desk, jobs(2), chain, reach)
    before = desk.workspace.session
    if way == "reload":
        desk.workspace.reload()
    else:
        desk.conductor.opening.open_path(chain)
    await reach(lambda: desk.workspace.session not in (None, before))
    assert await edited(desk, reach)


async def test_a_workbook_that_cannot_be_opened_leaves_the_edit_going_on(
    qloop: DesktopLoop, make_desk: Make, jobs: Jobs, chain: Path, tmp_path: Path, reach: Reach
) -> None:
    broken = tmp_path / "broken.xlsx"
    broken.write_bytes(b"no zip at all")
    desk = make_desk()
    await typed(desk, jobs(2), chain, reach)
    desk.conductor.opening.open_path(broken)
    await reach(lambda: "broken.xlsx" in desk.window.news_banner.text)
    assert desk.window.panel.step.editing
    assert desk.window.panel.step.editor.toPlainText() == "Half a sentence"


async def test_closing_the_window_saves_what_was_typed(
    qloop: DesktopLoop, make_desk: Make, jobs: Jobs, chain: Path, reach: Reach
) -> None:
    first = make_desk()
    path = jobs(2)
    await typed(first, path, chain, reach)
    closed = asyncio.Event()
    first.window.closed.connect(closed.set)
    first.window.close()
    await asyncio.wait_for(closed.wait(), 5)
    await first.close()
    second = make_desk()
    second.workspace.open_workbook(path)
    assert await edited(second, reach)
