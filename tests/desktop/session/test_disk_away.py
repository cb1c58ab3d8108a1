"""A journal whose drive goes away while the window runs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from chaindesk import settings
from chaindesk.desktop.app import AppWindow
from chaindesk.desktop.runtime.event_loop import DesktopLoop
from chaindesk.desktop.session.run_request import RunPhase
from chaindesk.domain.status import Status
from chaindesk.simulator.options import SimulatorOptions
from tests.support.waiting import until
from tests.support.windows import WindowMaker

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
Jobs = Callable[[int], Path]


def done(app: AppWindow) -> int:
    return app.window.model.snapshot.counts[Status.DONE]


def moved(folder: Path, place: Path) -> Path:
    return folder.rename(place)


async def without_a_drive(app: AppWindow, book: Path, chain: Path, drive: Path) -> Path:
    """A run that goes on, and whose journal then is away; where its folder is meanwhile."""
    app.workspace.open_workbook(book, chain=chain)
    await until(lambda: app.workspace.session is not None)
    app.window.actions_.run.trigger()
    await until(lambda: done(app) >= 3)
    away = moved(drive, drive.with_name("away"))
    await until(lambda: "to be kept" in app.window.run_banner.text)
    assert "not there any more" in app.window.run_banner.text
    assert [button.text() for button in app.window.run_banner.buttons()][:2] == ["Stop the run", "Try now"]
    return away


@pytest.fixture
def drive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "drive"
    (tmp_path / "user").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / "user"))
    monkeypatch.setenv("USERPROFILE", str(tmp_path / "user"))
    monkeypatch.setattr(settings, "journal_path", lambda: folder / "journal.sqlite3")
    return folder


async def test_the_run_waits_for_the_drive_and_goes_on(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Jobs, chain: Path, drive: Path
) -> None:
    app = make_app(SimulatorOptions(latency=0.1))
    away = await without_a_drive(app, jobs(30), chain, drive)
    app.window.run_banner.buttons()[1].click()
    assert "to be kept" in app.window.run_banner.text
    moved(away, drive)
    await until(lambda: app.run_controller.phase is RunPhase.IDLE)
    assert done(app) == 30
    assert app.window.model.snapshot.calls_done == 60


async def test_a_stop_meanwhile_says_where_the_answers_are_and_the_next_run_takes_them(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Jobs, chain: Path, drive: Path
) -> None:
    app = make_app(SimulatorOptions(latency=0.1))
    away = await without_a_drive(app, jobs(30), chain, drive)
    app.window.run_banner.buttons()[0].click()
    await until(lambda: app.run_controller.phase is RunPhase.IDLE)
    (rescued,) = (drive.parent / "user").iterdir()
    await until(lambda: str(rescued) in app.window.run_banner.text)
    moved(away, drive)
    app.window.actions_.run.trigger()
    await until(lambda: done(app) == 30)
    await until(lambda: app.run_controller.phase is RunPhase.IDLE)
    assert not rescued.exists()
