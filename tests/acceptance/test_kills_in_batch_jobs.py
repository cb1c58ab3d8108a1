"""A run by batch jobs is killed at random moments: no line is paid for twice, and no answer is lost.

The simulated provider lives on, and its counters are the witness.
"""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import os
import random
import signal
import sqlite3
import sys
import time
from collections import Counter
from collections.abc import Iterable
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from chaindesk.simulator.batches.options import BatchOptions
from chaindesk.simulator.server import SimulatorOptions, SimulatorServer
from tests.support.batch_worker import work
from tests.support.batches import NAMES

KILLS = int(os.environ.get("CHAINDESK_KILLS", "6"))
SEED = int(os.environ.get("CHAINDESK_KILLS_SEED", "0")) or time.time_ns() % 1_000_000
KILLS_OF_A_RUN = 4
"""At the most: with more, most would meet jobs that wait."""
FINISHES = 0.5
"""Share of the starts that tell the jobs to end, and ask for the rest at once."""
ROWS, STEPS = 24, 2
AT_ONCE = 3

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")]


def read(journal: Path, sql: str, *values: object) -> list[tuple[object, ...]]:
    """What the journal has, as another program reads it."""
    with contextlib.closing(sqlite3.connect(journal)) as connection:
        return connection.execute(sql, values).fetchall()


UPLOADED = "between upload and acceptance"
ACCEPTED = "between acceptance and saving"
DOWNLOADING = "in download"
STORING = "in journalling"


class Victim:
    """The run of one workbook, started again after each kill.

    Attributes:
        journal: its file.
        kills: how many it has suffered, and how many of them while it ended its jobs.
        places: where its jobs were then: several may have been in some place, each counts there once.
    """

    def __init__(self, folder: Path, server: SimulatorServer, kind: str, rng: random.Random) -> None:
        self.journal = folder / "journal.sqlite3"
        self.kills = self.kills_at_the_finish = 0
        self.places: Counter[str] = Counter()
        self._server = server
        self._kind = kind
        self._rng = rng
        self._downloads: set[str] = set()
        self._counted: set[tuple[str, str]] = set()
        self._finishes = False

    async def start(self) -> BaseProcess:
        self._finishes = self._rng.random() < FINISHES
        # Forked off a process that has imported what they need: a kill costs a fork, not a start.
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["__main__", "tests.support.batch_worker"])
        process = context.Process(
            target=work, args=(self.journal, self._server.base_url, self._kind, ROWS, self._finishes)
        )
        await asyncio.to_thread(process.start)
        return process

    async def killed(self) -> bool:
        """Let it run until one of its requests, and kill it about then; return whether it had come to its end."""
        process = await self.start()
        wanted = self._rng.choice(("/files", "create", "create", "state", "results", "results", "any"))
        seen = asyncio.Event()
        self._downloads.clear()

        def notice(method: str, path: str) -> None:
            if matches("results", method, path):
                self._downloads.add(path)
            if matches(wanted, method, path):
                seen.set()

        self._server.on_request = notice
        ended = asyncio.ensure_future(asyncio.to_thread(process.join))
        happened = asyncio.ensure_future(seen.wait())
        await asyncio.wait({ended, happened}, return_when=asyncio.FIRST_COMPLETED)
        happened.cancel()
        if not ended.done():
            # from the moment that the request is there to some time after its reply, when it is being stored
            await asyncio.sleep(self._rng.choice((0.0, 0.001, 0.003, 0.01, 0.03, 0.1)))
            process.kill()
        await ended
        if process.exitcode == -signal.SIGKILL:
            self.kills += 1
            self.kills_at_the_finish += self._finishes
            news = self._places() - self._counted
            self._counted |= news
            self.places.update([place for _, place in news] or ["elsewhere"])
        return process.exitcode == 0

    def _places(self) -> set[tuple[str, str]]:
        """Return each job and where it was when the run was killed, by what journal and provider know of it."""
        if not self.journal.exists() or not read(self.journal, "SELECT 1 FROM sqlite_master WHERE name = 'batch_job'"):
            return set()
        found: set[tuple[str, str]] = set()
        store = self._server.batches.store
        for row in read(self.journal, "SELECT nonce, stage, remote_id FROM batch_job"):
            nonce, stage, remote = map(str, row)
            accepted = {job.lines[0].custom_id.partition("-")[0]: job for job in store._jobs.values()}
            uploaded = any(f'"{nonce}-'.encode() in file for file in store.files.values())
            if stage in ("intended", "creating") and (nonce in accepted or uploaded):
                found.add((nonce, ACCEPTED if nonce in accepted else UPLOADED))
            if stage == "submitted" and self._is_downloading(remote, accepted[nonce].outputs.values()):
                states = read(self.journal, "SELECT state FROM batch_item WHERE nonce = ?", nonce)
                found.add((nonce, DOWNLOADING if states == [("out",)] * len(states) else STORING))
        return found

    def _is_downloading(self, remote: str, files: Iterable[str]) -> bool:
        return any(name in path for path in self._downloads for name in (f"{remote}/", *files))


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
    done, round_, finishes = 0, 0, 0
    places: Counter[str] = Counter()
    options = SimulatorOptions(latency=0, batch=BatchOptions(seconds=60))
    while done < -(-KILLS // len(NAMES)):
        round_ += 1
        folder = tmp_path / f"{round_}"
        folder.mkdir()
        async with SimulatorServer(options) as server:
            ticking = asyncio.ensure_future(pass_time(server))
            victim = Victim(folder, server, kind, rng)
            try:
                for _ in range(KILLS_OF_A_RUN):
                    if victim.kills + done >= -(-KILLS // len(NAMES)) or await victim.killed():
                        break
                server.on_request = lambda method, path: None
                process = await victim.start()
                await asyncio.to_thread(process.join)
                assert process.exitcode == 0, f"seed {SEED}"
            finally:
                ticking.cancel()
                await asyncio.gather(ticking, return_exceptions=True)
            if not victim.kills:
                continue
            done += victim.kills
            places.update(victim.places)
            finishes += victim.kills_at_the_finish
            check(server, victim)
    said = ", ".join(f"{times} {place}" for place, times in places.most_common())
    told = f"{kind}: {done} kills in {round_} runs ({said}; {finishes} while jobs were ended), "
    sys.stdout.write(told + "0 lines paid twice, 0 answers lost\n")
    sys.stdout.flush()


def check(server: SimulatorServer, victim: Victim) -> None:
    journal = victim.journal
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
    asked_again = server.counters.delivered - (STEPS * ROWS - len(billed))
    assert 0 <= asked_again <= AT_ONCE * victim.kills, f"seed {SEED}: more was asked again than was out"
