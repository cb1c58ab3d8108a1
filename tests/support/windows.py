"""Whole windows, with everything behind them, and what is opened in them."""

from __future__ import annotations

from pathlib import Path

import xlsxwriter

from chaindesk.desktop.app import AppWindow
from chaindesk.desktop.session.workspace import Workspace
from chaindesk.desktop.ui.theme import Theme
from chaindesk.simulator.options import SimulatorOptions


class WindowMaker:
    """Makes windows whose simulated provider behaves as the options say, and closes them, run and all."""

    def __init__(self, theme: Theme) -> None:
        self.theme = theme
        self.made: list[AppWindow] = []

    def __call__(self, options: SimulatorOptions = SimulatorOptions(latency=0.02)) -> AppWindow:  # noqa: B008 - frozen
        """Make a window and show it."""
        app = AppWindow(self.theme, Workspace(demo=options))
        app.window.resize(1200, 760)
        app.window.show()
        self.made.append(app)
        return app

    async def close(self) -> None:
        """Close them all."""
        for app in self.made:
            await app.close()
            app.window.allow_close()
            app.window.deleteLater()


def write_jobs(path: Path, rows: int) -> Path:
    """Write a workbook with so many rows: ID, Topic, Audience."""
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("Jobs")
    sheet.write_row(0, 0, ["ID", "Topic", "Audience"])
    for number in range(1, rows + 1):
        sheet.write_row(number, 0, [f"J-{number}", f"topic {number}", "gardeners"])
    book.close()
    return path
