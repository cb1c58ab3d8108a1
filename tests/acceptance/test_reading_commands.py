"""Commands that only read make nothing, take no other file for a journal, and cope with names that are no text."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from chaindesk.simulator.server import SimulatorOptions, SimulatorServer
from tests.support.command_line import CommandLine, read_sheet

pytestmark = pytest.mark.slow
FAST = SimulatorOptions(latency=0.02, words=8)


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (["runs"], 0),
        (["runs", "--clean", "1", "--yes"], 0),
        (["report"], 2),
        (["export", "jobs.xlsx"], 2),
        (["keys", "list"], 0),
        (["paths"], 0),
        (["check", "jobs.xlsx", "--chain", "demo.yaml"], 0),
        (["report", "--bundle", "bug.zip"], 0),
    ],
)
async def test_a_reading_command_makes_no_journal_and_no_folder(
    cli: CommandLine, tmp_path: Path, words: list[str], status: int
) -> None:
    cli.workbook(2)
    (cli.folder / "demo.yaml").write_text(DEMO)
    home = tmp_path / "home of nobody yet"
    done = await cli(*words, env={"CHAINDESK_HOME": str(home)})
    assert (done.status, home.exists()) == (status, False), done.err


async def test_a_mistyped_journal_is_refused_by_who_reads_and_told_by_who_runs(cli: CommandLine) -> None:
    book = cli.workbook(2)
    chain = cli.folder / "demo.yaml"
    chain.write_text(DEMO)
    (cli.folder / "journal.sqlite3").touch()
    before = {path.name for path in cli.folder.iterdir()}
    for words in (["runs"], ["report"], ["export", book]):
        refused = await cli(*words, "--journal", "jurnal.sqlite3")
        assert refused.status == 2
        assert "There is no journal jurnal.sqlite3. Did you mean journal.sqlite3?" in refused.err
    told = await cli("check", book, "--chain", chain, "--journal", "jurnal.sqlite3")
    assert told.status == 0
    assert "no answer from before is known" in told.out
    assert {path.name for path in cli.folder.iterdir()} == before
    made = await cli("run", book, "--chain", chain, "--journal", "jurnal.sqlite3", "--quiet")
    assert made.status == 0
    assert "There is no journal jurnal.sqlite3" in made.err
    assert "no answer from before is known" in made.err
    again = await cli("run", book, "--chain", chain, "--journal", "jurnal.sqlite3", "--quiet")
    assert again.err == ""


@pytest.mark.parametrize("name", ["jobs.xlsx", "jobs.csv"])
async def test_what_never_was_a_journal_is_neither_opened_nor_repaired(cli: CommandLine, name: str) -> None:
    path = cli.workbook(2) if name == "jobs.xlsx" else cli.folder / name
    if name == "jobs.csv":
        path.write_text("ID,Topic\n1,Cats\n")
    path.chmod(0o644)
    content = path.read_bytes()
    before = sorted(cli.folder.iterdir())
    for words in (["runs", "--repair"], ["runs"], ["report"]):
        refused = await cli(*words, "--journal", path)
        assert refused.status == 2
        assert "is no journal of ChainDesk" in refused.err
        assert "--repair" not in refused.err
    assert (sorted(cli.folder.iterdir()), path.read_bytes()) == (before, content)
    if os.name != "nt":
        assert path.stat().st_mode & 0o777 == 0o644


async def test_a_sound_journal_needs_no_repair_and_that_is_no_failure(cli: CommandLine) -> None:
    chain = cli.folder / "demo.yaml"
    chain.write_text(DEMO)
    await cli("run", cli.workbook(1), "--chain", chain, "--quiet")
    done = await cli("runs", "--repair")
    assert done.status == 0
    assert "is sound" in done.out


@pytest.mark.skipif(sys.platform != "linux", reason="file names are text on other systems")
async def test_names_that_are_no_text_are_run_reused_told_and_exported(cli: CommandLine) -> None:
    book = Path(os.fsdecode(os.fsencode(cli.folder) + b"/jobs\xff.xlsx"))
    cli.workbook(3).rename(book)
    journal = book.with_name(os.fsdecode(b"journal\xfe.sqlite3"))
    result = book.with_name(os.fsdecode(b"result\xfd.xlsx"))
    async with SimulatorServer(FAST) as server:
        chain = cli.chain(server.base_url, steps=1, name=os.fsdecode(b"chain\xfc.yaml"))
        words = ["--chain", chain, "--journal", journal, "--allow-key-env"]
        ran = await cli("run", book, *words, "--out", result, "--quiet")
        assert (ran.status, ran.err.count("damaged")) == (0, 0), ran.err
        assert r"result\xfd.xlsx" in ran.out
        again = await cli("run", book, *words, "--json")
        assert again.events[-1]["reused"] == 3
        assert server.counters.delivered == 3
    copy = result.rename(cli.folder / "result.xlsx")  # calamine takes no other names
    assert [row["Status"] for row in read_sheet(copy)] == ["done"] * 3
    checked = await cli("check", book, *words)
    assert "0 to make, 3 answers reused" in checked.out
    listed = await cli("runs", "--journal", journal, "--json")
    assert {json.loads(line)["workbook"] for line in listed.out.splitlines()} == {str(book)}
    told = await cli("report", "--journal", journal, "--html", "run.html", "--bundle", "bug.zip")
    assert told.status == 0
    past = await cli("export", "--run", 1, "--journal", journal, "--out", "then.xlsx")
    assert past.status == 0
    assert len(read_sheet(cli.folder / "then.xlsx")) == 3


def two_jobs(path: Path) -> Path:
    path.write_text("ID,Topic\n1,Cats\n2,Dogs\n")
    return path


@pytest.mark.skipif(sys.platform != "linux", reason="file names are text on other systems")
async def test_a_text_file_whose_name_is_no_text_is_run_reused_and_exported(cli: CommandLine) -> None:
    jobs = two_jobs(Path(os.fsdecode(os.fsencode(cli.folder) + b"/jobs\xe9.csv")))
    chain = cli.folder / "demo.yaml"
    chain.write_text(DEMO)
    ran = await cli("run", jobs, "--chain", chain, "--quiet")
    assert ran.status == 0, ran.err
    again = await cli("run", jobs, "--chain", chain, "--json")
    assert (again.events[-1]["reused"], again.events[0]["sheet"]) == (2, "jobs\ufffd")
    done = jobs.with_name(os.fsdecode(b"jobs\xe9.completed.xlsx")).rename(cli.folder / "done.xlsx")
    assert [row["Status"] for row in read_sheet(done)] == ["done"] * 2


DEMO = "name: demo\nsteps:\n  - {name: note, model: demo/writer, prompt: 'In five words: {{Topic}}'}\n"
