"""Budgets, prices and estimates, with what the simulated provider counted as the witness."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from chaindesk.simulator.server import SimulatorOptions, SimulatorServer
from tests.support.command_line import CommandLine

pytestmark = pytest.mark.slow

PRICE = {"input": Decimal("0.5"), "output": Decimal("10")}
FAST = SimulatorOptions(latency=0.02, words=8)


def chain(folder: Path, base_url: str, *, model: str = "writer", prices: str = "", step: str = "") -> Path:
    """One step at a price of our own; ``step`` holds further lines of it."""
    words = prices or f'{{"writer": {{input: {PRICE["input"]}, output: {PRICE["output"]}}}}}'
    path = folder / "priced.yaml"
    path.write_text(
        "name: priced\nid_column: ID\nproviders:\n"
        f'  lab: {{kind: openai-chat, base_url: "{base_url}", api_key_env: LAB_KEY, prices: {words}}}\n'
        f"steps:\n  - name: text\n    model: lab/{model}\n"
        f"    prompt: Write about {{{{Topic}}}} for {{{{ID}}}}.\n{step}",
        encoding="utf-8",
    )
    return path


def billed(server: SimulatorServer) -> Decimal:
    counted = server.counters
    return (counted.tokens_in * PRICE["input"] + counted.tokens_out * PRICE["output"]) / 1_000_000


@pytest.mark.parametrize(
    ("words", "step"),
    [(1500, ""), (900, "    max_output_tokens: 400\n"), (30, "    max_output_tokens: 400\n")],
    ids=["longer than guessed", "cut at the limit", "far below the limit"],
)
async def test_fifty_at_once_never_pass_the_cap(cli: CommandLine, words: int, step: str) -> None:
    book = cli.workbook(300)
    async with SimulatorServer(SimulatorOptions(latency=0.05, words=words)) as server:
        file = chain(cli.folder, server.base_url, step=step)
        cap = Decimal("0.4") if words > 100 else Decimal("0.05")
        told = await cli("run", book, "--chain", file, "--budget", cap, "--concurrency", 50, "--json")
        result = told.events[-1]
        assert told.status == 3, told.err
        assert billed(server) <= cap
        assert Decimal(result["cost_usd"]) == billed(server)
        assert billed(server) > cap * Decimal("0.4"), "it stopped long before it had to"
        assert result["counts"]["done"] == server.counters.delivered
        assert result["counts"]["pending"] == 300 - server.counters.delivered
        assert "failed" not in result["counts"]


async def test_a_higher_budget_goes_on_where_the_first_one_ended(cli: CommandLine) -> None:
    book = cli.workbook(20)
    async with SimulatorServer(FAST) as server:
        file = chain(cli.folder, server.base_url, step="    max_output_tokens: 100\n")
        first = await cli("run", book, "--chain", file, "--budget", "$0.005")
        assert first.status == 3
        assert "Raise the budget to go on" in first.out
        second = await cli("run", book, "--chain", file, "--budget", "5")
        assert second.status == 0, second.err
        assert max(server.counters.answers.values()) == 1


async def test_a_budget_needs_a_price_and_is_told_how_to_name_one(cli: CommandLine) -> None:
    book = cli.workbook(2)
    async with SimulatorServer(FAST) as server:
        file = chain(cli.folder, server.base_url, prices="{other: {input: 1, output: 1}}")
        told = await cli("run", book, "--chain", file, "--budget", "5")
        assert told.status == 2
        assert 'prices: {"writer": {input: ' in told.err
        assert server.counters.requests == 0
        free = await cli("run", book, "--chain", file)
        assert free.status == 0
        assert "cost unknown" in free.out


async def test_a_run_tells_what_it_cost_by_the_price_in_the_chain(cli: CommandLine) -> None:
    book = cli.workbook(5)
    async with SimulatorServer(FAST) as server:
        file = chain(cli.folder, server.base_url)
        result = (await cli("run", book, "--chain", file, "--json")).events[-1]
        assert Decimal(result["cost_usd"]) == billed(server)
        report = json.loads((await cli("report", "last", "--json")).out)
        assert Decimal(report["cost_usd"]) == billed(server)


async def test_check_estimates_each_step_with_a_spread_that_holds(cli: CommandLine) -> None:
    book = cli.workbook(40)
    async with SimulatorServer(SimulatorOptions(latency=0.02, words=300)) as server:
        file = chain(cli.folder, server.base_url)
        guessed = json.loads((await cli("check", book, "--chain", file, "--json")).out)["plan"]["estimate"]
        low, cost, high = (Decimal(guessed[name]) for name in ("low_usd", "cost_usd", "high_usd"))
        assert low < cost < high
        assert guessed["steps"][0]["measured"] == 0
        await cli("run", book, "--chain", file, "--rows", "2-11")
        paid = billed(server)
        measured = json.loads((await cli("check", book, "--chain", file, "--json")).out)["plan"]["estimate"]
        assert measured["steps"][0]["measured"] == 10
        assert (await cli("run", book, "--chain", file)).status == 0
        spreads = []
        for plan, actual in ((guessed, billed(server)), (measured, billed(server) - paid)):
            low, high = Decimal(plan["low_usd"]), Decimal(plan["high_usd"])
            assert low <= actual <= high
            spreads.append(high - low)
        assert spreads[1] < spreads[0]
        lines = (await cli("check", book, "--chain", file, "--fresh")).out
        assert "at $0.50 in and $10.00 out a million tokens" in lines
        assert "by 40 earlier answers" in lines


async def test_what_several_steps_have_in_common_is_told_once(cli: CommandLine) -> None:
    book = cli.workbook(2)
    more = '  - name: title\n    model: lab/writr\n    prompt: "A title: {{text}}"\n'
    async with SimulatorServer(SimulatorOptions(models=("writer",), latency=0)) as server:
        file = chain(cli.folder, server.base_url, model="writr", step=more)
        told = await cli("check", book, "--chain", file)
        assert told.out.count('lab lists no model "writr"') == 1
        assert (await cli("run", book, "--chain", file, "--quiet")).status == 0
    assert "answered by writr in " in (shown := (await cli("show", book, "J-2")).out)
    assert ", cost unknown, run 1" in shown


async def test_check_names_a_model_that_the_provider_does_not_list(cli: CommandLine) -> None:
    book = cli.workbook(2)
    async with SimulatorServer(SimulatorOptions(models=("writer", "editor"))) as server:
        file = chain(cli.folder, server.base_url, model="writr")
        told = await cli("check", book, "--chain", file)
        assert told.status == 0
        assert 'lab lists no model "writr". Did you mean lab/writer?' in told.out
        assert 'No step uses the price of "writer" under lab. Did you mean writr?' in told.out
        assert "lists no model" not in (await cli("check", book, "--chain", file, "--offline")).out
        assert server.counters.requests == 0
    away = await cli("check", book, "--chain", file)
    assert away.status == 2
    assert "(Asked for the list of lab's models, which is free.)" in away.err + away.out
    assert (await cli("check", book, "--chain", file, "--offline")).status == 0
    without = await cli("check", book, "--chain", file, env={"LAB_KEY": ""})
    assert without.status == 2
    assert "There is no key for lab." in without.err


@pytest.mark.parametrize(
    ("words", "told"),
    [("-1", "is not a sum"), ("nan", "is not a sum"), ("0", "more than nothing"), ("five", "is not a sum")],
)
async def test_a_budget_that_is_none_is_refused_in_plain_words(cli: CommandLine, words: str, told: str) -> None:
    done = await cli("run", cli.workbook(1), "--chain", "none.yaml", "--budget", words)
    assert done.status == 2
    assert told in done.err
