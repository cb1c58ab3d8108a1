"""Exports into workbooks of chosen rows and columns; and the same from the command line."""

from __future__ import annotations

import asyncio
import csv
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from chaindesk import settings
from chaindesk.cli.main import main
from chaindesk.credentials import KeyStore
from chaindesk.domain.errors import UsageError
from chaindesk.domain.status import Review
from chaindesk.engine.exports.options import ExportFormat, ExportOptions
from chaindesk.engine.run.options import RunOptions
from chaindesk.engine.session import Session
from chaindesk.journal.sqlite.journal import open_journal
from chaindesk.simulator.options import SimulatorOptions
from chaindesk.simulator.server import SimulatorServer
from chaindesk.workbook import open_manifest
from tests.support.engine import make_chain


def make_workbook(path: Path, topics: list[str]) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["ID", "Topic"])
    for number, topic in enumerate(topics, 1):
        sheet.append([number, topic])
    book.save(path)
    return path


def columns_of(path: Path) -> dict[str, list[Any]]:
    sheet = openpyxl.load_workbook(path).active
    assert sheet is not None
    header, *rows = sheet.iter_rows(values_only=True)
    return {str(name): [row[place] for row in rows] for place, name in enumerate(header)}


@asynccontextmanager
async def approved_session(folder: Path) -> AsyncIterator[Session]:
    """A session of three rows that have run, the second of them approved; its journal is the default one."""
    chain = make_chain(
        {"name": "notes", "model": "demo/writer", "prompt": "On {{Topic}}"},
        {"name": "text", "model": "demo/writer", "prompt": "Write {{notes}}", "output": "Text"},
    )
    path = make_workbook(folder / "jobs.xlsx", ["tea", "coffee", "milk"])
    journal = open_journal(settings.journal_path())
    try:
        async with SimulatorServer(SimulatorOptions(latency=0.0, distribution="constant", words=8)) as server:
            addresses = {"demo:embedded": server.base_url}
            session = Session(open_manifest(path), chain, journal, KeyStore(environment={}), addresses=addresses)
            await session.run(RunOptions(), lambda event: None)
        await session.review(session.manifest.rows[1], Review.APPROVED)
        yield session
    finally:
        journal.close()


async def test_a_workbook_gets_the_chosen_outputs_of_approved_rows_and_keeps_all_its_rows(tmp_path: Path) -> None:
    async with approved_session(tmp_path) as session:
        report = await session.export(None, ExportOptions(only_approved=True, columns=("Text", "Status")))
    written = columns_of(report.path)
    assert list(written) == ["ID", "Topic", "Text", "Status"]
    assert written["Topic"] == ["tea", "coffee", "milk"]
    assert [bool(text) for text in written["Text"]] == [False, True, False]
    assert written["Status"] == [None, "done", None]
    assert report.rows == 1
    assert "1 row got outputs; the other 2 are as they were." in report.notices


async def test_why_a_row_was_rejected_stands_in_the_error_column(tmp_path: Path) -> None:
    async with approved_session(tmp_path) as session:
        await session.review(session.manifest.rows[0], Review.REJECTED, "Off topic.")
        await session.review(session.manifest.rows[2], Review.REJECTED, "Dull.")
        await session.review(session.manifest.rows[2], Review.UNREVIEWED)
        report = await session.export(None)
    assert columns_of(report.path)["Error"] == ["rejected: Off topic.", None, None]


async def test_an_export_into_the_workbook_itself_keeps_a_copy_of_what_it_was(tmp_path: Path) -> None:
    async with approved_session(tmp_path) as session:
        path = session.manifest.path
        before = path.read_bytes()
        await session.export(path, ExportOptions(columns=("Text",)), overwrite_source=True)
        assert (tmp_path / "jobs.backup.xlsx").read_bytes() == before
        assert all(columns_of(path)["Text"])
        first = columns_of(path)["Text"]
        await session.export(path, ExportOptions(only_approved=True, columns=("Text",)), overwrite_source=True)
    assert columns_of(path)["Text"] == first  # rows that are left out keep what stands there


async def test_chosen_rows_of_a_sheet_that_has_changed_since_are_refused(tmp_path: Path) -> None:
    async with approved_session(tmp_path) as session:
        make_workbook(session.manifest.path, ["milk", "tea", "coffee"])
        with pytest.raises(UsageError, match="Read the workbook again, choose the rows"):
            await session.export(None, ExportOptions(rows=frozenset({3})))
        report = await session.export(None, ExportOptions(ExportFormat.CSV, columns=("Topic", "Text")))
        written = list(csv.reader(report.path.read_text("utf-8-sig").splitlines(keepends=True)))
    assert [record[0] for record in written] == ["Topic", "milk", "tea", "coffee"]
    assert all("coffee" in record[1] for record in written[3:])  # each answer stands beside its own row


def test_the_command_line_exports_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async def prepare() -> None:
        async with approved_session(tmp_path):
            pass

    asyncio.run(prepare())
    book = str(tmp_path / "jobs.xlsx")
    chain = tmp_path / "two.yaml"
    chain.write_text(
        "name: two\nsteps:\n  - {name: notes, model: demo/writer, prompt: 'On {{Topic}}'}\n"
        "  - {name: text, model: demo/writer, prompt: 'Write {{notes}}', output: Text}\n",
        "utf-8",
    )
    words = ["export", book, "--chain", str(chain)]
    out = tmp_path / "some.csv"
    assert main([*words, "--out", str(out), "--only", "approved", "--columns", "Topic,Text", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["row_count"], report["path"]) == (1, str(out))
    assert out.read_text("utf-8-sig").splitlines()[1].startswith("coffee,")
    assert main([*words, "--out", str(out)]) == 2  # it is there already
    assert "is in" in capsys.readouterr().err
    assert main([*words, "--out", str(out), "--overwrite"]) == 0
    folder = tmp_path / "articles"
    assert main([*words, "--per-row", "{{ID}}-{{Topic}}.md", "--out", str(folder)]) == 0
    assert sorted(path.name for path in folder.iterdir()) == ["1-tea.md", "2-coffee.md", "3-milk.md"]
    assert main([*words, "--per-row", "{{ID}}.md", "--format", "csv"]) == 2
    assert main([*words, "--format", "html"]) == 0
    assert (tmp_path / "jobs.completed.html").exists()
    assert main(["export", "--run", "1", "--format", "md", "--columns", "Text"]) == 0
    assert "**Text**" in (tmp_path / "jobs.run-1.md").read_text("utf-8")
