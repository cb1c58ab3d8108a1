"""Runs on a cluster of two worker processes on this machine; the simulated provider's counters are the witness."""

from __future__ import annotations

import asyncio
import logging
import os
import random
import shutil
import time
from pathlib import Path

import pytest

from chaindesk.cli.exit_status import Exit
from chaindesk.simulator.options import SimulatorOptions
from chaindesk.simulator.server import SimulatorServer
from tests.support.cluster import certificates, cluster
from tests.support.cluster_page import placed, shown, shown_cluster, shown_worker_options
from tests.support.command_line import CommandLine, read_sheet, wait_for_end
from tests.support.waiting import until

pytest.importorskip("distributed")

KILLS = int(os.environ.get("CHAINDESK_KILLS", "2"))
SEED = int(os.environ.get("CHAINDESK_KILLS_SEED", "0")) or time.time_ns() % 1_000_000


async def test_workers_make_the_calls_never_more_at_once_than_the_user_allows(cli: CommandLine, tmp_path: Path) -> None:
    book = cli.workbook(80)
    async with SimulatorServer(SimulatorOptions(latency=0.2, words=8)) as server, cluster(tmp_path, 1) as one:
        chain = cli.chain(server.base_url)
        words = ("run", book, "--chain", chain, "--concurrency", 20, "--json", *one.options)
        running = asyncio.create_task(wait_for_end(await cli.start(*words)))
        await until(lambda: server.counters.requests >= 40)
        await one.add_workers(1)
        ran = await running
        assert ran.status == 0, ran.err
        counters = server.counters
        assert counters.peak <= 20
        assert counters.requests == 240
        assert set(counters.answers.values()) == {1}
    assert ran.events[-1]["counts"] == {"done": 80}
    assert all(row["step3"] for row in read_sheet(book.with_name("jobs.completed.xlsx")))


@pytest.mark.slow
async def test_a_killed_worker_loses_only_calls_without_a_reply(cli: CommandLine, tmp_path: Path) -> None:
    rng = random.Random(SEED)
    rows = 40 * (KILLS + 1)
    book = cli.workbook(rows)
    options = SimulatorOptions(latency=0.3, words=8)
    async with SimulatorServer(options) as server, cluster(tmp_path, 0) as one:
        workers = await one.add_workers(2)
        chain = cli.chain(server.base_url)
        process = await cli.start("run", book, "--chain", chain, "--concurrency", 20, "--json", *one.options)
        running = asyncio.create_task(wait_for_end(process))
        in_flight = 0
        for kill in range(1, KILLS + 1):
            wanted = 3 * rows * kill // (KILLS + 1) - rng.randrange(30)
            await until(lambda wanted=wanted: running.done() or server.counters.delivered >= wanted)
            await until(lambda: running.done() or len(one.workers_of(workers)) == 2)
            in_flight += server.counters.running
            rng.choice(one.workers_of(workers)).kill()
        ran = await running
        assert ran.status == 0, f"seed {SEED}: {ran.err}"
        peak = server.counters.peak
        twice = sum(server.counters.answers.values()) - len(server.counters.answers)
    assert ran.events[-1]["counts"] == {"done": rows}, f"seed {SEED}"
    assert len(server.counters.answers) == 3 * rows
    assert twice <= in_flight, f"seed {SEED}"
    logging.getLogger(__name__).info("%s kills: %s paid twice, %s out, peak %s", KILLS, twice, in_flight, peak)


@pytest.mark.slow
async def test_a_provider_that_never_answers_some_calls_holds_no_row_up_for_ever(
    cli: CommandLine, tmp_path: Path
) -> None:
    book = cli.workbook(20)
    async with SimulatorServer(SimulatorOptions(latency=0.1, words=8, hang=0.1)) as server, cluster(tmp_path, 1) as one:
        chain = cli.chain(server.base_url)
        chain.write_text(chain.read_text("utf-8").replace("model: lab/writer", "model: lab/writer\n    timeout: 5"))
        ran = await cli("run", book, "--chain", chain, "--concurrency", 20, "--json", *one.options)
        assert ran.status == 0, ran.err
        assert server.counters.requests > server.counters.delivered == 60
        assert server.counters.peak <= 20
    assert ran.events[-1]["counts"] == {"done": 20}
    assert ran.events[-1]["notices"] == []


async def test_what_workers_got_for_a_killed_run_is_not_asked_again(cli: CommandLine, tmp_path: Path) -> None:
    rows = 30
    book = cli.workbook(rows)
    async with SimulatorServer(SimulatorOptions(latency=0.3, words=8)) as server, cluster(tmp_path, 1) as one:
        counters = server.counters
        words = ("run", book, "--chain", cli.chain(server.base_url), "--concurrency", 15, "--json", *one.options)
        killed = await cli.start(*words)
        await until(lambda: counters.delivered >= 30)
        killed.kill()
        await killed.wait()
        await until(lambda: not counters.running)  # the worker goes on, and keeps what it gets
        ran = await cli(*words)
        assert ran.status == 0, ran.err
        assert len(counters.answers) == 3 * rows
        assert set(counters.answers.values()) == {1}
        assert counters.peak <= 15
    assert ran.events[-1]["counts"] == {"done": rows}


@pytest.mark.slow
async def test_a_run_goes_on_with_a_scheduler_that_is_started_anew(cli: CommandLine, tmp_path: Path) -> None:
    rows = 20
    book = cli.workbook(rows)
    async with SimulatorServer(SimulatorOptions(latency=0.3, words=8)) as server, cluster(tmp_path, 1) as one:
        counters = server.counters
        words = ("run", book, "--chain", cli.chain(server.base_url), "--concurrency", 10, "--json", *one.options)
        running = asyncio.create_task(wait_for_end(await cli.start(*words)))
        await until(lambda: counters.delivered >= 20)
        in_flight = counters.running
        await one.restart_scheduler()
        await one.add_workers(1)
        ran = await running
        assert ran.status == 0, ran.err
        assert len(counters.answers) == 3 * rows
        assert sum(counters.answers.values()) - len(counters.answers) <= in_flight
        assert counters.peak <= 10
    assert ran.events[-1]["counts"] == {"done": rows}


@pytest.mark.skipif(shutil.which("openssl") is None, reason="the guide makes certificates with openssl")
async def test_the_guides_cluster_lets_in_only_who_has_a_certificate_of_it(cli: CommandLine, tmp_path: Path) -> None:
    book = cli.workbook(10)
    page_run = next(words for words in shown("chaindesk", "run") if "--cluster" in words)
    assert (*page_run[:2], *page_run[3::2]) == ("chaindesk", "run", "--cluster", "…")
    folder = tmp_path / "ours"
    async with SimulatorServer(SimulatorOptions(latency=0.01, words=8)) as server, shown_cluster(folder) as one:
        words = ("run", book, "--chain", cli.chain(server.base_url), "--json")
        alone = await cli(*words, *one.options)
        assert alone.status == Exit.BAD_INPUT
        assert "No worker is connected" in alone.err
        assert f"chaindesk worker {one.url}" in alone.err
        await one.start_worker(*placed(shown_worker_options(), folder))
        ran = await cli(*words, *one.options)
        assert ran.status == 0, ran.err
        assert server.counters.requests == 30
        others = [word for name, path in certificates(tmp_path / "others").items() for word in (f"--{name}", path)]
        strange = await cli(*words, "--fresh", "--cluster", one.url, *others)
        assert strange.status == Exit.BAD_INPUT
        assert "could not be reached" in strange.err
        assert server.counters.requests == 30


async def test_a_worker_without_a_key_is_told_before_anything_is_paid_for(cli: CommandLine, tmp_path: Path) -> None:
    book = cli.workbook(3)
    async with SimulatorServer() as server, cluster(tmp_path, 0) as one:
        await one.add_workers(1)
        chain = cli.chain(server.base_url)
        chain.write_text(chain.read_text().replace("lab/writer", "openai/gpt-6.1-mini"))
        ran = await cli(
            "run", book, "--chain", chain, "--json", *one.options, env={"OPENAI_API_KEY": "sk-here-0123456"}
        )
        assert ran.status == Exit.BAD_INPUT
        assert "On the machine of the worker at tcp://127.0.0.1:" in ran.err
        assert "openai needs an API key" in ran.err
        assert [event["event"] for event in ran.events] == ["error"]


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("tcp://10.1.2.3:8786", "its address is without TLS"),
        ("tls://127.0.0.1:1", "needs certificates"),
        ("tcp://127.0.0.1:1", "The scheduler at tcp://127.0.0.1:1 could not be reached"),
    ],
)
async def test_a_cluster_that_cannot_be_used_is_told_before_anything_is_paid_for(
    cli: CommandLine, url: str, words: str
) -> None:
    book = cli.workbook(3)
    async with SimulatorServer() as server:
        ran = await cli("run", book, "--chain", cli.chain(server.base_url), "--cluster", url, "--json")
        assert server.counters.requests == 0
    assert ran.status == Exit.BAD_INPUT
    assert words in ran.err
    assert words in ran.events[-1]["problems"][0]["message"]


async def test_without_dask_everything_else_goes_and_the_cluster_says_what_to_install(cli: CommandLine) -> None:
    (cli.folder / "distributed.py").write_text("raise ImportError")
    book = cli.workbook(2)
    async with SimulatorServer() as server:
        words = ("run", book, "--chain", cli.chain(server.base_url), "--allow-key-env")
        env = {"PYTHONPATH": str(cli.folder)}
        lacking = await cli(*words, "--cluster", "tcp://127.0.0.1:1", env=env)
        assert lacking.status == Exit.BAD_INPUT
        assert "the wheel's extra cluster" in lacking.err
        assert (await cli("worker", "tcp://127.0.0.1:1", env=env)).err == lacking.err
        assert (await cli(*words, env=env)).status == 0
