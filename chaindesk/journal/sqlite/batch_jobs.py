"""Batch jobs in the tables of the journal on disk."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from typing_extensions import override

from chaindesk.domain.batch_jobs import OPEN_STAGES, BatchItem, BatchJob, ItemResult, ItemState, JobMoney, JobStage
from chaindesk.journal.batch_jobs import BatchJobs
from chaindesk.journal.sqlite.readers import Readers
from chaindesk.journal.sqlite.row_mapping import ANSWER_COLUMNS, answer_row, storable
from chaindesk.journal.sqlite.writer import InsertAnswer, Writer

_JOB = (
    "nonce, workbook_id, run_id, step, provider, base_url, model, count, size, created_at, stage, remote_id, phase, "
    "succeeded, failed, expires_at, results_until, checked_at, cancelling, message"
)
_ITEM = "custom_id, row_key, row_number, step, fingerprint, draft, state, answer_id"
_OPEN = ", ".join(sorted(f"'{stage.value}'" for stage in OPEN_STAGES))
_INSERT_JOB = f"INSERT OR REPLACE INTO batch_job ({_JOB}) VALUES ({', '.join('?' * 20)})"  # noqa: S608 - constants only
_INSERT_ITEM = f"INSERT OR REPLACE INTO batch_item (nonce, {_ITEM}) VALUES ({', '.join('?' * 9)})"  # noqa: S608
_INSERT_ANSWER = f"INSERT INTO answer ({ANSWER_COLUMNS}) VALUES ({', '.join('?' for _ in ANSWER_COLUMNS.split(','))})"  # noqa: S608


class SqliteBatchJobs(BatchJobs):
    """See ``journal.batch_jobs.BatchJobs``."""

    def __init__(self, writer: Writer, readers: Readers) -> None:
        self._writer = writer
        self._readers = readers

    @override
    def begin(self, job: BatchJob, items: Sequence[BatchItem]) -> asyncio.Future[int]:
        def write(connection: sqlite3.Connection) -> int:
            connection.execute(_INSERT_JOB, _job_row(job))
            return connection.executemany(_INSERT_ITEM, [(job.nonce, *_item_row(item)) for item in items]).rowcount

        return self._writer.begin(write)

    @override
    def update(self, job: BatchJob) -> asyncio.Future[int]:
        return self._writer.begin(lambda connection: connection.execute(_INSERT_JOB, _job_row(job)).rowcount)

    @override
    def close(self, job: BatchJob) -> asyncio.Future[int]:
        def write(connection: sqlite3.Connection) -> int:
            connection.execute(_INSERT_JOB, _job_row(job))
            sql = "UPDATE batch_item SET state = ? WHERE nonce = ? AND state = ?"
            return connection.execute(sql, (ItemState.UNPROCESSED.value, job.nonce, ItemState.OUT.value)).rowcount

        return self._writer.begin(write)

    @override
    async def store_results(self, nonce: str, results: Sequence[ItemResult]) -> Sequence[int]:
        rows = [None if one.answer is None else answer_row(one.answer) for one in results]
        numbers: list[int] = []

        def write(connection: sqlite3.Connection) -> int:
            numbers.clear()  # a commit that failed may be tried again
            for result, row in zip(results, rows, strict=True):
                numbers.append(_store(connection, nonce, result, row))
            return len(numbers)

        await self._writer.begin(write)
        return numbers

    @override
    def jobs(self, workbook_id: int | None = None, *, only_open: bool = True) -> Sequence[BatchJob]:
        wanted = ["1"] if workbook_id is None else ["workbook_id = ?"]
        wanted += [f"stage IN ({_OPEN})"] if only_open else []
        sql = f"SELECT {_JOB} FROM batch_job WHERE {' AND '.join(wanted)} ORDER BY created_at, nonce"  # noqa: S608
        return self._readers.mapped(_job_of, sql, () if workbook_id is None else (workbook_id,))

    @override
    def items(self, nonce: str) -> Sequence[BatchItem]:
        sql = f"SELECT {_ITEM} FROM batch_item WHERE nonce = ? ORDER BY length(custom_id), custom_id"  # noqa: S608
        return self._readers.mapped(_item_of, sql, (nonce,))

    @override
    def rows_out(self, workbook_id: int) -> Mapping[str, Sequence[tuple[str, str]]]:
        sql = (
            "SELECT i.row_key, i.step, i.fingerprint FROM batch_job AS j JOIN batch_item AS i ON i.nonce = j.nonce "  # noqa: S608
            f"WHERE j.workbook_id = ? AND j.stage IN ({_OPEN}) AND i.state = 'out'"
        )
        found: dict[str, list[tuple[str, str]]] = {}
        for key, step, fingerprint in self._readers.rows(sql, (workbook_id,)):
            found.setdefault(key, []).append((step, fingerprint))
        return found

    @override
    def job_of(self, workbook_id: int, row_key: str, step: str, fingerprint: str) -> BatchJob | None:
        sql = (
            f"SELECT {', '.join(f'j.{name}' for name in _JOB.split(', '))} FROM batch_job AS j "  # noqa: S608
            f"JOIN batch_item AS i ON i.nonce = j.nonce WHERE j.workbook_id = ? AND j.stage IN ({_OPEN}) "
            "AND i.step = ? AND i.fingerprint = ? AND i.state = 'out' "
            "ORDER BY i.row_key <> ?, j.created_at, j.nonce LIMIT 1"
        )
        found = self._readers.mapped(_job_of, sql, (workbook_id, step, fingerprint, row_key))
        return found[0] if found else None

    @override
    def money(self) -> Mapping[str, JobMoney]:
        sql = (
            "SELECT i.nonce, count(*), sum(CAST(a.cost AS REAL)) FROM batch_item AS i JOIN answer AS a "
            "ON a.id = i.answer_id GROUP BY i.nonce"
        )
        return {
            nonce: JobMoney(count, None if cost is None else Decimal(str(cost)).quantize(Decimal("0.000001")))
            for nonce, count, cost in self._readers.rows(sql)
        }


def _store(connection: sqlite3.Connection, nonce: str, result: ItemResult, row: tuple[Any, ...] | None) -> int:
    place = (nonce, result.custom_id)
    known = connection.execute("SELECT state, answer_id FROM batch_item WHERE nonce = ? AND custom_id = ?", place)
    found = known.fetchone()
    if found is None or found[0] != ItemState.OUT.value:
        return 0 if found is None else int(found[1])
    number = 0 if row is None else InsertAnswer(_INSERT_ANSWER, row)(connection)
    sql = "UPDATE batch_item SET state = ?, answer_id = ? WHERE nonce = ? AND custom_id = ?"
    connection.execute(sql, (result.state.value, number, *place))
    return number


def _job_row(job: BatchJob) -> tuple[Any, ...]:
    return (
        *(job.nonce, job.workbook_id, job.run_id, storable(job.step), job.provider, job.base_url),
        *(storable(job.model), job.count, job.size, job.created_at.isoformat(), job.stage.value, job.remote_id),
        *(job.phase, job.succeeded, job.failed, _text(job.expires_at), _text(job.results_until)),
        *(_text(job.checked_at), int(job.cancelling), storable(job.message)),
    )


def _job_of(row: tuple[Any, ...]) -> BatchJob:
    return BatchJob(
        nonce=row[0],
        workbook_id=row[1],
        run_id=row[2],
        step=row[3],
        provider=row[4],
        base_url=row[5],
        model=row[6],
        count=row[7],
        size=row[8],
        created_at=datetime.fromisoformat(row[9]),
        stage=JobStage(row[10]),
        remote_id=row[11],
        phase=row[12],
        succeeded=row[13],
        failed=row[14],
        expires_at=_time(row[15]),
        results_until=_time(row[16]),
        checked_at=_time(row[17]),
        cancelling=bool(row[18]),
        message=row[19],
    )


def _item_row(item: BatchItem) -> tuple[Any, ...]:
    named = (item.custom_id, storable(item.row_key), item.row_number, storable(item.step), item.fingerprint)
    return (*named, int(item.draft), item.state.value, item.answer_id)


def _item_of(row: tuple[Any, ...]) -> BatchItem:
    return BatchItem(row[0], row[1], row[2], row[3], row[4], bool(row[5]), ItemState(row[6]), row[7])


def _text(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()


def _time(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
