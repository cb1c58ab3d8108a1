"""Batch jobs by the command line: sent without waiting, listed, collected, cancelled, and gone on with."""

from __future__ import annotations

import json
import re
import shlex
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from chaindesk.simulator.batches.options import BatchOptions
from chaindesk.simulator.server import SimulatorOptions, SimulatorServer
from tests.support.command_line import CommandLine, FinishedProcess, read_sheet, until_event, wait_for_end

CHAIN = """\
name: batch
id_column: ID
speed: batch
providers:
  lab: {{kind: openai-chat, base_url: "{address}", speeds: [batch], prices: {{"*": {{input: 10, output: 20}}}}}}
steps:
  - {{name: first, model: lab/writer, prompt: "In five words: {{{{Topic}}}}."}}
  - {{name: second, model: lab/writer, prompt: "In three words: {{{{first}}}}."}}
"""


@asynccontextmanager
async def batch_server(**batch: Any) -> AsyncIterator[SimulatorServer]:
    async with SimulatorServer(SimulatorOptions(latency=0, batch=BatchOptions(**batch))) as server:
        yield server


@pytest.fixture
def batch_chain(cli: CommandLine) -> Callable[[SimulatorServer], Path]:
    def write(server: SimulatorServer) -> Path:
        path = cli.folder / "batch.yaml"
        path.write_text(CHAIN.format(address=server.base_url), "utf-8")
        return path

    return write


async def test_a_run_without_waiting_is_gone_on_with_until_every_row_is_done(
    cli: CommandLine, batch_chain: Callable[[SimulatorServer], Path]
) -> None:
    async with batch_server() as server:
        book, chain = cli.workbook(8), batch_chain(server)

        async def run() -> FinishedProcess:
            return await cli("run", book, "--chain", chain, "--detach", "-q")

        first = await run()
        assert first.status == 5, first.err
        assert "1 done, 7 submitted" in first.out
        assert "chaindesk collect" in first.out
        listed = await cli("jobs", "--json")
        (job,) = listed.events
        assert (job["step"], job["request_count"], job["stage"], job["stored_answers"]) == ("first", 7, "submitted", 0)
        assert "submitted" in (await cli("jobs")).out
        saved = read_sheet(cli.folder / "jobs.completed.xlsx")
        assert [row["Status"] for row in saved] == ["done"] + ["submitted"] * 7
        waiting = await cli("collect")
        assert (waiting.status, "1 job still out" in waiting.out) == (5, True)
        server.batches.store.advance(3600)
        collected = await cli("collect", "--json")
        assert (collected.status, collected.events[0]["collected_rows"]) == (0, 7)
        assert (await cli("collect")).out.strip() == "No batch job is out."
        assert (await run()).status == 5
        server.batches.store.advance(3600)
        last = await run()
        assert (last.status, "8 done" in last.out) == (0, True), last.out
        assert set(server.batches.store.counters.billed.values()) == {1}
        assert sum(server.batches.store.counters.billed.values()) + server.counters.delivered == 16
        (one, two) = (await cli("jobs", "--all", "--json")).events
        assert float(one["cost_usd"]) > 0
        assert two["stage"] == "collected"


async def test_a_cancelled_job_is_collected_and_the_rest_asked_at_once(
    cli: CommandLine, batch_chain: Callable[[SimulatorServer], Path]
) -> None:
    async with batch_server(seconds=3600) as server:
        book, chain = cli.workbook(9), batch_chain(server)
        assert (await cli("run", book, "--chain", chain, "--detach", "-q")).status == 5
        server.batches.store.advance(1800)
        cancelled = await cli("jobs", "--cancel", "all")
        assert (cancelled.status, "1 job told to end" in cancelled.out) == (0, True), cancelled.err
        done = await cli("run", book, "--chain", chain, "--speed", "standard", "-q")
        assert (done.status, "9 done" in done.out) == (0, True), done.out
        assert len(server.batches.store.counters.billed) == 4
        assert server.counters.delivered == 18 - 4


async def test_the_commands_of_the_guides_page_on_batch_jobs_run_one_after_another(
    cli: CommandLine, batch_chain: Callable[[SimulatorServer], Path]
) -> None:
    page = (Path(__file__).parents[2] / "docs" / "guide" / "speed.md").read_text("utf-8")
    shown = [shlex.split(line, comments=True)[1:] for line in re.findall(r"^chaindesk .+$", page, re.MULTILINE)]
    send, check, finish = shown
    async with batch_server(seconds=3600) as server:
        cli.workbook(9, "articles.xlsx")
        text = batch_chain(server).read_text("utf-8")
        (cli.folder / "article.yaml").write_text(text.replace("speed: batch\n", ""), "utf-8")
        sent = await cli(*send)
        assert sent.status == 5, sent.err
        assert "1 done, 8 submitted" in sent.out
        server.batches.store.advance(3600)
        again = await cli(*send)  # the same line again stores what has come, and sends the next step
        assert again.status == 5, again.err
        assert server.batches.store.counters.jobs == 2
        told = await cli(*check)
        assert told.status == 0, told.err
        assert "7 rows are out in batch jobs, which are told to end now" in told.out
        calls = server.counters.delivered
        finished = await cli(*finish)
        assert finished.status == 0, finished.err
        assert "9 done" in finished.out
        assert server.counters.delivered == calls + 7
    assert all(row["Status"] == "done" for row in read_sheet(cli.folder / "articles.completed.xlsx"))


async def test_a_run_is_finished_without_its_jobs_after_its_price_was_said(
    cli: CommandLine, batch_chain: Callable[[SimulatorServer], Path]
) -> None:
    async with batch_server(seconds=3600) as server:
        book, chain = cli.workbook(9), batch_chain(server)
        assert (await cli("run", book, "--chain", chain, "--detach", "-q")).status == 5
        server.batches.store.advance(1800)
        told = await cli("check", book, "--chain", chain, "--offline", "--finish-live")
        assert "8 rows are out in batch jobs, which are told to end now" in told.out
        assert "nothing is sent twice" not in told.out
        costs = json.loads((await cli("check", book, "--chain", chain, "--offline", "--finish-live", "--json")).out)
        assert costs["plan"]["planned_calls"] == 16
        wrong = await cli("run", book, "--chain", chain, "--finish-live", "--detach")
        assert (wrong.status, "--detach" in wrong.err) == (2, True)
        done = await cli("run", book, "--chain", chain, "--finish-live", "--json")
        assert done.status == 0, done.err
        result = done.events[-1]
        assert result["counts"] == {"done": 9}
        assert "at its full price" in result["notices"][0]["message"]
        (cancelled,) = [event for event in done.events if event["event"] == "batch_job_changed"][-1:]
        assert (cancelled["stage"], cancelled["phase"]) == ("collected", "cancelled")
        assert set(server.batches.store.counters.billed.values()) == {1}
        assert len(server.batches.store.counters.billed) == 4
        assert server.counters.delivered == 18 - 4


async def test_a_job_that_nobody_knows_is_given_up_only_at_the_users_word(
    cli: CommandLine, batch_chain: Callable[[SimulatorServer], Path]
) -> None:
    async with batch_server() as server:
        book, chain = cli.workbook(4), batch_chain(server)
        assert (await cli("run", book, "--chain", chain, "--detach", "-q")).status == 5
        server.batches.store._jobs.clear()  # the provider has lost it
        collected = await cli("collect")
        assert collected.status == 1
        assert "does not know this batch job" in collected.err
        again = await cli("run", book, "--chain", chain, "--detach", "-q")
        assert "3 submitted" in again.out
        (job,) = (await cli("jobs", "--json")).events
        assert (await cli("jobs", "--forget", job["job"])).status == 2
        assert (await cli("jobs", "--forget", job["job"], "--yes")).status == 0
        assert "No batch job is out." in (await cli("jobs")).out


async def test_a_second_run_and_a_collector_leave_the_jobs_to_the_run_that_is_going_on(
    cli: CommandLine, batch_chain: Callable[[SimulatorServer], Path]
) -> None:
    async with batch_server() as server:
        book, chain = cli.workbook(6), batch_chain(server)
        first = await cli.start("run", book, "--chain", chain, "--json")
        await until_event(first, lambda event: event["event"] == "batch_job_changed" and event["stage"] == "submitted")
        second = await cli("run", book, "--chain", chain, "--out", cli.folder / "second.xlsx")
        assert (second.status, "Another run is going on" in second.err) == (2, True), second.err
        collected = await cli("collect")
        assert collected.status == 1
        assert "A run is going on over this workbook" in collected.err
        assert server.batches.store.counters.jobs == 1
        first.send_signal(signal.SIGINT)
        assert (await wait_for_end(first)).status == 130
        server.batches.store.advance(3600)
        assert (await cli("collect")).status == 0
        assert (await cli("run", book, "--chain", chain, "--speed", "standard", "-q")).status == 0
        assert set(server.batches.store.counters.billed.values()) == {1}
        assert len(server.batches.store.counters.billed) + server.counters.delivered == 12


async def test_rows_edited_moved_and_deleted_while_they_are_out_keep_what_is_theirs(
    cli: CommandLine, batch_chain: Callable[[SimulatorServer], Path]
) -> None:
    async with batch_server() as server:
        book, chain = cli.workbook(8), batch_chain(server)
        assert (await cli("run", book, "--chain", chain, "--detach", "-q")).status == 5
        opened = openpyxl.load_workbook(book)
        sheet = opened.active
        sheet.cell(4, 2).value = "Another topic"  # J-4 is edited
        sheet.delete_rows(6)  # J-6 is gone
        sheet.insert_rows(2)  # and all others are one row further down
        for column, value in enumerate(("J-new", "A new topic"), 1):
            sheet.cell(2, column).value = value
        opened.save(book)
        server.batches.store.advance(3600)
        collected = await cli("collect", "--json")
        assert (collected.status, collected.events[0]["collected_rows"]) == (0, 7)
        for _ in range(3):
            result = await cli("run", book, "--chain", chain, "--detach", "-q")
            server.batches.store.advance(3600)
        assert result.status == 0, result.err
        rows = {row["ID"]: row for row in read_sheet(cli.folder / "jobs.completed.xlsx")}
        assert list(rows) == ["J-new", "J-2", "J-3", "J-4", "J-5", "J-7", "J-8", "J-9"]
        for row in rows.values():
            assert row["Topic"] in row["first"]
            assert row["Status"] == "done"
        # Nine rows' first step, J-4's a second time, and the second step of the eight that are there.
        assert len(server.batches.store.counters.billed) + server.counters.delivered == 9 + 1 + 8
        assert set(server.batches.store.counters.billed.values()) == {1}


async def test_check_tells_the_price_at_batch_speed(
    cli: CommandLine, batch_chain: Callable[[SimulatorServer], Path]
) -> None:
    async with batch_server() as server:
        book, chain = cli.workbook(4), batch_chain(server)
        told = await cli("check", book, "--chain", chain, "--offline")
        assert "at the batch price" in told.out
        assert "half the price" in told.out
