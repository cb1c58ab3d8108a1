"""Takes pictures of the real window doing real work: ``screenshots.py FOLDER`` takes the README's.

It opens the example workbook and runs it against the simulated provider over HTTP with a few faults. With ``--all`` it
saves, for looking at, the window empty, loaded, mid-run, done with failures and with the editors open; light and dark,
small and large.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import product
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication, QDialog

from chaindesk.desktop.app import AppWindow, make_application
from chaindesk.desktop.runtime.event_loop import DesktopLoop
from chaindesk.desktop.session.run_request import RunPhase
from chaindesk.desktop.session.workspace import Workspace
from chaindesk.desktop.ui.language import LANGUAGES, install_language
from chaindesk.desktop.ui.theme import Theme
from chaindesk.desktop.ui.translation import tr
from chaindesk.domain.records import RunState
from chaindesk.domain.status import Review, Status
from chaindesk.simulator.options import SimulatorOptions

README_SIZE = (1400, 880)
SIZES = {"large": (1600, 1000), "small": (1000, 640)}
FAULTY = SimulatorOptions(latency=0.9, sigma=0.5, fail_containing="telescope", fail_status=400, error_500=0.03)


class Photographer:
    """Drives one window and saves pictures of it."""

    def __init__(self, window_app: AppWindow, folder: Path, name: str) -> None:
        self._app, self._folder, self._name = window_app, folder, name

    def shoot(self, what: str, dialog: QDialog | None = None) -> None:
        """Save a picture of the window, or of a dialog."""
        QApplication.processEvents()
        path = self._folder / f"{self._name}{what}.png"
        (dialog or self._app.window).grab().save(str(path))
        print(path)

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait for the window to get there."""
        async with asyncio.timeout(60):
            while not condition():  # noqa: ASYNC110 - a photographer looks, nobody tells him
                await asyncio.sleep(0.02)

    async def example(self) -> None:
        """Open the example workbook."""
        self._app.window.welcome.example.click()
        await self.until(lambda: self._app.workspace.session is not None)
        await asyncio.sleep(0.2)

    async def running(self) -> None:
        """The example in the middle of its run, with a finished row in the panel."""
        await self.example()
        window = self._app.window
        window.actions_.run.trigger()
        await self.until(lambda: window.model.snapshot.counts[Status.DONE] >= 14)
        states = window.model.snapshot.rows
        window.table.choose_row(next(row for row, state in states.items() if state.status is Status.DONE))
        await asyncio.sleep(0.1)
        self.shoot("running-light")

    async def review(self) -> None:
        """The example after its run, some of its rows approved."""
        await self.example()
        window = self._app.window
        window.actions_.run.trigger()
        await self.until(lambda: window.model.snapshot.state is RunState.FINISHED)
        await self.until(lambda: self._app.run_controller.phase is RunPhase.IDLE)
        for number in (2, 3, 4):
            window.table.choose_row(number)
            window.actions_.approve.trigger()
            await self.until(lambda number=number: window.model.state_of(number).review is Review.APPROVED)
        window.table.choose_row(6)
        await asyncio.sleep(0.1)
        self.shoot("review-dark")

    async def work(self) -> None:
        """The whole way from the first page to the exported workbook."""
        window_app, window = self._app, self._app.window
        counts = lambda status: window.model.snapshot.counts[status]  # noqa: E731
        self.shoot("1-empty")
        await self.example()
        self.shoot("2-loaded")
        window.actions_.run.trigger()
        await self.until(lambda: counts(Status.DONE) >= 12)
        window.table.step_row(1)
        await asyncio.sleep(0.1)
        self.shoot("3-running")
        window.actions_.pause.trigger()
        await self.until(lambda: window_app.run_controller.phase is RunPhase.PAUSED)
        await asyncio.sleep(0.2)
        self.shoot("4-paused")
        window.actions_.pause.trigger()
        await self.until(lambda: window_app.run_controller.phase is RunPhase.IDLE)
        window.table.choose_row(2)
        await asyncio.sleep(0.3)
        self.shoot("5-done")
        window.actions_.charts.trigger()
        charts = self._app.main.charts.panel
        await self.until(lambda: charts is not None and charts.view.chart is not None)
        await asyncio.sleep(0.2)
        self.shoot("5-charts")
        window.actions_.charts.trigger()
        window.actions_.approve.trigger()
        await self.until(lambda: window.model.state_of(2).review is Review.APPROVED)
        window.progress_strip.show_only(Status.FAILED)
        window.table.step_row(0)
        await asyncio.sleep(0.2)
        self.shoot("6-failed")
        window.progress_strip.clear_filter()
        window.table.choose_row(3)
        window.actions_.edit.trigger()
        await asyncio.sleep(0.2)
        self.shoot("7-edit")
        window.panel.step.cancel.click()
        window.actions_.export.trigger()
        await self.until(lambda: tr("Exported to {name}, in {folder}").partition("{")[0] in window.message_banner.text)
        self.shoot("8-exported")
        await self.dialogs()

    async def dialogs(self) -> None:
        """The editor with a step that was tried and with a mistake, the gallery, the keys and the lists."""
        window = self._app.window
        window.actions_.edit_chain.trigger()
        editor = self.dialog()
        panel = self._app.main.trial.panel
        await self.until(lambda: editor.chain is not None and panel.try_row.isEnabled())
        panel.try_row.click()
        await self.until(lambda: bool(panel.answers.toPlainText()))
        await asyncio.sleep(0.5)
        self.shoot("9-chain-steps", editor)
        editor.tabs.setCurrentWidget(editor.text)
        editor.text.setPlainText(editor.text.toPlainText().replace("{{Topic}}", "{{Topik}}"))
        editor.check()
        await self.until(lambda: bool(editor.problems))
        self.shoot("9-chain", editor)
        editor.text.document().setModified(False)
        editor.close()
        a = window.actions_
        shown = (
            (a.gallery, "9-gallery"),
            (a.keys, "10-keys"),
            (a.shortcuts, "11-shortcuts"),
            (a.history, "12-history"),
        )
        for action, name in shown:
            action.trigger()
            await asyncio.sleep(0.8)
            self.shoot(name, self.dialog())
            self.dialog().close()
            await asyncio.sleep(0.05)

    def dialog(self) -> QDialog:
        """The dialog that is open."""
        return next(found for found in self._app.window.findChildren(QDialog) if found.isVisible())


@asynccontextmanager
async def opened(app: QApplication, theme: str, size: tuple[int, int]) -> AsyncIterator[AppWindow]:
    """A window of a user who has never used it."""
    with tempfile.TemporaryDirectory() as home:
        os.environ["CHAINDESK_HOME"] = home
        window_app = AppWindow(Theme(app, theme), Workspace(demo=FAULTY))
        window_app.window.resize(*size)
        window_app.window.show()
        await asyncio.sleep(0.2)
        yield window_app
        await window_app.close()
        window_app.window.allow_close()


async def readme(app: QApplication, folder: Path) -> None:
    """The README's two pictures."""
    async with opened(app, "light", README_SIZE) as window_app:
        await Photographer(window_app, folder, "").running()
    async with opened(app, "dark", README_SIZE) as window_app:
        await Photographer(window_app, folder, "").review()


async def everything(app: QApplication, folder: Path) -> None:
    """One window after another, through the whole work."""
    for theme, (name, size) in product(("light", "dark"), SIZES.items()):
        async with opened(app, theme, size) as window_app:
            await Photographer(window_app, folder, f"{theme}-{name}-").work()


def main() -> int:
    """Take the README's pictures, or all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--all", action="store_true", help="every state of the window, light and dark, small and large")
    parser.add_argument("--language", choices=sorted(LANGUAGES), default="en", help="the window's, English by default")
    chosen = parser.parse_args()
    chosen.folder.mkdir(parents=True, exist_ok=True)
    os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"
    with tempfile.TemporaryDirectory() as config:
        os.environ["XDG_CONFIG_HOME"] = config
        app = make_application([])
        install_language(app, chosen.language)
        app.setFont(QFont("Noto Sans", 10))
        loop = DesktopLoop(app)
        asyncio.set_event_loop(loop)
        loop.run_until_complete((everything if chosen.all else readme)(app, chosen.folder))
        loop.close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
