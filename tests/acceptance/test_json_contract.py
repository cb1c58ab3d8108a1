"""``--json`` of every command that reads or runs: all lines keep to the schema, and one name means one thing."""

from __future__ import annotations

from decimal import Decimal

import pytest

from chaindesk.json_contract.encoding import VERSION
from chaindesk.simulator.options import SimulatorOptions
from chaindesk.simulator.server import SimulatorServer
from tests.support.command_line import CommandLine

_CHAIN = """
name: priced
id_column: ID
retry: {{attempts: 3}}
providers:
  lab: {{kind: openai-chat, base_url: "{url}", prices: {{writer: {{input: 0.15, output: 0.61}}}}}}
steps:
  - {{name: note, model: lab/writer, prompt: "Note on {{{{Topic}}}}"}}
  - {{name: text, model: lab/writer, prompt: "Text from {{{{note}}}}"}}
"""
_SAME_IN_RESULT_AND_REPORT = (
    *("run_id", "state", "calls", "answers", "retries", "reused", "tokens", "cost_usd", "cost_in_vain_usd"),
    *("calls_in_vain", "perhaps_billed", "failures"),
)


async def test_result_report_and_list_tell_the_same_by_the_same_names(cli: CommandLine) -> None:
    book = cli.workbook(8, mark=(5, "unfit"))
    faults = SimulatorOptions(latency=0.005, fail_containing="unfit", fail_status=500)
    async with SimulatorServer(faults) as server:
        chain = cli.folder / "priced.yaml"
        chain.write_text(_CHAIN.format(url=server.base_url))
        ran = (await cli("run", book, "--chain", chain, "--json")).events
        (report,) = (await cli("report", "--json")).events
        (record,) = (await cli("runs", "--json")).events
        (row,) = (await cli("show", book, "J-5", "--chain", chain, "--json")).events
        (saved,) = (await cli("export", book, "--chain", chain, "--out", "again.xlsx", "--json")).events
        (checked,) = (await cli("check", book.name, "--chain", chain, "--json")).events
        assert ran[-1]["calls"] == server.counters.requests
        other = ("--model", "text=lab/unpriced", "--rows", "2-4", "--json")
        (planned,) = (await cli("compare", book, "--chain", chain, *other, "--dry-run")).events
        *_, compared = (await cli("compare", book, "--chain", chain, *other)).events
    result = ran[-1]
    assert result["retries"] > 0, "else nothing tells calls from answers"
    assert {name: result[name] for name in _SAME_IN_RESULT_AND_REPORT} == {
        name: report[name] for name in _SAME_IN_RESULT_AND_REPORT
    }
    assert {event["version"] for event in (*ran, report, record, row, saved, checked)} == {VERSION}
    assert Decimal(record["cost_usd"]) == Decimal(result["cost_usd"]) > 0
    assert (record["run_id"], record["outcomes"]) == (report["run_id"], report["outcomes"])
    assert report["failed"][0]["failure"] == row["failure"]
    (failed,) = (event for event in ran if event["event"] == "row_finished" and event["status"] == "failed")
    assert (failed["row"], failed["row_key"], failed["failure"]) == (row["row"], row["row_key"], row["failure"])
    assert saved["row_count"] == checked["sheet"]["row_count"] == 8
    assert checked["plan"]["rows"] == ran[0]["rows"]
    assert (checked["path"], checked["sheet"]["workbook"]) == (result["path"], report["workbook"])
    assert planned["unknown_prices"] == compared["unknown_prices"] == ["lab/unpriced"]


async def test_a_person_is_told_the_calls_that_result_and_report_have(cli: CommandLine) -> None:
    book = cli.workbook(8, mark=(5, "unfit"))
    faults = SimulatorOptions(latency=0.005, fail_containing="unfit", fail_status=500)
    async with SimulatorServer(faults) as server:
        chain = cli.folder / "priced.yaml"
        chain.write_text(_CHAIN.format(url=server.base_url))
        ran = await cli("run", book, "--chain", chain)
        (report,) = (await cli("report", "--json")).events
    assert report["calls"] > report["answers"], "else nothing tells calls from answers"
    assert f"{report['calls']} calls in " in ran.out + ran.err


async def test_known_answers_are_told_as_steps_of_their_rows(cli: CommandLine) -> None:
    book = cli.workbook(3)
    async with SimulatorServer(SimulatorOptions(latency=0.005)) as server:
        chain = cli.chain(server.base_url)
        first = (await cli("run", book, "--chain", chain, "--rows", "2-3", "--json")).events
        second = (await cli("run", book, "--chain", chain, "--json")).events
        outcomes = (await cli("report", "--json")).events[-1]["outcomes"]
    texts = {(e["row"], e["step"]): e["text"] for e in first if e["event"] == "step_finished"}
    again = {(e["row"], e["step"]): e for e in second if e["event"] == "step_finished"}
    assert len(again) == 9
    assert {place for place, event in again.items() if event["reused"]} == set(texts)
    assert {place: again[place]["text"] for place in texts} == texts
    ended = {e["row"]: e["began"] for e in second if e["event"] == "row_finished"}
    assert ended == {2: False, 3: False, 4: True}
    assert (second[-1]["counts"], second[-1]["reused"]) == ({"done": 3}, 6)
    assert (outcomes["done"], outcomes["complete_before"]) == (1, 2)
    assert second[-1]["calls"] == 3


@pytest.mark.parametrize("status", [401, 402])
async def test_a_row_that_stays_pending_says_why(cli: CommandLine, status: int) -> None:
    book = cli.workbook(6)
    async with SimulatorServer(SimulatorOptions(latency=0.005, fail_status=status, fail_containing="Topic")) as server:
        ran = await cli("run", book, "--chain", cli.chain(server.base_url), "--concurrency", "1", "--json")
    assert ran.status == 3, ran.err
    ended = [event for event in ran.events if event["event"] == "row_finished"]
    (pause,) = (event for event in ran.events if event["event"] == "run_paused")
    assert {(event["status"], event["cause"]) for event in ended} == {("pending", pause["cause"])}
    assert {event["began"] for event in ended} == {True, False}
    assert ended[0]["row"] == 2


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        (["run", "jobs.xlsx", "--chain", "none.yaml"], "chain"),
        (["run", "none.xlsx", "--chain", "chain.yaml"], "workbook"),
        (["run", "jobs.xlsx", "--chain", "chain.yaml", "--rows", "some"], "usage"),
        (["run", "jobs.xlsx", "--no-such-option"], "usage"),
        (["rnu"], "usage"),
        (["report"], "usage"),
        (["show", "jobs.xlsx", "99", "--chain", "chain.yaml"], "usage"),
        (["export", "jobs.xlsx", "--chain", "chain.yaml", "--out", "nowhere/x.xlsx"], "save"),
    ],
)
async def test_where_nothing_ran_one_line_says_what_is_wrong(cli: CommandLine, words: list[str], kind: str) -> None:
    cli.workbook(2)
    cli.chain("http://127.0.0.1:9").rename(cli.folder / "chain.yaml")
    ran = await cli(*words, "--json")
    (told,) = ran.events
    assert (told["event"], told["kind"], told["exit_status"]) == ("error", kind, ran.status)
    assert told["message"].split("\n")[0] in ran.err
    assert told["problems"]
