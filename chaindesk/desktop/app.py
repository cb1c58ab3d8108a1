"""Starts the window: one application, one loop for widgets and engine, and an orderly end.

The window is painted before what works behind it is loaded, which takes as long again. Keys and clicks of that time
wait: the loop stands still until there is somebody to take them.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QEvent, QObject
from PySide6.QtWidgets import QApplication

import chaindesk
from chaindesk import settings
from chaindesk.desktop.main_window import MainWindow
from chaindesk.desktop.notifications.banner import Tone
from chaindesk.desktop.runtime.crash_handler import CrashHandler
from chaindesk.desktop.runtime.event_loop import DesktopLoop
from chaindesk.desktop.runtime.garbage_collection import GarbageCollection
from chaindesk.desktop.runtime.start_failure import start_failures_told
from chaindesk.desktop.ui import icons
from chaindesk.desktop.ui.language import install_language
from chaindesk.desktop.ui.theme import Theme

if TYPE_CHECKING:
    from chaindesk.desktop.session.workspace import Workspace

_PAINT_TIMEOUT_S = 1.0  # seconds that what works behind the window is not loaded for the sake of its first paint
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

    Args:
        theme: how it looks.
        workspace: what it opens things with, where not an own one.
        window: the window, where it is shown already.

    Attributes:
        window: the window.
        workspace: what is open.
        run_controller: runs it.
        main: ties them together.
    """

    def __init__(self, theme: Theme, workspace: Workspace | None = None, window: MainWindow | None = None) -> None:
        from chaindesk.desktop.controllers.main import MainController  # see the module: the window comes first
        from chaindesk.desktop.session.run_controller import RunController
        from chaindesk.desktop.session.workspace import Workspace

        self.window = window or MainWindow(theme)
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
        self.window.model.cells.previews.close()
        await self.workspace.close()
        self._garbage.end()


async def _live(app: QApplication, workbook: Path | None) -> None:
    if workbook is not None and await _is_shown_elsewhere(workbook):
        return
    theme = Theme(app, settings.load_preferences().theme)
    window = MainWindow(theme)
    crash = CrashHandler(lambda words: window.message_banner.show_message(Tone.ERROR, words))
    crash.install()
    closed = asyncio.Event()
    window.closed.connect(closed.set)
    window.show()
    await _painted(window)
    app_window = AppWindow(theme, window=window)
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(crash.handle_loop_error)
    app.commitDataRequest.connect(lambda _: app_window.main.closing.close_now())
    with _signals_close(loop, app_window):
        app_window.main.history.offer()
        if workbook is not None:
            app_window.main.opening.open_path(workbook)
        else:
            app_window.main.interrupted_runs.reopen()
        await closed.wait()
        await app_window.close()
    crash.uninstall()
    window.deleteLater()


async def _painted(window: MainWindow) -> None:
    """Wait until a window is painted, though not for long: where it is covered, it may never be."""
    painted = asyncio.Event()
    watch = PaintWatch(painted.set)
    window.installEventFilter(watch)
    try:
        async with asyncio.timeout(_PAINT_TIMEOUT_S):
            await painted.wait()
    except TimeoutError:
        return
    finally:
        window.removeEventFilter(watch)


class PaintWatch(QObject):
    """Filters a widget's events: tells when it is painted."""

    def __init__(self, painted: Callable[[], object]) -> None:
        super().__init__()
        self._painted = painted

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Look at an event, and let it through."""
        if event.type() is QEvent.Type.Paint:
            self._painted()
        return False


async def _is_shown_elsewhere(workbook: Path) -> bool:
    """Return whether another window shows a workbook; that one has come forward then."""
    from chaindesk.desktop.runtime import single_instance  # what it needs of the network no first window needs

    return await single_instance.activate_other(workbook)


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
