"""Takes pictures of the real window doing real work, for the README and for looking at: ``screenshots.py FOLDER``.

It opens the example workbook, runs it against the simulated provider over HTTP with a few faults, and saves the window
empty, loaded, mid-run, done with failures and with the editors open; light and dark, small and large.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication, QDialog

from chaindesk.desktop.application import Desk, make_application
from chaindesk.desktop.event_loop import DesktopLoop
from chaindesk.desktop.run_controller import Phase
from chaindesk.desktop.theme import Theme
from chaindesk.desktop.workspace import Workspace
from chaindesk.domain.status import Status
from chaindesk.providers.demo_options import DemoOptions

SIZES = {"large": (1600, 1000), "small": (1000, 640)}
FAULTY = DemoOptions(latency=0.9, sigma=0.5, fail_containing="telescope", fail_status=400, error_500=0.03)


class Photographer:
    """Drives one window and saves pictures of it."""

    def __init__(self, desk: Desk, folder: Path, name: str) -> None:
        self._desk, self._folder, self._name = desk, folder, name

    def shoot(self, what: str, dialog: QDialog | None = None) -> None:
        """Save a picture of the window, or of a dialog."""
        QApplication.processEvents()
        path = self._folder / f"{self._name}-{what}.png"
        (dialog or self._desk.window).grab().save(str(path))
        print(path)

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait for the window to get there."""
        async with asyncio.timeout(60):
            while not condition():  # noqa: ASYNC110 - a photographer looks, nobody tells him
                await asyncio.sleep(0.02)

    async def work(self) -> None:
        """The whole way from the first page to the exported workbook."""
        desk, window = self._desk, self._desk.window
        counts = lambda status: window.model.snapshot.counts[status]  # noqa: E731
        self.shoot("1-empty")
        window.empty.example.click()
        await self.until(lambda: desk.workspace.session is not None)
        await asyncio.sleep(0.2)
        self.shoot("2-loaded")
        window.actions_.run.trigger()
        await self.until(lambda: counts(Status.DONE) >= 12)
        window.table.step_row(1)
        await asyncio.sleep(0.1)
        self.shoot("3-running")
        window.actions_.pause.trigger()
        await self.until(lambda: desk.controller.phase is Phase.PAUSED)
        await asyncio.sleep(0.2)
        self.shoot("4-paused")
        window.actions_.pause.trigger()
        await self.until(lambda: desk.controller.phase is Phase.IDLE)
        window.table.choose_row(2)
        await asyncio.sleep(0.3)
        self.shoot("5-done")
        window.actions_.approve.trigger()
        await self.until(lambda: window.panel.approve.isChecked())
        window.run_bar.show_only(Status.FAILED)
        window.table.step_row(0)
        await asyncio.sleep(0.2)
        self.shoot("6-failed")
        window.run_bar.clear_filter()
        window.table.choose_row(3)
        window.actions_.edit.trigger()
        await asyncio.sleep(0.2)
        self.shoot("7-edit")
        window.panel.step.cancel.click()
        window.actions_.export.trigger()
        await self.until(lambda: "Exported" in window.news_banner.text)
        self.shoot("8-exported")
        await self.dialogs()

    async def dialogs(self) -> None:
        """The editor with a mistake, the keys and the lists."""
        window = self._desk.window
        window.actions_.edit_chain.trigger()
        editor = self.dialog()
        editor.text.setPlainText(editor.text.toPlainText().replace("{{Topic}}", "{{Topik}}"))
        editor.check()
        await self.until(lambda: bool(editor.problems))
        self.shoot("9-chain", editor)
        editor.text.document().setModified(False)
        editor.close()
        for action, name in ((window.actions_.keys, "10-keys"), (window.actions_.shortcuts, "11-shortcuts")):
            action.trigger()
            await asyncio.sleep(0.8)
            self.shoot(name, self.dialog())
            self.dialog().close()
            await asyncio.sleep(0.05)

    def dialog(self) -> QDialog:
        """The dialog that is open."""
        return next(found for found in self._desk.window.findChildren(QDialog) if found.isVisible())


async def session(app: QApplication, folder: Path, names: Sequence[tuple[str, str]]) -> None:
    """One window after another."""
    for theme, size in names:
        with tempfile.TemporaryDirectory() as home:
            os.environ["CHAINDESK_HOME"] = home
            desk = Desk(Theme(app, theme), Workspace(demo=FAULTY))
            desk.window.resize(*SIZES[size])
            desk.window.show()
            await asyncio.sleep(0.2)
            await Photographer(desk, folder, f"{theme}-{size}").work()
            await desk.close()
            desk.window.allow_close()


def main() -> int:
    """Take all pictures, or those of some themes and sizes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--theme", choices=("light", "dark"))
    parser.add_argument("--size", choices=tuple(SIZES))
    chosen = parser.parse_args()
    chosen.folder.mkdir(parents=True, exist_ok=True)
    os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"
    with tempfile.TemporaryDirectory() as config:
        os.environ["XDG_CONFIG_HOME"] = config
        app = make_application([])
        app.setFont(QFont("Noto Sans", 10))
        loop = DesktopLoop(app)
        asyncio.set_event_loop(loop)
        themes = [chosen.theme] if chosen.theme else ["light", "dark"]
        sizes = [chosen.size] if chosen.size else list(SIZES)
        loop.run_until_complete(session(app, chosen.folder, [(theme, size) for theme in themes for size in sizes]))
        loop.close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
