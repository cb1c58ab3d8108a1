"""The window of past runs: its list, its figures, its pages and its exports."""

from __future__ import annotations

import asyncio
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtWidgets import QCheckBox, QFileDialog, QMessageBox, QWidget

from chaindesk import settings
from chaindesk.desktop.app import AppWindow
from chaindesk.desktop.history.difference_dialog import DifferenceDialog
from chaindesk.desktop.history.window import HistoryWindow
from chaindesk.desktop.runtime.event_loop import DesktopLoop
from chaindesk.desktop.session.run_request import RunPhase
from chaindesk.engine.run.options import RunOptions
from chaindesk.simulator.options import SimulatorOptions
from tests.support.journals import store_past_run
from tests.support.waiting import until
from tests.support.windows import WindowMaker

# The offscreen platform knows no window manager whom a dialog could tell its size.
pytestmark = pytest.mark.qt_log_ignore(r"does not support propagateSizeHints")


def shown(app: AppWindow) -> HistoryWindow:
    app.window.actions_.history.trigger()
    view = app.main.history.view
    assert view is not None
    return view


def dialog(view: QWidget, kind: type[QMessageBox] | type[QFileDialog]) -> QMessageBox | QFileDialog:
    return next(found for found in view.findChildren(kind) if found.isVisible())


def press(view: QWidget, words: str) -> None:
    box = dialog(view, QMessageBox)
    assert isinstance(box, QMessageBox)
    next(button for button in box.buttons() if button.text() == words).click()


def name_file(view: QWidget, path: Path) -> None:
    chooser = dialog(view, QFileDialog)
    chooser.close()
    assert isinstance(chooser, QFileDialog)
    chooser.fileSelected.emit(str(path))


async def test_without_runs_the_history_says_so(make_app: WindowMaker) -> None:
    view = shown(make_app())
    await until(lambda: bool(view.size_label.text()))
    assert view.pages.currentIndex() == 0
    assert not view.report.page.isEnabled()


async def test_runs_are_listed_filtered_and_told(make_app: WindowMaker, tmp_path: Path) -> None:
    app = make_app()
    journal = await app.workspace.journal()
    await store_past_run(journal, chain="leads")
    await store_past_run(journal, rows=2)
    view = shown(app)
    await until(lambda: view.list.topLevelItemCount() == 2 and view.report.page.isEnabled())
    assert view.chosen_run() == 2
    assert view.list.hasFocus() or view.list.focusProxy() is None
    assert "15 answers" in view.size_label.text()
    view.search.setText("leads")
    await until(lambda: view.report.figures["Failed"].text() == "1")
    assert view.list.topLevelItemCount() == 1
    assert "server error" in view.report.text.toPlainText()
    assert view.report.charts.caption.text().startswith("Rows side by side")
    view.search.setText("nothing such")
    assert view.list.topLevelItemCount() == 0
    await until(lambda: not view.report.page.isEnabled())


async def test_a_page_opens_in_the_browser_and_is_saved_where_one_says(make_app: WindowMaker, tmp_path: Path) -> None:
    app = make_app()
    await store_past_run(await app.workspace.journal())
    view = shown(app)
    opened: list[QUrl] = []
    app.main.history.open_url = lambda url: bool(opened.append(url)) or True
    await until(view.report.page.isEnabled)
    view.report.page.click()
    await until(lambda: bool(opened))
    page = Path(opened[0].toLocalFile())
    assert page.name == "run-1.html"
    assert await asyncio.to_thread(page.exists)
    view.report.save.click()
    name_file(view, tmp_path / "mine.html")
    await until(lambda: "Saved" in view.message.text())
    assert "server error" in (tmp_path / "mine.html").read_text("utf-8")


async def test_a_bundle_is_made_without_texts_unless_the_box_is_ticked(make_app: WindowMaker, tmp_path: Path) -> None:
    app = make_app()
    await store_past_run(await app.workspace.journal(), text="my secret answer")
    view = shown(app)
    await until(view.report.bundle.isEnabled)
    for ticked in (False, True):
        view.report.bundle.click()
        box = dialog(view, QMessageBox)
        check = box.findChild(QCheckBox)
        assert check is not None
        check.setChecked(ticked)
        press(view, "Save it as…")
        target = tmp_path / f"bug-{ticked}.zip"
        name_file(view, target)
        await until(target.exists)
        with zipfile.ZipFile(target) as archive:
            texts = b"".join(archive.read(name) for name in archive.namelist())
        assert (b"my secret answer" in texts) is ticked


async def test_cleaning_up_asks_with_figures_and_takes_old_runs_alone(make_app: WindowMaker) -> None:
    app = make_app()
    journal = await app.workspace.journal()
    await store_past_run(journal)
    await store_past_run(journal, rows=2, started_at=datetime.now(UTC) - timedelta(hours=1))
    view = shown(app)
    await until(lambda: view.list.topLevelItemCount() == 2)
    assert not view.clean.isEnabled()
    view.keep.setCurrentIndex(view.keep.findData(90))
    assert settings.load_preferences().keep_days == 90
    for words, left in (("Keep them", 2), ("Take them away", 1)):
        view.clean.click()
        await until(lambda: any(box.isVisible() for box in view.findChildren(QMessageBox)))
        box = dialog(view, QMessageBox)
        assert isinstance(box, QMessageBox)
        assert "1 run with 11 answers" in box.text()
        assert "paid for again" in box.text()
        press(view, words)
        await until(lambda left=left: view.list.topLevelItemCount() == left)
    assert len(journal.runs()) == 1


async def test_old_runs_are_offered_at_the_start_and_left_alone(make_app: WindowMaker) -> None:
    settings.save_preferences(settings.Preferences(keep_days=30))
    app = make_app()
    journal = await app.workspace.journal()
    await store_past_run(journal)
    app.main.history.offer()
    await until(lambda: "older than 30 days" in app.window.message_banner.text)
    assert len(journal.runs()) == 1


async def test_a_past_run_is_exported_and_a_workbook_that_has_moved_is_asked_for(
    make_app: WindowMaker, jobs: Callable[[int], Path], chain: Path, tmp_path: Path
) -> None:
    app = make_app()
    workbook = jobs(3)
    app.workspace.open_workbook(workbook, chain=chain)
    await until(lambda: app.workspace.session is not None)
    app.window.actions_.run.trigger()
    await until(lambda: app.main.run_controller.phase is RunPhase.RUNNING)
    await until(lambda: app.main.run_controller.phase is RunPhase.IDLE)
    view = shown(app)
    await until(view.report.export.isEnabled)
    assert view.only_this.isEnabled()
    view.report.export.click()
    await until(lambda: any(found.isVisible() for found in view.findChildren(QFileDialog)))
    target = tmp_path / "then.xlsx"
    name_file(view, target)
    await until(lambda: "Exported" in view.message.text())
    assert target.exists()
    workbook.rename(tmp_path / "moved.xlsx")
    view.report.export.click()
    await until(lambda: any(box.isVisible() for box in view.findChildren(QMessageBox)))
    box = dialog(view, QMessageBox)
    assert isinstance(box, QMessageBox)
    assert "is not where it was" in box.text()
    press(view, "Choose it…")
    name_file(view, tmp_path / "moved.xlsx")
    await until(lambda: any(found.isVisible() for found in view.findChildren(QFileDialog)))


@pytest.mark.parametrize("name", ["search", "list", "keep", "message", "size_label"])
async def test_each_part_has_a_name_for_those_who_do_not_see_it(make_app: WindowMaker, name: str) -> None:
    view = shown(make_app())
    assert getattr(view, name).accessibleName()
    assert view.windowModality() is Qt.WindowModality.NonModal


async def test_the_log_folder_opens_from_the_menu(make_app: WindowMaker) -> None:
    app = make_app()
    opened: list[str] = []
    app.main.history.open_url = lambda url: bool(opened.append(url.toLocalFile())) or True
    app.window.actions_.log_folder.trigger()
    assert [Path(path) for path in opened] == [settings.log_folder()]


async def test_a_run_that_begins_is_in_the_open_list_at_once(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Callable[[int], Path], chain: Path
) -> None:
    app = make_app(SimulatorOptions(latency=30))
    app.workspace.open_workbook(jobs(2), chain=chain)
    await until(lambda: app.workspace.session is not None)
    view = shown(app)
    await until(lambda: bool(view.size_label.text()))
    assert view.list.topLevelItemCount() == 0
    app.window.actions_.run.trigger()
    await until(lambda: view.list.topLevelItemCount() == 1)
    item = view.list.topLevelItem(0)
    assert item is not None
    assert item.text(2) == "going on"


async def test_what_differs_between_two_runs_is_shown(
    make_app: WindowMaker, jobs: Callable[[int], Path], chain: Path
) -> None:
    app = make_app()
    app.workspace.open_workbook(jobs(3), chain=chain)
    await until(lambda: app.workspace.session is not None)
    ended: list[object] = []
    app.run_controller.finished.connect(ended.append)
    app.window.actions_.run.trigger()
    await until(lambda: len(ended) == 1 and app.run_controller.phase is RunPhase.IDLE)
    session = app.workspace.session
    assert session is not None
    await session.add_note(session.manifest.rows, "text", "Say it in verse.")
    await session.run(RunOptions(), lambda event: None)
    view = shown(app)
    await until(lambda: view.list.topLevelItemCount() == 2)
    assert not view.difference.isEnabled()
    view.list.selectAll()
    view.difference.click()
    await until(lambda: bool(view.findChildren(DifferenceDialog)))
    (told,) = view.findChildren(DifferenceDialog)
    assert "notes: 3 same answer." in told.figures.text()
    assert "text: 3 changed." in told.figures.text()
    assert "is B: 3 rows changed." in told.figures.text()
    assert told.list.topLevelItemCount() == 3
    told.accept()
