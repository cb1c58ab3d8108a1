"""Starts the window: one application, one loop for widgets and engine, and an orderly end."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QApplication

import chaindesk
from chaindesk import settings
from chaindesk.desktop import icons
from chaindesk.desktop.banner import Tone
from chaindesk.desktop.conductor import Conductor
from chaindesk.desktop.crash import CrashHandler
from chaindesk.desktop.event_loop import DesktopLoop
from chaindesk.desktop.main_window import MainWindow
from chaindesk.desktop.run_controller import RunController
from chaindesk.desktop.theme import Theme
from chaindesk.desktop.workspace import Workspace


def run(workbook: Path | None, argv: Sequence[str]) -> int:
    """Show the window until it is closed, with ``workbook`` open where one is given; the exit status."""
    app = make_application(argv)
    loop = DesktopLoop(app)
    asyncio.set_event_loop(loop)
    try:
        loop.run_until_complete(_live(app, workbook.absolute() if workbook is not None else None))
        loop.run_until_complete(loop.shutdown_asyncgens())
    finally:
        loop.close()
        asyncio.set_event_loop(None)
    return 0


def make_application(argv: Sequence[str]) -> QApplication:
    """The one QApplication, named and with its icon."""
    existing = QApplication.instance()
    app = existing if isinstance(existing, QApplication) else QApplication(["chaindesk", *argv])
    QCoreApplication.setApplicationName("ChainDesk")
    QCoreApplication.setOrganizationName("ChainDesk")
    QCoreApplication.setApplicationVersion(chaindesk.__version__)
    app.setDesktopFileName("chaindesk")
    app.setWindowIcon(icons.application_icon())
    # The main coroutine ends the application, after it has cleaned up; Qt would end it before.
    app.setQuitOnLastWindowClosed(False)
    return app


class Desk:
    """The window with everything behind it; made inside a running loop.

    Attributes:
        window: the window.
        workspace: what is open.
        controller: runs it.
        conductor: ties them together.
    """

    def __init__(self, theme: Theme, workspace: Workspace | None = None) -> None:
        self.window = MainWindow(theme)
        self.workspace = workspace or Workspace()
        self.controller = RunController(self.workspace)
        self.conductor = Conductor(self.window, self.workspace, self.controller)

    async def close(self) -> None:
        """Stop what runs, and let go of files and servers."""
        await self.conductor.opening.close()
        await self.controller.close()
        await self.workspace.close()


async def _live(app: QApplication, workbook: Path | None) -> None:
    desk = Desk(Theme(app, settings.load_preferences().theme))
    crash = CrashHandler(lambda words: desk.window.news_banner.say(Tone.ERROR, words))
    crash.install()
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(crash.take_from_loop)
    closed = asyncio.Event()
    desk.window.closed.connect(closed.set)
    with _interrupts_close(loop, desk.window):
        desk.window.show()
        if workbook is not None:
            desk.conductor.opening.open_path(workbook)
        await closed.wait()
        await desk.close()
    crash.uninstall()
    desk.window.deleteLater()


@contextmanager
def _interrupts_close(loop: asyncio.AbstractEventLoop, window: MainWindow) -> Iterator[None]:
    """Meanwhile Ctrl-C in the terminal closes the window as its cross does."""
    try:
        loop.add_signal_handler(signal.SIGINT, window.close)
    except (NotImplementedError, RuntimeError, ValueError):
        yield  # Windows' loop has no signal handlers, and only the main thread may set one
        return
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGINT)
