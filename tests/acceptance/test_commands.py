"""Each command as a process of its own: what it prints, which status it ends with, what it leaves on the disk."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import signal
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from chaindesk.simulator.server import SimulatorOptions, SimulatorServer
from tests.support.command_line import CommandLine, read_sheet, wait_for_end

pytestmark = pytest.mark.slow

Sheet = Callable[[Path], list[dict[str, Any]]]
FAST = SimulatorOptions(latency=0.02, words=8)

BLOCKED = """
import sys

class Block:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("PySide6", "shiboken6", "qasync", "pyqtgraph"):
            raise ImportError(f"{name} is blocked")

sys.meta_path.insert(0, Block())
from chaindesk.__main__ import main
sys.exit(main(sys.argv[1:]))
"""
WATCHED = """
import sys
from chaindesk.__main__ import main
status = main(sys.argv[1:])
assert not {"PySide6", "qasync", "pyqtgraph"} & set(sys.modules), "the command line has loaded Qt"
sys.exit(status)
"""


@pytest.mark.parametrize("code", [BLOCKED, WATCHED])
async def test_the_command_line_needs_no_qt(cli: CommandLine, code: str) -> None:
    book = cli.workbook(2)
    async with SimulatorServer(FAST) as server:
        words = ["run", str(book), "--chain", str(cli.chain(server.base_url)), "--quiet"]
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", code, *words, cwd=cli.folder, stderr=asyncio.subprocess.PIPE
        )
        _, err = await process.communicate()
        assert (process.returncode, err.decode()) == (0, "")
        assert server.counters.delivered == 6


async def test_the_demo_completes_the_example_and_says_that_it_is_simulated(cli: CommandLine) -> None:
    done = await cli("demo", "--rows", "3", "--latency", "0.05", "--out", "demo.xlsx")
    assert done.status == 0
    assert "simulated" in done.err
    assert "no journal" not in done.err  # its own is none that anybody named
    assert f"Result: {cli.folder / 'demo.xlsx'}" in done.out
    rows = read_sheet(cli.folder / "demo.xlsx")
    assert len(rows) == 40
    assert [row["Status"] for row in rows[:4]] == ["done"] * 3 + [rows[3]["Status"]]
    assert all("simulat" in row["Article"].lower() for row in rows[:3])
    assert not (Path(os.environ["CHAINDESK_HOME"]) / "journal.sqlite3").exists()


async def test_check_says_what_would_run_and_makes_no_call(cli: CommandLine) -> None:
    book = cli.workbook(10)
    async with SimulatorServer(FAST) as server:
        chain = cli.chain(server.base_url)
        await cli("run", book, "--chain", chain, "--rows", "2-3")
        server.counters.reset()
        told = await cli("check", book, "--chain", chain, "--rows", "2-5")
        assert told.status == 0
        assert "6 to make, 6 answers reused" in told.out
        assert "4 chosen: 2–5" in told.out
        assert "tokens" in told.out
        values = json.loads((await cli("check", book, "--chain", chain, "--json")).out)
        assert values["ok"] is True
        assert values["plan"]["planned_calls"] == 24
        assert values["plan"]["rows"] == list(range(2, 12))
        assert server.counters.requests == 0


async def test_check_tells_every_mistake_in_chain_and_sheet(cli: CommandLine) -> None:
    book = cli.workbook(2)
    (cli.folder / "bad.yaml").write_text(
        "name: bad\nid_column: Id\nsteps:\n  - name: a\n    model: opnai/x\n    prompt: |\n      One\n      {{Topik}}\n"
        "  - name: b\n    model: demo/x\n    prompt: '{{c}}'\n  - name: c\n    model: demo/x\n    prompt: x\n"
    )
    told = await cli("check", book, "--chain", "bad.yaml")
    assert told.status == 2
    assert 'bad.yaml:2: id_column: Sheet "Jobs" in jobs.xlsx has no column "Id". Did you mean "ID"?' in told.err
    assert 'bad.yaml:5: steps[0].model: No provider is called "opnai". Did you mean "openai"?' in told.err
    assert "bad.yaml:8: steps[0].prompt: {{Topik}} is neither" in told.err
    assert "bad.yaml:11: steps[1].prompt: {{c}} is a step that has not run yet here." in told.err
    ran = await cli("run", book, "--chain", "bad.yaml")
    assert (ran.status, ran.out) == (2, "")
    fixed = (cli.folder / "bad.yaml").read_text().replace("opnai", "openai")
    (cli.folder / "bad.yaml").write_text(fixed)
    ran = await cli("run", book, "--chain", "bad.yaml")
    assert [line.partition(": ")[0] for line in ran.err.splitlines()] == ["bad.yaml:2", "bad.yaml:8", "bad.yaml:11"]
    missing = await cli("check", "none.xlsx", "--chain", "none.yaml", "--json")
    assert missing.status == 2
    assert len(json.loads(missing.out)["problems"]) == 2


async def test_export_knows_the_chain_from_the_journal(cli: CommandLine) -> None:
    book = cli.workbook(4)
    async with SimulatorServer(FAST) as server:
        chain = cli.chain(server.base_url, steps=2)
        await cli("run", book, "--chain", chain, "--rows", "2,4")
        chain.unlink()
        server.counters.reset()
        done = await cli("export", book, "--out", "so-far.xlsx", env={"LAB_KEY": ""})
        assert (done.status, server.counters.requests) == (0, 0)
    assert (cli.folder / "so-far.xlsx").read_bytes() == (cli.folder / "jobs.completed.xlsx").read_bytes()
    assert [bool(row["step2"]) for row in read_sheet(cli.folder / "so-far.xlsx")] == [True, False, True, False]
    other = cli.workbook(1, name="other.xlsx")
    unknown = await cli("export", other, "--out", "x.xlsx")
    assert unknown.status == 2
    assert "knows no run" in unknown.err


async def test_past_runs_are_listed_and_reported(cli: CommandLine) -> None:
    book = cli.workbook(4, mark=(3, "BOOM"))
    journal = cli.folder / "own.sqlite3"
    async with SimulatorServer(SimulatorOptions(latency=0.02, words=8, fail_containing="BOOM")) as server:
        chain = cli.chain(server.base_url, steps=2)
        ran = await cli("run", book, "--chain", chain, "--journal", journal, "--json")
        assert ran.status == 1
        assert list(ran.events[-1]["failures"].values()) == [1]
    listed = await cli("runs", "--journal", journal)
    assert "jobs.xlsx" in listed.out
    (record,) = (await cli("runs", "--journal", journal, "--json")).events
    assert (record["row_count"], record["state"]) == (4, "finished")
    text = await cli("report", record["run_id"], "--journal", journal)
    assert "3 done" in text.out
    assert "J-3" in text.out
    values = json.loads((await cli("report", "last", "--journal", journal, "--json")).out)
    assert values["outcomes"]["failed"] == 1
    assert (await cli("runs")).out == "There is no run yet.\n"


async def test_the_workbook_itself_is_overwritten_only_when_asked_and_kept_aside(cli: CommandLine) -> None:
    book = cli.workbook(2)
    before = book.read_bytes()
    async with SimulatorServer(FAST) as server:
        chain = cli.chain(server.base_url, steps=1)
        refused = await cli("run", book, "--chain", chain, "--out", book)
        assert (refused.status, server.counters.requests) == (2, 0)
        assert "--overwrite" in refused.err
        done = await cli("run", book, "--chain", chain, "--out", book, "--overwrite")
        assert done.status == 0
    assert [row["Status"] for row in read_sheet(book)] == ["done", "done"]
    kept = [path for path in cli.folder.iterdir() if path.read_bytes() == before]
    assert len(kept) == 1


async def test_a_result_that_cannot_be_written_is_told_before_any_call(cli: CommandLine) -> None:
    book = cli.workbook(2)
    async with SimulatorServer(FAST) as server:
        chain = cli.chain(server.base_url)
        done = await cli("run", book, "--chain", chain, "--out", "no/such/folder/x.xlsx")
        rows = await cli("run", book, "--chain", chain, "--rows", "90-99")
        none = await cli("run", book, "--chain", chain, "--rows", "failed")
        assert server.counters.requests == 0
    assert done.status == 2
    assert "there is no folder" in done.err
    assert rows.status == 2
    assert "2 to 3" in rows.err
    assert none.status == 0
    assert none.out == "Nothing to run: no row has failed.\n"
    assert sorted(path.name for path in cli.folder.glob("*.xlsx")) == ["jobs.xlsx"]


async def test_where_nothing_has_failed_a_copy_is_written_only_under_a_name_that_is_asked_for(cli: CommandLine) -> None:
    book = cli.workbook(2)
    async with SimulatorServer(FAST) as server:
        chain = cli.chain(server.base_url, steps=1)
        await cli("run", book, "--chain", chain)
        (cli.folder / "jobs.completed.xlsx").unlink()
        done = await cli("run", book, "--chain", chain, "--rows", "failed", "--json")
        assert (done.status, done.events[-1]["path"]) == (0, None)
        assert not (cli.folder / "jobs.completed.xlsx").exists()
        asked = await cli("run", book, "--chain", chain, "--rows", "failed", "--out", "copy.xlsx")
        assert (asked.status, server.counters.requests) == (0, 2)
    assert [row["Status"] for row in read_sheet(cli.folder / "copy.xlsx")] == ["done", "done"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the pipe that holds the command is Unix's")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
async def test_a_signal_before_the_run_has_begun_ends_it_as_interrupted(cli: CommandLine, name: str) -> None:
    os.mkfifo(cli.folder / "chain.yaml")  # whoever reads it waits for a writer
    process = await cli.start("run", cli.workbook(2), "--chain", "chain.yaml")
    pipe = await asyncio.to_thread(os.open, cli.folder / "chain.yaml", os.O_WRONLY)
    try:
        process.send_signal(signal.Signals[name])
        done = await wait_for_end(process)
    finally:
        os.close(pipe)
    assert (done.status, done.out) == (130, "")
    assert done.err == "Interrupted. Every answer that had arrived is kept.\n"


async def test_a_damaged_journal_is_refused_before_any_call(cli: CommandLine) -> None:
    book = cli.workbook(2)
    journal = cli.folder / "j.sqlite3"
    journal.write_bytes(b"this is no database at all" * 100)
    digest = hashlib.sha256(journal.read_bytes()).hexdigest()
    async with SimulatorServer(FAST) as server:
        done = await cli("run", book, "--chain", cli.chain(server.base_url), "--journal", journal)
        assert (done.status, server.counters.requests) == (2, 0)
    assert "Traceback" not in done.err
    assert hashlib.sha256(journal.read_bytes()).hexdigest() == digest


async def test_bench_measures_both_ways(cli: CommandLine) -> None:
    words = ("--batch", "4", "--concurrency", "1,4", "--latency", "1", "--latency-scale", "0.05")
    text = await cli("bench", *words)
    assert text.status == 0
    assert "4 calls one after another" in text.out
    assert "× faster" in text.out
    events = (await cli("bench", *words, "--json")).events
    assert [event["event"] for event in events] == ["bench_first", "bench_measured", "bench_measured"]
    assert [event["concurrency"] for event in events[1:]] == [1, 4]
    assert all(0 < event["share_of_ideal"] <= 1.0 for event in events[1:])


async def test_bench_runs_a_real_sheet_both_ways_and_keeps_nothing(cli: CommandLine) -> None:
    book = cli.workbook(5, mark=(4, "BOOM"))
    async with SimulatorServer(SimulatorOptions(latency=0.05, words=8, fail_containing="BOOM")) as server:
        chain = cli.chain(server.base_url, steps=2)
        refused = await cli("bench", "--workbook", book, "--chain", chain)
        assert (refused.status, server.counters.requests) == (2, 0)
        assert "--yes" in refused.err
        done = await cli("bench", "--workbook", book, "--chain", chain, "--yes", "--json")
        assert server.counters.delivered == 2 * 4 * 2
    (found,) = done.events
    assert done.status == 1
    assert found["differing"] == []
    assert sum(found["sequential"]["failures"].values()) == sum(found["concurrent"]["failures"].values()) == 1
    assert "twice" in done.err
    assert sorted(path.name for path in cli.folder.iterdir()) == ["chain.yaml", "jobs.xlsx"]


async def test_bench_does_not_go_on_where_a_key_is_refused(cli: CommandLine) -> None:
    book = cli.workbook(5)
    async with SimulatorServer(SimulatorOptions(latency=0.02, require_key="another")) as server:
        chain = cli.chain(server.base_url)
        done = await cli("bench", "--workbook", book, "--chain", chain, "--yes")
        assert (done.status, server.counters.requests) == (3, 3), "two rows and a far one have to say so"
    assert "not begun" in done.err


async def test_the_simulated_provider_is_served_until_ctrl_c(cli: CommandLine) -> None:
    process = await cli.start("serve-demo", "--latency", "0.02", "--words", "8", "--json")
    base_url = json.loads(await process.stdout.readline())["base_url"]
    book = cli.workbook(2)
    assert (await cli("run", book, "--chain", cli.chain(base_url))).status == 0
    process.terminate()
    async with asyncio.timeout(90):
        await process.communicate()
    assert process.returncode == (0 if os.name != "nt" else 1)


async def test_an_answered_row_is_on_disk_before_its_event(cli: CommandLine) -> None:
    """Kill without mercy right after an event: what it told is in the journal."""
    book = cli.workbook(8)
    journal = cli.folder / "j.sqlite3"
    async with SimulatorServer(SimulatorOptions(latency=0.1, words=8)) as server:
        chain = cli.chain(server.base_url)
        process = await cli.start("run", book, "--chain", chain, "--json", "--journal", journal, "--concurrency", "2")
        told = 0
        while told < 6:
            told += json.loads(await process.stdout.readline())["event"] == "step_finished"
        process.kill()
        await process.communicate()
    with sqlite3.connect(journal) as connection:
        assert connection.execute("SELECT count(*) FROM answer").fetchone()[0] >= 6
    connection.close()
