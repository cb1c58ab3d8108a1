"""A server of one's own that gets slower when it is asked too much at once, over HTTP."""

from __future__ import annotations

import re

import pytest

from chaindesk.simulator.options import SimulatorOptions
from chaindesk.simulator.server import SimulatorServer
from tests.support.command_line import CommandLine

pytestmark = pytest.mark.slow


async def test_a_crowded_server_is_asked_less_at_once_and_that_is_said(cli: CommandLine) -> None:
    options = SimulatorOptions(latency=0.05, capacity=4, overload=2.0, words=5)
    async with SimulatorServer(options) as server:
        chain = cli.chain(server.base_url, steps=3)
        book = cli.workbook(600)
        ran = await cli("run", book, "--chain", chain, "--allow-key-env", "--json")
    assert ran.status == 0, ran.err
    told = [event["message"] for event in ran.events if event["event"] == "run_noticed"]
    found = [int(match[1]) for line in told if (match := re.fullmatch(r"lab is asked (\d+) at once: more .*", line))]
    assert found, told
    assert found[-1] <= 10
