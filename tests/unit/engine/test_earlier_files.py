"""A journal and a completed workbook of an earlier version: what was paid for then is used, shown and exported now."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from aiohttp import web

from chaindesk.chain_file import load_chain
from chaindesk.credentials import KeyStore
from chaindesk.domain.records import RunState
from chaindesk.domain.row_selection import RowSelection
from chaindesk.engine.run.options import RunOptions
from chaindesk.engine.session import Session
from chaindesk.journal.protocol import Journal
from chaindesk.journal.sqlite.journal import open_journal
from chaindesk.json_contract.encoding import to_json
from chaindesk.workbook import ReadOptions, open_manifest

EARLIER = Path(__file__).parents[2] / "data" / "earlier"
FACTS = json.loads((EARLIER / "facts.json").read_text("utf-8"))


@pytest.fixture(params=["where they were", "moved"])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """The earlier files, in the folder that the journal names or in another."""
    for name in ("chain.yaml", "jobs.xlsx", "jobs.completed.xlsx"):
        shutil.copy(EARLIER / name, tmp_path)
    known = tmp_path.as_posix() if request.param == "where they were" else "/somewhere/else"
    script = (EARLIER / "journal.sql").read_text("utf-8").replace("{FOLDER}", known)
    with closing(sqlite3.connect(tmp_path / "journal.sqlite")) as database:
        database.executescript(script)
    return tmp_path


@pytest.fixture
def journal(folder: Path) -> Iterator[Journal]:
    with closing(open_journal(folder / "journal.sqlite")) as opened:
        yield opened


def opened(folder: Path, name: str, journal: Journal, addresses: Mapping[str, str] | None = None) -> Session:
    manifest = open_manifest(folder / name, ReadOptions(id_column="ID"))
    return Session(manifest, load_chain(folder / "chain.yaml"), journal, KeyStore(), addresses=addresses)


def cells_of(path: Path) -> list[list[Any]]:
    return [[cell.value for cell in row] for row in openpyxl.load_workbook(path)["Jobs"].iter_rows()]


@pytest.mark.parametrize("name", sorted(FACTS))
def test_nothing_that_was_paid_for_is_asked_again(folder: Path, journal: Journal, name: str) -> None:
    session = opened(folder, name, journal)
    plan = session.plan()
    facts = FACTS[name]
    assert (plan.calls, plan.reused) == (facts["calls"], facts["reused"])
    assert [planned.row.key for planned in plan.rows if planned.work.calls] == facts["missing"] == ["J5"]
    answered = RowSelection.of_numbers(row.number for row in session.manifest.rows if row.key != "J5")
    assert session.plan(answered).calls == 0


@pytest.mark.parametrize("name", sorted(FACTS))
def test_rows_and_their_history_read_as_they_did(folder: Path, journal: Journal, name: str) -> None:
    session = opened(folder, name, journal)
    facts, states = FACTS[name], session.statuses()
    rows = session.manifest.rows
    assert {str(number): state.status.value for number, state in states.items()} == facts["statuses"]
    assert {row.key: states[row.number].review.value for row in rows} == facts["reviews"]
    assert {row.key: [one.text for one in session.versions(row, "draft")] for row in rows} == facts["versions"]


@pytest.mark.parametrize("name", sorted(FACTS))
async def test_the_same_cells_are_exported(folder: Path, journal: Journal, name: str) -> None:
    session = opened(folder, name, journal)
    assert await session.import_sheet_edits() == ()
    report = await session.export(folder / "again.xlsx")
    assert cells_of(report.path) == FACTS[name]["cells"]


async def test_a_completed_copy_is_continued(folder: Path, journal: Journal) -> None:
    asked: list[str] = []
    async with scripted_server(asked, iron_is_refused=False) as addresses:
        session = opened(folder, "jobs.completed.xlsx", journal, addresses)
        result = await session.run(RunOptions(), lambda event: None)
        assert result.state is RunState.FINISHED
        assert [prompt for prompt in asked if "iron" not in prompt] == []
        report = await session.export(folder / "again.xlsx")
    before, after = FACTS["jobs.completed.xlsx"]["cells"], cells_of(report.path)
    assert [row for row in after if row[0] != "J5"] == [row for row in before if row[0] != "J5"]
    (iron,) = (row for row in after if row[0] == "J5")
    assert iron[4:8] == ["On iron", 80, "Iron, by my own hand.", "done"]


async def test_a_run_tells_the_same_lines_as_json(tmp_path: Path) -> None:
    for name in ("chain.yaml", "jobs.xlsx"):
        shutil.copy(EARLIER / name, tmp_path)
    lines: list[str] = []
    with closing(open_journal(tmp_path / "journal.sqlite")) as journal:
        async with scripted_server([], iron_is_refused=True) as addresses:
            session = opened(tmp_path, "jobs.xlsx", journal, addresses)
            await session.run(RunOptions(), lambda event: lines.append(to_json(event)))
    earlier = (EARLIER / "events.jsonl").read_text("utf-8").splitlines()
    first_run = earlier[: next(place for place, line in enumerate(earlier) if '"event":"run_finished"' in line) + 1]
    now = [event for event in map(json.loads, lines) if event["event"] in _KNOWN]
    told = [_with_names_of_today(json.loads(line)) for line in first_run]
    expected = sorted(map(shape_of, told))
    inner = {name for event in told for name in _names(event)}
    known = ({key: _only(inner, event[key]) for key in event if key in _known(event)} for event in now)
    assert sorted(shape_of(event) for event in known) == expected


def shape_of(value: Any) -> str:
    """An event with its row and the keys of everything in it, for comparing without times and texts."""
    return json.dumps({"row": value.get("row"), "event": value["event"], "keys": _keys(value)})


_KNOWN = json.loads((EARLIER / "event_keys.json").read_text("utf-8"))
_RENAMED = {
    "usage": "tokens",
    "saved": "saved_usd",
    "steps": "step_names",
    "calls": "planned_calls",
    "cost": "cost_usd",
    "low": "low_usd",
    "high": "high_usd",
}
"""What the contract's first version settled."""


def _known(event: dict[str, Any]) -> set[str]:
    return {_RENAMED.get(name, name) for name in _KNOWN[event["event"]]}


def _with_names_of_today(event: dict[str, Any]) -> dict[str, Any]:
    def renamed(value: Any) -> Any:
        return {_RENAMED.get(name, name): part for name, part in value.items()} if isinstance(value, dict) else value

    told = {name: renamed(part) for name, part in renamed(event).items()}
    if "estimate" in told:
        told["estimate"]["steps"] = [renamed(step) for step in told["estimate"].pop("step_names")]
    return told


def _names(value: Any) -> set[str]:
    """All keys in a value, at any depth."""
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return (set(value) if isinstance(value, dict) else set()).union(*map(_names, parts))


def _only(known: set[str], value: Any) -> Any:
    """A value without keys that are new, at any depth: scripts pass over them."""
    if isinstance(value, dict):
        return {name: _only(known, part) for name, part in value.items() if name in known}
    return [_only(known, part) for part in value] if isinstance(value, list) else value


def _keys(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _keys(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_keys(value[0])] if value else []
    return value if isinstance(value, bool) else None


@asynccontextmanager
async def scripted_server(asked: list[str], *, iron_is_refused: bool) -> AsyncIterator[dict[str, str]]:
    """A server that answers as the one of the earlier runs did; what the simulated provider's address stands for."""
    calls: dict[str, int] = {}

    async def answer(request: web.Request) -> web.StreamResponse:
        body = await request.json()
        prompt = "\n".join(message["content"] for message in body["messages"] if message["role"] == "user")
        asked.append(prompt)
        topic = next((one for one in ("bees", "rivers", "clay", "snow", "iron", "moss") if one in prompt), "")
        calls[topic] = calls.get(topic, 0) + 1
        if not prompt.startswith("Plan"):
            return reply(f"A text: {prompt[6:40]}")
        if topic == "iron" and iron_is_refused:
            error = {"message": "The prompt was refused.", "type": "invalid_request_error", "code": "invalid_prompt"}
            return web.json_response({"error": error}, status=400)
        if topic == "snow":
            return reply("I would rather tell a story about snow.")
        if topic == "clay" and calls[topic] == 1:
            return reply('{"title": "On clay"}')
        if topic == "moss" and calls[topic] == 1:
            cut = web.StreamResponse(headers={"content-length": "400", "content-type": "application/json"})
            await cut.prepare(request)
            await cut.write(b'{"id": "cut')
            if request.transport is not None:
                request.transport.abort()
            return cut
        return reply(json.dumps({"title": f"On {topic}", "words": int(prompt.split(" of ")[1].split(" ")[0])}))

    def reply(text: str) -> web.Response:
        message = {"role": "assistant", "content": text}
        choice = {"index": 0, "finish_reason": "stop", "message": message}
        usage = {"prompt_tokens": 30, "completion_tokens": 12, "total_tokens": 42}
        return web.json_response({"id": "1", "model": "writer", "choices": [choice], "usage": usage})

    application = web.Application()
    application.router.add_post("/{path:.*}", answer)
    runner = web.AppRunner(application)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield {"demo:embedded": f"http://127.0.0.1:{runner.addresses[0][1]}/v1"}
    finally:
        await runner.cleanup()
