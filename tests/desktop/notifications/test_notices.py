"""What a run notices on the way reaches the user: at once in the message bar, and in the words for the run's end."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from chaindesk.desktop.runtime.event_loop import DesktopLoop
from chaindesk.desktop.session.run_request import RunPhase
from chaindesk.domain.status import Status
from chaindesk.simulator.options import SimulatorOptions
from tests.support.waiting import until
from tests.support.windows import WindowMaker

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
Jobs = Callable[[int], Path]


@pytest.fixture
def warm_chain(tmp_path: Path) -> Path:
    """A chain of one step with a temperature."""
    path = tmp_path / "warm.yaml"
    path.write_text(
        "name: warm\nconcurrency: 1\nsteps:\n  - name: text\n    model: demo/writer\n    temperature: 0.3\n"
        "    prompt: 20 words on {{Topic}}\n",
        "utf-8",
    )
    return path


async def test_a_parameter_that_a_model_is_asked_without_is_told_during_the_run_and_at_its_end(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Jobs, warm_chain: Path
) -> None:
    app = make_app(SimulatorOptions(latency=0.2, distribution="constant", unsupported=("temperature",)))
    window = app.window
    app.workspace.open_workbook(jobs(4), chain=warm_chain)
    await until(lambda: app.workspace.session is not None)
    window.actions_.run.trigger()
    await until(lambda: "temperature" in window.message_banner.text)
    assert app.run_controller.phase is RunPhase.RUNNING
    await until(lambda: window.model.snapshot.counts[Status.DONE] >= 2)
    assert "temperature" in window.message_banner.text
    await until(lambda: "Run finished: 4 done." in window.run_banner.text)
    assert "temperature" in window.run_banner.text
    assert window.message_banner.text == ""


async def test_the_end_of_a_run_leaves_another_message_alone_and_the_next_run_starts_afresh(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Jobs, warm_chain: Path, chain: Path
) -> None:
    app = make_app(SimulatorOptions(latency=0.1, distribution="constant", unsupported=("temperature",)))
    window = app.window
    app.workspace.open_workbook(jobs(3), chain=warm_chain)
    await until(lambda: app.workspace.session is not None)
    window.actions_.run.trigger()
    await until(lambda: "temperature" in window.message_banner.text)
    app.main.opening.open_path(chain)  # refused: a run is going on
    refusal = window.message_banner.text
    assert "A run is going on" in refusal
    await until(lambda: "Run finished" in window.run_banner.text)
    assert "temperature" in window.run_banner.text
    assert window.message_banner.text == refusal
    app.main.opening.open_path(chain)
    await until(lambda: app.workspace.chain_path == chain and app.workspace.session is not None)
    window.actions_.run.trigger()
    await until(lambda: "Run finished" in window.run_banner.text)
    assert "temperature" not in window.run_banner.text


async def test_what_the_journal_says_and_what_is_taken_over_of_the_sheet_is_told(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Jobs, chain: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chaindesk.journal.sqlite.connection.is_remote", lambda path: True)
    app = make_app()
    window = app.window
    app.workspace.open_workbook(jobs(2), chain=chain)
    await until(lambda: "network drive" in window.message_banner.text)
    window.actions_.run.trigger()
    await until(lambda: "Run finished" in window.run_banner.text)
    window.actions_.export.trigger()
    completed = app.workspace.manifest.path.with_name("jobs.completed.xlsx")  # type: ignore[union-attr]
    await until(lambda: app.run_controller.phase is RunPhase.IDLE and "Exported" in window.message_banner.text)
    book = openpyxl.load_workbook(completed)
    header = [cell.value for cell in book.active[1]]
    book.active.cell(2, header.index("Status"), "My own words.")
    book.save(completed)
    app.workspace.open_workbook(completed, chain=chain)
    await until(lambda: "Your edits of outputs in the sheet were taken over in 1 row." in window.message_banner.text)
    assert "network drive" not in window.message_banner.text
