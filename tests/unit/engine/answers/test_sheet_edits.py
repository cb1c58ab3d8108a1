"""What a person writes into our columns in another program counts as an edit; what is merely out of date does not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from chaindesk.credentials import KeyStore
from chaindesk.domain.chains.chain import Chain
from chaindesk.domain.events import Event
from chaindesk.domain.row_selection import RowSelection
from chaindesk.engine.answers.row_history import OutputState
from chaindesk.engine.run.options import RunOptions
from chaindesk.engine.session import Session
from chaindesk.journal.memory import MemoryJournal
from chaindesk.simulator.options import SimulatorOptions
from chaindesk.simulator.server import SimulatorServer
from chaindesk.workbook import open_manifest

STEPS: list[dict[str, Any]] = [
    {"name": "draft", "model": "demo/writer", "prompt": "Draft {{Topic}}", "output": "Article"},
    {"name": "score", "model": "demo/writer", "prompt": "Judge: {{draft}}", "fields": {"quality": "integer"}},
]


class EditedWorkbook:
    """One workbook with its journal, and a provider on loopback."""

    def __init__(self, source: Path, server: SimulatorServer, journal: MemoryJournal) -> None:
        self.source = source
        self.completed = source.with_name("jobs.completed.xlsx")
        self.server = server
        self.journal = journal

    def open(self, path: Path, steps: list[dict[str, Any]] | None = None) -> Session:
        chain = Chain.model_validate({"name": "article", "steps": steps or STEPS})
        addresses = {"demo:embedded": self.server.base_url}
        return Session(open_manifest(path), chain, self.journal, KeyStore(environment={}), addresses=addresses)

    async def run(self, path: Path, steps: list[dict[str, Any]] | None = None, *, fresh: bool = False) -> Session:
        session = self.open(path, steps)
        await session.run(RunOptions(fresh=fresh), _ignore)
        return session

    def write(self, cell: str, value: Any) -> None:
        book = openpyxl.load_workbook(self.completed)
        book.active[cell] = value
        book.save(self.completed)


def _ignore(event: Event) -> None:
    pass


@pytest.fixture
def source(tmp_path: Path) -> Path:
    book = openpyxl.Workbook()
    for row in (["Topic"], ["bees"], ["tea"], ["rain"]):
        book.active.append(row)
    path = tmp_path / "jobs.xlsx"
    book.save(path)
    return path


@pytest.fixture
def journal() -> MemoryJournal:
    return MemoryJournal()


QUICK = SimulatorOptions(latency=0.0, distribution="constant", words=8)


async def test_an_edit_in_the_sheet_is_taken_over_and_later_steps_are_stale(
    source: Path, journal: MemoryJournal
) -> None:
    async with SimulatorServer(QUICK) as server:
        edited = EditedWorkbook(source, server, journal)
        await (await edited.run(source)).export(edited.completed)
        edited.write("B3", "My own words.")
        session = edited.open(edited.completed)
        (notice,) = await session.import_sheet_edits()
        assert notice.rows == (3,)
        draft, score = session.outputs(session.manifest.rows[1])
        assert draft.text == "My own words."
        assert draft.answer is not None
        assert draft.answer.text != "My own words."
        assert (draft.state, score.state) == (OutputState.ANSWERED, OutputState.STALE)
        assert session.plan().calls == 1
        await session.export(edited.completed, overwrite_source=True)
        assert openpyxl.load_workbook(edited.completed).active["B3"].value == "My own words."
        assert await edited.open(edited.completed).import_sheet_edits() == ()


async def test_a_field_keeps_its_type_and_what_does_not_fit_is_said(source: Path, journal: MemoryJournal) -> None:
    async with SimulatorServer(QUICK) as server:
        edited = EditedWorkbook(source, server, journal)
        await (await edited.run(source)).export(edited.completed)
        edited.write("C2", 1234)
        edited.write("C4", "very good")
        session = edited.open(edited.completed)
        notices = await session.import_sheet_edits()
        assert [notice.rows for notice in notices] == [(2,), (4,)]
        assert "quality" in notices[1].message
        assert session.outputs(session.manifest.rows[0])[1].fields == {"quality": "1234"}
        assert session.plan().calls == 0


async def test_an_older_answer_in_the_sheet_is_no_edit(source: Path, journal: MemoryJournal) -> None:
    changed = [STEPS[0] | {"prompt": "Draft anew {{Topic}}"}, STEPS[1]]
    async with SimulatorServer(QUICK) as server:
        edited = EditedWorkbook(source, server, journal)
        await (await edited.run(source)).export(edited.completed)
        await edited.run(source, changed)
        session = edited.open(edited.completed, changed)
        assert await session.import_sheet_edits() == ()
        assert session.plan().calls == 0


CHAIN = [
    {"name": "draft", "model": "demo/writer", "prompt": "Draft {{Topic}}"},
    {"name": "polish", "model": "demo/writer", "prompt": "Polish: {{draft}}"},
]


async def test_whoever_writes_an_early_and_a_late_text_means_both(source: Path, journal: MemoryJournal) -> None:
    async with SimulatorServer(QUICK) as server:
        edited = EditedWorkbook(source, server, journal)
        await (await edited.run(source, CHAIN)).export(edited.completed)
        paid = server.counters.requests
        edited.write("B3", "My draft.")
        edited.write("C3", "My polished text.")
        session = await edited.run(edited.completed, CHAIN)
        assert server.counters.requests == paid
        row = session.manifest.rows[1]
        assert [output.text for output in session.outputs(row)] == ["My draft.", "My polished text."]
        assert [output.state for output in session.outputs(row)] == [OutputState.ANSWERED, OutputState.KEPT]
        await session.export(edited.completed, overwrite_source=True)
        again = await edited.run(edited.completed, CHAIN)
        assert server.counters.requests == paid
        assert [output.text for output in again.outputs(row)] == ["My draft.", "My polished text."]
        assert openpyxl.load_workbook(edited.completed).active["C3"].value == "My polished text."


async def test_a_late_text_may_be_written_after_the_early_one(source: Path, journal: MemoryJournal) -> None:
    async with SimulatorServer(QUICK) as server:
        edited = EditedWorkbook(source, server, journal)
        await (await edited.run(source, CHAIN)).export(edited.completed)
        edited.write("B3", "My draft.")
        first = edited.open(edited.completed, CHAIN)
        await first.import_sheet_edits()
        assert first.plan().calls == 1
        edited.write("C3", "My polished text.")
        second = edited.open(edited.completed, CHAIN)
        (notice,) = await second.import_sheet_edits()
        assert notice.rows == (3,)
        assert second.plan().calls == 0
        assert edited.open(edited.completed, CHAIN).plan().calls == 0


async def test_a_text_stays_in_its_cell_though_its_row_was_corrected(source: Path, journal: MemoryJournal) -> None:
    async with SimulatorServer(QUICK) as server:
        edited = EditedWorkbook(source, server, journal)
        await (await edited.run(source, CHAIN)).export(edited.completed)
        edited.write("C3", "My polished text.")
        await edited.open(edited.completed, CHAIN).import_sheet_edits()
        edited.write("A3", "green tea")
        paid = server.counters.requests
        session = await edited.run(edited.completed, CHAIN)
        assert server.counters.requests - paid == 1
        assert session.outputs(session.manifest.rows[1])[1].text == "My polished text."
        edited.write("A4", "heavy rain")
        edited.write("C4", "Written beside the correction.")
        edited.write("A2", "wasps")
        session = await edited.run(edited.completed, CHAIN)
        polished = [session.outputs(row)[1].text for row in session.manifest.rows]
        assert polished[2] == "Written beside the correction."
        assert server.counters.requests - paid == 1 + 2 + 1


async def test_texts_that_moved_beside_corrected_rows_are_nobodys_edits(source: Path, journal: MemoryJournal) -> None:
    async with SimulatorServer(QUICK) as server:
        edited = EditedWorkbook(source, server, journal)
        session = await edited.run(source, CHAIN)
        await session.export(edited.completed)
        texts = [session.outputs(row)[1].text for row in session.manifest.rows]
        for number, topic in ((2, "x"), (3, "y"), (4, "z")):
            edited.write(f"A{number}", topic)
            edited.write(f"C{number}", texts[number - 3])
        again = edited.open(edited.completed, CHAIN)
        assert await again.import_sheet_edits() == ()
        assert again.plan().calls == 6


async def test_an_untouched_copy_has_no_edits(source: Path, journal: MemoryJournal) -> None:
    async with SimulatorServer(QUICK) as server:
        edited = EditedWorkbook(source, server, journal)
        await (await edited.run(source)).export(edited.completed)
        edited.write("H1", "a note of mine")
        edited.write("B2", None)
        assert await edited.open(edited.completed).import_sheet_edits() == ()


async def test_a_copy_that_somebody_worked_on_is_kept_when_it_is_replaced(source: Path, journal: MemoryJournal) -> None:
    async with SimulatorServer(QUICK) as server:
        edited = EditedWorkbook(source, server, journal)
        session = await edited.run(source)
        await session.export()
        await session.export()
        assert {path.name for path in source.parent.iterdir()} == {"jobs.xlsx", "jobs.completed.xlsx"}
        edited.write("H1", "a note of mine")
        report = await session.export()
        kept = source.with_name("jobs.completed.backup.xlsx")
        assert any(kept.name in notice for notice in report.notices)
        assert openpyxl.load_workbook(kept).active["H1"].value == "a note of mine"
        assert openpyxl.load_workbook(edited.completed).active["H1"].value is None
        await session.export()
        assert sorted(path.name for path in source.parent.glob("*backup*")) == [kept.name]


TEA_FAILS = SimulatorOptions(latency=0.0, distribution="constant", words=8, fail_containing="Draft tea")


async def test_words_in_the_cell_of_a_failed_row_are_its_answer(source: Path, journal: MemoryJournal) -> None:
    async with SimulatorServer(TEA_FAILS) as server:
        edited = EditedWorkbook(source, server, journal)
        session = await edited.run(source, CHAIN)
        await session.export(edited.completed)
        paid = journal.run_totals()[1]
        edited.write("B3", "My own draft.")
        session = edited.open(edited.completed, CHAIN)
        (notice,) = await session.import_sheet_edits()
        assert notice.rows == (3,)
        assert journal.run_totals()[1] == paid
        assert session.plan().calls == 1
        row = session.manifest.rows[1]
        draft, polish = session.outputs(row)
        assert (draft.text, draft.state, polish.state) == (
            "My own draft.",
            OutputState.ANSWERED,
            OutputState.MISSING,
        )
        asked = server.counters.requests
        await session.run(RunOptions(), _ignore)
        assert server.counters.requests == asked + 1
        assert [version.text for version in session.versions(row, "draft")] == ["My own draft."]
        await session.export(edited.completed, overwrite_source=True)
        assert openpyxl.load_workbook(edited.completed).active["B3"].value == "My own draft."
        for path in (source, edited.completed):  # it stands in the journal, whatever is opened
            again = await edited.run(path, CHAIN)
            assert again.outputs(again.manifest.rows[1])[0].text == "My own draft."
        assert server.counters.requests == asked + 1


async def test_words_in_the_cell_of_a_row_that_waits_are_its_answer(source: Path, journal: MemoryJournal) -> None:
    async with SimulatorServer(QUICK) as server:
        edited = EditedWorkbook(source, server, journal)
        session = edited.open(source)
        await session.run(RunOptions(RowSelection.parse("2")), _ignore)
        await session.export(edited.completed)
        edited.write("B3", "My own draft.")
        edited.write("C4", 1234)
        paid = server.counters.requests
        session = await edited.run(edited.completed)
        assert server.counters.requests == paid + 1 + 1  # the score of the one, the draft of the other
        texts = [[output.text for output in session.outputs(row)] for row in session.manifest.rows]
        assert texts[1][0] == "My own draft."
        assert session.outputs(session.manifest.rows[2])[1].fields == {"quality": "1234"}
        again = await edited.run(source)
        assert [[output.text for output in again.outputs(row)] for row in again.manifest.rows] == texts
        assert server.counters.requests == paid + 2


async def test_words_that_are_changed_again_are_followed(source: Path, journal: MemoryJournal) -> None:
    async with SimulatorServer(TEA_FAILS) as server:
        edited = EditedWorkbook(source, server, journal)
        await (await edited.run(source, CHAIN)).export(edited.completed)
        for words in ("My own draft.", "My better draft."):
            edited.write("B3", words)
            session = edited.open(edited.completed, CHAIN)
            assert len(await session.import_sheet_edits()) == 1
            assert session.outputs(session.manifest.rows[1])[0].text == words
        assert [version.text for version in session.versions(session.manifest.rows[1], "draft")] == [
            "My better draft.",
            "My own draft.",
        ]


async def test_what_a_model_wrote_under_another_name_of_the_step_is_nobodys_words(
    source: Path, journal: MemoryJournal
) -> None:
    late = SimulatorOptions(latency=0.0, distribution="constant", words=8, fail_containing="Polish")
    renamed = [CHAIN[0] | {"name": "sketch", "output": "draft"}, CHAIN[1] | {"prompt": "Polish: {{sketch}}"}]
    async with SimulatorServer(late) as server:
        edited = EditedWorkbook(source, server, journal)
        await (await edited.run(source, CHAIN)).export(edited.completed)
        session = edited.open(edited.completed, renamed)
        assert await session.import_sheet_edits() == ()
        assert session.plan().calls == 6


async def test_of_a_sheet_that_no_run_of_the_journal_has_met_nobody_knows_who_wrote_it(
    source: Path, journal: MemoryJournal
) -> None:
    async with SimulatorServer(TEA_FAILS) as server:
        edited = EditedWorkbook(source, server, journal)
        await (await edited.run(source, CHAIN)).export(edited.completed)
        edited.journal = MemoryJournal()
        assert await edited.open(edited.completed, CHAIN).import_sheet_edits() == ()
