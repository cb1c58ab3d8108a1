"""``chaindesk mcp`` as an agent's program has it: a process of its own, asked by the SDK's own client over stdio."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from chaindesk.cli.main import main
from chaindesk.settings import journal_path
from chaindesk.simulator.server import SimulatorOptions, SimulatorServer
from tests.support.command_line import CommandLine, kept_answers, read_sheet
from tests.support.waiting import until

mcp = pytest.importorskip("mcp", reason="needs the extra chaindesk[mcp]")
pytestmark = pytest.mark.slow

KEY = "sk-lab-0123456789abcdef"
ROWS = int(os.environ.get("CHAINDESK_AGENT_ROWS", "2000"))  # 100,000 take some minutes
FAST = SimulatorOptions(latency=0.02, words=8)


@dataclass
class Agent:
    """An agent with its server.

    Attributes:
        client: the SDK's client.
        heard: how many bytes all answers had.
    """

    client: Any
    heard: int = 0

    async def __call__(self, tool: str, **values: object) -> dict[str, Any]:
        """Call a tool, and return what it answers; ``error`` where it refuses."""
        result = await self.client.call_tool(tool, values)
        (part,) = result.content
        self.heard += len(part.text.encode())
        assert KEY not in part.text
        assert result.structured_content is None
        return {"error": part.text} if result.is_error else dict(json.loads(part.text))

    async def confirmed(self, rows: str = "all", cap_usd: float = 1.0) -> str:
        """A token for a run over the folder's workbook."""
        told = await self("estimate", workbook="jobs.xlsx", chain="chain.yaml", rows=rows, cap_usd=cap_usd)
        return str(told["confirm_token"])

    async def ran(self, request_id: str, token: str) -> dict[str, Any]:
        """How a run ended."""
        told = await self("run", request_id=request_id, confirm_token=token, wait_seconds=0)
        while told["state"] == "running":
            told = await self("status", request_id=request_id, wait_seconds=50)
        return told


@asynccontextmanager
async def an_agent(folder: Path, *options: str) -> AsyncIterator[Agent]:
    """An agent whose server may use a folder."""
    server = mcp.StdioServerParameters(
        command=sys.executable, args=["-m", "chaindesk", "mcp", "--folder", str(folder), *options], env=dict(os.environ)
    )
    async with mcp.Client(server) as client:
        yield Agent(client)


def priced(cli: CommandLine, server: SimulatorServer, *, steps: int = 1) -> Path:
    """A chain whose answers cost something."""
    chain = cli.chain(server.base_url, steps=steps)
    text = chain.read_text().replace("LAB_KEY}", "LAB_KEY, prices: {writer: {input: 1, output: 10}}}")
    chain.write_text(text)
    return chain


async def test_an_agent_runs_retries_failed_rows_exports_and_reports(cli: CommandLine) -> None:
    cli.workbook(20, mark=(5, "BOOM"))
    async with SimulatorServer(SimulatorOptions(latency=0.02, words=8, fail_containing="BOOM")) as server:
        priced(cli, server)
        async with an_agent(cli.folder) as agent:
            checked = await agent("check", workbook="jobs.xlsx", chain="chain.yaml")
            assert (checked["ok"], checked["row_count"], checked["column_names"]) == (True, 20, ["ID", "Topic", "Tone"])
            estimate = await agent("estimate", workbook="jobs.xlsx", chain="chain.yaml", cap_usd=0.5)
            assert (estimate["planned_calls"], estimate["cap_usd"]) == (20, "0.5")
            assert 0 < float(estimate["cost_usd"]) < 0.5
            assert server.counters.requests == 0

            ended = await agent.ran("first", estimate["confirm_token"])
            assert (ended["state"], ended["counts"]) == ("finished", {"done": 19, "failed": 1})
            assert [sample["row"] for sample in ended["samples"]] == [2, 12, 21]
            assert all(sample["outputs"]["step1"] for sample in ended["samples"])
            assert (ended["failures"], ended["failed"][0]["row"]) == ({"request rejected": 1}, 5)
            assert ended["calls"] == ended["answers"] + 1 == 20

            server.options = FAST
            server.counters.reset()
            again = await agent.ran("second", await agent.confirmed("failed"))
            assert (again["counts"], server.counters.requests) == ({"done": 1}, 1)

            exported = await agent("export", workbook="jobs.xlsx")
            assert [row["Status"] for row in read_sheet(Path(exported["path"]))] == ["done"] * 20
            report = await agent("report", run_id=ended["run_id"], page="report.html")
            assert (report["outcomes"], report["state"]) == ({"done": 19, "failed": 1}, "finished")
            for name in ("run_id", "calls", "answers", "failures", "cost_usd"):
                assert report[name] == ended[name], name
            assert report["started_at"].endswith("Z")
            assert (cli.folder / "report.html").read_text().startswith("<!DOCTYPE html>")


async def test_without_a_token_that_fits_nothing_is_paid(cli: CommandLine) -> None:
    cli.workbook(5)
    async with SimulatorServer(FAST) as server:
        chain = priced(cli, server)
        async with an_agent(cli.folder, "--budget", "2") as agent:
            assert "no confirm token" in (await agent("run", request_id="a", confirm_token="guessed"))["error"]
            token = await agent.confirmed()
            await asyncio.to_thread(chain.write_text, chain.read_text().replace("five words", "a hundred words"))
            assert "has changed" in (await agent("run", request_id="b", confirm_token=token))["error"]
            assert "no confirm token" in (await agent("run", request_id="c", confirm_token=token))["error"]
            high = await agent("estimate", workbook="jobs.xlsx", chain="chain.yaml", cap_usd=2.01)
            assert "$2.00 for a run at most" in high["error"]
            assert (
                "most that the run"
                in (await agent("estimate", workbook="jobs.xlsx", chain="chain.yaml", cap_usd=-1))["error"]
            )
            assert server.counters.requests == 0

            ended = await agent.ran("d", await agent.confirmed(cap_usd=0.00001))
            assert (ended["state"], server.counters.requests) == ("halted", 0)
            assert "budget" in ended["message"].lower()
            assert "There is no request" in (await agent("status", request_id="a"))["error"]


async def test_a_request_id_is_one_run_while_it_goes_on_and_after_a_restart(cli: CommandLine) -> None:
    cli.workbook(30)
    async with SimulatorServer(SimulatorOptions(latency=0.2, words=8)) as server:
        priced(cli, server)
        async with an_agent(cli.folder) as agent:
            token, other = await agent.confirmed(), await agent.confirmed()
            calls = [("run", token), ("run", token), ("run", other)]
            told = await asyncio.gather(
                *(agent(tool, request_id="one", confirm_token=given, wait_seconds=0) for tool, given in calls)
            )
            assert {one["state"] for one in told} == {"running"}
            ended = await agent.ran("one", "")
        async with an_agent(cli.folder) as agent:
            assert await agent("run", request_id="one", confirm_token=token) == ended
            assert await agent("status", request_id="one") == ended
        assert server.counters.requests == 30


async def test_a_run_whose_server_is_killed_is_interrupted_and_never_run_again_by_itself(cli: CommandLine) -> None:
    cli.workbook(100)
    async with SimulatorServer(SimulatorOptions(latency=0.3, words=8)) as server:
        priced(cli, server)
        async with an_agent(cli.folder) as agent:
            await agent("run", request_id="one", confirm_token=await agent.confirmed(), wait_seconds=0)
            await until(lambda: server.counters.requests >= 50)
            # The SDK closes its input and, two seconds later, kills it.
        await until(lambda: not server.counters.running)
        kept = kept_answers(journal_path())
        assert kept < 100
        server.counters.reset()
        async with an_agent(cli.folder) as agent:
            told = await agent("run", request_id="one", confirm_token=await agent.confirmed())
            assert told["state"] in ("stopped", "interrupted")
            assert server.counters.requests == 0
            ended = await agent.ran("two", await agent.confirmed())
        assert ended["counts"] == {"done": 100}
        assert server.counters.requests == 100 - kept, "what the journal had is not asked for again"


async def test_no_file_outside_the_allowed_folders_can_be_named(cli: CommandLine) -> None:
    outside = cli.workbook(1, "secret.xlsx")
    inside = cli.folder / "inside"
    inside.mkdir()
    (inside / "link.xlsx").symlink_to(outside)
    (inside / "linked").symlink_to(cli.folder)
    CommandLine(inside).workbook(1)
    CommandLine(inside).chain("http://127.0.0.1:9/v1")
    escapes = ["../secret.xlsx", str(outside), "link.xlsx", "linked/secret.xlsx", "a\0b"]
    refused: list[dict[str, Any]] = []
    async with an_agent(inside) as agent:
        for name in [*escapes, "", "-", "~/secret.xlsx"]:
            refused.append(await agent("check", workbook=name, chain="chain.yaml"))
            refused.append(await agent("estimate", workbook=name, chain="chain.yaml", cap_usd=1))
            refused.append(await agent("export", workbook=name))
        for name in escapes:
            refused.append(await agent("check", workbook="jobs.xlsx", chain=name))
            refused.append(await agent("export", workbook="jobs.xlsx", out=name))
    for one in refused:
        assert "in none of the folders" in one["error"] or "There is no file" in one["error"]


async def test_runs_over_workbooks_elsewhere_are_not_reported(cli: CommandLine) -> None:
    cli.workbook(1)
    inside = cli.folder / "inside"
    inside.mkdir()
    async with SimulatorServer(FAST) as server:
        assert (await cli("run", "jobs.xlsx", "--chain", cli.chain(server.base_url, steps=1))).status == 0
        async with an_agent(inside) as agent:
            assert "in none of the folders" in (await agent("report", run_id=1))["error"]
        async with an_agent(cli.folder) as agent:
            assert (await agent("report", run_id=1))["outcomes"] == {"done": 1}


async def test_a_key_that_a_server_says_back_does_not_pass(cli: CommandLine) -> None:
    cli.workbook(2)
    async with SimulatorServer(FAST) as server:
        priced(cli, server)
        async with an_agent(cli.folder) as agent:
            token = await agent.confirmed()
            server.options = SimulatorOptions(latency=0, require_key="sk-another-0123456789")
            ended = await agent.ran("one", token)
            assert ended["state"] == "halted"
            assert "key" in ended["message"]  # each answer is looked through by the agent


async def test_a_variable_goes_to_no_host_that_the_user_has_not_allowed(
    cli: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-openai-0123456789abcdef")
    cli.workbook(1)
    chain = cli.chain("https://evil.example/v1", steps=1)
    text = chain.read_text().replace("LAB_KEY}", "OPENAI_API_KEY, prices: {writer: {input: 1, output: 1}}}")
    chain.write_text(text)
    async with an_agent(cli.folder) as agent:
        told = await agent("estimate", workbook="jobs.xlsx", chain="chain.yaml", cap_usd=1)
        assert "evil.example" in told["error"]


async def test_what_an_agent_hears_does_not_grow_with_the_rows(cli: CommandLine) -> None:
    cli.workbook(ROWS)
    async with SimulatorServer(SimulatorOptions(latency=0, words=200)) as server:
        chain = priced(cli, server)
        head, _, _ = chain.read_text().partition("    prompt: |")
        chain.write_text(head + "    same_request: one_answer\n    prompt: Say something for everybody.\n")
        async with an_agent(cli.folder) as agent:
            await agent("check", workbook="jobs.xlsx", chain="chain.yaml")
            ended = await agent.ran("one", await agent.confirmed())
            assert ended["counts"] == {"done": ROWS}
            await agent("export", workbook="jobs.xlsx")
            await agent("report", run_id=ended["run_id"])
    assert agent.heard < 5000


def test_without_the_sdk_the_line_that_installs_it_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert main(["mcp", "--folder", "."]) == 2
    assert "pip install 'chaindesk[mcp]'" in capsys.readouterr().err
