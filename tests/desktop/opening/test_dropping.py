"""Files that are dropped on the window."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent

from chaindesk.desktop.app import Desk
from chaindesk.desktop.runtime.event_loop import DesktopLoop

Make = Callable[..., Desk]
Reach = Callable[..., Awaitable[None]]
Jobs = Callable[[int], Path]


def drop(desk: Desk, path: Path) -> None:
    files = QMimeData()
    files.setUrls([QUrl.fromLocalFile(str(path))])
    place, action, button = QPointF(50, 50), Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    desk.window.dropEvent(QDropEvent(place, action, files, button, Qt.KeyboardModifier.NoModifier))


async def test_a_dropped_workbook_opens_and_is_offered_again(
    qloop: DesktopLoop, make_desk: Make, jobs: Jobs, reach: Reach
) -> None:
    desk = make_desk()
    path = jobs(2)
    drop(desk, path)
    await reach(lambda: desk.window.model.rowCount() == 2)
    desk.window.recent_menu.aboutToShow.emit()
    assert [action.text() for action in desk.window.recent_menu.actions()] == [str(path)]
    assert not desk.window.actions_.run.isEnabled()
    assert desk.window.source.chain.currentText() == "Choose a chain…"


async def test_a_chain_file_dropped_on_a_workbook_is_its_chain(
    qloop: DesktopLoop, make_desk: Make, jobs: Jobs, chain: Path, reach: Reach
) -> None:
    desk = make_desk()
    drop(desk, jobs(2))
    await reach(lambda: desk.window.model.rowCount() == 2)
    drop(desk, chain)
    await reach(lambda: desk.workspace.session is not None)
    assert desk.workspace.chain_path == chain
    assert desk.window.actions_.run.isEnabled()
