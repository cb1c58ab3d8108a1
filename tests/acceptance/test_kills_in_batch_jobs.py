"""A run by batch jobs is killed at random moments: no line is paid for twice, and no answer is lost.

The simulated provider lives on, and its counters are the witness.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import signal
import sqlite3
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from chaindesk.simulator.batches.options import BatchOptions
from chaindesk.simulator.server import SimulatorOptions, SimulatorServer
from tests.support.batches import NAMES

KILLS = int(os.environ.get("CHAINDESK_KILLS", "6"))
SEED = int(os.environ.get("CHAINDESK_KILLS_SEED", "0")) or time.time_ns() % 1_000_000
ROWS = 24
ROOT = Path(__file__).parents[2]

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")]


def read(journal: Path, sql: str) -> list[tuple[object, ...]]:
    """What the journal has, as another program reads it."""
    with contextlib.closing(sqlite3.connect(journal)) as connection:
        return connection.execute(sql).fetchall()


class Victim:
    """The run of one workbook, started again after each kill."""

    def __init__(self, folder: Path, server: SimulatorServer, kind: str, rng: random.Random) -> None:
        self.journal = folder / "journal.sqlite3"
        self.kills: Counter[str] = Counter()
        self._server = server
        self._kind = kind
        self._rng = rng
        self._seen: Counter[str] = Counter()

    async def start(self) -> asyncio.subprocess.Process:
        words = ("-m", "tests.support.batch_worker", self.journal, self._server.base_url, self._kind, ROWS)
        return await asyncio.create_subprocess_exec(sys.executable, *map(str, words), cwd=ROOT)

    async def killed(self) -> bool:
        """Let it run until one of its requests, and kill it about then; return whether it had come to its end."""
        process = await self.start()
        wanted = self._rng.choice(("/files", "/batches", "create", "state", "results", "any"))
        seen = asyncio.Event()
        self._server.on_request = lambda method, path: seen.set() if matches(wanted, method, path) else None
        ended = asyncio.ensure_future(process.wait())
        happened = asyncio.ensure_future(seen.wait())
        await asyncio.wait({ended, happened}, return_when=asyncio.FIRST_COMPLETED)
        happened.cancel()
        if not ended.done():
            # from the moment that the request is there to some time after its reply, when it is being stored
            await asyncio.sleep(self._rng.choice((0.0, 0.001, 0.003, 0.01, 0.03, 0.1)))
            with contextlib.suppress(ProcessLookupError):
                process.kill()
        status = await ended
        if status == -signal.SIGKILL:
            self.kills[wanted] += 1
        return status == 0


def matches(wanted: str, method: str, path: str) -> bool:
    creates = method == "POST" and path.endswith(("/batches", "/batch/jobs", ":batchGenerateContent"))
    match wanted:
        case "create":
            return creates
        case "state":
            return method == "GET" and any(word in path for word in ("/batches/", "/batch/jobs/"))
        case "results":
            return path.endswith(("/content", "/results", ":download"))
        case "any":
            return True
    return wanted in path


async def pass_time(server: SimulatorServer) -> None:
    while True:
        await asyncio.sleep(0.05)
        server.batches.store.advance(20)


@pytest.mark.parametrize("kind", NAMES)
async def test_a_killed_run_pays_for_no_line_twice_and_loses_no_answer(tmp_path: Path, kind: str) -> None:
    rng = random.Random(f"{SEED} {kind}")
    done, round_ = 0, 0
    options = SimulatorOptions(latency=0, batch=BatchOptions(seconds=60))
    while done < -(-KILLS // len(NAMES)):
        round_ += 1
        folder = tmp_path / f"{round_}"
        folder.mkdir()
        async with SimulatorServer(options) as server:
            ticking = asyncio.ensure_future(pass_time(server))
            victim = Victim(folder, server, kind, rng)
            try:
                for _ in range(KILLS):
                    if sum(victim.kills.values()) + done >= -(-KILLS // len(NAMES)) or await victim.killed():
                        break
                server.on_request = lambda method, path: None
                process = await victim.start()
                assert await process.wait() == 0, f"seed {SEED}"
            finally:
                ticking.cancel()
                await asyncio.gather(ticking, return_exceptions=True)
            killed = sum(victim.kills.values())
            if not killed:
                continue
            done += killed
            check(server, victim.journal)
    sys.stdout.write(f"{kind}: {done} kills in {round_} runs, 0 lines paid twice, 0 answers lost\n")


def check(server: SimulatorServer, journal: Path) -> None:
    billed = server.batches.store.counters.billed
    assert set(billed.values()) <= {1}, f"seed {SEED}: paid twice within a job"
    # Each line that was billed asked something else: the same request in two jobs would be paid for twice.
    asked = Counter(
        str(line.body.get("messages") or line.body.get("input") or line.body.get("contents"))
        for job in server.batches.store._jobs.values()
        for line in job.lines
        if billed[line.custom_id]
    )
    assert [one for one, times in asked.items() if times > 1] == [], f"seed {SEED}: paid twice"
    stored = {str(row[0]) for row in read(journal, "SELECT custom_id FROM batch_item WHERE state = 'answered'")}
    assert stored == set(billed), f"seed {SEED}: lost {set(billed) - stored}"
    (answers,) = read(journal, "SELECT count(*) FROM answer WHERE speed = 'batch'")
    assert answers == (len(billed),), f"seed {SEED}: stored twice"
