"""A whole review in the window, through a stop, a kill, edits and another prompt: nothing paid twice, nothing lost."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from chaindesk.desktop.app import AppWindow
from chaindesk.desktop.runtime.event_loop import DesktopLoop
from chaindesk.desktop.session.run_request import RunPhase, RunRequest
from chaindesk.domain.row_selection import RowSelection
from chaindesk.domain.status import Review, Status
from chaindesk.engine.session import Session
from chaindesk.simulator.options import SimulatorOptions
from tests.support.waiting import until
from tests.support.windows import WindowMaker

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
Jobs = Callable[[int], Path]


def session_of(app: AppWindow) -> Session:
    assert app.workspace.session is not None
    return app.workspace.session


def paid(app: AppWindow) -> int:
    return int(session_of(app).journal.usage_counts()["answer"])


def texts(app: AppWindow, number: int) -> list[str]:
    session = session_of(app)
    return [output.text for output in session.outputs(session.manifest.rows[number - 2])]


def reword(chain: Path) -> None:
    chain.write_text(chain.read_text("utf-8").replace("Three facts", "Four facts"), "utf-8")


async def ran(app: AppWindow) -> None:
    app.window.actions_.run.trigger()
    await until(lambda: app.run_controller.phase is RunPhase.RUNNING)
    await until(lambda: app.run_controller.phase is RunPhase.IDLE)


async def test_a_review_goes_on_through_stop_kill_edit_and_another_prompt(
    qloop: DesktopLoop, qtbot: QtBot, make_app: WindowMaker, jobs: Jobs, chain: Path
) -> None:
    app, path = make_app(SimulatorOptions(latency=0.05)), jobs(8)
    window = app.window
    app.workspace.open_workbook(path, chain=chain)
    await until(lambda: app.workspace.session is not None)
    window.actions_.run.trigger()
    await until(lambda: window.model.snapshot.counts[Status.DONE] >= 2)
    window.actions_.stop.trigger()
    await until(lambda: app.run_controller.phase is RunPhase.IDLE)
    await ran(app)
    assert paid(app) == 16, "what was paid for before the stop is not paid for again"
    window.table.choose_row(2)
    for key in (Qt.Key.Key_A, Qt.Key.Key_A, Qt.Key.Key_R):
        qtbot.keyClick(window.table, key)
    await until(lambda: window.panel.progress.text() == "3 of 8 reviewed")
    window.panel.edited.emit("text", "Mine.")
    await until(lambda: window.model.state_of(5).review is Review.EDITED)
    approved = [texts(app, number) for number in (2, 3)]

    # a note is stored, and the program is killed before its answer comes
    session = session_of(app)
    await session.add_note([session.manifest.rows[4]], "notes", "Shorter")
    await app.close()
    again = make_app(SimulatorOptions(latency=0.05))
    again.workspace.open_workbook(path, chain=chain)
    await until(lambda: again.workspace.session is not None)
    session = session_of(again)
    assert [again.window.model.state_of(number).review for number in range(2, 6)] == [
        Review.APPROVED,
        Review.APPROVED,
        Review.REJECTED,
        Review.EDITED,
    ]
    assert [planned.row.number for planned in session.plan().rows if planned.work.calls] == [6]
    await ran(again)
    assert paid(again) == 18
    assert session.plan().calls == 0, "the answer to the note is the row's"

    # another prompt: approved and edited texts stand, and only the rest is asked
    reword(chain)
    again.workspace.open_chain(chain)
    await until(lambda: again.window.model.state_of(9).stale)
    session = session_of(again)
    missing = [planned.row.number for planned in session.plan().rows if planned.work.calls]
    assert missing == [4, 5, 6, 7, 8, 9]
    again.run_controller.plan(RunRequest(RowSelection.of_numbers([4, 5]), confirmed=True))
    await until(lambda: paid(again) == 21)  # of row 5 the first step alone: the second is the person's
    await until(lambda: again.run_controller.phase is RunPhase.IDLE)
    assert [texts(again, number) for number in (2, 3)] == approved
    assert texts(again, 5)[1] == "Mine."
    assert [again.window.model.state_of(number).review for number in (2, 3)] == [Review.APPROVED] * 2
