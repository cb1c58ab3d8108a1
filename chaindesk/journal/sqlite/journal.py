"""The journal on disk: one SQLite file in write-ahead mode, one writer thread, readers in any thread."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from operator import itemgetter
from pathlib import Path
from typing import Any

from typing_extensions import override

from chaindesk.domain.check_results import Audit, Verdict
from chaindesk.domain.errors import JournalError, JournalTrouble
from chaindesk.domain.records import Answer, AnswerKind, RerunNote, RowOutcome, RowReview, RunRecord, RunState
from chaindesk.journal import rules
from chaindesk.journal.protocol import Cleanable
from chaindesk.journal.sqlite import rescue_copy, row_mapping, spill_file
from chaindesk.journal.sqlite.audit_rows import AUDIT_COLUMNS, audit_row
from chaindesk.journal.sqlite.batch_jobs import SqliteBatchJobs
from chaindesk.journal.sqlite.cleanup import Cleanup
from chaindesk.journal.sqlite.connection import open_for_writing
from chaindesk.journal.sqlite.queries import JournalQueries
from chaindesk.journal.sqlite.readers import Readers
from chaindesk.journal.sqlite.workbooks import recognise, restore_workbook, store_identity
from chaindesk.journal.sqlite.writer import InsertAnswer, Statement, Writer
from chaindesk.journal.workbook_identity import identity_of
from chaindesk.journal.workbook_lock import hold_lock


def _insert(table: str, columns: str) -> str:
    marks = ", ".join("?" * len(columns.split(", ")))
    return f"INSERT INTO {table} ({columns}) VALUES ({marks})"  # noqa: S608 - constant names only


_INSERT_ANSWER = _insert("answer", row_mapping.ANSWER_COLUMNS)
_INSERT_OUTCOME = _insert("outcome", row_mapping.OUTCOME_COLUMNS)
_INTERRUPTED = "UPDATE run SET state = 'interrupted' WHERE workbook_id = ? AND state = 'running'"


def open_journal(path: Path) -> SqliteJournal:
    """Open the journal, or create one.

    Raises:
        JournalError: the file is damaged, newer than this program, or may not be written.
    """
    return SqliteJournal(path)


class SqliteJournal(JournalQueries):
    """A ``Journal`` in one SQLite file, which several processes may use at once.

    Attributes:
        path: the file.
        notices: what the user should know about the disk that holds it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        back = _put_back_copy(path)
        connection, self.notices = open_for_writing(path)
        self.notices += back
        self._writer = Writer(connection, path)
        self._readers = Readers(path, lambda: self._writer.generation)
        self.batch_jobs = SqliteBatchJobs(self._writer, self._readers)
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
        exported = self._read("SELECT exported FROM place WHERE path = ?", (row_mapping.storable_path(here.path),))
        return bool(here.digest) and (here.digest,) in exported

    @override
    def lock_workbook(self, workbook_id: int) -> AbstractContextManager[None]:
        return hold_lock(self._locks, workbook_id)

    # --- writing -----------------------------------------------------------------------------------------------

    @override
    async def begin_run(self, run: RunRecord) -> int:
        await self._write(Statement(_INTERRUPTED, (run.workbook_id,)))  # whoever begins one holds the lock
        number = await self._insert("run", row_mapping.RUN_COLUMNS, row_mapping.run_row(run))
        self._begun[number] = run.started_at.isoformat()
        if not self._read("SELECT 1 FROM place WHERE workbook_id = ?", (run.workbook_id,)):  # cleaned up meanwhile
            here = await asyncio.to_thread(identity_of, run.workbook_id, Path(run.workbook), run.sheet)
            await self._write(lambda connection: restore_workbook(connection, here))
        return number

    @override
    async def end_run(
        self,
        run_id: int,
        state: RunState,
        finished_at: datetime,
        retries: int,
        reused: int,
        held_seconds: float = 0.0,
    ) -> None:
        sql = "UPDATE run SET state = ?, finished_at = ?, retries = ?, reused = ?, held_seconds = ? WHERE id = ?"
        values = (state.value, finished_at.isoformat(), retries, reused, held_seconds, run_id)
        write = lambda connection: connection.execute(sql, values).rowcount  # noqa: E731
        try:
            await self._write(write)
        except JournalError as error:
            if error.trouble is not JournalTrouble.GONE:
                raise
            await asyncio.to_thread(self._writer.restore)  # nobody will bring it back for a run that is over
            await self._write(write)
            self.drop_rescue()

    @override
    async def store_budget(self, run_id: int, budget: Decimal | None) -> None:
        dollars = None if budget is None else str(budget)
        await self._write(Statement("UPDATE run SET budget = ? WHERE id = ?", (dollars, run_id)))

    @override
    async def store_reuse(self, run_id: int, answers: Iterable[tuple[int, str]]) -> None:
        taken = tuple(answers)

        def write(connection: sqlite3.Connection) -> int:
            sql = "INSERT OR REPLACE INTO taken_over (answer_id, run_id, row_key) VALUES (?, ?, ?)"
            connection.executemany(sql, ((number, run_id, row_mapping.storable(key)) for number, key in taken))
            return connection.execute("UPDATE run SET noted = 1 WHERE id = ?", (run_id,)).rowcount

        await self._write(write)

    @override
    def store_answer(self, answer: Answer) -> asyncio.Future[int]:
        return self._writer.begin(InsertAnswer(_INSERT_ANSWER, row_mapping.answer_row(answer)))

    @override
    def spill(self, answers: Sequence[Answer]) -> Path:
        with contextlib.suppress(JournalError):  # then the answers alone are kept
            self._writer.restore()
        path = spill_file.write_spill(self.path, self._begun, answers)
        self.drop_rescue()
        return path

    @override
    def rescue(self, answers: Sequence[Answer]) -> None:
        try:
            self._writer.rescue(answers)
        except OSError as error:
            raise JournalError(f"No copy of the journal {self.path} can be kept: {error.strerror}.") from error

    @override
    def drop_rescue(self) -> None:
        if self.path.exists():
            with contextlib.suppress(OSError):  # the next start takes it in, which changes nothing
                rescue_copy.own_copy(self.path).unlink(missing_ok=True)

    @override
    def import_spilled(self) -> tuple[str, ...]:
        spilled = tuple(map(self._import_spill, list(spill_file.find_spills(self.path))))
        return (*spilled, *self._take_in_copies())

    def _take_in_copies(self) -> tuple[str, ...]:
        said: list[str] = []

        def write(connection: sqlite3.Connection) -> int:
            said[:] = rescue_copy.take_in_copies(self.path, connection)
            return len(said)

        with contextlib.suppress(OSError):  # it is tried again at the next start
            if self._writer.submit(write).result() and not any("another journal" in words for words in said):
                rescue_copy.remove_copies(self.path)
        return tuple(filter(None, said))

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
    def store_outcome(self, outcome: RowOutcome) -> asyncio.Future[int]:
        return self._writer.begin(Statement(_INSERT_OUTCOME, row_mapping.outcome_row(outcome)))

    @override
    async def store_review(self, review: RowReview) -> None:
        await self._insert("review", row_mapping.REVIEW_COLUMNS, row_mapping.review_row(review))

    @override
    async def store_note(self, note: RerunNote) -> None:
        await self._insert("rerun_note", row_mapping.NOTE_COLUMNS, row_mapping.note_row(note))

    @override
    async def store_edit(self, answer_id: int, text: str | None) -> None:
        version = None if text is None else row_mapping.storable(text)
        made_at = datetime.now(UTC).isoformat()

        def write(connection: sqlite3.Connection) -> int:
            connection.execute(
                "INSERT INTO edit (answer_id, text, made_at) VALUES (?, ?, ?)", (answer_id, version, made_at)
            )
            connection.execute("UPDATE verdict SET key = '' WHERE answer_id = ?", (answer_id,))
            return connection.execute("UPDATE answer SET edited_text = ? WHERE id = ?", (version, answer_id)).rowcount

        await self._write(write)

    @override
    async def store_verdicts(self, verdicts: Sequence[Verdict]) -> None:
        rows = list(map(row_mapping.verdict_row, verdicts))
        rows.sort(key=itemgetter(0))  # in the table's order they take half as long; the last of each answer counts
        sql = f"INSERT OR REPLACE INTO verdict ({row_mapping.VERDICT_COLUMNS}) VALUES (?, ?, ?, ?, ?)"  # noqa: S608

        def write(connection: sqlite3.Connection) -> int:
            return connection.executemany(sql, rows).rowcount

        await self._write(write)

    @override
    async def store_pick(self, one: int, other: int, preferred: int | None) -> None:
        sql = "INSERT OR REPLACE INTO pick (first, second, preferred) VALUES (?, ?, ?)"
        await self._write(Statement(sql, (*sorted((one, other)), preferred)))

    @override
    async def store_audit(self, audit: Audit) -> int:
        return await self._insert("audit", AUDIT_COLUMNS, audit_row(audit))

    @override
    async def settle(self, answer_id: int, fingerprint: str, others: Sequence[int] = ()) -> None:
        def write(connection: sqlite3.Connection) -> int:
            sql = "UPDATE answer SET fingerprint = ? WHERE id = ?"
            unused = AnswerKind.DRAFT.fingerprint(f"settled:{fingerprint}")
            connection.executemany(sql, [(unused, other) for other in others])
            return connection.execute(sql, (fingerprint, answer_id)).rowcount

        await self._write(write)

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
        return await self._write(Statement(_insert(table, columns), values))

    async def _write(self, write: Any) -> int:
        return await self._writer.begin(write)


def _put_back_copy(path: Path) -> tuple[str, ...]:
    try:
        return tuple(filter(None, (rescue_copy.put_back_copy(path),)))
    except OSError as error:
        return (f"A copy of the journal {path} could not be put in its place: {error.strerror}.",)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0  # most of the files are there only while the journal is in use
