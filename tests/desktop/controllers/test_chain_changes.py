"""The chain's file is changed while a run goes on, or by another program: what is run next is what the file says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from chaindesk.desktop.app import AppWindow
from chaindesk.desktop.runtime.event_loop import DesktopLoop
from chaindesk.desktop.session.run_request import RunPhase
from chaindesk.domain.records import RunState
from chaindesk.simulator.options import SimulatorOptions
from tests.support.waiting import until
from tests.support.windows import WindowMaker

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
Jobs = Callable[[int], Path]


def change(chain: Path, new: str = "Five facts") -> None:
    """Write the chain as another program does."""
    text = chain.read_text("utf-8")
    chain.write_text(text.replace("Three facts", new) if "Three facts" in text else new, "utf-8")


def prompt_in_use(app: AppWindow) -> str:
    session = app.workspace.session
    return session.chain.steps[0].prompt if session is not None else ""


async def opened(app: AppWindow, workbook: Path, chain: Path) -> None:
    app.workspace.open_workbook(workbook, chain=chain)
    await until(lambda: app.workspace.session is not None)


async def test_a_chain_that_another_program_has_saved_is_the_one_that_runs(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Jobs, chain: Path
) -> None:
    app = make_app()
    await opened(app, jobs(3), chain)
    change(chain)
    await until(lambda: "Five facts" in prompt_in_use(app))
    assert "two.yaml was changed and has been read again." in app.window.message_banner.text
    change(chain, "name: [")
    await until(lambda: not app.window.actions_.run.isEnabled())
    assert "two.yaml cannot run as it is now." in app.workspace.what_is_missing


async def test_a_chain_that_was_changed_a_moment_before_is_the_one_that_runs(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Jobs, chain: Path
) -> None:
    app = make_app()
    await opened(app, jobs(3), chain)
    change(chain)
    app.window.actions_.run.trigger()
    await until(lambda: app.window.model.snapshot.state is RunState.FINISHED)
    assert "Five facts" in prompt_in_use(app)
    session = app.workspace.session
    assert session is not None
    assert session.plan().calls == 0
    change(chain, "name: [")
    app.window.actions_.run.trigger()
    await until(lambda: "two.yaml cannot run as it is now." in app.workspace.what_is_missing)
    assert len(session.journal.runs()) == 1


async def test_a_chain_that_is_saved_in_a_run_is_used_after_it(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Jobs, chain: Path
) -> None:
    app = make_app(SimulatorOptions(latency=30.0))
    await opened(app, jobs(3), chain)
    app.window.actions_.run.trigger()
    await until(lambda: app.run_controller.phase is RunPhase.RUNNING)
    app.main.opening.edit_chain()
    editor = app.main.opening.editor
    assert editor is not None
    change(chain)
    editor.saved.emit(chain)
    assert "two.yaml was changed. The run goes on with the chain as it was" in app.window.message_banner.text
    assert "Three facts" in prompt_in_use(app)
    app.run_controller.stop()
    await until(lambda: "Five facts" in prompt_in_use(app))
    assert "two.yaml was changed and has been read again." in app.window.message_banner.text
    editor.close()
