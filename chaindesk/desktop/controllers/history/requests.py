"""Does what the history window asks for: reads, saves, exports and cleans up, all of it beside the UI thread."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Callable, Coroutine
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QCheckBox

from chaindesk import settings
from chaindesk.desktop.controllers.history.charts_pane import LIVE_INTERVAL_MS, READ_SHARE, read_charts
from chaindesk.desktop.controllers.history.past_export import PastRunExport
from chaindesk.desktop.controllers.history.retention import HistoryRetention
from chaindesk.desktop.main_window import MainWindow
from chaindesk.desktop.notifications.banner import BannerButton, Tone
from chaindesk.desktop.runtime.background_tasks import BackgroundTasks
from chaindesk.desktop.session.run_controller import RunController
from chaindesk.desktop.session.workspace import Workspace
from chaindesk.desktop.ui import dialogs
from chaindesk.desktop.ui.translation import tr, tr_noop
from chaindesk.domain.errors import ChainDeskError
from chaindesk.engine.comparison.run_difference import run_difference
from chaindesk.engine.reports.run_report import RunReport, priced_report
from chaindesk.journal.protocol import Journal, RunTotals

if TYPE_CHECKING:
    from chaindesk.desktop.history.window import HistoryWindow

_PAGES = tr_noop("Web pages (*.html)")
_ZIPS = tr_noop("Zip files (*.zip)")
_TEXTS = tr_noop("Put the prompts, outputs and error messages in too")


class HistoryController(QObject):
    """Ties the history window to the journal.

    Attributes:
        view: the window, once it was shown.
        tasks: what is going on.
        open_url: shows a page or a folder; whether that could be done.
    """

    def __init__(self, window: MainWindow, workspace: Workspace, run_controller: RunController) -> None:
        super().__init__(window)
        self._window, self._workspace, self._run_controller = window, workspace, run_controller
        self.view: HistoryWindow | None = None
        self.tasks = BackgroundTasks(self._failed)
        self._retention = HistoryRetention(workspace, self.tasks, self._failed)
        self._retention.cleaned.connect(self._cleaned)
        self.open_url: Callable[[QUrl], bool] = QDesktopServices.openUrl
        self._report: RunReport | None = None
        self._live = QTimer(self, singleShot=True)  # reads the run that goes on again, while it is looked at
        self._live.timeout.connect(self._read_live)
        self._reading: asyncio.Task[Any] | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        a = window.actions_
        a.history.triggered.connect(self.show)
        a.bundle.triggered.connect(self._ask_newest_bundle)
        a.log_folder.triggered.connect(self._open_log_folder)
        run_controller.began.connect(self._refresh)
        run_controller.finished.connect(lambda _: self._refresh())
        run_controller.run_failed.connect(lambda _: self._refresh())
        workspace.session_changed.connect(lambda _: self._refresh())
        window.theme.changed.connect(self._apply_theme)

    def show(self) -> None:
        """Show the history, in front."""
        if self.view is None:
            self.view = self._make_view()
        if self.view.isVisible():
            self.view.raise_()
        self.view.show()
        self.view.activateWindow()
        self._refresh()

    def offer(self) -> None:
        """Offer to clean up where runs are older than the user wants them kept."""
        days = settings.load_preferences().keep_days
        if days is not None and settings.journal_path().exists():
            self.tasks.start(self._offer(days))

    async def _offer(self, days: int) -> None:
        text = await self._retention.offer(days)
        if text:
            choices = [BannerButton(tr("Show the history"), self.show), BannerButton(tr("Not now"), lambda: None)]
            self._window.message_banner.show_message(Tone.INFO, text, choices)

    async def close(self) -> None:
        """End what is going on, and forget the pages that were shown."""
        await self.tasks.close()
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    # --- showing -----------------------------------------------------------------------------------------------

    def _make_view(self) -> HistoryWindow:
        from chaindesk.desktop.history.window import HistoryWindow  # when it is asked for: charts take time to load

        view = HistoryWindow(self._window, dark=self._window.theme.dark)
        view.chosen.connect(self._choose)
        view.keep_chosen.connect(lambda days: self._retention.keep(view, days))
        view.clean_requested.connect(lambda: self._start(tr("Looking what is older…"), self._retention.ask(view)))
        view.difference_requested.connect(lambda a, b: self._start("", self._show_difference(view, a, b)))
        report = view.report
        report.page_requested.connect(self._open_page)
        report.save_requested.connect(self._ask_page)
        exports = PastRunExport(view, self._workspace, self._start, self._show_message)
        report.export_requested.connect(lambda: exports.ask(self._report))
        report.charts.saved.connect(lambda path: self._show_message(tr("Saved: {path}").format(path=path)))
        report.charts.failed.connect(self._failed)
        report.bundle_requested.connect(lambda: self._ask_bundle(self._report))
        view.show_keep(settings.load_preferences().keep_days)
        return view

    def _refresh(self) -> None:
        if self.view is not None and self.view.isVisible():
            self._start("", self._read_runs(self.view))

    async def _read_runs(self, view: HistoryWindow) -> None:
        journal = await self._workspace.journal()
        read = await asyncio.to_thread(lambda: (journal.runs(), journal.run_totals(), journal.size()))
        session = self._workspace.session
        view.show_runs(
            *read,
            workbook=session.workbook_id if session is not None else 0,
            going_on=self._going_on,
        )

    def _cleaned(self) -> None:
        if not self._run_controller.phase.in_run:
            self._workspace.reload()  # what it shows may be gone
        self._refresh()

    def _choose(self, run: int) -> None:
        if self._reading is not None:
            self._reading.cancel()
        self._report = None
        view = self.view
        if view is not None and not run:
            view.show_report(None)
        elif view is not None:
            self._reading = self.tasks.start(self._read_report(view, run))

    @property
    def _going_on(self) -> int:
        return self._window.model.snapshot.run_id if self._run_controller.phase.in_run else 0

    def _read_live(self) -> None:
        view, run = self.view, self._going_on
        if view is not None and view.isVisible() and run and view.chosen_run() == run:
            self._reading = self.tasks.start(self._read_report(view, run))

    async def _read_report(self, view: HistoryWindow, run: int) -> None:
        journal = await self._workspace.journal()
        began = time.monotonic()
        report, charts = await asyncio.to_thread(read_charts, journal, run)
        self._report = report
        view.show_report(report, charts)
        if run == self._going_on:
            view.show_totals(run, RunTotals(report.rows, report.calls, report.usage.total, report.cost))
            self._live.start(max(LIVE_INTERVAL_MS, round((time.monotonic() - began) * 1000 * READ_SHARE)))

    async def _show_difference(self, view: HistoryWindow, a: int, b: int) -> None:
        from chaindesk.desktop.history.difference_dialog import DifferenceDialog

        found = await asyncio.to_thread(run_difference, await self._workspace.journal(), a, b)
        DifferenceDialog(found, view).open()

    def _apply_theme(self) -> None:
        if self.view is not None:
            self.view.set_dark(dark=self._window.theme.dark)

    # --- pages and bundles -------------------------------------------------------------------------------------

    def _open_page(self) -> None:
        if self._report is not None:
            if self._folder is None:
                self._folder = tempfile.TemporaryDirectory(prefix="chaindesk-")
            path = Path(self._folder.name) / f"run-{self._report.run.id}.html"
            self._start(tr("Making the page…"), self._show_page(self._report, path))

    async def _show_page(self, report: RunReport, path: Path) -> None:
        saved = await asyncio.to_thread(_save_page, report, path)
        shown = self.open_url(QUrl.fromLocalFile(str(saved)))
        self._show_message(
            tr("The page is in your browser.")
            if shown
            else tr("No browser could be opened. The page is {saved}").format(saved=saved)
        )

    def _ask_page(self) -> None:
        report = self._report
        if report is not None and self.view is not None:
            suggested = self._near(report, f"{Path(report.run.workbook).stem}.run-{report.run.id}.html")
            then = partial(self._save, lambda _, report, path: _save_page(report, path), report)
            dialogs.choose_target(self.view, tr("Save the report"), suggested, _PAGES, then)

    def _ask_newest_bundle(self) -> None:
        async def ask() -> None:
            journal = await self._workspace.journal()
            runs = await asyncio.to_thread(journal.runs)
            self._ask_bundle(await asyncio.to_thread(priced_report, journal, runs[0].id) if runs else None)

        self.tasks.start(ask())

    def _ask_bundle(self, report: RunReport | None) -> None:
        parent = self.view if self.view is not None and self.view.isVisible() else self._window
        texts = QCheckBox(tr(_TEXTS))
        about = "" if report is None else tr(" and run {id} in figures").format(id=report.run.id)
        box = dialogs.ask(
            parent,
            tr("Bundle for a bug report"),
            tr(
                "A zip with versions, settings, logs{about}. It has no key in it, and no prompt, "
                "output or cell. It is sent nowhere: look at it, and attach it to your report."
            ).format(about=about),
            tr("Save it as…"),
            tr("Cancel"),
            lambda: self._name_bundle(report, with_texts=texts.isChecked()),
        )
        box.setCheckBox(texts)

    def _name_bundle(self, report: RunReport | None, *, with_texts: bool) -> None:
        def make(journal: Journal, report: RunReport | None, path: Path) -> Path:
            from chaindesk.engine.reports.support_bundle import bundle_files
            from chaindesk.files.save import save_zip

            return save_zip(path, bundle_files(journal, report, with_texts=with_texts))

        parent = self.view if self.view is not None and self.view.isVisible() else self._window
        suggested = self._near(report, f"chaindesk-bug-report-{datetime.now().astimezone():%Y%m%d-%H%M}.zip")
        then = partial(self._save, make, report)
        dialogs.choose_target(parent, tr("Save the bundle"), suggested, _ZIPS, then)

    def _save(
        self, make: Callable[[Journal, RunReport | None, Path], Path], report: RunReport | None, path: Path
    ) -> None:
        async def work() -> None:
            saved = await asyncio.to_thread(make, await self._workspace.journal(), report, path)
            self._show_message(tr("Saved: {saved}").format(saved=saved))

        self._start(tr("Saving…"), work())

    def _near(self, report: RunReport | None, name: str) -> Path:
        """Where a file dialog begins: beside the workbook of the run, if that folder is there."""
        folder = Path(report.run.workbook).parent if report is not None else Path.home()
        return (folder if folder.is_dir() else Path.home()) / name

    def _open_log_folder(self) -> None:
        try:
            folder = settings.log_folder()
        except ChainDeskError as error:
            self._failed(error)
            return
        if not self.open_url(QUrl.fromLocalFile(str(folder))):
            self._window.message_banner.show_message(Tone.INFO, tr("The logs are in {folder}").format(folder=folder))

    # --- telling -----------------------------------------------------------------------------------------------

    def _start(self, text: str, work: Coroutine[Any, Any, None]) -> None:
        if text:
            self._show_message(text)
        self.tasks.start(work)

    def _show_message(self, text: str) -> None:
        if self.view is not None and self.view.isVisible():
            self.view.show_message(text)
        elif text:
            self._window.message_banner.show_message(Tone.INFO, text)

    def _failed(self, error: ChainDeskError) -> None:
        if self.view is not None and self.view.isVisible():
            self.view.show_message(f"✕ {error}")
        else:
            self._window.message_banner.show_message(Tone.ERROR, str(error))


def _save_page(report: RunReport | None, path: Path) -> Path:
    from chaindesk.engine.reports.html_page import report_page
    from chaindesk.files.save import save_text

    if report is None:
        raise ChainDeskError(tr("No run is chosen."))
    return save_text(path, report_page(report))
