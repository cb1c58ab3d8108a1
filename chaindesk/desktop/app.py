"""Starts the window: one application, one loop for widgets and engine, and an orderly end."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QApplication

import chaindesk
from chaindesk import settings
from chaindesk.desktop.controllers.main import MainController
from chaindesk.desktop.main_window import MainWindow
from chaindesk.desktop.notifications.banner import Tone
from chaindesk.desktop.runtime import single_instance
from chaindesk.desktop.runtime.crash_handler import CrashHandler
from chaindesk.desktop.runtime.event_loop import DesktopLoop
from chaindesk.desktop.runtime.garbage_collection import GarbageCollection
from chaindesk.desktop.runtime.start_failure import start_failures_told
from chaindesk.desktop.session.run_controller import RunController
from chaindesk.desktop.session.workspace import Workspace
from chaindesk.desktop.ui import icons
from chaindesk.desktop.ui.language import install_language
from chaindesk.desktop.ui.theme import Theme

_THREAD_TIMEOUT_S = 0.5  # seconds that work in threads has to come to its end when the window is closed


def run(workbook: Path | None, argv: Sequence[str]) -> int:
    """Show the window until it is closed, with ``workbook`` open where one is given; return the exit status."""
    app = make_application(argv)
    install_language(app, settings.load_preferences().language)
    loop = DesktopLoop(app)
    asyncio.set_event_loop(loop)
    try:
        loop.run_until_complete(_live(app, workbook.absolute() if workbook is not None else None))
        loop.end_tasks()
    finally:
        idle = loop.end_threads(_THREAD_TIMEOUT_S)
        loop.close()
        asyncio.set_event_loop(None)
    if not idle:
        # Whoever closes the window in the middle of a long read does not wait for its end. Nothing is being written:
        # the journal is closed and workbooks are saved by now. Python itself would wait for the thread.
        logging.shutdown()
        os._exit(0)
    return 0


def make_application(argv: Sequence[str]) -> QApplication:
    """The one QApplication, named and with its icon."""
    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        app = existing
    else:
        with start_failures_told():
            app = QApplication(["chaindesk", *argv])
    QCoreApplication.setApplicationName("ChainDesk")
    QCoreApplication.setOrganizationName("ChainDesk")
    QCoreApplication.setApplicationVersion(chaindesk.__version__)
    app.setDesktopFileName("chaindesk")
    app.setWindowIcon(icons.application_icon())
    # The main coroutine ends the application, after it has cleaned up; Qt would end it before.
    app.setQuitOnLastWindowClosed(False)
    return app


class AppWindow:
    """The window with everything behind it; made inside a running loop.

    Attributes:
        window: the window.
        workspace: what is open.
        run_controller: runs it.
        main: ties them together.
    """

    def __init__(self, theme: Theme, workspace: Workspace | None = None) -> None:
        self.window = MainWindow(theme)
        self.workspace = workspace or Workspace()
        self.run_controller = RunController(self.workspace)
        self.main = MainController(self.window, self.workspace, self.run_controller)
        self._garbage = GarbageCollection(lambda: self.run_controller.phase.in_run, self.window)
        self._garbage.begin()

    async def close(self) -> None:
        """Stop what runs, and let go of files and servers."""
        self.workspace.instance.release()  # who opens the workbook while the last is saved has a window of his own
        await self.main.interrupted_runs.tasks.close()
        await self.main.opening.close()
        await self.main.trial.close()
        await self.main.comparison.close()
        await self.main.gallery.tasks.close()
        await self.main.batch_jobs.tasks.close()
        await self.main.output_search.tasks.close()
        await self.main.quality.tasks.close()
        await self.main.history.close()
        await self.main.charts.tasks.close()
        await self.main.exporting.close()
        await self.main.workbook_changes.close()
        await self.run_controller.close()
        await self.workspace.close()
        self._garbage.end()


async def _live(app: QApplication, workbook: Path | None) -> None:
    if workbook is not None and await single_instance.activate_other(workbook):
        return  # another window shows it, and came forward
    app_window = AppWindow(Theme(app, settings.load_preferences().theme))
    crash = CrashHandler(lambda words: app_window.window.message_banner.show_message(Tone.ERROR, words))
    crash.install()
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(crash.handle_loop_error)
    closed = asyncio.Event()
    app_window.window.closed.connect(closed.set)
    app.commitDataRequest.connect(lambda _: app_window.main.closing.close_now())
    with _signals_close(loop, app_window):
        app_window.window.show()
        app_window.main.history.offer()
        if workbook is not None:
            app_window.main.opening.open_path(workbook)
        else:
            app_window.main.interrupted_runs.reopen()
        await closed.wait()
        await app_window.close()
    crash.uninstall()
    app_window.window.deleteLater()


@contextmanager
def _signals_close(loop: asyncio.AbstractEventLoop, app_window: AppWindow) -> Iterator[None]:
    """Let Ctrl-C in the terminal close the window as its cross does, and the system's signals end it."""
    handlers = {signal.SIGINT: app_window.window.close, signal.SIGTERM: app_window.main.closing.close_now}
    if hangup := getattr(signal, "SIGHUP", None):
        handlers[hangup] = app_window.main.closing.close_now
    try:
        for number, handler in handlers.items():
            loop.add_signal_handler(number, handler)
    except (NotImplementedError, RuntimeError, ValueError):
        yield  # Windows' loop has no signal handlers, and only the main thread may set one
        return
    try:
        yield
    finally:
        for number in handlers:
            loop.remove_signal_handler(number)
