"""``chaindesk watch`` as a process of its own: killed in the middle, started again, ended by a signal."""

from __future__ import annotations

import asyncio
import signal
from typing import Any

import pytest

from chaindesk.settings import journal_path
from chaindesk.simulator.server import SimulatorOptions, SimulatorServer
from tests.support.command_line import CommandLine, kept_answers, read_sheet, wait_for_end
from tests.support.json_lines import checked_line
from tests.support.waiting import until

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")]


async def test_a_kill_loses_nothing_and_a_signal_ends_in_order(cli: CommandLine) -> None:
    folder = cli.folder / "in"
    folder.mkdir()
    async with SimulatorServer(SimulatorOptions(latency=0.3, words=4)) as server:
        chain = cli.chain(server.base_url, steps=1)
        words = ("watch", folder.name, "--chain", chain, "--settle", "0.2", "--json")
        watcher = await cli.start(*words)
        cli.workbook(100).rename(folder / "jobs.xlsx")
        await until(lambda: server.counters.requests >= 60)
        watcher.kill()
        await watcher.wait()
        await until(lambda: not server.counters.running)
        kept = kept_answers(journal_path())
        server.counters.reset()
        assert (folder / "working" / "jobs.xlsx" / "jobs.xlsx").is_file()

        again = await cli.start(*words)
        lines: list[dict[str, Any]] = []
        async with asyncio.timeout(120):
            while not any(line["event"] == "workbook_finished" for line in lines):
                lines.append(checked_line((await again.stdout.readline()).decode()))
        again.send_signal(signal.SIGTERM)
        ended = await wait_for_end(again)
        assert ended.status == 0, ended.err
        assert server.counters.requests == 100 - kept, "what the journal had is not asked for again"
    rows = read_sheet(folder / "done" / "jobs" / "jobs.completed.xlsx")
    assert [row["Status"] for row in rows] == ["done"] * 100
    assert lines[-1]["result"]["reused"] == kept
    assert lines[-1]["path"] == lines[-1]["result"]["path"] == str(folder / "done" / "jobs" / "jobs.completed.xlsx")
    assert not [path.name for path in (folder / "working").iterdir() if path.is_dir()]


async def test_a_missing_key_is_told_at_the_start(cli: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LAB_KEY")
    (cli.folder / "in").mkdir()
    done = await cli("watch", "in", "--chain", cli.chain("https://lab.example/v1"), "--allow-key-env")
    assert done.status == 2
    assert "lab needs an API key" in done.err
