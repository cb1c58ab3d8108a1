"""How much work a run does for each of its calls, counted and not timed: it must not creep up."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from chaindesk.engine.calls.call_state import CallState
from chaindesk.engine.exports.cells import ExportCells
from chaindesk.engine.exports.source import ExportSource
from chaindesk.engine.run.options import RunOptions
from chaindesk.engine.run.progress.snapshot import Snapshot
from chaindesk.journal.sqlite.journal import SqliteJournal, open_journal
from chaindesk.journal.sqlite.readers import Readers
from chaindesk.journal.sqlite.writer import Writer
from chaindesk.providers.http.client import HttpProvider
from chaindesk.providers.wire_formats.protocol import HttpReply, HttpRequest
from tests.support.counting import count_calls
from tests.support.engine import EngineHarness, make_chain, make_topics

THREE = ({"prompt": "one {{Topic}}"}, {"prompt": "two {{s1}}"}, {"prompt": "three {{s2}}"})
CALLS_PER_CALL = 700
"""Functions called for one call, those of the standard library included and those of aiohttp left out. It was 680 when
this was written."""


class Wire:
    """Answers every request as a server would, without a socket: those of all rows at work together, in one step of
    the loop, so that no count depends on how busy the machine is."""

    def __init__(self, rows: int, at_once: int) -> None:
        self.asked = 0
        self._rows = rows
        self._at_once = at_once
        self._waiting: list[asyncio.Event] = []

    def _awaited(self) -> int:
        """Return how many requests come before any is answered; the rows go side by side from step to step."""
        finished = self.asked // (len(THREE) * self._at_once) * self._at_once
        return min(self._at_once, self._rows - finished)

    async def exchange(self, request: HttpRequest) -> HttpReply:
        awaited, answered = self._awaited(), asyncio.Event()
        self.asked += 1
        number = self.asked
        self._waiting.append(answered)
        if len(self._waiting) == awaited:
            for one in self._waiting:
                one.set()
            self._waiting.clear()
        await answered.wait()
        message = {"role": "assistant", "content": f"An answer, number {number}."}
        usage = {"prompt_tokens": 20, "completion_tokens": 10, "total_tokens": 30}
        reply = {"id": "c", "model": "writer", "choices": [{"message": message, "finish_reason": "stop"}]}
        return HttpReply(200, {"x-request-id": "r"}, json.dumps(reply | {"usage": usage}).encode())


def bench_of(rows: int, journal: SqliteJournal, at_once: int = 25) -> Any:
    wire: Any = Wire(rows, at_once)
    bench: Any = EngineHarness(make_topics(rows), make_chain(*THREE), journal=journal)
    bench.provider = HttpProvider(wire, {}, None, {})
    return bench


def calls_of_a_run(rows: int, path: Path) -> int:
    with contextlib.closing(open_journal(path)) as journal:
        bench = bench_of(rows, journal)
        shown = Snapshot()
        counted = count_calls(lambda: asyncio.run(bench.run(RunOptions(concurrency=25), shown.fold)))
        assert shown.calls_done == 3 * rows
        return counted


def test_a_call_takes_no_more_function_calls_than_it_did(tmp_path: Path) -> None:
    few, many = calls_of_a_run(40, tmp_path / "few.sqlite3"), calls_of_a_run(140, tmp_path / "many.sqlite3")
    assert (many - few) / 300 <= CALLS_PER_CALL


def test_what_arrives_together_wakes_the_journal_once_and_shares_a_commit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    handed: list[int] = []
    statements: Counter[str] = Counter()
    hand_over = Writer._hand_over

    def counted(writer: Writer) -> None:
        handed.extend([len(writer._gathered)] if writer._gathered else [])
        hand_over(writer)

    monkeypatch.setattr(Writer, "_hand_over", counted)
    with contextlib.closing(open_journal(tmp_path / "journal.sqlite3")) as journal:
        bench = bench_of(100, journal)
        journal._writer._connection.set_trace_callback(lambda sql: statements.update([sql.split()[0]]))
        asyncio.run(bench.run(RunOptions(concurrency=25)))
    writes = 100 * 4  # three answers and how the row ended
    assert sum(handed) >= writes
    assert len(handed) <= writes / 20
    assert statements["COMMIT"] <= len(handed)
    assert writes <= statements["INSERT"] <= writes + 1  # and the run


def test_answers_are_read_many_at_once_for_the_plan_and_for_the_export(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    queries = 0
    reader = Readers._reader

    def counted(readers: Readers) -> Any:
        nonlocal queries
        queries += 1
        return reader(readers)

    monkeypatch.setattr(Readers, "_reader", counted)
    with contextlib.closing(open_journal(tmp_path / "journal.sqlite3")) as journal:
        bench = bench_of(600, journal)
        asyncio.run(bench.run(RunOptions(concurrency=25)))
        queries = 0
        ledger = bench.read_ledger()
        assert not any(entry.calls for entry in ledger.entries.values())
        assert queries <= 30, "a query for each answer would make 3,000"
        queries = 0
        cells = ExportCells(ExportSource(bench.manifest, bench.chain, ledger, journal, bench.workbook_id))
        assert all(cells[row.number][2] for row in bench.manifest.rows)
        assert queries <= 5, "a query for each answer would make 1,800"


def test_the_cells_of_a_row_are_made_once_for_an_export(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with contextlib.closing(open_journal(tmp_path / "journal.sqlite3")) as journal:
        bench = bench_of(20, journal)
        cells = ExportCells(ExportSource(bench.manifest, bench.chain, bench.read_ledger(), journal, bench.workbook_id))
        made = ExportCells._cells
        asked: list[int] = []
        monkeypatch.setattr(ExportCells, "_cells", lambda self, *given: asked.append(1) or made(self, *given))
        assert all(row.number in cells for row in bench.manifest.rows)
        assert not asked
        assert [cells[row.number] for row in bench.manifest.rows]
        assert len(asked) == 20


def test_no_call_is_left_to_the_garbage_collector(tmp_path: Path) -> None:
    gc.collect()  # what earlier tests have left
    gc.disable()
    try:
        with contextlib.closing(open_journal(tmp_path / "journal.db")) as journal:
            asyncio.run(bench_of(4, journal, 2).run(RunOptions(concurrency=2)))
        assert not [one for one in gc.get_objects() if isinstance(one, CallState)]
    finally:
        gc.enable()
