"""The whole job through the real window, against the simulated provider over real HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import python_calamine
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QMessageBox

from chaindesk import settings
from chaindesk.desktop.app import AppWindow
from chaindesk.desktop.runtime.event_loop import DesktopLoop
from chaindesk.desktop.session.run_request import RunPhase
from chaindesk.domain.status import Review, Status
from chaindesk.simulator.options import SimulatorOptions
from tests.support.waiting import until
from tests.support.windows import WindowMaker

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
Jobs = Callable[[int], Path]


async def opened(app: AppWindow, workbook: Path, chain: Path) -> None:
    app.workspace.open_workbook(workbook, chain=chain)
    await until(lambda: app.workspace.session is not None)


def misspell(chain: Path) -> None:
    chain.write_text(chain.read_text("utf-8").replace("{{Topic}}", "{{Topik}}"), "utf-8")


def count(app: AppWindow, status: Status) -> int:
    return app.window.model.snapshot.counts[status]


async def ran(app: AppWindow) -> None:
    ended = asyncio.Event()
    app.run_controller.finished.connect(ended.set)
    app.window.actions_.run.trigger()
    await asyncio.wait_for(ended.wait(), 60)
    app.run_controller.finished.disconnect(ended.set)


def sheet(path: Path) -> list[list[Any]]:
    rows: list[list[Any]] = python_calamine.load_workbook(path).get_sheet_by_name("Jobs").to_python()
    return rows


async def test_from_an_opened_workbook_to_an_exported_one_that_another_reader_reads(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Jobs, chain: Path
) -> None:
    app = make_app(SimulatorOptions(latency=0.02, fail_containing="topic 3.", fail_status=400))
    window = app.window
    await opened(app, jobs(6), chain)
    assert window.model.rowCount() == 6
    assert window.panel.row is not None
    assert window.panel.row.number == 2
    await ran(app)
    assert count(app, Status.DONE) == 5
    assert count(app, Status.FAILED) == 1
    assert "5 done, 1 failed" in window.run_banner.text
    window.table.choose_row(4)
    assert not window.panel.failure.isHidden()
    assert "notes" in window.panel.failure.text()
    window.table.choose_row(2)
    assert "simulated" in window.panel.step.browser.toPlainText()
    window.panel.approve.click()
    await until(lambda: window.model.state_of(2).review is Review.APPROVED)
    window.table.choose_row(3)
    window.actions_.edit.trigger()
    assert window.panel.step.editing
    window.panel.step.editor.setPlainText("My own words.")
    window.panel.step.save.click()
    await until(lambda: window.panel.step.browser.toPlainText() == "My own words.")
    window.actions_.export.trigger()
    await until(lambda: "Exported" in window.message_banner.text)
    header, *rows = sheet(jobs(6).with_name("jobs.completed.xlsx"))
    assert header[:3] == ["ID", "Topic", "Audience"]
    by_id = {str(row[0]): dict(zip(map(str, header), row, strict=True)) for row in rows}
    assert by_id["J-2"]["Text"] == "My own words."
    assert str(by_id["J-1"]["Status"]).lower() == "done"
    assert str(by_id["J-3"]["Status"]).lower() == "failed"
    assert by_id["J-3"]["Error"]


async def test_an_edit_can_be_taken_back_and_the_models_own_text_is_kept(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Jobs, chain: Path
) -> None:
    app = make_app()
    panel, undo = app.window.panel, app.window.undo
    await opened(app, jobs(2), chain)
    await ran(app)
    own = panel.step.browser.toPlainText()
    panel.edited.emit("text", "Mine.")
    await until(lambda: panel.step.browser.toPlainText() == "Mine.")
    assert not panel.step.restore.isHidden()
    undo.undo()
    await until(lambda: panel.step.browser.toPlainText() == own)
    await until(lambda: app.window.model.state_of(2).review is Review.UNREVIEWED)
    undo.redo()
    await until(lambda: panel.step.browser.toPlainText() == "Mine.")
    panel.step.restore.click()
    await until(lambda: panel.step.browser.toPlainText() == own)


async def test_walking_on_keeps_what_was_typed(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Jobs, chain: Path
) -> None:
    app = make_app()
    window = app.window
    await opened(app, jobs(3), chain)
    await ran(app)
    window.actions_.edit.trigger()
    window.panel.step.editor.setPlainText("Half a sentence")
    window.actions_.next_row.trigger()
    assert window.panel.row is not None
    assert window.panel.row.number == 3
    assert not window.panel.step.editing
    await until(lambda: window.model.state_of(2).review is Review.EDITED)
    window.actions_.previous_row.trigger()
    assert window.panel.step.browser.toPlainText() == "Half a sentence"


async def test_an_edited_early_step_makes_the_later_ones_stale_and_a_run_renews_just_them(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Jobs, chain: Path
) -> None:
    app = make_app()
    await opened(app, jobs(3), chain)
    await ran(app)
    app.window.panel.edited.emit("notes", "Roses are red.")
    await until(lambda: app.window.model.state_of(2).stale)
    assert "stale" in str(app.window.model.index(0, 0).data())
    await ran(app)
    assert app.window.model.snapshot.calls_done == 1
    assert count(app, Status.DONE) == 3
    assert not app.window.model.state_of(2).stale


async def test_pause_holds_new_calls_and_go_on_ends_the_run(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Jobs, chain: Path
) -> None:
    app = make_app(SimulatorOptions(latency=0.1, distribution="constant"))
    window = app.window
    await opened(app, jobs(30), chain)
    window.actions_.run.trigger()
    await until(lambda: count(app, Status.DONE) >= 3)
    window.actions_.pause.trigger()
    await until(lambda: app.run_controller.phase is RunPhase.PAUSED)
    assert "Paused" in window.run_banner.text
    await until(lambda: count(app, Status.RUNNING) == 0)  # the calls under way have ended, and none took their place
    assert count(app, Status.DONE) < 30
    await until(lambda: "paused" in window.progress_strip.figures.text())
    window.run_banner.press_primary()
    await until(lambda: app.run_controller.phase is RunPhase.IDLE)
    assert count(app, Status.DONE) == 30


async def test_stop_cuts_the_calls_under_way_off_and_the_next_run_pays_only_for_the_rest(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Jobs, chain: Path
) -> None:
    app = make_app(SimulatorOptions(latency=0.15, distribution="constant"))
    await opened(app, jobs(30), chain)
    app.window.actions_.run.trigger()
    await until(lambda: count(app, Status.DONE) >= 4)
    app.window.actions_.stop.trigger()
    await until(lambda: app.run_controller.phase is RunPhase.IDLE)
    assert "stopped" in app.window.run_banner.text
    done = app.window.model.snapshot.calls_done
    assert done < 60
    app.window.at_once.spin.setValue(30)
    await ran(app)
    assert count(app, Status.DONE) == 30
    assert app.window.model.snapshot.calls_done <= 60 - done


async def test_retry_failed_runs_the_failed_rows_alone(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Jobs, chain: Path
) -> None:
    app = make_app(SimulatorOptions(latency=0.01, fail_containing="topic 2.", fail_status=400, fail_attempts=1))
    await opened(app, jobs(5), chain)
    await ran(app)
    assert count(app, Status.FAILED) == 1
    app.window.run_banner.buttons()[0].click()
    await until(lambda: count(app, Status.DONE) == 5)
    await until(lambda: app.run_controller.phase is RunPhase.IDLE)
    assert app.window.model.snapshot.chosen == 1
    assert app.window.model.snapshot.calls_done == 2


async def test_just_the_chosen_rows_are_run(qloop: DesktopLoop, make_app: WindowMaker, jobs: Jobs, chain: Path) -> None:
    app = make_app()
    await opened(app, jobs(10), chain)
    app.window.actions_.try_first.trigger()
    await until(lambda: count(app, Status.DONE) == 3)
    await until(lambda: app.run_controller.phase is RunPhase.IDLE)
    app.window.rows.box.setCurrentIndex(1)
    app.window.table.choose_row(9)
    await ran(app)
    assert [row for row, state in app.window.model.snapshot.rows.items() if state.status is Status.DONE] == [
        2,
        3,
        4,
        9,
    ]
    app.window.actions_.run.trigger()
    await until(lambda: "Nothing to run" in app.window.run_banner.text)


async def test_the_row_on_screen_fills_while_it_runs_and_concurrency_turns_live(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Jobs, chain: Path
) -> None:
    app = make_app(SimulatorOptions(latency=0.2, distribution="constant"))
    await opened(app, jobs(40), chain)
    assert app.window.at_once.value() == 5
    app.window.actions_.run.trigger()
    await until(lambda: count(app, Status.RUNNING) == 5)
    app.window.at_once.spin.setValue(20)
    await until(lambda: count(app, Status.RUNNING) == 20)
    await until(lambda: "simulated" in app.window.panel.step.browser.toPlainText())
    assert "Stale" not in app.window.panel.step.marks.text()  # what was answered just now is not stale
    await until(lambda: app.run_controller.phase is RunPhase.IDLE)
    assert count(app, Status.DONE) == 40


@pytest.mark.slow
async def test_a_thousand_rows_at_a_hundred_at_once_leave_the_window_responsive(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Jobs, chain: Path
) -> None:
    app = make_app(SimulatorOptions(latency=0.5, sigma=0.4, words=40))
    await opened(app, jobs(1000), chain)
    app.window.at_once.spin.setValue(100)
    ticks: list[int] = []
    timer = QTimer(interval=16)
    timer.timeout.connect(lambda: ticks.append(count(app, Status.DONE)))
    timer.start()
    batches: list[int] = []
    app.run_controller.bridge.events.connect(lambda events: batches.append(len(events)))
    await ran(app)
    timer.stop()
    assert count(app, Status.DONE) == 1000
    assert len(set(ticks)) > 50  # the window's own timer fired all along
    assert sum(batches) > 2 * len(batches)  # and it was not told of each event by itself


async def test_reopening_shows_what_was_paid_for_with_the_chain_that_was_used(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Jobs, chain: Path
) -> None:
    path = jobs(4)
    first = make_app()
    await opened(first, path, chain)
    await ran(first)
    await first.close()
    second = make_app()
    second.workspace.open_workbook(path)
    await until(lambda: second.workspace.session is not None)
    assert count(second, Status.DONE) == 4
    assert second.workspace.chain_path == chain
    assert "simulated" in str(second.window.model.index(0, 4).data())
    assert second.window.run_banner.text == ""
    assert settings.load_preferences().recent_workbooks[0] == str(path)


async def test_the_example_is_one_click_away(qloop: DesktopLoop, make_app: WindowMaker) -> None:
    app = make_app()
    app.window.welcome.example.click()
    await until(lambda: app.workspace.session is not None)
    assert app.window.pages.currentIndex() == 1
    assert app.window.actions_.run.isEnabled()


async def test_an_idle_window_closes_without_a_question(qloop: DesktopLoop, make_app: WindowMaker) -> None:
    app = make_app()
    closed: list[bool] = []
    app.window.closed.connect(lambda: closed.append(True))
    app.window.actions_.quit.trigger()
    assert closed == [True]
    assert not app.window.isVisible()


async def test_closing_during_a_run_asks_once_and_keeps_what_is_finished(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Jobs, chain: Path
) -> None:
    app = make_app(SimulatorOptions(latency=0.3, distribution="constant"))
    closed = asyncio.Event()
    app.window.closed.connect(closed.set)
    await opened(app, jobs(20), chain)
    app.window.actions_.run.trigger()
    await until(lambda: count(app, Status.RUNNING) == 5)
    app.window.close()
    assert app.window.isVisible()
    box = app.window.findChild(QMessageBox)
    assert box is not None
    next(button for button in box.buttons() if button.text() == "Stop and close").click()
    await closed.wait()
    await app.close()
    assert count(app, Status.DONE) < 20


async def test_a_chain_that_does_not_fit_is_told_by_line_and_nothing_runs(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Jobs, chain: Path
) -> None:
    misspell(chain)
    app = make_app()
    app.workspace.open_workbook(jobs(3), chain=chain)
    await until(lambda: "Topik" in app.window.message_banner.text)
    assert "Line 7" in app.window.message_banner.text
    assert "Did you mean {{Topic}}" in app.window.message_banner.text
    assert app.window.model.rowCount() == 3
    assert not app.window.actions_.run.isEnabled()


async def test_a_file_that_is_no_workbook_is_told_in_plain_words(
    qloop: DesktopLoop, make_app: WindowMaker, tmp_path: Path
) -> None:
    path = tmp_path / "notes.xlsx"
    path.write_bytes(b"no zip at all")
    app = make_app()
    app.main.opening.open_path(path)
    await until(lambda: bool(app.window.message_banner.text))
    assert "notes.xlsx" in app.window.message_banner.text
    assert "Traceback" not in app.window.message_banner.text


async def test_the_filter_tells_what_it_hides_and_can_be_taken_away(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Jobs, chain: Path
) -> None:
    app = make_app()
    bar = app.window.progress_strip
    await opened(app, jobs(12), chain)
    assert app.window.footer.clear.isHidden()
    bar.search.setText("J-12")
    await until(lambda: app.window.model.rowCount() == 1)
    assert app.window.footer.rows.text() == "1 of 12 rows shown"
    assert app.window.panel.row is not None
    assert app.window.panel.row.number == 13
    app.window.footer.clear.click()
    assert app.window.model.rowCount() == 12
    assert app.window.footer.clear.isHidden()


async def test_fields_become_columns_and_a_condition_skips_its_step(qloop: DesktopLoop, make_app: WindowMaker) -> None:
    app = make_app()
    app.main.opening.open_example("leads")
    await until(lambda: app.workspace.session is not None)
    titles = [column.title for column in app.window.model.columns]
    assert [title for title in ("segment", "score", "urgent", "reason", "Opening line") if title in titles] == [
        *("segment", "score", "urgent", "reason", "Opening line")
    ]
    app.window.actions_.try_first.trigger()
    await until(lambda: count(app, Status.DONE) + count(app, Status.FAILED) == 3)
    await until(lambda: app.run_controller.phase is RunPhase.IDLE)
    assert str(app.window.model.index(0, titles.index("score")).data()).isdigit()
