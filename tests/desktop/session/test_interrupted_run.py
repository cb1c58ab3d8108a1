"""After a crash: the window offers to go on, one click does, and only what is missing is paid for."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from chaindesk.desktop.runtime.event_loop import DesktopLoop
from chaindesk.desktop.session import unfinished_runs
from chaindesk.desktop.session.run_request import RunPhase, RunRequest
from chaindesk.desktop.session.unfinished_runs import UnfinishedRun
from chaindesk.domain.row_selection import RowSelection
from chaindesk.domain.status import Status
from chaindesk.simulator.options import SimulatorOptions
from chaindesk.simulator.server import SimulatorServer
from tests.support.waiting import until
from tests.support.windows import WindowMaker

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
Jobs = Callable[[int], Path]

RUN = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from chaindesk.desktop import app as application
make = application.make_application
def watched(argv):
    app = make(argv)
    def look():
        window = next((w for w in app.topLevelWidgets() if w.objectName() == "ChainDesk" and w.isVisible()), None)
        if window is not None and window.actions_.try_first.isEnabled():  # while it opens, Run says to wait
            window.actions_.run.trigger()
        else:
            QTimer.singleShot(20, look)
    QTimer.singleShot(20, look)
    return app
application.make_application = watched
sys.exit(application.run(Path(sys.argv[1]), []))
"""


def served(chain: Path, server: SimulatorServer) -> Path:
    """The chain, asking a server of the test's own, which outlives the window and counts."""
    text = chain.read_text("utf-8").replace("demo/", "lab/")
    chain.write_text(
        text.replace(
            "concurrency: 5\n",
            f'concurrency: 5\nproviders:\n  lab: {{kind: openai-chat, base_url: "{server.base_url}"}}\n',
        ),
        "utf-8",
    )
    return chain


def reword(chain: Path) -> None:
    chain.write_text(chain.read_text("utf-8").replace("Three", "Four"), "utf-8")


def a_run(workbook: Path, chain: Path) -> UnfinishedRun:
    return UnfinishedRun(workbook, "Jobs", chain, 1, RowSelection(), False, None, 3, datetime.now(UTC))


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows kills in another way")
async def test_a_killed_window_is_gone_on_with_by_one_click_and_only_missing_calls_are_made(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Jobs, chain: Path, tmp_path: Path
) -> None:
    path = jobs(20)
    async with SimulatorServer(SimulatorOptions(latency=0.15)) as server:
        served(chain, server)
        app = make_app()
        app.workspace.open_workbook(path, chain=chain)  # so that the other window knows the chain
        await until(lambda: app.workspace.session is not None)
        await until(lambda: not app.window.progress_strip.busy)
        await app.close()
        environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "XDG_CONFIG_HOME": str(tmp_path)}
        process = subprocess.Popen([sys.executable, "-c", RUN, str(path)], env=environment)  # noqa: ASYNC220
        try:
            await until(lambda: server.counters.delivered >= 12)
        finally:
            process.kill()
            await asyncio.to_thread(process.wait)
        await until(lambda: not server.counters.running)
        delivered, begun = server.counters.delivered, server.counters.requests
        assert delivered < 40
        again = make_app()
        assert again.main.interrupted_runs.reopen()
        await until(lambda: "was cut off" in again.window.run_banner.text)
        done = again.window.model.snapshot.counts[Status.DONE]
        assert f"{done} row" in again.window.run_banner.text
        assert f"{20 - done} rows to go" in again.window.run_banner.text
        buttons = {button.text(): button for button in again.window.run_banner.buttons()}
        assert list(buttons) == ["Go on", "Not now"]
        buttons["Go on"].click()
        await until(lambda: again.window.model.snapshot.counts[Status.DONE] == 20)
        await until(lambda: again.run_controller.phase is RunPhase.IDLE)
        assert server.counters.delivered == 40 + delivered - again.window.model.snapshot.reused
        # Of each of the five places: the last answer of the row that has ended, and the first of the row behind it.
        assert delivered - again.window.model.snapshot.reused <= 2 * 5
        assert server.counters.requests == begun + 40 - again.window.model.snapshot.reused
        assert begun - delivered <= 5
        assert unfinished_runs.load_all() == []


async def test_a_run_that_ended_is_not_offered_and_not_now_ends_the_offer(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Jobs, chain: Path
) -> None:
    path = jobs(3)
    first = make_app()
    first.workspace.open_workbook(path, chain=chain)
    await until(lambda: first.workspace.session is not None)
    first.window.actions_.run.trigger()
    await until(lambda: first.window.model.snapshot.counts[Status.DONE] == 3)
    await until(lambda: first.run_controller.phase is RunPhase.IDLE)
    assert unfinished_runs.load_all() == []
    await first.close()
    second = make_app()
    assert not second.main.interrupted_runs.reopen()
    unfinished_runs.save(a_run(path, chain))
    reword(chain)
    assert second.main.interrupted_runs.reopen()
    await until(lambda: "was cut off" in second.window.run_banner.text)
    assert "3 rows to go: 6 calls" in second.window.run_banner.text
    second.window.run_banner.buttons()[1].click()
    assert second.window.run_banner.text == ""
    assert unfinished_runs.load_all() == []


async def test_going_on_takes_the_rows_of_that_run_alone_and_what_is_left_of_its_budget(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Jobs, chain: Path
) -> None:
    path = jobs(6)
    app = make_app()
    run = replace(a_run(path, chain), choice=unfinished_runs.same_rows([3, 4, 6]), budget=Decimal(2))
    unfinished_runs.save(run)
    assert unfinished_runs.load(path, "Jobs") == run
    app.workspace.open_workbook(path, chain=chain)
    await until(lambda: "was cut off" in app.window.run_banner.text)
    assert "3 rows to go: 6 calls" in app.window.run_banner.text
    assert "$2.00 is left" in app.window.run_banner.text
    app.window.run_banner.buttons()[0].click()
    await until(lambda: app.window.model.snapshot.counts[Status.DONE] == 3)
    await until(lambda: app.run_controller.phase is RunPhase.IDLE)
    rows = app.window.model.snapshot.rows
    assert [number for number, state in rows.items() if state.status is Status.DONE] == [3, 4, 6]


async def test_a_budget_that_was_raised_in_mid_run_is_offered_after_a_crash(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Jobs, chain: Path
) -> None:
    app = make_app()
    app.workspace.open_workbook(jobs(4), chain=chain)
    await until(lambda: app.workspace.session is not None)
    app.run_controller.start(RunRequest(RowSelection(first=1)), 1, Decimal(2))
    await until(lambda: app.window.model.snapshot.run_id > 0)
    app.run_controller.resume_with_budget(Decimal(9))
    await until(lambda: app.run_controller.phase is RunPhase.IDLE)
    note = replace(a_run(jobs(4), chain), budget=Decimal(2), run_id=app.window.model.snapshot.run_id)
    unfinished_runs.save(note)
    app.workspace.reload()
    await until(lambda: "was cut off" in app.window.run_banner.text)
    assert "$9.00 is left" in app.window.run_banner.text


async def test_a_run_that_pays_again_goes_on_with_the_rows_that_it_had_not_done(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Jobs, chain: Path
) -> None:
    path = jobs(4)
    app = make_app()
    app.workspace.open_workbook(path, chain=chain)
    await until(lambda: app.workspace.session is not None)
    app.run_controller.start(RunRequest(RowSelection(first=1)), 1)
    await until(lambda: app.run_controller.phase is RunPhase.IDLE)
    unfinished_runs.save(replace(a_run(path, chain), fresh=True, run_id=app.window.model.snapshot.run_id))
    app.workspace.reload()
    await until(lambda: "was cut off" in app.window.run_banner.text)
    assert "3 rows to go: 6 calls" in app.window.run_banner.text


async def test_what_another_process_runs_now_is_not_offered(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Jobs, chain: Path
) -> None:
    path = jobs(2)
    app = make_app()
    app.workspace.open_workbook(path, chain=chain)
    await until(lambda: app.workspace.session is not None)
    session = app.workspace.session
    assert session is not None
    unfinished_runs.save(a_run(path, chain))
    with session.journal.lock_workbook(session.workbook_id):
        assert app.main.interrupted_runs.look()
        await app.main.interrupted_runs.tasks.finish(10)
        assert "was cut off" not in app.window.run_banner.text
    assert app.main.interrupted_runs.look()
    await until(lambda: "was cut off" in app.window.run_banner.text)


def test_a_damaged_note_is_no_note(jobs: Jobs, chain: Path) -> None:
    path = jobs(1)
    unfinished_runs.save(a_run(path, chain))
    for kept in (unfinished_runs._folder()).iterdir():
        kept.write_text('{"workbook": 3', "utf-8")
    assert unfinished_runs.load(path, "Jobs") is None
    assert unfinished_runs.load_all() == []
