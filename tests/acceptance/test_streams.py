"""Standard streams that are closed, full or read no further, a closed terminal, and a machine without a screen."""

from __future__ import annotations

import asyncio
import os
import shlex
import signal
import subprocess
from pathlib import Path

import pytest

from chaindesk.simulator.server import SimulatorOptions, SimulatorServer
from tests.support.command_line import CLI, CommandLine, FinishedProcess, read_sheet, wait_for_end
from tests.support.waiting import until

pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.name == "nt", reason="a POSIX shell's redirections")]
FAST = SimulatorOptions(latency=0.02, words=8)


async def in_shell(cli: CommandLine, words: str, redirections: str, *, unset: str = "") -> FinishedProcess:
    """Run a command with redirections of a shell; the status is the command's own in a pipe, too."""
    line = f"set -o pipefail; unset {unset or 'NOTHING'}; {shlex.join(CLI)} {words} {redirections}"
    process = await asyncio.create_subprocess_exec(
        "bash", "-c", line, cwd=cli.folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    return await wait_for_end(process)


@pytest.mark.parametrize("command", ["runs", "--help", "--version", "keys list", "help chain"])
@pytest.mark.parametrize(
    ("redirections", "status", "told"),
    [(">&-", 0, ""), ("| true", 0, ""), (">/dev/full", 4, "No space left on device"), ("2>&-", 0, ""), ("<&-", 0, "")],
)
async def test_a_reading_command_ends_in_order_whatever_its_streams_are(
    cli: CommandLine, command: str, redirections: str, status: int, told: str
) -> None:
    done = await in_shell(cli, command, redirections)
    assert done.status == status
    assert told in done.err
    assert "mistake in ChainDesk" not in done.err


@pytest.mark.parametrize(
    ("redirections", "status"), [(">&-", 0), ("| true", 0), (">/dev/full", 4), ("2>&-", 0), (">&- 2>&- <&-", 0)]
)
async def test_a_run_is_made_and_saved_whatever_its_streams_are(
    cli: CommandLine, redirections: str, status: int
) -> None:
    book = cli.workbook(3)
    async with SimulatorServer(FAST) as server:
        chain = cli.chain(server.base_url, steps=1)
        words = f"run {shlex.quote(str(book))} --chain {chain.name} --allow-key-env"
        done = await in_shell(cli, words, redirections)
        assert server.counters.delivered == 3
    assert done.status == status
    assert "mistake in ChainDesk" not in done.err
    assert [row["Status"] for row in read_sheet(cli.folder / "jobs.completed.xlsx")] == ["done"] * 3


async def test_what_a_library_prints_never_gets_into_a_file_whose_stream_was_closed(cli: CommandLine) -> None:
    (cli.folder / "code.py").write_text(
        "import os, sys\nfrom chaindesk.cli.printing.output import prepare_streams\nprepare_streams()\n"
        "opened = os.open('journal', os.O_RDWR | os.O_CREAT)\nos.write(1, b'x')\nos.write(2, b'y')\n"
        "sys.exit(opened < 3)"
    )
    line = f"{shlex.quote(CLI[0])} code.py >&- 2>&- <&-"
    process = await asyncio.create_subprocess_exec(
        "bash", "-c", line, cwd=cli.folder, env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    )
    assert await process.wait() == 0
    assert (cli.folder / "journal").read_bytes() == b""


async def test_a_key_that_cannot_be_read_is_asked_for_in_plain_words(cli: CommandLine) -> None:
    done = await in_shell(cli, "keys set openai", "<&-")
    assert done.status == 2
    assert "The key is empty" in done.err


async def test_a_closed_terminal_stops_a_run_as_sigterm_does(cli: CommandLine) -> None:
    book = cli.workbook(40)
    async with SimulatorServer(SimulatorOptions(latency=0.3, distribution="constant", words=8)) as server:
        process = await cli.start(
            *("run", book, "--chain", cli.chain(server.base_url, steps=1), "--concurrency", 2, "--allow-key-env")
        )
        await until(lambda: server.counters.delivered >= 4)  # so that the first two are in the journal
        process.send_signal(signal.SIGHUP)
        done = await wait_for_end(process)
    assert done.status == 130
    statuses = [row["Status"] for row in read_sheet(cli.folder / "jobs.completed.xlsx")]
    assert "done" in statuses
    assert statuses.count("done") < 40


async def test_nohup_keeps_a_run_going_after_its_terminal(cli: CommandLine) -> None:
    book = cli.workbook(6)
    async with SimulatorServer(SimulatorOptions(latency=0.2, distribution="constant", words=8)) as server:
        chain = cli.chain(server.base_url, steps=1)
        process = await asyncio.create_subprocess_exec(
            *("nohup", *CLI, "run", book, "--chain", chain, "--concurrency", "2", "--allow-key-env"),
            cwd=cli.folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        await until(lambda: server.counters.delivered >= 1)
        process.send_signal(signal.SIGHUP)
        done = await wait_for_end(process)
    assert done.status == 0
    assert [row["Status"] for row in read_sheet(cli.folder / "jobs.completed.xlsx")] == ["done"] * 6


@pytest.mark.parametrize(
    ("setting", "unset"),
    [("true", "DISPLAY WAYLAND_DISPLAY QT_QPA_PLATFORM"), ("export DISPLAY=:7321", "QT_QPA_PLATFORM")],
)
async def test_without_a_screen_one_sentence_is_told_and_nothing_aborts(
    cli: CommandLine, setting: str, unset: str
) -> None:
    line = f"unset {unset}; {setting}; {shlex.join(CLI)}"
    process = await asyncio.create_subprocess_exec(
        "bash", "-c", line, cwd=cli.folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    done = await wait_for_end(process)
    assert done.status == 2
    assert done.err.startswith("The window needs a screen")
    assert "qt.qpa" not in done.err
