"""The command line is killed at random moments, again and again: no answer that it had kept is ever asked for twice.

The simulated server's own counters are the witness. ``CHAINDESK_KILLS=200`` kills more often than the suite does, and
``CHAINDESK_KILLS_SEED`` repeats the moments of another time as nearly as two machines can.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import random
import signal
import sqlite3
import time
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from chaindesk.simulator.options import request_digest
from chaindesk.simulator.server import SimulatorOptions, SimulatorServer
from tests.support.command_line import CommandLine

KILLS = int(os.environ.get("CHAINDESK_KILLS", "6"))
SEED = int(os.environ.get("CHAINDESK_KILLS_SEED", "0")) or time.time_ns() % 1_000_000
ROWS, STEPS, AT_ONCE = 200, 3, 25
OPTIONS = SimulatorOptions(latency=0.3, words=8)

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")]


@dataclass
class Life:
    """When one process is killed: so long after its start, or after so many finished steps or the run's end."""

    kind: str
    seconds: float
    steps: int = 0


@dataclass
class Story:
    """What was seen of all lives together.

    Attributes:
        told: the row key and step of every answer that an event told of.
        kept: the digest of every request whose answer was in the journal after the last kill.
        in_flight: calls that the server was answering at each kill.
        between: answers that had gone out whole and were not in the journal, at each kill.
        kinds: how many lives ended in which way.
        again: requests that came in although their answer was in the journal.
    """

    told: set[tuple[str, str]] = field(default_factory=set)
    kept: set[str] = field(default_factory=set)
    in_flight: list[int] = field(default_factory=list)
    between: list[int] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)
    again: Counter[str] = field(default_factory=Counter)


def kept_answers(journal: Path) -> dict[tuple[str, str], str]:
    """The text of every answer in the journal by row key and step, as another program reads it."""
    if not journal.exists():
        return {}
    with contextlib.closing(sqlite3.connect(journal)) as connection:
        if not connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'answer'").fetchone()[0]:
            return {}
        return {(key, step): text for key, step, text in connection.execute("SELECT row_key, step, text FROM answer")}


def digests_of(answers: dict[tuple[str, str], str]) -> set[str]:
    """By what the server knows the requests that were answered so."""
    found = set()
    for key, step in answers:
        number = int(key.removeprefix("J-"))
        place = int(step.removeprefix("step"))
        tone = "warm" if number % 3 else "plain"
        before = answers[key, f"step{place - 1}"] if place > 1 else f"Topic {number} {tone}"
        prompt = f"{place}. In five words, for {key}: {before}\n"
        found.add(request_digest("writer", [{"role": "user", "content": prompt}]))
    return found


def parts_of(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as package:
        return {name: package.read(name) for name in package.namelist()}


def lives(chance: random.Random, kills: int) -> Iterator[str]:
    """In which part of its way each process is killed."""
    for number in range(kills):
        if number >= min(kills * 0.9, kills - 1):
            yield "saving"
        else:
            yield chance.choices(["starting", "working"], [1, 3])[0]


async def live(
    cli: CommandLine, words: list[object], life: Life, server: SimulatorServer, story: Story, journal: Path
) -> None:
    """One process from its start to its kill."""
    asked = Counter(server.counters.attempts)
    process = await cli.start(*words)
    finished = 0
    reached = asyncio.Event()

    async def follow() -> None:
        nonlocal finished
        async for line in process.stdout:
            if not line.endswith(b"\n"):
                break
            event = json.loads(line)
            if event["event"] == "step_finished":
                story.told.add((event["row_key"], event["step"]))
                finished += not event["reused"]
            if (life.kind == "working" and finished >= life.steps) or event["event"] == "run_finished":
                reached.set()

    following = asyncio.ensure_future(follow())
    if life.kind != "starting":
        await asyncio.wait([asyncio.ensure_future(reached.wait()), following], return_when=asyncio.FIRST_COMPLETED)
    await asyncio.sleep(life.seconds)
    with contextlib.suppress(ProcessLookupError):
        process.kill()
    running, requests = server.counters.running, server.counters.requests
    await process.wait()
    await following
    story.kinds[life.kind if process.returncode == -signal.SIGKILL else "ended before"] += 1
    while server.counters.running:  # noqa: ASYNC110 - the server tells nobody when it is idle
        await asyncio.sleep(0.005)
    story.in_flight.append(running + server.counters.requests - requests)  # some had been sent and were not read yet
    for digest in story.kept:
        if server.counters.attempts[digest] != asked[digest]:
            story.again[digest] += 1
    answers = kept_answers(journal)
    assert story.told <= set(answers), "an event told of an answer that was not kept"
    story.kept = digests_of(answers)
    story.between.append(server.counters.delivered - len(answers) - sum(story.between))


async def tell_the_story(cli: CommandLine, kills: int, seed: int) -> tuple[Story, SimulatorServer]:
    chance = random.Random(seed)
    book = cli.workbook(ROWS)
    async with SimulatorServer(OPTIONS) as server:
        chain = cli.chain(server.base_url)
        undisturbed = cli.folder / "undisturbed.xlsx"
        first = cli.folder / "undisturbed.sqlite3"
        done = await cli("run", book, "--chain", chain, "--journal", first, "--out", undisturbed, "--quiet")
        assert (done.status, server.counters.requests) == (0, ROWS * STEPS), done.err
        answers = kept_answers(first)
        assert digests_of(answers) == set(server.counters.answers)
        server.counters.reset()

        story = Story()
        journal = cli.folder / "killed.sqlite3"
        words: list[object] = ["run", book, "--chain", chain, "--journal", journal, "--json"]
        for number, kind in enumerate(lives(chance, kills)):
            missing = ROWS * STEPS - len(story.kept)
            share = 2 * missing / max(1.0, 0.7 * (0.9 * kills - number))
            life = Life(kind, chance.uniform(0, 0.05), chance.randint(0, int(share)))
            if kind == "starting":
                life.seconds = chance.uniform(0, 1.5)
            elif kind == "saving":
                life.seconds = chance.uniform(0, 0.12)
            await live(cli, words, life, server, story, journal)
        done = await cli(*words[:-1], "--quiet")
        assert done.status == 0, done.err
        for digest, count in server.counters.answers.items():
            assert count >= 1, digest
        assert kept_answers(journal).keys() == answers.keys()
        assert parts_of(cli.folder / "jobs.completed.xlsx") == parts_of(undisturbed)
        return story, server


def test_a_run_that_is_killed_again_and_again_pays_for_no_kept_answer_twice(cli: CommandLine) -> None:
    print(f"{KILLS} kills, CHAINDESK_KILLS_SEED={SEED}")  # noqa: T201 - shown where the test fails, or with -s
    story, server = asyncio.run(tell_the_story(cli, KILLS, SEED))
    counters = server.counters
    extra = counters.requests - ROWS * STEPS
    lost = sum(story.in_flight) + sum(story.between)
    print(  # noqa: T201
        f"lives: {dict(story.kinds)}; calls {counters.requests}, ideal {ROWS * STEPS}, extra {extra}; "
        f"in flight at the kills {sum(story.in_flight)} (at most {max(story.in_flight)}), "
        f"delivered but not yet kept {sum(story.between)}"
    )
    assert not story.again
    assert extra <= lost
    assert max(story.in_flight) <= AT_ONCE
    assert extra <= AT_ONCE * KILLS
    assert len(list(cli.folder.glob("jobs.completed*.xlsx"))) == 1


async def delete_and_kill(cli: CommandLine) -> int:
    """Delete the journal in mid-run, kill the run once that is told, and run again; return how many calls it took."""
    book = cli.workbook(60)
    journal = cli.folder / "killed.sqlite3"
    async with SimulatorServer(OPTIONS) as server:
        words: list[object] = ["run", book, "--chain", cli.chain(server.base_url), "--journal", journal, "--json"]
        process = await cli.start(*words)
        finished = 0
        async for line in process.stdout:
            event = json.loads(line)
            finished += event["event"] == "step_finished"
            if finished == 40:
                for path in cli.folder.glob("killed.sqlite3*"):
                    if path.is_file():
                        path.unlink()
                finished += 1
            if event["event"] == "run_paused":
                break
        while server.counters.running:  # noqa: ASYNC110 - the server tells nobody when it is idle
            await asyncio.sleep(0.01)
        (copy,) = cli.folder.glob("killed.sqlite3.*.rescued.sqlite3")
        while len(kept_answers(copy)) < server.counters.delivered:  # noqa: ASYNC110 - they are on their way into it
            await asyncio.sleep(0.01)
        process.kill()
        await process.wait()
        done = await cli(*words[:-1], "--quiet")
        assert done.status == 0, done.err
        assert "put back from the copy" in done.out + done.err
        return server.counters.requests


def test_a_journal_that_is_deleted_before_the_kill_costs_nothing_twice(cli: CommandLine) -> None:
    assert asyncio.run(delete_and_kill(cli)) == 60 * STEPS
