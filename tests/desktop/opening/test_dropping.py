"""Files that are dropped on the window."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent

from chaindesk.desktop.app import AppWindow
from chaindesk.desktop.runtime.event_loop import DesktopLoop
from tests.support.waiting import until
from tests.support.windows import WindowMaker

Jobs = Callable[[int], Path]


def drop(app: AppWindow, path: Path) -> None:
    files = QMimeData()
    files.setUrls([QUrl.fromLocalFile(str(path))])
    place, action, button = QPointF(50, 50), Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    app.window.dropEvent(QDropEvent(place, action, files, button, Qt.KeyboardModifier.NoModifier))


def offered(app: AppWindow) -> list[str]:
    app.window.recent_menu.aboutToShow.emit()
    return [action.text() for action in app.window.recent_menu.actions()]


async def test_a_dropped_workbook_opens_and_is_offered_again(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Jobs
) -> None:
    app = make_app()
    path = jobs(2)
    drop(app, path)
    await until(lambda: offered(app) == [str(path)])
    assert app.window.model.rowCount() == 2
    assert not app.window.actions_.run.isEnabled()
    assert app.window.source.chain.currentText() == "Choose a chain…"


async def test_a_chain_file_dropped_on_a_workbook_is_its_chain(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Jobs, chain: Path
) -> None:
    app = make_app()
    drop(app, jobs(2))
    await until(lambda: app.window.model.rowCount() == 2)
    drop(app, chain)
    await until(lambda: app.workspace.session is not None)
    assert app.workspace.chain_path == chain
    assert app.window.actions_.run.isEnabled()
