"""A past run exported as the workbook stood at its end."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from chaindesk.credentials import KeyStore
from chaindesk.domain.chains.chain import Chain
from chaindesk.domain.errors import InputError, UsageError
from chaindesk.domain.row_selection import RowSelection
from chaindesk.engine.past_run import chain_of, export_past, run_record, seen_from, workbook_of
from chaindesk.engine.run.options import RunOptions
from chaindesk.engine.session import Session
from chaindesk.journal.memory import MemoryJournal
from chaindesk.journal.sqlite.journal import SqliteJournal, open_journal
from chaindesk.simulator.options import SimulatorOptions
from chaindesk.simulator.server import SimulatorServer
from chaindesk.workbook import open_manifest
from tests.support.journals import store_past_run


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Topic"])
    for number in range(4):
        sheet.append([f"Topic {number}"])
    path = tmp_path / "jobs.xlsx"
    book.save(path)
    return path


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[SqliteJournal]:
    opened = open_journal(tmp_path / "journal.sqlite3")
    yield opened
    opened.close()


async def run(path: Path, journal: SqliteJournal, prompt: str, **options: object) -> int:
    chain = Chain.model_validate({"name": "one", "steps": [{"name": "text", "model": "demo/a", "prompt": prompt}]})
    async with SimulatorServer(SimulatorOptions(latency=0.0, draw="arrival", seed=len(journal.runs()))) as server:
        addresses = {"demo:embedded": server.base_url}
        session = Session(open_manifest(path), chain, journal, KeyStore(environment={}), addresses=addresses)
        result = await session.run(RunOptions(**options), lambda _: None)  # type: ignore[arg-type]
        return result.run_id


async def exported(path: Path, journal: SqliteJournal, run_id: int, target: Path) -> dict[str, list[object]]:
    record = run_record(journal, run_id)
    manifest = await asyncio.to_thread(open_manifest, path)
    await export_past(manifest, chain_of(record), journal, KeyStore(environment={}), record, target)
    sheet = openpyxl.load_workbook(target).active
    assert sheet is not None
    rows = list(sheet.iter_rows(values_only=True))
    return {str(header): [row[place] for row in rows[1:]] for place, header in enumerate(rows[0])}


async def test_each_run_is_exported_as_the_workbook_stood_then(workbook: Path, journal: SqliteJournal) -> None:
    first = await run(workbook, journal, "Write on {{Topic}}.", choice=RowSelection(first=2))
    second = await run(workbook, journal, "Write on {{Topic}}.")
    third = await run(workbook, journal, "Sing of {{Topic}}.")
    target = workbook.with_name("then.xlsx")
    one = await exported(workbook, journal, first, target)
    assert one["Status"] == ["done", "done", "pending", "pending"]
    assert one["text"][2:] == [None, None]
    two = await exported(workbook, journal, second, target)
    assert two["Status"] == ["done"] * 4
    assert two["text"][:2] == one["text"][:2]
    three = await exported(workbook, journal, third, target)
    assert not set(three["text"]) & set(two["text"])


async def test_what_was_paid_for_again_later_is_not_what_stood_then(workbook: Path, journal: SqliteJournal) -> None:
    first = await run(workbook, journal, "Write on {{Topic}}.")
    second = await run(workbook, journal, "Write on {{Topic}}.", fresh=True)
    answers = {run: [answer.id for answer in journal.run_answers(run)] for run in (first, second)}
    assert len(answers[first]) == len(answers[second]) == 4
    record = run_record(journal, first)
    then = seen_from(journal, record)
    assert {number for number, _, _ in then.answer_index(record.workbook_id, "text")} == set(answers[first])
    now = seen_from(journal, run_record(journal, second))
    assert {number for number, _, _ in now.answer_index(record.workbook_id, "text")} == {
        *answers[first],
        *answers[second],
    }


async def test_another_workbook_is_refused(workbook: Path, journal: SqliteJournal) -> None:
    number = await run(workbook, journal, "Write on {{Topic}}.")
    other = workbook.with_name("other.xlsx")
    book = openpyxl.load_workbook(workbook)
    sheet = book.active
    assert sheet is not None
    sheet["A2"] = "Another topic"
    book.save(other)
    with pytest.raises(UsageError, match=r"other.xlsx .* is not the workbook of run 1"):
        await exported(other, journal, number, workbook.with_name("then.xlsx"))


async def test_a_workbook_that_has_gone_is_told_clearly(tmp_path: Path) -> None:
    journal = MemoryJournal()
    record = run_record(journal, await store_past_run(journal, workbook=str(tmp_path / "gone.xlsx")))
    with pytest.raises(InputError, match=r"is not where it was: .*gone.xlsx"):
        workbook_of(record)
    with pytest.raises(InputError, match=r"There is no workbook .*elsewhere.xlsx"):
        workbook_of(record, tmp_path / "elsewhere.xlsx")
    with pytest.raises(InputError, match="did not keep its chain"):
        chain_of(record)
    with pytest.raises(InputError, match="another version"):
        chain_of(replace(record, definition='{"steps": 1}'))
    with pytest.raises(UsageError, match=r"no run 99. The latest are: 1"):
        run_record(journal, 99)
