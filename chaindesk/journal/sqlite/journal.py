"""The journal on disk: one SQLite file in write-ahead mode, one writer thread, readers in any thread."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from typing_extensions import override

from chaindesk.domain.errors import JournalError
from chaindesk.domain.records import Answer, ManualEdit, RowOutcome, RowReview, RunRecord, RunState
from chaindesk.journal import rules
from chaindesk.journal.protocol import Cleanable, Journal, RunTotals
from chaindesk.journal.sqlite import row_mapping as rows
from chaindesk.journal.sqlite import spill_file
from chaindesk.journal.sqlite.cleanup import Cleanup
from chaindesk.journal.sqlite.connection import open_for_writing
from chaindesk.journal.sqlite.readers import Readers
from chaindesk.journal.sqlite.workbooks import recognise, restore_workbook, store_identity
from chaindesk.journal.sqlite.writer import Statement, Writer
from chaindesk.journal.workbook_identity import identity_of
from chaindesk.journal.workbook_lock import hold_lock, is_locked

_INTERRUPTED = "UPDATE run SET state = 'interrupted' WHERE workbook_id = ? AND state = 'running'"
_COUNTED = {
    "workbook": "",
    "place": "",
    "run": "WHERE workbook_id > 0",  # 0: only the number is left
    "answer": "WHERE workbook_id > 0",
    "edit": "",
    "outcome": "",
    "review": "",
}
_TOKEN_PER_CLEANUP = 1 << 40  # more than there will ever be answers
_SELECT_ANSWER = f"SELECT id, {rows.ANSWER_COLUMNS} FROM answer"  # noqa: S608 - constants only
_SELECT_ROW_TOTALS = "SELECT run_id, status, count(*) FROM outcome GROUP BY run_id, status"
_SELECT_ANSWER_TOTALS = (
    "SELECT run_id, count(*), total(input_tokens) + total(output_tokens), sum(CAST(cost AS REAL)) "
    "FROM answer WHERE run_id > 0 AND attempts > 0 GROUP BY run_id"
)
_SELECT_RUN = f"SELECT id, {rows.RUN_COLUMNS} FROM run"  # noqa: S608
_SELECT_OUTCOME = f"SELECT {rows.OUTCOME_COLUMNS} FROM outcome"  # noqa: S608
_SELECT_REVIEW = f"SELECT {rows.REVIEW_COLUMNS} FROM review"  # noqa: S608


def open_journal(path: Path) -> SqliteJournal:
    """Open the journal, or create one.

    Raises:
        JournalError: the file is damaged, newer than this program, or may not be written.
    """
    return SqliteJournal(path)


class SqliteJournal(Journal):
    """A ``Journal`` in one SQLite file, which several processes may use at once.

    Attributes:
        path: the file.
        notices: what the user should know about the disk that holds it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        connection, self.notices = open_for_writing(path)
        self._writer = Writer(connection, path)
        self._readers = Readers(path, lambda: self._writer.generation)
        self._begun: dict[int, str] = {}  # by the number of each run of this process
        try:
            self.notices += self.import_spilled()
        except JournalError as error:
            self.notices += (f"Answers that were kept elsewhere still wait there: {error}",)

    # --- workbooks ---------------------------------------------------------------------------------------------

    @override
    def workbook_id(self, path: Path, sheet: str) -> int:
        here = identity_of(0, path, sheet)
        return self._writer.submit(lambda connection: recognise(connection, here)).result()

    @override
    async def add_path(self, workbook_id: int, path: Path) -> None:
        sheets = self._read("SELECT sheet FROM workbook WHERE id = ?", (workbook_id,))
        here = await asyncio.to_thread(identity_of, workbook_id, path, sheets[0][0])
        await self._write(lambda connection: store_identity(connection, replace(here, exported=here.digest)))

    @override
    def is_own_export(self, path: Path) -> bool:
        here = identity_of(0, path, "")
        exported = self._read("SELECT exported FROM place WHERE path = ?", (here.path,))
        return bool(here.digest) and (here.digest,) in exported

    @override
    def lock_workbook(self, workbook_id: int) -> AbstractContextManager[None]:
        return hold_lock(self._locks, workbook_id)

    @property
    def _locks(self) -> Path:
        return self.path.with_name(f"{self.path.name}.turns")

    # --- writing -----------------------------------------------------------------------------------------------

    @override
    async def begin_run(self, run: RunRecord) -> int:
        await self._write(Statement(_INTERRUPTED, (run.workbook_id,)))  # whoever begins one holds the lock
        number = await self._insert("run", rows.RUN_COLUMNS, rows.run_row(run))
        self._begun[number] = run.started_at.isoformat()
        if not self._read("SELECT 1 FROM place WHERE workbook_id = ?", (run.workbook_id,)):  # cleaned up meanwhile
            here = await asyncio.to_thread(identity_of, run.workbook_id, Path(run.workbook), run.sheet)
            await self._write(lambda connection: restore_workbook(connection, here))
        return number

    @override
    async def end_run(self, run_id: int, state: RunState, finished_at: datetime, retries: int, reused: int) -> None:
        sql = "UPDATE run SET state = ?, finished_at = ?, retries = ?, reused = ? WHERE id = ?"
        values = (state.value, finished_at.isoformat(), retries, reused, run_id)
        await self._write(lambda connection: connection.execute(sql, values).rowcount)

    @override
    async def store_reuse(self, run_id: int, answers: Iterable[tuple[int, str]]) -> None:
        taken = tuple(answers)

        def write(connection: sqlite3.Connection) -> int:
            sql = "INSERT OR REPLACE INTO taken_over (answer_id, run_id, row_key) VALUES (?, ?, ?)"
            connection.executemany(sql, ((number, run_id, rows.storable(key)) for number, key in taken))
            return connection.execute("UPDATE run SET noted = 1 WHERE id = ?", (run_id,)).rowcount

        await self._write(write)

    @override
    async def store_answer(self, answer: Answer) -> int:
        return await self._insert("answer", rows.ANSWER_COLUMNS, rows.answer_row(answer))

    @override
    def spill(self, answers: Sequence[Answer]) -> Path:
        with contextlib.suppress(JournalError):  # then the answers alone are kept
            self._writer.restore()
        return spill_file.write_spill(self.path, self._begun, answers)

    @override
    def import_spilled(self) -> tuple[str, ...]:
        return tuple(map(self._import_spill, list(spill_file.find_spills(self.path))))

    def _import_spill(self, path: Path) -> str:
        try:
            found = self._writer.submit(lambda connection: spill_file.import_spill(connection, path)).result()
        except (ValueError, KeyError, TypeError, AttributeError, OSError):  # it is not as it was written
            return spill_file.unreadable_message(path)
        if found >= 0:
            with contextlib.suppress(OSError):  # what is taken in again does not count twice
                path.unlink()
        return spill_file.import_message(path, found)

    @override
    async def store_outcome(self, outcome: RowOutcome) -> None:
        await self._insert("outcome", rows.OUTCOME_COLUMNS, rows.outcome_row(outcome))

    @override
    async def store_review(self, review: RowReview) -> None:
        await self._insert("review", rows.REVIEW_COLUMNS, rows.review_row(review))

    @override
    async def store_edit(self, answer_id: int, text: str | None) -> None:
        version = None if text is None else rows.storable(text)
        made_at = datetime.now(UTC).isoformat()

        def write(connection: sqlite3.Connection) -> int:
            connection.execute(
                "INSERT INTO edit (answer_id, text, made_at) VALUES (?, ?, ?)", (answer_id, version, made_at)
            )
            return connection.execute("UPDATE answer SET edited_text = ? WHERE id = ?", (version, answer_id)).rowcount

        await self._write(write)

    # --- reading -----------------------------------------------------------------------------------------------

    @override
    def answers(self, workbook_id: int, step: str, fingerprint: str) -> Sequence[Answer]:
        sql = f"{_SELECT_ANSWER} WHERE workbook_id = ? AND step = ? AND fingerprint = ? ORDER BY id"
        return self._readers.mapped(rows.answer_of, sql, (workbook_id, rows.storable(step), fingerprint))

    @override
    def answer_index(self, workbook_id: int, step: str) -> Iterable[tuple[int, str, str]]:
        last = "SELECT t.row_key FROM taken_over AS t WHERE t.answer_id = a.id ORDER BY t.run_id DESC LIMIT 1"
        sql = (
            f"SELECT a.id, coalesce(({last}), a.row_key), a.fingerprint FROM answer AS a "  # noqa: S608
            "WHERE a.workbook_id = ? AND a.step = ? ORDER BY a.id"
        )
        return self._readers.stream(_identity, sql, (workbook_id, rows.storable(step)))

    def _newest_answer(self, workbook_id: int) -> int:
        """The number of the newest answer of a workbook; it grows by far as anybody cleans up."""
        sql = "SELECT (SELECT max(id) FROM answer WHERE workbook_id = ?), (SELECT count(*) FROM cleaning)"
        ((newest, cleanings),) = self._read(sql, (workbook_id,))
        return int(newest or 0) + _TOKEN_PER_CLEANUP * int(cleanings)

    @override
    def answer(self, answer_id: int) -> Answer | None:
        sql = f"{_SELECT_ANSWER} WHERE id = ? AND workbook_id > 0"
        return next(iter(self._readers.mapped(rows.answer_of, sql, (answer_id,))), None)

    @override
    def history(self, workbook_id: int, row_key: str) -> Sequence[Answer]:
        sql = f"{_SELECT_ANSWER} WHERE workbook_id = ? AND row_key = ? ORDER BY id DESC"
        return self._readers.mapped(rows.answer_of, sql, (workbook_id, rows.storable(row_key)))

    @override
    def edits(self, answer_id: int) -> Sequence[tuple[datetime, str | None]]:
        sql = "SELECT made_at, text FROM edit WHERE answer_id = ? ORDER BY id"
        return [(datetime.fromisoformat(made_at), text) for made_at, text in self._read(sql, (answer_id,))]

    @override
    def manual_edits(self, workbook_id: int) -> Sequence[ManualEdit]:
        # Few answers are edited: the join goes out from the edits, and never reads the other answers' texts.
        sql = (
            "SELECT a.id, a.row_key, coalesce((SELECT o.digest FROM outcome AS o WHERE o.run_id = a.run_id AND "
            "o.row_key = a.row_key ORDER BY o.id DESC LIMIT 1), ''), a.step, a.fingerprint, e.made_at "
            "FROM (SELECT answer_id, max(id) AS id FROM edit GROUP BY answer_id) AS last "
            "CROSS JOIN edit AS e ON e.id = last.id CROSS JOIN answer AS a ON a.id = e.answer_id "
            "WHERE a.workbook_id = ? AND a.edited_text IS NOT NULL ORDER BY e.id"
        )
        return [
            ManualEdit(number, key, digest, step, fingerprint, datetime.fromisoformat(made_at))
            for number, key, digest, step, fingerprint, made_at in self._read(sql, (workbook_id,))
        ]

    @override
    def change_token(self, workbook_id: int) -> tuple[int, ...]:
        sql = (
            "SELECT (SELECT max(id) FROM outcome WHERE workbook_id = ?), "
            "(SELECT max(id) FROM review WHERE workbook_id = ?), (SELECT max(id) FROM edit)"
        )
        (found,) = self._read(sql, (workbook_id, workbook_id))
        return self._newest_answer(workbook_id), *(int(number or 0) for number in found)

    @override
    def outcomes(self, workbook_id: int) -> Iterable[RowOutcome]:
        newest = "SELECT max(id) FROM outcome WHERE workbook_id = ? GROUP BY row_key, digest"
        sql = f"{_SELECT_OUTCOME} WHERE id IN ({newest}) ORDER BY id"
        return self._readers.stream(rows.outcome_of, sql, (workbook_id,))

    @override
    def reviews(self, workbook_id: int) -> Iterable[RowReview]:
        named = "SELECT max(id) FROM review WHERE workbook_id = ? AND answer_id > 0 GROUP BY answer_id"
        others = "SELECT max(id) FROM review WHERE workbook_id = ? AND answer_id = 0 GROUP BY row_key, digest"
        sql = f"{_SELECT_REVIEW} WHERE id IN ({named} UNION ALL {others}) ORDER BY id"
        return self._readers.stream(rows.review_of, sql, (workbook_id, workbook_id))

    @override
    def runs(self) -> Sequence[RunRecord]:
        found = self._readers.mapped(rows.run_of, f"{_SELECT_RUN} WHERE workbook_id > 0 ORDER BY id DESC", ())
        return [self._with_current_state(run) for run in found]

    @override
    def run_totals(self) -> Mapping[int, RunTotals]:
        return rules.run_totals(self._read(_SELECT_ROW_TOTALS, ()), self._read(_SELECT_ANSWER_TOTALS, ()))

    @override
    def run(self, run_id: int) -> RunRecord | None:
        sql = f"{_SELECT_RUN} WHERE id = ? AND workbook_id > 0"
        return next(map(self._with_current_state, self._readers.mapped(rows.run_of, sql, (run_id,))), None)

    def _with_current_state(self, run: RunRecord) -> RunRecord:
        """Return the run as interrupted if it never ended and nobody is running it; the next run stores that."""
        if run.state is not RunState.RUNNING or is_locked(self._locks, run.workbook_id):
            return run
        return replace(run, state=RunState.INTERRUPTED)

    @override
    def run_answers(self, run_id: int) -> Iterable[Answer]:
        return self._readers.stream(rows.answer_of, f"{_SELECT_ANSWER} WHERE run_id = ? ORDER BY id", (run_id,))

    @override
    def run_outcomes(self, run_id: int) -> Iterable[RowOutcome]:
        return self._readers.stream(rows.outcome_of, f"{_SELECT_OUTCOME} WHERE run_id = ? ORDER BY id", (run_id,))

    @override
    def usage_counts(self) -> Mapping[str, int]:
        return {
            name: self._read(f"SELECT count(*) FROM {name} {which}", ())[0][0]  # noqa: S608
            for name, which in _COUNTED.items()
        }

    # --- cleaning up -------------------------------------------------------------------------------------------

    @override
    def size(self) -> int:
        return sum(_size(Path(f"{self.path}{suffix}")) for suffix in ("", "-wal", "-shm", "-journal"))

    @override
    def cleanable(self, before: datetime) -> Cleanable:
        return self._cleaning(before).preview()

    @override
    async def clean(self, before: datetime) -> Cleanable:
        return await asyncio.to_thread(self._cleaning(before).execute, before, self._writer.submit, self.lock_workbook)

    def _cleaning(self, before: datetime) -> Cleanup:
        return Cleanup(rules.outdated_runs(self.runs(), before, datetime.now(UTC)), self._read)

    @override
    def close(self) -> None:
        self._writer.close()
        self._readers.close()

    # --- the way to the file -----------------------------------------------------------------------------------

    async def _insert(self, table: str, columns: str, values: tuple[Any, ...]) -> int:
        marks = ", ".join("?" * len(values))
        sql = f"INSERT INTO {table} ({columns}) VALUES ({marks})"  # noqa: S608 - constant names only
        return await self._write(Statement(sql, values))

    async def _write(self, write: Any) -> int:
        return await asyncio.wrap_future(self._writer.submit(write))

    def _read(self, sql: str, values: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        return self._readers.rows(sql, values)


def _identity(row: tuple[Any, ...]) -> Any:
    return row


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0  # most of the files are there only while the journal is in use
