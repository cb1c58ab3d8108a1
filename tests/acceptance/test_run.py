"""Runs from the command line to the completed workbook: failing rows, going on, stopping, refused keys, limits."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from pathlib import Path

import pytest
import xlsxwriter

from chaindesk.simulator.server import SimulatorOptions, SimulatorServer
from tests.support.command_line import CommandLine, read_sheet

pytestmark = pytest.mark.slow

FAST = SimulatorOptions(latency=0.02, words=8)
KEY = "sk-lab-0123456789abcdef"


async def test_one_failing_row_among_a_hundred(cli: CommandLine) -> None:
    book = cli.workbook(100, mark=(42, "BOOM"))
    options = SimulatorOptions(latency=0.02, words=8, fail_containing="2. In five words, for J-42:")
    async with SimulatorServer(options) as server:
        chain = cli.chain(server.base_url)
        done = await cli("run", book, "--chain", chain)
        assert (done.status, server.counters.requests) == (1, 99 * 3 + 2)
        assert server.counters.connections <= 25
        assert server.counters.peak <= 25
        rows = read_sheet(cli.folder / "jobs.completed.xlsx")
        assert [row["Status"] for row in rows].count("done") == 99
        failed = rows[40]
        assert (failed["ID"], failed["Status"]) == ("J-42", "failed")
        assert "step2" in failed["Error"]
        assert failed["step1"]
        assert not failed["step2"]
        assert "99 done, 1 failed" in done.out
        assert "--rows failed" in done.out

        # Only the failed row runs again, and only from its failing step on.
        server.options = FAST
        server.counters.reset()
        again = await cli("run", book, "--chain", chain, "--rows", "failed")
        assert (again.status, server.counters.requests) == (0, 2)
        rows = read_sheet(cli.folder / "jobs.completed.xlsx")
        assert {row["Status"] for row in rows} == {"done"}
        assert all(row["step3"] for row in rows)
        assert not any(row["Error"] for row in rows)


async def test_a_second_run_pays_nothing_and_a_fresh_one_pays_again(cli: CommandLine) -> None:
    book = cli.workbook(6)
    async with SimulatorServer(FAST) as server:
        chain = cli.chain(server.base_url, steps=2)
        assert (await cli("run", book, "--chain", chain)).status == 0
        assert server.counters.requests == 12
        second = await cli("run", book, "--chain", chain, "--json")
        assert (second.status, server.counters.requests) == (0, 12)
        assert second.events[-1]["reused"] == 12
        fresh = await cli("run", book, "--chain", chain, "--fresh")
        assert (fresh.status, server.counters.requests) == (0, 24)


async def test_a_completed_workbook_goes_on_in_its_own_columns(cli: CommandLine) -> None:
    book = cli.workbook(5)
    async with SimulatorServer(FAST) as server:
        chain = cli.chain(server.base_url, steps=2)
        assert (await cli("run", book, "--chain", chain, "--rows", "2-4")).status == 0
        completed = cli.folder / "jobs.completed.xlsx"
        before = list(read_sheet(completed)[0])
        book.unlink()
        done = await cli("run", completed, "--chain", chain, "--json")
        assert (done.status, server.counters.requests) == (0, 10), done.err
    result = Path(done.events[-1]["path"])
    rows = read_sheet(result)
    assert list(rows[0]) == before == ["ID", "Topic", "Tone", "step1", "step2", "Status", "Error"]
    assert [row["Status"] for row in rows] == ["done"] * 5


async def test_json_is_one_event_per_line_and_the_last_names_the_result(cli: CommandLine) -> None:
    book = cli.workbook(4)
    async with SimulatorServer(FAST) as server:
        done = await cli("run", book, "--chain", cli.chain(server.base_url, steps=2), "--json", "--out", "out.xlsx")
    assert done.status == 0
    events = done.events
    assert events[0]["event"] == "run_started"
    assert events[0]["rows"] == [2, 3, 4, 5]
    names = [event["event"] for event in events]
    assert names.count("step_finished") == 8
    assert names.count("row_finished") == 4
    assert names[-2:] == ["run_finished", "result"]
    result = events[-1]
    assert Path(result["path"]) == cli.folder / "out.xlsx"
    assert "out.xlsx" in os.listdir(cli.folder)
    assert result["counts"] == {"done": 4}
    assert result["exit_status"] == 0
    assert {event["row_key"] for event in events if "row_key" in event} == {"J-2", "J-3", "J-4", "J-5"}


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT for one process alone")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_ctrl_c_keeps_what_is_finished_and_the_next_run_goes_on(cli: CommandLine, number: signal.Signals) -> None:
    book = cli.workbook(30)
    async with SimulatorServer(SimulatorOptions(latency=0.2, distribution="constant", words=8)) as server:
        chain = cli.chain(server.base_url, steps=2)
        process = await cli.start("run", book, "--chain", chain, "--concurrency", "5", "--json")
        finished = 0
        while finished < 7:
            finished += json.loads(await process.stdout.readline())["event"] == "row_finished"
        process.send_signal(number)
        async with asyncio.timeout(90):
            rest, err = await process.communicate()
        assert process.returncode == 130
        assert b"Stopping" in err
        last = json.loads(rest.splitlines()[-1])
        assert (last["state"], last["exit_status"]) == ("stopped", 130)
        rows = read_sheet(Path(last["path"]))
        kept = [row for row in rows if row["Status"] == "done"]
        assert len(kept) == last["counts"]["done"] >= 7
        assert all(row["step2"] for row in kept)
        delivered = server.counters.delivered
        again = await cli("run", book, "--chain", chain)
        assert again.status == 0
        assert server.counters.delivered <= 60 + 5
        assert server.counters.delivered - delivered < 60 - 2 * 7 + 1


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT for one process alone")
async def test_a_second_ctrl_c_ends_at_once(cli: CommandLine) -> None:
    book = cli.workbook(3)
    async with SimulatorServer(SimulatorOptions(hang=1.0)) as server:
        process = await cli.start("run", book, "--chain", cli.chain(server.base_url), "--json")
        while json.loads(await process.stdout.readline())["event"] != "step_started":
            pass
        process.send_signal(signal.SIGINT)
        process.send_signal(signal.SIGINT)
        async with asyncio.timeout(90):
            await process.communicate()
        assert process.returncode == 130


async def test_a_refused_key_ends_the_run_early_and_is_shown_nowhere(cli: CommandLine) -> None:
    book = cli.workbook(10)
    async with SimulatorServer(SimulatorOptions(latency=0.02, require_key="another")) as server:
        chain = cli.chain(server.base_url)
        done = await cli("run", book, "--chain", chain)
        assert done.status == 3
        (advice,) = (line for line in done.out.splitlines() if line.startswith("Go on, and pay for nothing twice: "))
        assert "chaindesk run" in advice
        assert server.counters.requests <= 10
        told = await cli("run", book, "--chain", chain, "--json")
        assert told.status == 3
        assert told.events[-1]["state"] == "halted"
    everything = [done.out, done.err, told.out, told.err]
    for folder in (cli.folder, Path(os.environ["CHAINDESK_HOME"])):
        everything += [path.read_bytes().decode("latin-1") for path in folder.rglob("*") if path.is_file()]
    assert not [text for text in everything if KEY in text]


async def test_a_missing_key_is_told_before_any_call(cli: CommandLine) -> None:
    book = cli.workbook(3)
    async with SimulatorServer(FAST) as server:
        chain = cli.chain(server.base_url)
        done = await cli("run", book, "--chain", chain, env={"LAB_KEY": ""})
        checked = await cli("check", book, "--chain", chain, env={"LAB_KEY": ""})
        assert server.counters.requests == 0
    assert (done.status, checked.status) == (2, 2)
    for told in (done, checked):
        assert "LAB_KEY" in told.err
        assert "Traceback" not in told.err


async def test_a_budget_is_kept(cli: CommandLine) -> None:
    book = cli.workbook(3)
    async with SimulatorServer(FAST) as server:
        done = await cli("run", book, "--chain", cli.chain(server.base_url), "--budget", "0.01")
        assert (done.status, server.counters.requests) == (2, 0)
    assert "price" in done.err


async def test_rate_limits_and_faults_fail_no_row(cli: CommandLine) -> None:
    book = cli.workbook(20)
    options = SimulatorOptions(latency=0.02, words=8, error_500=0.1, malformed=0.05, seed=3)
    async with SimulatorServer(options) as server:
        done = await cli("run", book, "--chain", cli.chain(server.base_url, steps=1), "--json")
        assert done.status == 0
        assert server.counters.delivered == 20
        assert done.events[-1]["retries"] == server.counters.requests - 20 > 0


async def test_without_a_terminal_progress_is_a_few_plain_lines(cli: CommandLine) -> None:
    book = cli.workbook(3)
    async with SimulatorServer(FAST) as server:
        chain = cli.chain(server.base_url)
        done = await cli("run", book, "--chain", chain)
        quiet = await cli("run", book, "--chain", chain, "--quiet", "--fresh")
    assert done.err.splitlines() == ["test over jobs.xlsx: 3 rows, 9 calls to make, 25 rows at once"]
    assert "\x1b" not in done.out + done.err
    assert quiet.err == ""
    assert quiet.out.splitlines()[0] == "3 rows: 3 done."


async def test_a_csv_file_becomes_a_workbook(cli: CommandLine) -> None:
    book = cli.folder / "jobs.csv"
    book.write_bytes("ID;Topic;Tone\nA;Käse;warm\n;;\nB;=1+1;\n".encode("cp1252"))
    async with SimulatorServer(FAST) as server:
        done = await cli("run", book, "--chain", cli.chain(server.base_url, steps=1))
        assert (done.status, server.counters.requests) == (0, 2)
    rows = read_sheet(cli.folder / "jobs.completed.xlsx")
    kept = [(row["ID"], row["Topic"], row["Status"]) for row in rows if row["ID"]]
    assert kept == [("A", "Käse", "done"), ("B", "=1+1", "done")]


async def test_the_sheet_the_header_row_and_the_id_column_can_be_chosen(cli: CommandLine) -> None:
    book = cli.folder / "two.xlsx"
    with xlsxwriter.Workbook(book) as workbook:
        workbook.add_worksheet("Cover").write(0, 0, "Nothing here")
        sheet = workbook.add_worksheet("Work list")
        sheet.write(0, 0, "Our list of the month")
        for place, row in enumerate((["Code", "ID", "Topic", "Tone"], ["x1", 1, "a", ""], ["x2", 2, "b", ""])):
            sheet.write_row(place + 2, 0, row)
        sheet.set_row(4, None, None, {"hidden": True})
    words = ("--sheet", "Work list", "--header-row", "3", "--id-column", "Code", "--json")
    async with SimulatorServer(FAST) as server:
        chain = cli.chain(server.base_url, steps=1)
        seen = await cli("run", book, "--chain", chain, *words, "--skip-hidden")
        every = await cli("run", book, "--chain", chain, *words)
        missing = await cli("run", book, "--chain", chain, "--sheet", "work lost")
        assert server.counters.requests == 2
    assert [event["row_key"] for event in seen.events if event["event"] == "row_finished"] == ["x1"]
    assert every.events[-1]["counts"] == {"done": 2}
    assert missing.status == 2
    assert "Work list" in missing.err


async def test_a_result_that_cannot_be_saved_is_told_by_status_and_json_and_keeps_every_answer(
    cli: CommandLine,
) -> None:
    book = cli.workbook(4)
    folder = cli.folder / "results"
    folder.mkdir()
    async with SimulatorServer(SimulatorOptions(latency=0.3, words=8)) as server:
        words = ("run", book, "--chain", cli.chain(server.base_url, steps=1), "--concurrency", "1")
        process = await cli.start(*words, "--out", folder / "out.xlsx", "--json")
        assert process.stdout is not None
        said = [await process.stdout.readline()]
        folder.rmdir()
        out, err = await process.communicate()
        result = json.loads((said[0] + out).splitlines()[-1])
        assert process.returncode == result["exit_status"] == 4
        assert (result["counts"], result["failures"], result["path"]) == ({"done": 4}, {}, None)
        assert "there is no folder" in result["export_error"]
        assert b"Every answer is kept" in err
        again = await cli(*words, "--json")
        assert (again.status, server.counters.requests) == (0, 4)
        assert again.events[-1]["export_error"] is None


async def test_how_a_text_file_was_read_is_told_and_can_be_said(cli: CommandLine) -> None:
    book = cli.folder / "jobs.csv"
    book.write_bytes("Topic;Preis\nKäse, alt;5\nBrötchen;7\n".encode("cp1252"))
    async with SimulatorServer(FAST) as server:
        chain = cli.folder / "one.yaml"
        chain.write_text(
            f'name: t\nproviders: {{lab: {{kind: openai-chat, base_url: "{server.base_url}"}}}}\n'
            "steps:\n  - {name: a, model: lab/writer, prompt: 'In five words: {{Topic}}'}\n"
        )
        ran = await cli("run", book, "--chain", chain)
        assert ran.status == 0
        told = "jobs.csv was read as cp1252, semicolon between the cells (delimiter and encoding guessed)"
        assert f"{told}. Its columns: Topic, Preis." in ran.err
        checked = await cli("check", book, "--chain", chain, "--json")
        (found,) = checked.events
        sheet = {name: found["sheet"][name] for name in ("sheet", "header_row", "column_names", "row_count")}
        assert sheet == {"sheet": "jobs", "header_row": 1, "column_names": ["Topic", "Preis"], "row_count": 2}
        assert found["sheet"]["text"]["delimiter"] == ";"
        said = await cli("check", book, "--chain", chain, "--json", "--delimiter", "none", "--encoding", "latin-1")
        assert said.status == 2
        assert said.events[0]["sheet"]["column_names"] == ["Topic;Preis"]
        assert said.events[0]["sheet"]["text"]["guessed"] == []
        assert (await cli("check", book, "--chain", chain, "--encoding", "no-such")).status == 2
