"""Several servers behind one provider's name, over HTTP: one dies and comes back, and all answers count alike."""

from __future__ import annotations

import json
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path

from chaindesk.simulator.options import SimulatorOptions
from chaindesk.simulator.server import SimulatorServer
from tests.support.command_line import CommandLine, until_event, wait_for_end
from tests.support.waiting import until


def fleet_chain(folder: Path, urls: list[str], at_once: int = 12) -> Path:
    path = folder / "fleet.yaml"
    listed = ", ".join(f'"{url}"' for url in urls)
    path.write_text(
        f"name: fleet\nid_column: ID\nconcurrency: {at_once}\nproviders:\n"
        f"  lab: {{kind: openai-chat, base_urls: [{listed}], api_key_env: LAB_KEY}}\n"
        'steps:\n  - {name: text, model: lab/writer, prompt: "On {{Topic}} for {{ID}}."}\n'
    )
    return path


async def test_all_servers_are_asked_and_their_answers_count_for_one_alone(cli: CommandLine) -> None:
    book = cli.workbook(60)
    async with AsyncExitStack() as stack:
        options = SimulatorOptions(latency=0.01, words=5)
        servers = [await stack.enter_async_context(SimulatorServer(options)) for _ in range(3)]
        chain = fleet_chain(cli.folder, [server.base_url for server in servers])
        ran = await cli("run", book, "--chain", chain, "--allow-key-env", "--json")
        assert ran.status == 0, ran.err
        asked = [server.counters.requests for server in servers]
        assert sum(asked) == 60
        assert min(asked) >= 5
        alone = fleet_chain(cli.folder, [servers[0].base_url, servers[2].base_url])
        again = await cli("run", book, "--chain", alone, "--allow-key-env", "--json")
        assert again.status == 0, again.err
        assert [server.counters.requests for server in servers] == asked, "no call is paid for again"


async def test_a_server_that_dies_fails_no_row_and_is_asked_again_when_it_is_back(cli: CommandLine) -> None:
    book = cli.workbook(2000)
    options = SimulatorOptions(latency=0.1, words=5)
    async with SimulatorServer(options) as first, AsyncExitStack() as second:
        dying = await second.enter_async_context(SimulatorServer(options))
        port = int(dying.root_url.rpartition(":")[2])
        chain = fleet_chain(cli.folder, [first.base_url, dying.base_url])
        process = await cli.start("run", book, "--chain", chain, "--allow-key-env", "--json")
        await until(lambda: dying.counters.requests >= 20)
        await second.aclose()
        said = await until_event(process, lambda event: event["event"] == "run_noticed")
        async with SimulatorServer(options, port=port) as back:
            ran = await wait_for_end(process)
            assert back.counters.requests  # how many depends on how soon the run ends
    assert ran.status == 0, ran.err
    assert ran.events[-1]["counts"] == {"done": 2000}
    told = json.loads(said.splitlines()[-1])["message"]
    assert "The other servers take its calls" in told
    assert str(port) in told
    events = [json.loads(line) for line in said.splitlines()] + ran.events
    assert not [event for event in events if event["event"] == "run_paused"]


async def test_a_key_refused_by_one_of_three_servers_takes_that_one_out_alone(cli: CommandLine) -> None:
    book = cli.workbook(60)
    async with AsyncExitStack() as stack:
        options = SimulatorOptions(latency=0.01, words=5)
        servers = [await stack.enter_async_context(SimulatorServer(options)) for _ in range(3)]
        servers[1].options = replace(options, require_key="another")
        chain = fleet_chain(cli.folder, [server.base_url for server in servers], at_once=4)
        ran = await cli("run", book, "--chain", chain, "--allow-key-env", "--json", env={"LAB_KEY": "sk-refused-1"})
        assert ran.status == 0, ran.err
        assert ran.events[-1]["counts"] == {"done": 60}
        assert servers[0].counters.delivered + servers[2].counters.delivered == 60
        assert servers[1].counters.requests <= 2 + 4  # until it is known, and what was out then
        (told,) = [event["message"] for event in ran.events if event["event"] == "run_noticed"]
        assert "The other servers of lab take its calls from now on" in told
        assert servers[1].root_url.rpartition(":")[2] in told
        assert not [event for event in ran.events if event["event"] == "run_paused"]


async def test_a_key_refused_by_all_servers_holds_the_run_as_that_of_one_does(cli: CommandLine) -> None:
    book = cli.workbook(40)
    async with AsyncExitStack() as stack:
        options = SimulatorOptions(latency=0.01, words=5, require_key="another")
        servers = [await stack.enter_async_context(SimulatorServer(options)) for _ in range(2)]
        chain = fleet_chain(cli.folder, [server.base_url for server in servers], at_once=4)
        ran = await cli("run", book, "--chain", chain, "--allow-key-env", "--json", env={"LAB_KEY": "sk-refused-1"})
        assert ran.status == 3, ran.err
        assert ran.events[-1]["counts"] == {"pending": 40}
        assert "key" in ran.events[-1]["message"]
        assert sum(server.counters.requests for server in servers) <= 2 * (4 + 3)
