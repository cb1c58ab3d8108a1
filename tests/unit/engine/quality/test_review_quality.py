"""Doubts, audits and agreement of an opened workbook: live with each review, kept, and without a call."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from chaindesk.chain_file import parse_chain
from chaindesk.credentials import KeyStore
from chaindesk.domain.errors import UsageError
from chaindesk.domain.row_selection import RowSelection
from chaindesk.domain.status import Review
from chaindesk.engine.quality.agreement import Trust
from chaindesk.engine.quality.audit import statement
from chaindesk.engine.reports.json_line import report_line
from chaindesk.engine.reports.run_report import run_report
from chaindesk.engine.reports.text import report_lines
from chaindesk.engine.run.options import RunOptions
from chaindesk.engine.session import Session
from chaindesk.journal.protocol import Journal
from chaindesk.journal.sqlite.journal import open_journal
from chaindesk.json_contract.encoding import to_values
from chaindesk.simulator.options import SimulatorOptions
from chaindesk.simulator.server import SimulatorServer
from chaindesk.workbook import ReadOptions, open_manifest
from tests.support.workbooks import WorkbookMaker

CHAIN = """\
name: checked
columns: [doubt, audit, review]
providers: {{lab: {{kind: openai-chat, base_url: "{address}"}}}}
steps:
  - name: text
    model: lab/writer
    prompt: "Write on {{{{Topic}}}}."
    checks:
      - {{not_contains: "T1"}}
      - {{judge: "Is it right?", model: lab/judge}}
"""
ROWS = 60


class World:
    """A workbook whose answers to topics with T1 in their names fail a check."""

    def __init__(self, path: Path, journal: Journal, server: SimulatorServer) -> None:
        self.path, self.journal, self.server = path, journal, server

    def opened(self) -> Session:
        chain = parse_chain(CHAIN.format(address=self.server.base_url), "checked.yaml")
        keys = KeyStore(environment={"LAB_API_KEY": "k"})
        return Session(open_manifest(self.path, ReadOptions()), chain, self.journal, keys)


@asynccontextmanager
async def finished_run(tmp_path: Path) -> AsyncIterator[World]:
    path = WorkbookMaker(tmp_path).table([["Topic"], *([f"T{number}"] for number in range(ROWS))])
    async with SimulatorServer(SimulatorOptions(latency=0, words=9)) as server:
        journal = open_journal(tmp_path / "journal.sqlite3")
        made = World(path, journal, server)
        await made.opened().run(RunOptions(), lambda event: None)
        yield made
        journal.close()


async def test_the_queue_begins_with_the_doubtful_and_an_audit_is_of_the_rest(tmp_path: Path) -> None:
    async with finished_run(tmp_path) as world:
        asked = world.server.counters.requests
        session = world.opened()
        await session.judge()
        found = session.quality.doubts()
        queue = session.quality.queue(found)
        doubtful = {number for number, doubt in found.rows.items() if doubt.doubtful}
        flagged = {number for number, state in session.statuses().items() if state.flags}
        assert flagged
        assert flagged <= doubtful
        assert set(queue[: len(doubtful)]) == doubtful
        assert sorted(queue) == list(range(2, ROWS + 2))
        plan = session.plan(RowSelection.parse("flagged"), fresh=True)
        assert {planned.row.number for planned in plan.rows} == flagged
        approved = next(iter(doubtful))
        await session.review(session.manifest.rows[approved - 2], Review.APPROVED)
        chosen = RowSelection.parse("doubtful")
        assert {planned.row.number for planned in session.plan(chosen, fresh=True).rows} == doubtful - {approved}
        assert (
            chosen.select(session.manifest.rows, session.ledger.state) == []
        )  # which these are is told by doubts alone
        await session.review(session.manifest.rows[approved - 2], Review.UNREVIEWED)

        audit = await session.quality.draw_audit(found, 10, seed=4)
        rows = session.quality.rows_of(audit.audit)
        assert len(rows) == 10
        assert not doubtful & set(rows)
        assert audit.audit.population == ROWS - len(doubtful)
        by_number = {row.number: row for row in session.manifest.rows}
        for number in rows[:8]:
            await session.review(by_number[number], Review.APPROVED)
        await session.review(by_number[rows[8]], Review.REJECTED, "wrong")
        await session.edit(by_number[rows[9]], "text", "A better text.")
        await session.review(by_number[rows[9]], Review.APPROVED)

        again = world.opened()  # it was kept, and is the same for whoever opens the workbook
        await again.judge()
        (result,) = again.quality.audits()
        assert (result.whole.read, result.whole.wrong, result.left) == (10, 2, 0)
        assert again.quality.rows_of(result.audit) == rows
        report = run_report(world.journal, 1)
        assert report.audit is not None
        assert to_values(report_line(report))["audit"]["whole"]["sentence"] == statement(result.whole)
        assert any(statement(result.whole) in line for line in report_lines(report))
        await again.export(tmp_path / "out.xlsx")
        sheet = CalamineWorkbook.from_path(tmp_path / "out.xlsx").get_sheet_by_index(0).to_python()
        doubts, findings = (sheet[0].index(name) for name in ("doubt", "audit"))
        assert [str(line[findings]) for line in sheet].count("wrong") == 2
        assert {number for number, line in enumerate(sheet, 1) if line[doubts] and number > 1} == set(found.rows)
        assert world.server.counters.requests == asked


async def test_an_audit_of_nothing_is_refused(tmp_path: Path) -> None:
    async with finished_run(tmp_path) as world:
        session = world.opened()
        await session.judge()
        for row in session.manifest.rows:
            await session.review(row, Review.APPROVED)
        with pytest.raises(UsageError, match="Nothing to audit"):
            await session.quality.draw_audit(session.quality.doubts())
        assert session.quality.audits() == []


async def test_checks_are_compared_with_what_the_model_wrote_not_with_the_edit(tmp_path: Path) -> None:
    async with finished_run(tmp_path) as world:
        session = world.opened()
        await session.judge()
        failing = [number for number, state in session.statuses().items() if any("T1" in one for one in state.flags)]
        assert len(failing) == 11
        for row in session.manifest.rows:
            if row.number in failing:
                await session.edit(row, "text", "Mended by hand.")
                await session.review(row, Review.EDITED)
            else:
                await session.review(row, Review.APPROVED)
        check, judge = session.quality.agreements()
        assert (check.hits, check.missed, check.alarms, check.passed) == (11, 0, 0, ROWS - 11)
        assert check.trust is Trust.TRUSTED
        assert judge.judge
        assert judge.hits + judge.missed == 0  # it is not asked about what fails a check already
        assert judge.trust is Trust.TOO_FEW

        report = run_report(world.journal, 1)  # the same, without the workbook
        assert [(one.check, one.hits, one.missed, one.alarms, one.passed) for one in report.agreement] == [
            (one.check, one.hits, one.missed, one.alarms, one.passed) for one in (check, judge)
        ]
        assert f"  check {check.check}: {check.words()}" in report_lines(report)
        assert "kappa 1.00" in check.words()
        told = to_values(report_line(report))["agreement"]
        assert [(one["check"], one["hits"]) for one in told] == [(check.check, 11), (judge.check, 0)]
        assert told[0]["kappa"] == 1


async def test_rows_that_were_run_again_are_no_longer_what_was_drawn(tmp_path: Path) -> None:
    async with finished_run(tmp_path) as world:
        session = world.opened()
        await session.judge()
        audit = await session.quality.draw_audit(session.quality.doubts(), 10, seed=1)
        rows = session.quality.rows_of(audit.audit)
        await session.run(RunOptions(choice=RowSelection.of_numbers(rows[:3]), fresh=True), lambda event: None)
        (result,) = session.quality.audits()
        assert (result.changed, result.left) == (3, 7)
        assert session.quality.rows_of(result.audit) == rows[3:]
