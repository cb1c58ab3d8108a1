"""Batch jobs in the window: a stopped run tells of them, another start shows their rows, and they are collected."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from chaindesk.desktop.app import AppWindow
from chaindesk.desktop.runtime.event_loop import DesktopLoop
from chaindesk.desktop.session.run_request import RunPhase
from chaindesk.domain.status import Status
from chaindesk.engine.batch.settings import BatchSettings
from chaindesk.simulator.options import SimulatorOptions
from chaindesk.simulator.server import SimulatorServer
from tests.support.waiting import until
from tests.support.windows import WindowMaker

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
        app.window.actions_.stop.trigger()
        await until(lambda: app.run_controller.phase is RunPhase.IDLE)
        await until(lambda: "5 rows submitted in 1 batch job" in app.window.message_banner.text)
        assert [button.text() for button in app.window.message_banner.buttons()] == ["Look now", "Cancel the jobs"]
        assert "5 submitted" in app.window.run_banner.text
        await make_app.close()
        make_app.made.clear()

        again = make_app()
        await opened(again, server, workbook, batch_chain)
        await until(lambda: count(again, Status.SUBMITTED) == 5)
        await until(lambda: "5 rows submitted in 1 batch job" in again.window.message_banner.text)
        server.batches.store.advance(3600)
        again.main.batch_jobs.collect()
        await until(lambda: count(again, Status.DONE) == 6)
        await until(lambda: "The batch jobs are over: 5 rows collected." in again.window.message_banner.text)
        assert set(server.batches.store.counters.billed.values()) == {1}


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
