"""Batch jobs in the window: a stopped run tells of them, another start shows their rows, and they are collected."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from PySide6.QtWidgets import QMessageBox

from chaindesk.desktop.app import AppWindow
from chaindesk.desktop.notifications.texts import finish_live_text
from chaindesk.desktop.runtime.event_loop import DesktopLoop
from chaindesk.desktop.session.run_request import RunPhase
from chaindesk.domain.estimate import Forecast
from chaindesk.domain.status import Status
from chaindesk.engine.batch.settings import BatchSettings
from chaindesk.engine.run.progress.snapshot import Snapshot
from chaindesk.simulator.options import SimulatorOptions
from chaindesk.simulator.server import SimulatorServer
from tests.support.waiting import until
from tests.support.windows import WindowMaker

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
Jobs = Callable[[int], Path]
QUICK = BatchSettings(poll_s=0.05, poll_share=0.0, look_again_s=0.0)


@pytest.fixture
def batch_chain(tmp_path: Path) -> Path:
    path = tmp_path / "batch.yaml"
    path.write_text(
        "name: batch\nspeed: batch\nsteps:\n  - {name: note, model: demo/writer, prompt: 'Note on {{Topic}}.'}\n",
        "utf-8",
    )
    return path


async def opened(app: AppWindow, server: SimulatorServer, workbook: Path, chain: Path) -> None:
    app.workspace.addresses["demo:embedded"] = server.base_url
    app.workspace.open_workbook(workbook, chain=chain)
    await until(lambda: app.workspace.session is not None)
    session = app.workspace.session
    assert session is not None
    session.addresses["demo:embedded"] = server.base_url
    session.batch_settings = replace(QUICK)


def count(app: AppWindow, status: Status) -> int:
    return app.window.model.snapshot.counts[status]


async def test_a_stopped_run_tells_of_its_jobs_and_they_are_collected_after_another_start(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Jobs, batch_chain: Path
) -> None:
    async with SimulatorServer(SimulatorOptions(latency=0)) as server:
        app, workbook = make_app(), jobs(6)
        await opened(app, server, workbook, batch_chain)
        app.window.actions_.run.trigger()
        await until(lambda: count(app, Status.SUBMITTED) == 5)
        assert app.window.model.snapshot.time_left is None  # nobody knows when a provider is done with a job
        app.window.progress_strip.refresh()
        assert "waiting for 1 batch job, submitted " in app.window.progress_strip.figures.text()
        assert "left" not in app.window.progress_strip.figures.text()
        app.window.table.select_rows([3])
        await until(lambda: "Submitted to demo as batch job batch_" in app.window.panel.step.browser.toPlainText())
        app.window.actions_.stop.trigger()
        await until(lambda: app.run_controller.phase is RunPhase.IDLE)
        await until(lambda: "5 rows submitted in 1 batch job" in app.window.message_banner.text)
        assert [button.text() for button in app.window.message_banner.buttons()] == ["Look now", "Cancel the jobs"]
        assert "5 submitted" in app.window.run_banner.text
        assert "waiting for" not in app.window.progress_strip.figures.text()
        await make_app.close()
        make_app.made.clear()

        again = make_app()
        await opened(again, server, workbook, batch_chain)
        await until(lambda: count(again, Status.SUBMITTED) == 5)
        await until(lambda: "5 rows submitted in 1 batch job" in again.window.message_banner.text)
        server.batches.store.advance(3600)
        again.main.batch_jobs.collect()
        await until(lambda: count(again, Status.DONE) == 6)
        await until(lambda: "The batch jobs are over: 5 rows collected. Every row" in again.window.message_banner.text)
        assert [button.text() for button in again.window.message_banner.buttons()] == ["Export"]
        assert set(server.batches.store.counters.billed.values()) == {1}


async def test_the_figures_of_a_stopped_run_count_what_its_jobs_have_brought_since(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Jobs, batch_chain: Path
) -> None:
    async with SimulatorServer(SimulatorOptions(latency=0)) as server:
        app = make_app()
        figures = app.window.progress_strip.figures
        await opened(app, server, jobs(6), batch_chain)
        app.window.actions_.run.trigger()
        await until(lambda: count(app, Status.SUBMITTED) == 5)
        app.window.actions_.stop.trigger()
        await until(app.window.actions_.collect_jobs.isEnabled)
        assert figures.text().startswith("1 of 6 rows  ·  1 answer  ·")
        server.batches.store.advance(3600)
        app.window.actions_.collect_jobs.trigger()
        await until(lambda: count(app, Status.DONE) == 6)
        assert figures.text().startswith("6 of 6 rows  ·  6 answers  ·")
        assert "5 answers collected from batch jobs" in figures.text()


async def test_jobs_are_cancelled_at_a_click_and_their_rows_are_pending_again(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Jobs, batch_chain: Path
) -> None:
    async with SimulatorServer(SimulatorOptions(latency=0)) as server:
        app = make_app()
        await opened(app, server, jobs(4), batch_chain)
        app.window.actions_.run.trigger()
        await until(lambda: count(app, Status.SUBMITTED) == 3)
        app.window.actions_.stop.trigger()
        await until(lambda: len(app.window.message_banner.buttons()) == 2)
        app.window.message_banner.buttons()[1].click()
        await until(lambda: count(app, Status.PENDING) == 3)
        assert not server.batches.store.counters.billed


async def test_a_run_is_finished_without_its_jobs_after_its_price_was_said(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Jobs, batch_chain: Path
) -> None:
    async with SimulatorServer(SimulatorOptions(latency=0)) as server:
        app = make_app()
        a = app.window.actions_
        await opened(app, server, jobs(4), batch_chain)
        assert not any(action.isEnabled() for action in (a.collect_jobs, a.finish_live, a.cancel_jobs))
        a.run.trigger()
        await until(lambda: count(app, Status.SUBMITTED) == 3)
        await until(a.finish_live.isEnabled)
        assert not a.collect_jobs.isEnabled()
        a.finish_live.trigger()
        box = app.window.findChild(QMessageBox)
        assert box is not None
        assert box.text().startswith("3 rows submitted: the batch jobs are cancelled")
        assert "at the full price: free." in box.text()
        box.buttons()[0].click()
        await until(lambda: count(app, Status.DONE) == 4)
        await until(lambda: app.run_controller.phase is RunPhase.IDLE)
        assert not server.batches.store.counters.billed
        assert not a.finish_live.isEnabled()


async def test_the_menu_collects_and_cancels_what_is_out(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Jobs, batch_chain: Path
) -> None:
    async with SimulatorServer(SimulatorOptions(latency=0)) as server:
        app = make_app()
        a = app.window.actions_
        await opened(app, server, jobs(4), batch_chain)
        a.run.trigger()
        await until(lambda: count(app, Status.SUBMITTED) == 3)
        a.stop.trigger()
        await until(a.collect_jobs.isEnabled)
        assert a.cancel_jobs.isEnabled()
        a.cancel_jobs.trigger()
        await until(lambda: count(app, Status.PENDING) == 3)
        await until(lambda: not a.cancel_jobs.isEnabled())
        assert not a.collect_jobs.isEnabled()


def test_the_full_price_is_twice_what_is_left_of_the_batch_price() -> None:
    snapshot = SimpleNamespace(
        counts=Counter({Status.SUBMITTED: 20}),
        estimate=Forecast(Decimal("0.50"), Decimal("2.00"), Decimal("1.80"), Decimal("2.20")),
    )
    assert "at most about $3.00, where batch jobs take about $1.50." in finish_live_text(cast("Snapshot", snapshot))
    snapshot.estimate = Forecast(None, None, None, None)
    assert "about twice that of the batch jobs" in finish_live_text(cast("Snapshot", snapshot))
