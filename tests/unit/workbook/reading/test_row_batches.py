"""The rows of a long sheet can be seen while the rest of it is still being read."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter

from chaindesk.workbook import open_manifest
from chaindesk.workbook.opc.file_type import opened
from chaindesk.workbook.opc.shared_strings import SharedStrings, shared_strings
from chaindesk.workbook.reading.row_batches import FIRST_BATCH_ROWS, RowBatch
from tests.support.windows import write_jobs

ROWS = 7 * FIRST_BATCH_ROWS + 100


def csv_jobs(path: Path, rows: int) -> Path:
    path.write_text(
        "ID,Topic,Audience\n" + "".join(f"J-{n},topic {n},gardeners\n" for n in range(1, rows + 1)), "utf-8"
    )
    return path


@pytest.mark.parametrize(("write", "name"), [(write_jobs, "jobs.xlsx"), (csv_jobs, "jobs.csv")])
def test_all_rows_but_the_last_few_are_told_in_batches_as_they_are_in_the_end(
    tmp_path: Path, write: Callable[[Path, int], Path], name: str
) -> None:
    batches: list[RowBatch] = []
    manifest = open_manifest(write(tmp_path / name, ROWS), on_rows=batches.append)
    assert [len(batch.rows) for batch in batches] == [FIRST_BATCH_ROWS - 1, 2 * FIRST_BATCH_ROWS, 4 * FIRST_BATCH_ROWS]
    told = [row for batch in batches for row in batch.rows]
    assert [(row.number, row.values) for row in told] == [
        (row.number, row.values) for row in manifest.rows[: len(told)]
    ]
    assert batches[0].manifest.columns == manifest.columns
    assert batches[0].manifest.sheet == manifest.sheet
    assert [batch.share for batch in batches] == sorted(batch.share for batch in batches)


def test_the_first_rows_are_told_when_few_of_the_sheets_texts_have_been_read(tmp_path: Path) -> None:
    path = write_jobs(tmp_path / "jobs.xlsx", 30_000)
    shares: list[float] = []

    def tell(batch: RowBatch) -> None:
        shares.append(batch.share)
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        open_manifest(path, on_rows=tell)
    assert len(shares) == 1
    assert shares[0] < 0.1


def test_shared_strings_are_read_as_far_as_they_are_asked_for(tmp_path: Path) -> None:
    path = write_jobs(tmp_path / "jobs.xlsx", 30_000)
    with opened(path, None) as (_, workbook, _, _):
        assert workbook is not None
        part = next(item.target for item in workbook.package.relationships("xl/workbook.xml") if "Strings" in item.kind)
        every = shared_strings(workbook.package, part)
        lazy = SharedStrings(workbook.package, part)
        assert lazy.found == []
        lazy.read_to(10)
        assert lazy.found == every[: len(lazy.found)]
        assert 10 < len(lazy.found) < len(every) / 2
        lazy.read_to(len(every) + 5)
        lazy.finish()
        assert lazy.found == every


def test_nothing_is_told_of_a_short_sheet_or_of_a_cover(tmp_path: Path) -> None:
    batches: list[RowBatch] = []
    open_manifest(write_jobs(tmp_path / "short.xlsx", 50), on_rows=batches.append)
    assert batches == []
    path = tmp_path / "book.xlsx"
    book = xlsxwriter.Workbook(str(path))
    cover, jobs = book.add_worksheet("Instructions"), book.add_worksheet("Jobs")
    for number in range(2 * FIRST_BATCH_ROWS):
        cover.write_row(number, 0, ["Do this", "and that"])
    for number in range(2 * FIRST_BATCH_ROWS):
        jobs.write_row(number, 0, [f"J-{number}" if number else "ID", f"topic {number}" if number else "Topic"])
    book.close()
    assert open_manifest(path, on_rows=batches.append).sheet == "Jobs"
    assert {batch.manifest.sheet for batch in batches} == {"Jobs"}
