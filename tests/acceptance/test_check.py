"""``check`` tells what a run would meet: refused keys, servers that are away, prices, and every mistake at once."""

from __future__ import annotations

import pytest

from chaindesk.simulator.server import SimulatorOptions, SimulatorServer
from tests.support.command_line import CommandLine

pytestmark = pytest.mark.slow
FREE = "(Asked for the list of {}'s models, which is free.)"


async def test_a_refused_key_is_found_without_a_call_and_never_shown(cli: CommandLine) -> None:
    book = cli.workbook(2)
    async with SimulatorServer(SimulatorOptions(require_key="sk-good")) as server:
        chain = cli.chain(server.base_url, steps=1)
        told = await cli("check", book, "--chain", chain, "--allow-key-env", env={"LAB_KEY": "sk-bad"})
        assert told.status == 2
        assert "lab refused the key (401)" in told.err
        assert FREE.format("lab") in told.err
        assert "sk-bad" not in told.out + told.err
        sound = await cli("check", book, "--chain", chain, "--allow-key-env", env={"LAB_KEY": "sk-good"})
        assert sound.status == 0
        assert server.counters.requests == 0


async def test_a_server_that_is_away_is_found(cli: CommandLine) -> None:
    book = cli.workbook(2)
    async with SimulatorServer(SimulatorOptions()) as server:
        address = server.base_url
    chain = cli.chain(address, steps=1)
    told = await cli("check", book, "--chain", chain, "--allow-key-env")
    assert told.status == 2
    assert "lab does not answer at 127.0.0.1" in told.err
    assert FREE.format("lab") in told.err
    assert (await cli("check", book, "--chain", chain, "--allow-key-env", "--offline")).status == 0


async def test_one_mistake_hides_no_other(cli: CommandLine) -> None:
    book = cli.workbook(2)
    chain = cli.folder / "chain.yaml"
    chain.write_text(
        "name: t\nstepz: 4\nconcurrency: many\nproviders:\n"
        '  lab: {base_url: "http://127.0.0.1:9/v1", api_key_env: OTHER_KEY}\n'
        "steps:\n  - name: a\n    model: nobody/x\n    prompt: '{{Topicc}}'\n"
        "    run_if: {column: Tone, equals: a, blank: true}\n"
        "  - {name: b, model: lab/x, temperature: hot, prompt: '{{a}} {{aa}}'}\n"
    )
    told = await cli("check", book, "--chain", chain, "--sheet", "Jbs", "--out", book)
    assert told.status == 2
    for words in (
        "stepz",
        "concurrency",
        "run_if",
        "temperature",
        '"nobody"',
        '"Jbs"',
        "--overwrite",
        "no key for lab",
    ):
        assert words in told.err
    told = await cli("check", book, "--chain", chain)
    for words in ("stepz", "{{Topicc}}", "{{aa}}"):
        assert words in told.err
    assert "{{a}} is neither" not in told.err


async def test_a_mistake_in_a_steps_name_makes_no_mistakes_of_names(cli: CommandLine) -> None:
    chain = cli.folder / "chain.yaml"
    chain.write_text(
        "name: t\nsteps:\n  - {name: 'a|b', model: demo/x, prompt: '{{Topic}}'}\n"
        "  - {name: b, model: demo/x, prompt: '{{a|b}}'}\n"
    )
    told = await cli("check", cli.workbook(2), "--chain", chain)
    assert told.status == 2
    assert "1 problem." in told.err


async def test_an_option_is_blamed_for_what_it_says(cli: CommandLine) -> None:
    book = cli.workbook(2)
    chain = cli.folder / "chain.yaml"
    chain.write_text("name: t\nsteps:\n  - {name: a, model: demo/x, prompt: '{{Topic}}'}\n")
    for command in ("check", "run"):
        told = await cli(command, book, "--chain", chain, "--id-column", "Nope")
        assert told.status == 2
        assert told.err.startswith('--id-column: Sheet "Jobs" in')
        assert "chain.yaml" not in told.err


async def test_unpriced_calls_are_counted(cli: CommandLine) -> None:
    book = cli.workbook(3)
    chain = cli.folder / "chain.yaml"
    chain.write_text(
        "name: t\nproviders:\n  lab: {base_url: 'http://127.0.0.1:9/v1'}\nsteps:\n"
        "  - {name: a, model: demo/x, prompt: '{{Topic}}'}\n  - {name: b, model: lab/m, prompt: '{{Topic}}'}\n"
    )
    told = await cli("check", book, "--chain", chain, "--offline")
    assert "nothing for 3 of 6 calls, no price is known for the other 3 (lab/m)" in told.out


async def test_a_sheet_without_jobs_is_not_told_to_have_answers(cli: CommandLine) -> None:
    book = cli.workbook(0)
    chain = cli.folder / "chain.yaml"
    chain.write_text("name: t\nsteps:\n  - {name: a, model: demo/x, prompt: '{{Topic}}'}\n")
    told = await cli("check", book, "--chain", chain, "--offline")
    assert (told.status, "nothing: there is no row to run" in told.out) == (0, True), told.out


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["jobs.csv", "--overwrite"], "jobs.csv is no .xlsx file"),
        (["jobs.csv", "--out", "jobs.csv", "--overwrite"], "jobs.csv is no .xlsx file"),
        (["jobs.xlsx", "--out", "x.xlsx", "--overwrite"], "--out names another file"),
        (["jobs.xlsx", "--out", "jobs.xlsx"], "Add --overwrite"),
    ],
)
async def test_where_the_result_cannot_go_is_told_before_anything_is_paid(
    cli: CommandLine, words: list[str], reason: str
) -> None:
    cli.workbook(2)
    (cli.folder / "jobs.csv").write_text("ID,Topic,Tone\n1,Cats,warm\n")
    async with SimulatorServer(SimulatorOptions(latency=0.02)) as server:
        chain = cli.chain(server.base_url, steps=1)
        for command in ("check", "run"):
            refused = await cli(command, *words, "--chain", chain, "--allow-key-env")
            assert refused.status == 2
            assert reason in refused.err
        assert server.counters.requests == 0


async def test_judge_calls_about_known_answers_are_told_before_and_made_by_the_next_run_alone(cli: CommandLine) -> None:
    book = cli.workbook(5)
    async with SimulatorServer(SimulatorOptions(latency=0)) as server:
        chain = cli.chain(server.base_url, steps=1)
        run = ("run", book, "--chain", chain, "--allow-key-env")
        assert (await cli(*run, env={"LAB_KEY": "k"})).status == 0
        text = chain.read_text("utf-8")
        chain.write_text(text + '\n    checks: [{judge: "Is it about {{ID}}?", model: lab/judge}]\n', "utf-8")
        check = ("check", book, "--chain", chain, "--offline")
        told = await cli(*check, env={"LAB_KEY": "k"})
        assert "Calls     0 to make, 5 judge calls about known answers, 5 answers reused" in told.out
        assert "step1, judge of known answers (lab/judge): 5 calls" in told.out
        (line,) = (await cli(*check, "--json", env={"LAB_KEY": "k"})).events
        assert (line["plan"]["planned_calls"], line["plan"]["judge_calls"]) == (0, 5)
        assert server.counters.requests == 5
        ran = await cli(*run, env={"LAB_KEY": "k"})
        assert "5 calls" in ran.out
        assert server.counters.requests == 10
        again = await cli(*run, env={"LAB_KEY": "k"})
        assert "No call was needed" in again.out
        assert server.counters.requests == 10
        assert "nothing: every answer is known" in (await cli(*check, env={"LAB_KEY": "k"})).out
