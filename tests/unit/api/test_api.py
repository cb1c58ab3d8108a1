"""The public API: opening, checking, running in every way, rows, errors; and that importing the package is cheap."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

import chaindesk
from chaindesk.api.progress import Progress, ProgressDisplay
from chaindesk.domain.errors import UsageError
from chaindesk.simulator.options import SimulatorOptions
from chaindesk.simulator.server import SimulatorServer
from tests.support.json_lines import checked_line

_CHAIN = """
name: notes
id_column: ID
providers:
  lab: {{kind: openai-chat, base_url: "{url}", prices: {{writer: {{input: 0.15, output: 0.6}}}}}}
steps:
  - {{name: note, model: lab/writer, prompt: "Note on {{{{Topic}}}}"}}
  - {{name: text, model: lab/writer, prompt: "Text from {{{{note}}}}", output: Text}}
"""


@asynccontextmanager
async def provider() -> AsyncIterator[SimulatorServer]:
    """A provider that refuses the topic bad the first time."""
    options = SimulatorOptions(latency=0.005, words=6, fail_containing="Note on bad", fail_status=400, fail_attempts=1)
    async with SimulatorServer(options) as running:
        yield running


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """A workbook of three jobs."""
    with xlsxwriter.Workbook(tmp_path / "jobs.xlsx") as made:
        sheet = made.add_worksheet("Jobs")
        for place, cells in enumerate([["ID", "Topic"], ["J-1", "tea"], ["J-2", "bad"], ["J-3", "milk"]]):
            sheet.write_row(place, 0, cells)
    return tmp_path / "jobs.xlsx"


def chain(server: SimulatorServer) -> str:
    return _CHAIN.format(url=server.base_url)


def test_importing_the_package_loads_nothing() -> None:
    tell = "import sys; before = set(sys.modules); import chaindesk; print(*sorted(set(sys.modules) - before))"
    told = subprocess.run([sys.executable, "-c", tell], capture_output=True, text=True, check=True)
    assert told.stdout.split() in (["chaindesk"], ["__future__", "chaindesk"])


def test_every_public_name_is_there_and_no_other() -> None:
    assert set(chaindesk.__all__) == {*chaindesk.api.__all__, "__version__"}
    assert all(getattr(chaindesk, name) is getattr(chaindesk.api, name) for name in chaindesk.api.__all__)
    assert {"Session", "run"} <= set(dir(chaindesk.api))
    with pytest.raises(AttributeError, match="no attribute 'rum'"):
        getattr(chaindesk, "rum")  # noqa: B009 - a name that mypy knows to be none


async def test_run_check_retry_export_and_report(book: Path, tmp_path: Path) -> None:
    async with provider() as server:

        def work() -> None:
            with chaindesk.open_session(book, chain(server), journal=tmp_path / "j.sqlite3") as session:
                before = session.estimate()
                assert (before.ok, before.rows, before.planned_calls, before.reused) == (True, (2, 3, 4), 6, 0)
                assert before.low < before.cost < before.high
                first = session.run(budget="5.00")
                assert (first.ok, first.counts, first.failures) == (
                    False,
                    {"done": 2, "failed": 1},
                    {"request rejected": 1},
                )
                assert [row.status for row in first.rows] == ["done", "failed", "done"]
                assert first.rows[1].error.startswith("note: request rejected")
                assert "cost under $0.001" in str(first)
                second = session.run("failed")
                assert (second.ok, second.calls, second.counts) == (True, 2, {"done": 1})
                assert session.run().calls == 0
                row = second.rows[1]
                assert (row.row, row.row_key, row.inputs) == (3, "J-2", {"ID": "J-2", "Topic": "bad"})
                assert row.outputs["Text"]
                saved = session.export(tmp_path / "out.xlsx")
                assert saved == tmp_path / "out.xlsx"
                assert saved.is_file()
                report = session.report(first.run_id)
                assert report["calls"] == first.calls == 5
                assert Decimal(report["cost_usd"]) == first.cost > 0
                assert session.report()["run_id"] == second.run_id + 1, "that found nothing to ask"

        await asyncio.to_thread(work)
        assert server.counters.requests == 7


async def test_events_are_the_lines_of_json(book: Path) -> None:
    async with provider() as server:
        with chaindesk.open_session(book, chain(server)) as session:
            told = [event async for event in session.events("first:1")]
            again: list[dict[str, Any]] = []
            result = await session.run_async("first:1", on_event=again.append)
        for event in told + again:
            checked_line(json.dumps(event))
        names = [event["event"] for event in told]
        assert (names[0], names[-1]) == ("run_started", "run_finished")
        reused = [event for event in again if event["event"] == "step_finished"]
        assert [event["reused"] for event in reused] == [True, True]
        assert (result.calls, result.reused) == (0, 2)


async def test_a_loop_over_events_that_is_left_stops_the_run(book: Path, tmp_path: Path) -> None:
    async with SimulatorServer(SimulatorOptions(latency=0.005, hang=1.0)) as server:
        with chaindesk.open_session(book, chain(server)) as session:
            events = session.events()
            async for event in events:
                if event["event"] == "step_started":
                    break
            await events.aclose()
            assert session.report()["state"] == "stopped"


async def test_run_works_where_a_loop_runs_and_calls_back_in_a_thread_of_its_own(book: Path) -> None:
    threads = set()

    def on_event(_: chaindesk.Event) -> None:
        threads.add(threading.current_thread().name)

    async with provider() as server:
        result = await asyncio.to_thread(
            lambda: chaindesk.run(book, chain(server), rows=[2, 4], on_event=on_event, progress=False)
        )
    assert (result.ok, result.counts, threads) == (True, {"done": 2}, {"chaindesk-run"})


def test_mistakes_are_told_before_anything_is_paid_for(book: Path, tmp_path: Path) -> None:
    wrong = "name: x\nsteps:\n  - {name: a, model: demo/writer, prompt: '{{Topik}}'}\n"
    found = chaindesk.check(book, wrong)
    assert not found.ok
    assert "Did you mean {{Topic}}?" in str(found)
    (tmp_path / "x.yaml").write_text(wrong)
    with pytest.raises(chaindesk.ChainError) as caught:
        chaindesk.run(book, tmp_path / "x.yaml")
    assert [(one.file, one.line) for one in caught.value.problems] == [(str(tmp_path / "x.yaml"), 3)]
    good = wrong.replace("Topik", "Topic")
    assert not chaindesk.check(tmp_path / "none.xlsx", good).ok
    with pytest.raises(chaindesk.InputError, match="no step of the chain uses a provider"):
        chaindesk.open_session(book, good, keys={"openai": "sk-0123456789abcdef"})
    with pytest.raises(TypeError, match="bugdet"):
        chaindesk.run(book, good, bugdet=5)  # type: ignore[call-arg]
    with chaindesk.open_session(
        book, {"name": "x", "steps": [{"name": "a", "model": "demo/writer", "prompt": "x"}]}
    ) as one:
        for choice in ({"budget": "much"}, {"budget": -1}, {"order": "random"}, {"rows": "some"}):
            with pytest.raises(UsageError):
                one.run(**choice)
        with pytest.raises(UsageError, match="no run yet"):
            one.report()
        with pytest.raises(chaindesk.InputError, match="not a data frame"):
            one.to_frame()


def test_a_variable_is_sent_nowhere_unless_that_is_allowed(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAB_KEY", "sk-lab-0123456789abcdef")
    text = 'name: x\nproviders: {lab: {kind: openai-chat, base_url: "https://lab.example/v1", api_key_env: LAB_KEY}}\n'
    text += "steps:\n  - {name: a, model: lab/writer, prompt: '{{Topic}}'}\n"
    with pytest.raises(UsageError, match="allow_key_env=True"):
        chaindesk.run(book, text)


def test_no_cost_is_told_where_nothing_was_paid_for() -> None:
    failed = chaindesk.Result(1, "finished", "", {"failed": 1}, {"timeout": 1}, 1.0, 2, 0, 1, 0, None, (), ())
    assert str(failed) == "1 failed: 2 calls in 1.0 s, 0 answers reused"
    assert str(replace(failed, answers=1)).endswith(", cost unknown")


def test_progress_is_a_line_of_text_and_a_bar(capsys: pytest.CaptureFixture[str]) -> None:
    assert str(Progress()) == "0 of 0 rows, 0 answers"
    assert Progress()._repr_html_().startswith('<progress max="1" value="0.000"')
    silent = ProgressDisplay(shown=False)
    silent.close()
    assert capsys.readouterr() == ("", "")
