"""Whole stories of one sheet: run in part, sorted, cut, edited, run again. Sessions, SQLite and workbooks are real."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chaindesk.credentials import KeyStore
from chaindesk.domain.chains.chain import Chain
from chaindesk.domain.completion import Completion, CompletionRequest, Endpoint, Usage
from chaindesk.domain.errors import CallError, FailureKind
from chaindesk.domain.manifest import Manifest, Row
from chaindesk.domain.status import Status
from chaindesk.engine.run.control import RunControl
from chaindesk.engine.run.options import RunOptions, RunResult
from chaindesk.engine.session import Session
from chaindesk.journal.memory import MemoryJournal
from chaindesk.journal.protocol import Journal
from chaindesk.journal.sqlite.journal import open_journal
from chaindesk.providers.base import TextListener
from chaindesk.workbook import ReadOptions, open_manifest

pytestmark = pytest.mark.slow

EXAMPLES = int(os.environ.get("CHAINDESK_STORIES", "25"))
# The same few stories each time, so that a change is judged by itself; CHAINDESK_STORIES tells others, and more.
QUICK = settings(
    max_examples=EXAMPLES,
    derandomize="CHAINDESK_STORIES" not in os.environ,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

rows = st.fixed_dictionaries({"Topic": st.sampled_from(["a", "b", "c", ""]), "Tone": st.sampled_from(["x", "y", ""])})
changes = st.lists(
    st.one_of(
        st.tuples(st.just("shuffle"), st.randoms(use_true_random=False)),
        st.tuples(st.just("insert"), st.integers(0, 6), rows),
        st.tuples(st.just("delete"), st.integers(0, 6)),
        st.tuples(st.just("edit"), st.integers(0, 6), rows),
        st.tuples(st.just("twin"), st.integers(0, 6)),
    ),
    max_size=4,
)
broken = st.sets(st.sampled_from(["Notes on a", "Notes on b", "Draft x", "Draft plain", "Edit"]), max_size=2)
parts = st.fixed_dictionaries(
    {"changes": changes, "version": st.integers(0, 2), "broken": broken, "stop": st.none() | st.integers(0, 12)}
)


def chain_of(version: int, *, named: bool) -> Chain:
    """Three steps; the versions differ in the second."""
    draft = ("Draft {{Tone|plain}}: {{notes}}", "Draft {{Tone|plain}} again: {{notes}}", "Draft of {{notes}}")[version]
    prompts = {"notes": "Notes on {{Topic|nothing}}", "draft": draft, "edit": "Edit {{draft}}"}
    steps = [{"name": name, "model": "demo/writer", "prompt": prompt} for name, prompt in prompts.items()]
    return Chain.model_validate({"name": "story", "steps": steps} | ({"id_column": "ID"} if named else {}))


class Sayer:
    """Says the prompt in brackets, unless it is broken, and can stop the run at a call."""

    def __init__(self, broken: Sequence[str] = (), stop: int | None = None, *, unlike: bool = False) -> None:
        self.unlike = unlike  # no two answers are alike, as from a real model
        self.broken = tuple(broken)
        self.stop = stop
        self.control = RunControl()
        self.asked: Counter[str] = Counter()

    async def complete(self, request: CompletionRequest, on_text: TextListener | None = None) -> Completion:
        prompt = request.messages[-1].content
        self.asked[prompt] += 1
        if self.stop is not None and self.asked.total() > self.stop:
            self.control.stop()
        await asyncio.sleep(0)
        if prompt.startswith(self.broken or ("\0",)):
            raise CallError(FailureKind.REJECTED, "No.")
        mark = f"{self.asked.total()} " if self.unlike else ""
        return Completion(f"{mark}<{prompt}>", request.model, Usage(1, 1), seconds=0.01)

    async def models(self, endpoint: Endpoint) -> Sequence[str]:
        return []


class Story(Session):
    """A session whose provider is a ``Sayer``."""

    sayer: Sayer

    async def run(self, *args: Any, **options: Any) -> RunResult:
        @asynccontextmanager
        async def open_sayer(*_: Any) -> AsyncIterator[Sayer]:
            yield self.sayer

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("chaindesk.engine.endpoints.open_provider", open_sayer)
            return await super().run(*args, **options)


class StorySheet:
    """A workbook that a person works on in Excel."""

    def __init__(self, path: Path, first: Sequence[dict[str, str]], *, named: bool) -> None:
        self.path = path
        self.named = named
        self.rows: list[dict[str, str]] = []
        self._last_id = 0
        for row in first:
            self._put(len(self.rows), row)

    def _put(self, place: int, row: dict[str, str]) -> None:
        self._last_id += 1
        self.rows.insert(place, row | {"ID": f"N{self._last_id}"})

    def change(self, change: tuple[Any, ...]) -> None:
        match change:
            case ("shuffle", chance):
                chance.shuffle(self.rows)
            case ("insert", place, row):
                self._put(min(place, len(self.rows)), row)
            case ("delete", place) if len(self.rows) > 1:
                del self.rows[place % len(self.rows)]
            case ("edit", place, row):
                self.rows[place % len(self.rows)] |= row
            case ("twin", place):
                self._put(len(self.rows), dict(self.rows[place % len(self.rows)]))

    def saved(self) -> Manifest:
        with xlsxwriter.Workbook(self.path) as book:
            sheet = book.add_worksheet("Jobs")
            names = [*(["ID"] if self.named else []), "Topic", "Tone"]
            for number, row in enumerate([dict(zip(names, names, strict=True)), *self.rows]):
                sheet.write_row(number, 0, [row[name] for name in names])
        return open_manifest(self.path, ReadOptions(id_column="ID" if self.named else None))


def opened(manifest: Manifest, chain: Chain, journal: Journal, sayer: Sayer) -> Story:
    story = Story(manifest, chain, journal, KeyStore())
    story.sayer = sayer
    return story


def texts(story: Story, row: Row) -> list[str | None]:
    answers = [story.journal.answer(number) if number else None for number in story.ledger.entries[row.number].answers]
    return [None if answer is None else answer.text for answer in answers]


def no_answer_serves_two_rows(story: Story) -> None:
    owned = Counter(n for row in story.manifest.rows for n in story.ledger.entries[row.number].answers if n)
    assert all(count == 1 for count in owned.values()), owned


def each_answer_is_to_what_its_row_asks(story: Story) -> None:
    """Each step's answer is to the prompt that its row's inputs and shown outputs make, or is a person's own text."""
    for row in story.manifest.rows:
        outputs: dict[str, str] = {}
        for index, number in enumerate(story.ledger.entries[row.number].answers):
            answer = story.journal.answer(number) if number else None
            if answer is not None and answer.edited_text is None:
                prompt = story.request_builder.request(index, row, outputs).messages[-1].content
                assert answer.text == f"<{prompt}>"
            outputs |= story.request_builder.outputs(index, answer)


@QUICK
@given(first=st.lists(rows, min_size=1, max_size=6), named=st.booleans(), parts=st.lists(parts, min_size=1, max_size=3))
def test_a_sheet_that_is_worked_on_between_partial_runs_ends_as_one_run_from_scratch(
    tmp_path_factory: Any, first: Any, named: bool, parts: Any
) -> None:
    folder = tmp_path_factory.mktemp("story")
    sheet = StorySheet(folder / "jobs.xlsx", first, named=named)

    async def part(journal: Journal, one: dict[str, Any]) -> None:
        for change in one["changes"]:
            sheet.change(change)
        manifest, chain = sheet.saved(), chain_of(one["version"], named=named)
        scratch = opened(manifest, chain, MemoryJournal(), Sayer())
        await scratch.run(RunOptions(concurrency=3), lambda event: None)
        wanted = scratch.sayer.asked
        story = opened(manifest, chain, journal, Sayer(sorted(one["broken"]), one["stop"]))
        kept = Counter(answer.text for run in journal.runs() for answer in journal.run_answers(run.id))
        result = await story.run(RunOptions(concurrency=3), lambda event: None, story.sayer.control)
        for prompt, count in story.sayer.asked.items():
            assert count <= max(0, wanted[prompt] - kept[f"<{prompt}>"]), f"paid again: {prompt}"
        no_answer_serves_two_rows(story)
        each_answer_is_to_what_its_row_asks(story)
        if one["stop"] is None and not one["broken"]:
            assert set(result.counts) <= {Status.DONE, Status.SKIPPED}
            for row in manifest.rows:
                assert texts(story, row) == texts(scratch, row)
            again = opened(manifest, chain, journal, Sayer())
            assert again.plan().calls == 0
            assert [texts(again, row) for row in manifest.rows] == [texts(story, row) for row in manifest.rows]

    async def tell() -> None:
        last = {"changes": [], "version": parts[-1]["version"], "broken": (), "stop": None}
        for one in (*parts, last):
            with contextlib.closing(open_journal(folder / "journal.sqlite3")) as journal:
                await part(journal, one)

    asyncio.run(tell())


@QUICK
@given(
    first=st.lists(rows, min_size=1, max_size=6),
    named=st.booleans(),
    moves=st.lists(st.one_of(st.tuples(st.just("shuffle"), st.randoms(use_true_random=False)),
                             st.tuples(st.just("delete"), st.integers(0, 6))), min_size=1, max_size=4),
)  # fmt: skip
def test_rows_that_only_move_keep_their_own_answers_where_no_two_are_alike(
    tmp_path_factory: Any, first: Any, named: bool, moves: Any
) -> None:
    folder = tmp_path_factory.mktemp("story")
    sheet = StorySheet(folder / "jobs.xlsx", first, named=named)
    inputs = Counter((row["Topic"], row["Tone"]) for row in first)

    async def tell() -> None:
        with contextlib.closing(open_journal(folder / "journal.sqlite3")) as journal:
            story = opened(sheet.saved(), chain_of(0, named=named), journal, Sayer(unlike=True))
            await story.run(RunOptions(concurrency=3), lambda event: None)
            for move in moves:
                before = own_texts(story, sheet)
                sheet.change(move)
                story = opened(sheet.saved(), chain_of(0, named=named), journal, Sayer(unlike=True))
                await story.run(RunOptions(concurrency=3), lambda event: None)
                assert not story.sayer.asked, "nothing that was paid for is asked again"
                no_answer_serves_two_rows(story)
                after = own_texts(story, sheet)
                for row in sheet.rows:
                    if named or inputs[row["Topic"], row["Tone"]] == 1:  # of twins nobody can say which is which
                        assert after.get(row["ID"]) == before.get(row["ID"])

    asyncio.run(tell())


def own_texts(story: Story, sheet: StorySheet) -> dict[str, list[str | None]]:
    """The texts of each row by what a person would call it."""
    return {sheet.rows[row.number - 2]["ID"]: texts(story, row) for row in story.manifest.rows}


@QUICK
@given(
    first=st.lists(rows, min_size=1, max_size=5),
    named=st.booleans(),
    edits=st.lists(st.tuples(st.integers(0, 6), st.sampled_from(["notes", "draft", "edit"])), min_size=1, max_size=3),
    moves=st.lists(st.one_of(st.tuples(st.just("shuffle"), st.randoms(use_true_random=False)),
                             st.tuples(st.just("insert"), st.integers(0, 6), rows)), max_size=3),
)  # fmt: skip
def test_what_a_person_wrote_stays_with_its_row_and_feeds_the_later_steps(
    tmp_path_factory: Any, first: Any, named: bool, edits: Any, moves: Any
) -> None:
    folder = tmp_path_factory.mktemp("story")
    sheet = StorySheet(folder / "jobs.xlsx", first, named=named)

    async def tell() -> None:
        with contextlib.closing(open_journal(folder / "journal.sqlite3")) as journal:
            story = opened(sheet.saved(), chain_of(0, named=named), journal, Sayer())
            await story.run(RunOptions(concurrency=3), lambda event: None)
            written: dict[tuple[str, str], str] = {}
            for count, (place, step) in enumerate(edits if story.manifest.rows else ()):
                row = story.manifest.rows[place % len(story.manifest.rows)]
                if story.ledger.entries[row.number].answers[story.chain.step_names.index(step)]:
                    key = sheet.rows[row.number - 2]["ID"], step
                    written[key] = f"Mine {count}"
                    await story.edit(row, step, written[key])
        with contextlib.closing(open_journal(folder / "journal.sqlite3")) as journal:
            for move in moves:
                sheet.change(move)
            story = opened(sheet.saved(), chain_of(0, named=named), journal, Sayer())
            result = await story.run(RunOptions(concurrency=3), lambda event: None)
            assert set(result.counts) <= {Status.DONE, Status.SKIPPED}
            no_answer_serves_two_rows(story)
            each_answer_is_to_what_its_row_asks(story)
            shown = [output.text for row in story.manifest.rows for output in story.outputs(row)]
            inputs = Counter((row["Topic"], row["Tone"]) for row in sheet.rows)
            for (row_id, step), text in written.items():
                assert shown.count(text) == 1, f"{text} of {row_id}, {step}"
                place = next(place for place, row in enumerate(sheet.rows) if row["ID"] == row_id)
                twins = inputs[sheet.rows[place]["Topic"], sheet.rows[place]["Tone"]] > 1
                if named or not twins:  # of equal rows without an ID nobody can say which is which
                    row = next(row for row in story.manifest.rows if row.number == place + 2)
                    assert {output.step: output.text for output in story.outputs(row)}[step] == text
            assert opened(sheet.saved(), chain_of(0, named=named), journal, Sayer()).plan().calls == 0

    asyncio.run(tell())


async def test_own_words_stay_beside_their_row_where_its_like_has_moved_too(tmp_path: Path) -> None:
    """Both rows ask for the same notes, and by the second run both were once known under one row number."""
    first = [{"Topic": "a", "Tone": "x"}, {"Topic": "b", "Tone": "x"}, {"Topic": "b", "Tone": "y"}]
    sheet, chain = StorySheet(tmp_path / "jobs.xlsx", first, named=False), chain_of(0, named=False)
    with contextlib.closing(open_journal(tmp_path / "journal.sqlite3")) as journal:
        story = opened(sheet.saved(), chain, journal, Sayer())
        await story.run(RunOptions(concurrency=3), lambda event: None)
        await story.edit(story.manifest.rows[1], "notes", "Mine")
        sheet.change(("insert", 0, {"Topic": "a", "Tone": "x"}))
        await opened(sheet.saved(), chain, journal, Sayer()).run(RunOptions(concurrency=3), lambda event: None)
        story = opened(sheet.saved(), chain, journal, Sayer())
        notes = [story.outputs(row)[0].text for row in story.manifest.rows]
        assert notes == ["<Notes on a>", "<Notes on a>", "Mine", "<Notes on b>"]
        assert story.plan().calls == 0


LOOKALIKES = ["A", "A (row 3)", "A (row 4)", "A (row 4) (row 4)", "B", "", "2", "4", "5 (row 5)"]


@QUICK
@given(
    ids=st.lists(st.sampled_from(LOOKALIKES), min_size=2, max_size=6),
    edits=st.sets(st.integers(0, 5), min_size=1, max_size=3),
    moves=st.lists(st.one_of(st.tuples(st.just("shuffle"), st.randoms(use_true_random=False)),
                             st.tuples(st.just("insert"), st.integers(0, 6), st.sampled_from(LOOKALIKES))), max_size=3),
    version=st.integers(0, 2),
)  # fmt: skip
def test_what_a_person_wrote_stays_with_its_row_whatever_the_ids_look_like(
    tmp_path_factory: Any, ids: list[str], edits: set[int], moves: list[Any], version: int
) -> None:
    """Rows are known to the test by their topics; IDs may be blank, shared or like made-up keys."""
    folder = tmp_path_factory.mktemp("story")
    jobs = [(one, f"topic {number}") for number, one in enumerate(ids)]

    def saved() -> Manifest:
        path = folder / "jobs.xlsx"
        with xlsxwriter.Workbook(path) as book:
            sheet = book.add_worksheet("Jobs")
            for number, (one, topic) in enumerate([("ID", "Topic"), *jobs]):
                sheet.write_row(number, 0, [one, topic, "Tone" if not number else "x"])
        return open_manifest(path, ReadOptions(id_column="ID"))

    async def tell() -> None:
        with contextlib.closing(open_journal(folder / "journal.sqlite3")) as journal:
            story = opened(saved(), chain_of(0, named=True), journal, Sayer())
            await story.run(RunOptions(concurrency=3), lambda event: None)
            written = {}
            for number in sorted(edits):
                row = story.manifest.rows[number % len(story.manifest.rows)]
                written[row.values["Topic"]] = f"Mine {number}"
                await story.edit(row, "draft", written[row.values["Topic"]])
            for count, move in enumerate(moves):
                match move:
                    case ("shuffle", chance):
                        chance.shuffle(jobs)
                    case ("insert", place, one):
                        jobs.insert(min(place, len(jobs)), (one, f"new {count}"))
                for other in (version, 0):
                    story = opened(saved(), chain_of(other, named=True), journal, Sayer())
                    await story.run(RunOptions(concurrency=3), lambda event: None)
                    assert len({row.key for row in story.manifest.rows}) == len(jobs)
                    shown = {row.values["Topic"]: story.outputs(row)[1].text for row in story.manifest.rows}
                    assert {topic: text for topic, text in shown.items() if "Mine" in text} == written
                    no_answer_serves_two_rows(story)

    asyncio.run(tell())
