"""A workbook that another program changes while a run goes on: each answer stands beside its own row all the same."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from chaindesk.credentials import KeyStore
from chaindesk.domain.chains.chain import Chain
from chaindesk.domain.errors import ChainDeskError
from chaindesk.domain.events import Event, RunStarted
from chaindesk.domain.manifest import Manifest
from chaindesk.engine.run.options import RunOptions
from chaindesk.engine.session import Session
from chaindesk.journal.memory import MemoryJournal
from chaindesk.workbook import open_manifest

CHAIN = Chain.model_validate(
    {"name": "article", "steps": [{"name": "draft", "model": "demo/writer", "prompt": "Draft {{Topic}}"}]}
)
TOPICS = ["bees", "tea", "rain"]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    book = openpyxl.Workbook()
    for row in (["Topic"], *([topic] for topic in TOPICS)):
        book.active.append(row)
    path = tmp_path / "jobs.xlsx"
    book.save(path)
    return path


def insert_a_row(path: Path) -> None:
    book = openpyxl.load_workbook(path)
    book.active.insert_rows(2)
    book.active["A2"] = "wasps"
    book.save(path)


def session_of(source: Path) -> Session:
    return Session(open_manifest(source), CHAIN, MemoryJournal(), KeyStore(environment={}))


def written(path: Path) -> dict[str, str]:
    rows = list(openpyxl.load_workbook(path).active.iter_rows(min_row=2, max_col=2, values_only=True))
    return {str(topic): str(text or "") for topic, text in rows}


async def test_the_rows_of_an_unchanged_workbook_are_not_compared_for_its_export(
    source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = session_of(source)
    await session.run(RunOptions(), lambda event: None)
    monkeypatch.setattr(Manifest, "jobs", property(lambda manifest: pytest.fail("they are the same rows")))
    report = await session.export()
    assert report.path.exists()


async def test_a_row_that_is_inserted_while_a_run_goes_on_moves_no_answer(source: Path) -> None:
    session = session_of(source)

    def change(event: Event) -> None:
        if isinstance(event, RunStarted):
            insert_a_row(source)

    await session.run(RunOptions(), change)
    own = {row.values["Topic"]: session.outputs(row)[0].text for row in session.manifest.rows}
    report = await session.export()
    assert written(report.path) == {"wasps": "", **own}
    assert any("has changed jobs.xlsx" in notice for notice in report.notices)


async def test_a_file_that_was_merely_saved_again_is_no_news(source: Path) -> None:
    session = session_of(source)
    await session.run(RunOptions(), lambda event: None)
    openpyxl.load_workbook(source).save(source)
    report = await session.export()
    assert report.notices == ()
    assert set(written(report.path)) == set(TOPICS)


async def test_a_column_that_the_chain_needs_and_that_is_gone_is_said(source: Path) -> None:
    session = session_of(source)
    await session.run(RunOptions(), lambda event: None)
    book = openpyxl.load_workbook(source)
    book.active["A1"] = "Subject"
    book.save(source)
    with pytest.raises(ChainDeskError, match="Topic"):
        await session.export()


async def test_what_an_export_itself_wrote_into_the_workbook_is_no_change(source: Path) -> None:
    first = session_of(source)
    await first.run(RunOptions(), lambda event: None)
    completed = (await first.export()).path
    session = Session(open_manifest(completed), CHAIN, first.journal, KeyStore(environment={}))
    await session.run(RunOptions(fresh=True), lambda event: None)
    for _ in range(2):
        assert (await session.export()).notices == ()
    own = {row.values["Topic"]: session.outputs(row)[0].text for row in session.manifest.rows}
    assert written(completed) == own
    assert [cell.value for cell in openpyxl.load_workbook(completed).active[1]] == ["Topic", "draft", "Status", "Error"]
