"""The table by doubt, an audit read to its end, and checks beside reviews, in the window."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from chaindesk.desktop.app import AppWindow
from chaindesk.desktop.review.quality.agreement_dialog import AgreementDialog
from chaindesk.desktop.review.quality.audit_dialog import AuditDialog
from chaindesk.desktop.runtime.event_loop import DesktopLoop
from chaindesk.desktop.session.run_request import RunPhase, RunRequest
from chaindesk.domain.row_selection import RowSelection
from chaindesk.domain.status import Review, Status
from chaindesk.simulator.options import SimulatorOptions
from chaindesk.simulator.server import SimulatorServer
from tests.support.waiting import until
from tests.support.windows import WindowMaker

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
Jobs = Callable[[int], Path]
ROWS = 40
CHAIN = """\
name: one
id_column: ID
steps:
  - name: text
    model: demo/writer
    prompt: 10 words on {{Topic}}
    checks:
      - {not_contains: ["topic 1"]}
"""


def checked(chain: Path, text: str = CHAIN) -> Path:
    chain.write_text(text, "utf-8")
    return chain


async def finished_run(app: AppWindow, workbook: Path, chain: Path) -> None:
    app.workspace.open_workbook(workbook, chain=chain)
    await until(lambda: app.workspace.session is not None)
    app.window.at_once.show_value(100)
    app.window.actions_.run.trigger()
    await until(lambda: bool(app.window.model.snapshot.counts[Status.DONE]))
    await until(lambda: app.run_controller.phase is RunPhase.IDLE)
    await until(lambda: bool(app.main.quality.found.rows))


def flagged(app: AppWindow) -> set[int]:
    return {number for number, state in app.window.model.snapshot.rows.items() if state.flags}


def current(app: AppWindow) -> int:
    row = app.window.table.current_row()
    return row.number if row is not None else 0


async def test_the_doubtful_rows_come_first_with_their_reasons(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Jobs, chain: Path
) -> None:
    app = make_app(SimulatorOptions(latency=0.0))
    window = app.window
    await finished_run(app, jobs(ROWS), checked(chain))
    doubtful = {number for number, doubt in app.main.quality.found.rows.items() if doubt.doubtful}
    assert flagged(app)
    assert flagged(app) <= doubtful
    window.actions_.by_doubt.trigger()
    order = [row.number for position in range(ROWS) if (row := window.model.row_at(position)) is not None]
    scores = app.main.quality.found.rows
    assert set(order[: len(doubtful)]) == doubtful
    assert [scores[number].score for number in order[: len(doubtful)]] == sorted(
        (scores[number].score for number in doubtful), reverse=True
    )
    assert current(app) == order[0]
    first = scores[order[0]].reasons[0].words()
    assert first in window.panel.step.marks.text()  # said once, beside the output
    assert first not in window.panel.quality.doubt.text()
    place = next(place for place, column in enumerate(window.model.columns) if column.title == "Review")
    cell = window.model.index(0, place)
    assert window.model.data(cell) == "Doubtful"
    assert first.partition('"')[0] in str(window.model.data(cell, Qt.ItemDataRole.ToolTipRole))

    window.progress_strip.reviews.setCurrentText("Doubtful")
    assert window.model.rowCount() == len(doubtful)
    window.actions_.show_all.trigger()
    window.actions_.by_doubt.trigger()
    assert [window.model.row_at(position).number for position in range(3)] == [2, 3, 4]  # type: ignore[union-attr]


async def test_an_audit_says_what_it_is_worth_with_each_row_that_is_read(
    qloop: DesktopLoop, qtbot: QtBot, make_app: WindowMaker, jobs: Jobs, chain: Path
) -> None:
    app = make_app(SimulatorOptions(latency=0.0))
    window = app.window
    await finished_run(app, jobs(ROWS), checked(chain))
    answers = app.workspace.session.journal.usage_counts()["answer"]  # type: ignore[union-attr]
    window.actions_.audit.trigger()
    await until(lambda: bool(window.findChildren(AuditDialog)))
    (dialog,) = window.findChildren(AuditDialog)
    dialog.rows.setValue(5)
    assert dialog.worth.text().startswith("Without a fault: 5 read, none wrong: fewer than ")
    qtbot.keyClick(dialog.rows, Qt.Key.Key_Return)
    await until(lambda: app.main.quality.audit is not None)
    assert window.model.rowCount() == 5
    shown = {row.number for position in range(5) if (row := window.model.row_at(position)) is not None}
    assert not shown & {number for number, doubt in app.main.quality.found.rows.items() if doubt.doubtful}
    assert window.panel.quality.audit.text() == "Audit: None read yet. 5 of the sample still to be read."
    for _ in range(4):
        window.actions_.approve.trigger()
    window.actions_.reject.trigger()
    await until(lambda: window.panel.quality.audit.text().startswith("Audit: 5 read, 1 wrong: fewer than "))
    window.actions_.undo.trigger()
    await until(lambda: window.panel.quality.audit.text().startswith("Audit: 4 read, none wrong: fewer than "))
    assert app.workspace.session.journal.usage_counts()["answer"] == answers  # type: ignore[union-attr]


async def test_checks_are_compared_with_the_reviews(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Jobs, chain: Path
) -> None:
    app = make_app(SimulatorOptions(latency=0.0))
    window = app.window
    await finished_run(app, jobs(ROWS), checked(chain))
    session = app.workspace.session
    assert session is not None
    for row in session.manifest.rows:
        await session.review(row, Review.APPROVED if row.number % 2 else Review.REJECTED)
    window.actions_.agreement.trigger()
    await until(lambda: bool(window.findChildren(AgreementDialog)))
    (dialog,) = window.findChildren(AgreementDialog)
    assert "Do not trust it" in dialog.lines[0]
    dialog.close()


async def test_a_judge_that_is_added_is_asked_about_the_answers_that_are_there_and_said_before(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Jobs, chain: Path
) -> None:
    async with SimulatorServer(SimulatorOptions(latency=0.0)) as server:
        provider = f'providers: {{local: {{kind: openai-chat, base_url: "{server.base_url}"}}}}'
        plain = CHAIN.replace("demo/writer", "local/writer").replace("steps:", f"{provider}\nsteps:", 1)
        app, path = make_app(), jobs(4)
        await finished_run(app, path, checked(chain, plain))
        asked = server.counters.requests
        judged = plain + '      - {judge: "Is it right?", model: local/judge}\n'
        app.workspace.open_workbook(path, chain=checked(chain, judged))
        await until(lambda: bool(app.workspace.session and app.workspace.session.chain.steps[0].checks[1:]))
        app.run_controller.plan(RunRequest(RowSelection(), confirm=True))
        await until(lambda: "judge call" in app.window.run_banner.text)
        flags = [state.flags for state in app.window.model.snapshot.rows.values()]
        passing = flags.count(("not judged yet: “Is it right?”",))  # the others fail a check that costs no call
        assert passing in {3, 4}
        assert f"Run {passing} rows: {passing} judge calls, 4 answers reused" in app.window.run_banner.text
        app.window.run_banner.buttons()[0].click()
        await until(lambda: server.counters.requests == asked + passing)
        await until(lambda: app.run_controller.phase is RunPhase.IDLE)
        app.run_controller.plan(RunRequest(RowSelection(), confirm=True))
        await until(lambda: "Nothing to run" in app.window.run_banner.text)
        assert server.counters.requests == asked + passing
