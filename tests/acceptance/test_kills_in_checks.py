"""The command line is killed at random moments of votes, judges and escalations: no kept answer is paid for twice.

The simulated server's counters are the witness: it may be asked again only for what was on its way when a process died.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import random
import re
import shutil
import signal
import sqlite3
import time
from pathlib import Path

import pytest

from chaindesk.simulator.server import SimulatorOptions, SimulatorServer
from tests.support.command_line import CommandLine

KILLS = int(os.environ.get("CHAINDESK_KILLS", "5"))
SEED = int(os.environ.get("CHAINDESK_KILLS_SEED", "0")) or time.time_ns() % 1_000_000
ROWS, AT_ONCE = 40, 10
CHAIN = """\
name: checked
id_column: ID
concurrency: 10
providers: {{lab: {{kind: openai-chat, base_url: "{address}", prices: {{"*": {{input: 1, output: 2}}}}}}}}
steps:
  - name: sort
    model: lab/small
    prompt: "Sort {{{{Topic}}}}."
    fields: {{kind: [retail, food, other], why: string}}
    votes: 2
    checks:
      - {{field: why, words: "..1"}}
      - {{judge: "Is it right?", model: lab/judge}}
    on_fail: [ask_again, {{escalate: lab/large}}, review]
  - name: note
    model: lab/small
    prompt: "In five words: {{{{sort.kind}}}}, {{{{Topic}}}}."
    checks: [{{words: "1.."}}, {{judge: "Is it friendly?", model: lab/judge}}]
    on_fail: [{{escalate: lab/large}}]
"""

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")]


def kept(journal: Path) -> int:
    """How many answers the journal has, as another program reads it."""
    if not journal.exists():
        return 0
    with contextlib.closing(sqlite3.connect(journal)) as connection:
        if not connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'answer'").fetchone()[0]:
            return 0
        return int(connection.execute("SELECT count(*) FROM answer").fetchone()[0])


async def killed(cli: CommandLine, words: list[object], events: int, server: SimulatorServer) -> int:
    """Kill a run after so many paid calls were told of; return how many calls were on their way then."""
    process = await cli.start(*words)
    told = 0
    async for line in process.stdout:
        told += line.endswith(b"\n") and json.loads(line)["event"] in {"side_call", "step_finished"}
        if told >= events:
            break
    with contextlib.suppress(ProcessLookupError):
        process.kill()
    running, requests = server.counters.running, server.counters.requests
    while await process.stdout.readline():
        pass
    await process.wait()
    while server.counters.running:  # noqa: ASYNC110 - the server tells nobody when it is idle
        await asyncio.sleep(0.005)
    return running + server.counters.requests - requests


async def story(cli: CommandLine, judged_later: bool) -> tuple[int, int, int]:
    """Return the calls of a run without kills, those with kills, and those that were on their way at the kills.

    With ``judged_later`` the chain was run before without its judges, and what is counted is what they bring.
    """
    chance = random.Random(SEED)
    book = cli.workbook(ROWS)
    async with SimulatorServer(SimulatorOptions(latency=0.05, words=8)) as server:
        chain, text = cli.folder / "checked.yaml", CHAIN.format(address=server.base_url)
        whole, journal = cli.folder / "whole.sqlite3", cli.folder / "killed.sqlite3"
        if judged_later:
            chain.write_text(re.sub(r"- \{judge: [^}]*\}|, \{judge: [^}]*\}", "", text), encoding="utf-8")
            done = await cli("run", book, "--chain", chain, "--journal", journal, "--quiet")
            assert done.status == 0, done.err
            shutil.copy(journal, whole)
            server.counters.reset()
        before = kept(journal)
        chain.write_text(text, encoding="utf-8")
        done = await cli("run", book, "--chain", chain, "--journal", whole, "--out", cli.folder / "a.xlsx", "--quiet")
        assert done.status == 0, done.err
        ideal = server.counters.requests
        assert kept(whole) == ideal + before
        server.counters.reset()
        words: list[object] = ["run", book, "--chain", chain, "--journal", journal, "--json"]
        lost = between = 0
        for number in range(KILLS):
            left = max(ideal + before - kept(journal), 2)
            lost += await killed(cli, words, chance.randint(1, max(left // max(KILLS - number, 1), 1)), server)
            between = server.counters.delivered + before - kept(journal)
        done = await cli(*words[:-1], "--quiet")
        assert done.status == 0, done.err
        return ideal, server.counters.requests, lost + between


@pytest.mark.parametrize("judged_later", [False, True])
def test_a_cascade_that_is_killed_anywhere_pays_for_no_kept_answer_twice(
    cli: CommandLine,
    judged_later: bool,
) -> None:
    ideal, requests, lost = asyncio.run(story(cli, judged_later))
    print(f"{KILLS} kills, seed {SEED}: {requests} calls, ideal {ideal}, on their way at the kills {lost}")  # noqa: T201
    assert ideal <= requests <= ideal + lost
    assert requests - ideal <= AT_ONCE * KILLS
