"""Runs on a cluster of two worker processes on this machine; the simulated provider's counters are the witness."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from chaindesk.simulator.options import SimulatorOptions
from chaindesk.simulator.server import SimulatorServer
from tests.support.cluster import cluster
from tests.support.command_line import CommandLine, read_sheet, wait_for_end
from tests.support.waiting import until

pytest.importorskip("distributed")


async def test_workers_make_the_calls_never_more_at_once_than_the_user_allows(cli: CommandLine, tmp_path: Path) -> None:
    book = cli.workbook(150)
    async with SimulatorServer(SimulatorOptions(latency=0.2, words=8)) as server, cluster(tmp_path, 1) as one:
        chain = cli.chain(server.base_url)
        words = ("run", book, "--chain", chain, "--concurrency", 20, "--json", *one.options)
        running = asyncio.create_task(wait_for_end(await cli.start(*words)))
        await until(lambda: server.counters.requests >= 60)
        await one.add_workers(1)
        ran = await running
        assert ran.status == 0, ran.err
        counters = server.counters
        assert counters.peak <= 20
        assert counters.requests == 450
        assert set(counters.answers.values()) == {1}
    assert ran.events[-1]["counts"] == {"done": 150}
    assert all(row["step3"] for row in read_sheet(book.with_name("jobs.completed.xlsx")))
