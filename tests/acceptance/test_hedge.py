"""A call that hangs at the end of a run is made a second time where the chain says so, over HTTP."""

from __future__ import annotations

import asyncio
from collections import Counter

from tests.support.command_line import CommandLine
from tests.support.http_server import ReceivedRequest, chat_completion, http_reply, scripted_server

_ROWS = 100


async def test_a_call_that_hangs_is_made_twice_and_both_are_told(cli: CommandLine) -> None:
    asked: Counter[str] = Counter()
    for_ever = asyncio.Event()

    async def answer(received: ReceivedRequest, writer: asyncio.StreamWriter) -> None:
        prompt = received.json["messages"][-1]["content"]
        asked[prompt] += 1
        if f"Topic {_ROWS + 1}" in prompt and asked[prompt] == 1:
            await for_ever.wait()
        writer.write(http_reply(200, chat_completion("x")))

    async with scripted_server(answer) as server:
        chain = cli.chain(server.url, steps=1, more="hedge: true\norder: sheet")
        ran = await cli("run", cli.workbook(_ROWS), "--chain", chain, "--allow-key-env", "--json")
        for_ever.set()
    assert ran.status == 0, ran.err
    assert ran.events[-1]["counts"] == {"done": _ROWS}
    assert asked.total() == _ROWS + 1
    vain = [event for event in ran.events if event["event"] == "call_in_vain"]
    assert len(vain) == 1
    assert vain[0]["row"] == _ROWS + 1


async def test_the_calls_that_may_be_made_twice_are_said_before(cli: CommandLine) -> None:
    chain = cli.chain("http://127.0.0.1:9/v1", steps=1, more="hedge: true")
    told = await cli("check", cli.workbook(_ROWS), "--chain", chain, "--offline")
    assert "hedge: at most 2 calls beyond these may be made at the end of the run." in told.out
