"""How much is done to a sheet: counted, never timed, so that a second pass or a parsed cell shows on any machine."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipInfo

import pytest
import xlsxwriter

from chaindesk.workbook import ColumnWrite, check_export, open_manifest, write_columns
from chaindesk.workbook.opc.package import Package
from chaindesk.workbook.reading.row_batches import RowBatch
from chaindesk.workbook.reading.xlsx.sheet_reader import _SheetReader
from chaindesk.workbook.writing.sheet_scan import _Scanner
from tests.support.workbooks import WorkbookMaker

ROWS = 3000


@pytest.fixture
def passes(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often each part has been unpacked, counted while the test runs."""
    counted: Counter[str] = Counter()
    unpack = Package.chunks

    def chunks(package: Package, entry: ZipInfo) -> Iterator[bytes]:
        counted[entry.filename] += 1
        return unpack(package, entry)

    monkeypatch.setattr(Package, "chunks", chunks)
    return counted


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How many rows came to a parser, by the reader and by the scanner."""
    counted: Counter[str] = Counter()
    for kind in (_SheetReader, _Scanner):
        start = kind._start_row

        def start_row(self: object, attributes: dict[str, str], start=start, kind=kind) -> None:
            counted[kind.__name__] += 1
            start(self, attributes)

        monkeypatch.setattr(kind, "_start_row", start_row)
    return counted


def _book(folder: Path) -> Path:
    rows = [[f"J-{number}", f"a topic & more {number}", number * 10] for number in range(1, ROWS + 1)]
    return WorkbookMaker(folder).table([["ID", "Topic", "Words"], *rows])


def test_opening_goes_over_the_sheet_once_and_parses_no_row(tmp_path: Path, passes: Counter[str], parsed: Counter[str]):
    assert len(open_manifest(_book(tmp_path)).rows) == ROWS
    assert passes["xl/worksheets/sheet1.xml"] == passes["xl/sharedStrings.xml"] == 1
    assert not parsed


def test_the_check_of_an_export_is_one_pass_and_parses_but_the_beginning(
    tmp_path: Path, passes: Counter[str], parsed: Counter[str]
) -> None:
    manifest = open_manifest(_book(tmp_path))
    passes.clear()
    check_export(manifest, ["Draft", "Status"])
    assert passes["xl/worksheets/sheet1.xml"] == 1
    assert 0 < parsed["_Scanner"] < ROWS  # the header and the first job are looked at, with the rows read beside them
    assert not parsed["_SheetReader"]


def test_an_export_scans_patches_and_reads_back_once(tmp_path: Path, passes: Counter[str]) -> None:
    path = _book(tmp_path)
    write_columns(path, tmp_path / "out.xlsx", ColumnWrite("Sheet1", 1, ["Draft"], {2: ["x"]}))
    assert passes["xl/worksheets/sheet1.xml"] == 3


@pytest.mark.parametrize("inline", [False, True])
def test_as_little_is_unpacked_for_the_first_rows_of_a_longer_sheet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, inline: bool
) -> None:
    unpack = Package.chunks
    unpacked: Counter[int] = Counter()

    def chunks(package: Package, entry: ZipInfo) -> Iterator[bytes]:
        for chunk in unpack(package, entry):
            unpacked[rows] += len(chunk)
            yield chunk

    def stop(_: RowBatch) -> None:
        raise asyncio.CancelledError

    monkeypatch.setattr(Package, "chunks", chunks)
    for rows in (8_000, 40_000):
        path = tmp_path / f"{rows}.xlsx"
        book = xlsxwriter.Workbook(str(path), {"constant_memory": inline})
        sheet = book.add_worksheet("Jobs")
        sheet.write_row(0, 0, ["ID", "Topic"])
        for row in range(1, rows + 1):
            sheet.write_row(row, 0, [f"J-{row}", f"the topic of row {row}, told at some length"])
        book.close()
        with pytest.raises(asyncio.CancelledError):
            open_manifest(path, on_rows=stop)
    assert 0.9 < unpacked[40_000] / unpacked[8_000] < 1.1
