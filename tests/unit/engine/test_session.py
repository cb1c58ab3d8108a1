"""Sessions over real workbooks, a real journal and real HTTP on loopback; the server's counters are the witness."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from chaindesk.credentials import KeyStore
from chaindesk.domain.chains.chain import Chain
from chaindesk.domain.errors import ChainError, InputError, UsageError
from chaindesk.domain.events import Event, RunNoticed, StepFinished
from chaindesk.domain.records import RunState
from chaindesk.domain.row_selection import RowSelection
from chaindesk.domain.status import STATUS_STYLES, Review, Status
from chaindesk.engine.answers.row_history import OutputState
from chaindesk.engine.reports.html_page import report_page
from chaindesk.engine.reports.json_line import report_line
from chaindesk.engine.reports.run_report import run_report
from chaindesk.engine.reports.text import report_lines
from chaindesk.engine.run.control import RunControl
from chaindesk.engine.run.options import RunOptions
from chaindesk.engine.session import Session
from chaindesk.journal.sqlite.journal import SqliteJournal, open_journal
from chaindesk.json_contract.encoding import to_json, to_values
from chaindesk.json_contract.report_lines import RejectedRow
from chaindesk.simulator.options import SimulatorOptions
from chaindesk.simulator.server import SimulatorServer
from chaindesk.workbook import open_manifest

EXTRAS = ["model", "tokens", "cost", "finished at", "review", "review reason"]
QUICK: dict[str, Any] = {"latency": 0.0, "distribution": "constant", "words": 8}
STEPS = [
    {"name": "notes", "model": "demo/writer", "prompt": "Notes on {{Topic}}"},
    {"name": "draft", "model": "demo/writer", "prompt": "Draft {{Topic}}: {{notes}}", "output": "Article"},
    {
        "name": "score",
        "model": "demo/writer",
        "prompt": "Judge: {{draft}}",
        "fields": {"quality": "integer", "sure": "boolean"},
    },
]


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Topic", "Note"])
    for number in range(12):
        sheet.append([f"Topic {number}", f"=LEN(A{number + 2})"])
    path = tmp_path / "jobs.xlsx"
    book.save(path)
    return path


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[SqliteJournal]:
    opened = open_journal(tmp_path / "journal.sqlite3")
    yield opened
    opened.close()


def chain_of(**others: Any) -> Chain:
    return Chain.model_validate({"name": "article", "concurrency": 5, "steps": STEPS} | others)


def session_of(path: Path, journal: SqliteJournal, server: SimulatorServer | None = None, **others: Any) -> Session:
    addresses = {"demo:embedded": server.base_url} if server else {}
    return Session(open_manifest(path), chain_of(**others), journal, KeyStore(environment={}), addresses=addresses)


def ignore(event: Event) -> None:
    pass


def cells(path: Path) -> dict[str, list[Any]]:
    sheet = openpyxl.load_workbook(path).active
    assert sheet is not None
    rows = list(sheet.iter_rows(values_only=True))
    return {str(header): [row[place] for row in rows[1:]] for place, header in enumerate(rows[0])}


async def test_the_main_job_from_workbook_to_workbook(workbook: Path, journal: SqliteJournal) -> None:
    async with SimulatorServer(SimulatorOptions(**QUICK)) as server:
        session = session_of(workbook, journal, server, columns=EXTRAS)
        result = await session.run(RunOptions(), ignore)
        assert result.counts == {Status.DONE: 12}
        assert server.counters.requests == 36
        assert server.counters.connections <= 5
        await session.review(session.manifest.rows[0], Review.APPROVED)
        await session.review(session.manifest.rows[2], Review.REJECTED, "Too long")
        report = await session.export()
        assert report.path == workbook.with_name("jobs.completed.xlsx")
        seen = cells(report.path)
        assert list(seen)[:2] == ["Topic", "Note"]
        assert list(seen)[2:8] == ["notes", "Article", "quality", "sure", "Status", "Error"]
        assert all(str(text).startswith("[simulated]") for text in seen["Article"])
        assert {type(value) for value in seen["quality"]} == {int}
        assert {type(value) for value in seen["sure"]} == {bool}
        assert seen["Status"] == ["done"] * 12
        assert seen["tokens"][0] > 0
        assert seen["review"][:3] == ["approved", "unreviewed", "rejected"]
        assert [reason or "" for reason in seen["review reason"][:3]] == ["", "", "Too long"]
        told = run_report(journal, 1)
        assert told.reviews.lines() == ["reviewed: 1 approved, 1 rejected", "rejected, Too long: 1: 4"]
        assert "  rejected, Too long: 1: 4" in report_lines(told)
        assert report_line(told).rejected == (RejectedRow(4, "4", "Too long"),)
        assert to_values(report_line(told))["reviews"] == {"approved": 1, "rejected": 1}
        assert "Rejected because" in report_page(told)
        sheet = openpyxl.load_workbook(report.path).active
        assert sheet is not None
        assert sheet.cell(2, report.columns["Status"]).fill.fgColor.rgb.endswith(STATUS_STYLES[Status.DONE].light)
        await session.run(RunOptions(), ignore)
        assert server.counters.requests == 36


async def test_a_completed_workbook_is_continued(workbook: Path, journal: SqliteJournal) -> None:
    async with SimulatorServer(SimulatorOptions(**QUICK)) as server:
        first = session_of(workbook, journal, server)
        await first.run(RunOptions(choice=RowSelection(first=4)), ignore)
        exported = (await first.export()).path
        again = session_of(exported, journal, server)
        assert again.workbook_id == first.workbook_id
        assert again.plan().reused == 12
        await again.run(RunOptions(), ignore)
        assert server.counters.requests == 36
        before = set(cells(exported))
        report = await again.export()
        assert report.path == exported
        assert set(cells(exported)) == before
        assert cells(exported)["Status"] == ["done"] * 12


async def test_what_another_journal_filled_in_is_left_alone(
    workbook: Path, journal: SqliteJournal, tmp_path: Path
) -> None:
    async with SimulatorServer(SimulatorOptions(**QUICK)) as server:
        first = session_of(workbook, journal, server)
        await first.run(RunOptions(), ignore)
        exported = (await first.export()).path
        before = cells(exported)
        elsewhere = open_journal(tmp_path / "other.sqlite3")
        again = session_of(exported, elsewhere, server)
        await again.run(RunOptions(choice=RowSelection.of_numbers([3])), ignore)
        await again.export()
        elsewhere.close()
        assert cells(exported) == before


async def test_a_failed_row_says_why_and_keeps_what_it_has(workbook: Path, journal: SqliteJournal) -> None:
    async with SimulatorServer(SimulatorOptions(**QUICK, fail_containing="Draft Topic 3")) as server:
        session = session_of(workbook, journal, server)
        result = await session.run(RunOptions(), ignore)
        assert result.counts == {Status.DONE: 11, Status.FAILED: 1}
        seen = cells((await session.export()).path)
        place = seen["Status"].index("failed")
        assert seen["notes"][place]
        assert not seen["Article"][place]
        assert seen["Error"][place].startswith("draft: request rejected: ")
        assert seen["Error"][place].endswith("(1 attempt)")
        assert run_report(journal, 1).failures == {"request rejected": 1}


async def test_an_edit_wins_over_the_models_text(workbook: Path, journal: SqliteJournal) -> None:
    async with SimulatorServer(SimulatorOptions(**QUICK)) as server:
        session = session_of(workbook, journal, server)
        await session.run(RunOptions(), ignore)
        row = session.manifest.rows[0]
        await session.edit(row, "draft", "My own words")
        states = [output.state for output in session.outputs(row)]
        assert states == [OutputState.ANSWERED, OutputState.ANSWERED, OutputState.STALE]
        assert session.outputs(row)[1].text == "My own words"
        assert session.outputs(row)[1].answer.text.startswith("[simulated]")  # type: ignore[union-attr]
        seen = cells((await session.export()).path)
        assert seen["Article"][0] == "My own words"
        with pytest.raises(UsageError, match="must stay a JSON object"):
            await session.edit(session.manifest.rows[1], "score", "very good")
        await session.edit(row, "draft", None)
        assert [output.state for output in session.outputs(row)] == [OutputState.ANSWERED] * 3


async def test_the_simulated_provider_is_begun_where_none_is_given(workbook: Path, journal: SqliteJournal) -> None:
    session = session_of(workbook, journal)
    result = await session.run(RunOptions(choice=RowSelection(first=1)), ignore)
    assert result.counts == {Status.DONE: 1}


async def test_a_missing_key_is_said_before_any_call(workbook: Path, journal: SqliteJournal) -> None:
    steps = [{"name": "notes", "model": "openai/some-model", "prompt": "{{Topic}}"}]
    session = session_of(workbook, journal, steps=steps)
    events: list[Event] = []
    with pytest.raises(InputError, match=r"openai .*OPENAI_API_KEY.*chaindesk keys set openai"):
        await session.run(RunOptions(), events.append)
    assert not events
    assert not journal.runs()


async def test_a_budget_without_a_price_is_refused_up_front(workbook: Path, journal: SqliteJournal) -> None:
    steps = [{"name": "notes", "model": "own/some-model", "prompt": "{{Topic}}"}]
    providers = {"own": {"kind": "openai-chat", "base_url": "https://llm.example.org/v1"}}
    session = session_of(workbook, journal, steps=steps, providers=providers)
    with pytest.raises(InputError, match="own"):
        await session.run(RunOptions(budget=Decimal(1)), ignore)


def test_every_mistake_of_a_chain_is_told_at_once(workbook: Path, journal: SqliteJournal) -> None:
    steps = [
        {"name": "notes", "model": "demo/writer", "prompt": "{{Topik}}"},
        {"name": "draft", "model": "opnai/x", "prompt": "{{notes}}"},
    ]
    with pytest.raises(ChainError) as caught:
        session_of(workbook, journal, steps=steps)
    assert [problem.field for problem in caught.value.problems] == ["steps[0].prompt", "steps[1].model"]


async def test_two_runs_over_one_session_are_refused(workbook: Path, journal: SqliteJournal) -> None:
    async with SimulatorServer(SimulatorOptions(**QUICK)) as server:
        session = session_of(workbook, journal, server)
        refused: list[str] = []
        control = RunControl()

        def listen(event: Event) -> None:
            if isinstance(event, StepFinished) and not refused:
                coroutine = session.run(RunOptions(), ignore)
                try:
                    coroutine.send(None)
                except UsageError as error:
                    refused.append(str(error))
                control.stop()

        result = await session.run(RunOptions(), listen, control)
        assert result.state is RunState.STOPPED
        assert len(refused) == 1


async def test_a_report_adds_a_run_up(workbook: Path, journal: SqliteJournal) -> None:
    async with SimulatorServer(SimulatorOptions(**QUICK)) as server:
        session = session_of(workbook, journal, server)
        result = await session.run(RunOptions(), ignore)
        report = run_report(journal, result.run_id)
        assert (report.calls, report.rows, report.unfit) == (36, {Status.DONE: 12}, 0)
        assert report_line(report).tokens.output == report.usage.output > 0
        assert any("12 done" in line for line in report_lines(report))
    with pytest.raises(UsageError, match="no run 99"):
        run_report(journal, 99)


RUN = """
import asyncio, sys
from pathlib import Path
from chaindesk.credentials import KeyStore
from chaindesk.domain.chains.chain import Chain
from chaindesk.domain.events import StepFinished
from chaindesk.engine.run.options import RunOptions
from chaindesk.engine.session import Session
from chaindesk.journal.sqlite.journal import open_journal
from chaindesk.workbook import open_manifest

def listen(event):
    if isinstance(event, StepFinished) and not event.reused:
        print(event.row, event.step, flush=True)

journal = open_journal(Path(sys.argv[2]))
session = Session(open_manifest(sys.argv[1]), Chain.model_validate_json(sys.argv[3]), journal,
                  KeyStore(environment={}), addresses={"demo:embedded": sys.argv[4]})
asyncio.run(session.run(RunOptions(), listen))
"""


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
async def test_a_killed_run_goes_on_and_pays_for_nothing_twice(workbook: Path, tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite3"
    async with SimulatorServer(SimulatorOptions(latency=0.05, words=8)) as server:
        words = [sys.executable, "-c", RUN, str(workbook), str(path), chain_of().model_dump_json(), server.base_url]
        told = 0
        for kill_at in (3, 4, 5):
            process = await asyncio.create_subprocess_exec(*words, stdout=subprocess.PIPE)
            assert process.stdout is not None
            for _ in range(kill_at):
                told += bool(await process.stdout.readline())
            os.kill(process.pid, signal.SIGKILL)
            rest = await process.stdout.read()
            told += rest.count(b"\n")
            await process.wait()
        journal = open_journal(path)
        session = session_of(workbook, journal, server)
        assert session.plan().reused >= told >= 12
        result = await session.run(RunOptions(), ignore)
        assert result.counts == {Status.DONE: 12}
        assert server.counters.requests <= 36 + 3 * 5
        assert [run.state for run in journal.runs()] == [RunState.FINISHED] + [RunState.INTERRUPTED] * 3
        journal.close()


async def test_behind_a_limit_that_nobody_told_no_row_fails(tmp_path: Path, journal: SqliteJournal) -> None:
    path = tmp_path / "many.csv"
    path.write_text("Topic\n" + "".join(f"Topic {number}\n" for number in range(80)), encoding="utf-8")
    async with SimulatorServer(SimulatorOptions(latency=0.05, words=8, rpm=1800, burst=0.5)) as server:
        session = session_of(path, journal, server, steps=STEPS[:1], concurrency=25)
        result = await session.run(RunOptions(), ignore)
    assert result.counts == {Status.DONE: 80}
    assert server.counters.by_status[429] < 40


async def test_a_second_run_over_a_workbook_is_refused_while_one_goes_on(
    workbook: Path, journal: SqliteJournal
) -> None:
    beside = open_journal(journal.path)
    async with SimulatorServer(SimulatorOptions(**QUICK)) as server:
        first, second = session_of(workbook, journal, server), session_of(workbook, beside, server)
        refused: list[str] = []

        def tell(event: Event) -> None:
            if isinstance(event, StepFinished) and not refused:
                with pytest.raises(UsageError) as caught, beside.lock_workbook(second.workbook_id):
                    pass
                refused.append(str(caught.value))

        await first.run(RunOptions(), tell)
        assert f"process {os.getpid()}" in refused[0]
        assert server.counters.requests == 36
        assert (await second.run(RunOptions(), ignore)).counts == {Status.DONE: 12}
        assert server.counters.requests == 36
    beside.close()


async def test_what_another_program_paid_for_since_the_workbook_was_opened_is_not_paid_for_again(
    workbook: Path, journal: SqliteJournal
) -> None:
    beside = open_journal(journal.path)
    async with SimulatorServer(SimulatorOptions(**QUICK)) as server:
        opened_early = session_of(workbook, journal, server)
        assert opened_early.plan().calls == 36
        await session_of(workbook, beside, server).run(RunOptions(choice=RowSelection(first=5)), ignore)
        assert server.counters.requests == 15
        result = await opened_early.run(RunOptions(), ignore)
        assert result.counts == {Status.DONE: 12}
        assert server.counters.requests == 36
    beside.close()


async def test_a_parameter_that_a_model_does_not_take_is_said_once_a_run(
    workbook: Path, journal: SqliteJournal
) -> None:
    steps = [{"name": "notes", "model": "demo/writer", "prompt": "Notes on {{Topic}}", "temperature": 0.5}]
    async with SimulatorServer(SimulatorOptions(**QUICK, unsupported=("temperature",))) as server:
        session = session_of(workbook, journal, server, steps=steps)
        told: list[RunNoticed] = []
        result = await session.run(
            RunOptions(), lambda event: told.append(event) if isinstance(event, RunNoticed) else None
        )
        assert result.counts == {Status.DONE: 12}
        assert [event.message for event in told] == list(result.notices)
        assert len(told) == 1
        assert "does not take temperature" in told[0].message
        assert json.loads(to_json(told[0]))["event"] == "run_noticed"
        assert told[0].message in (await session.export()).notices
