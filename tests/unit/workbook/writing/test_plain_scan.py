"""Plain rows are scanned without a parser, and lie where the parser says, whatever stands among them."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from dataclasses import astuple
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chaindesk.domain.errors import WorkbookError
from chaindesk.workbook.opc import plain_elements
from chaindesk.workbook.opc.file_type import opened
from chaindesk.workbook.types import MAX_COLUMNS
from chaindesk.workbook.writing import plain_scan
from chaindesk.workbook.writing.sheet_layout import sheet_chunks
from chaindesk.workbook.writing.sheet_scan import scan_sheet
from tests.support.row_spellings import DAMAGED, ODD, PLAIN, rows_of
from tests.support.workbooks import SPREADSHEET, WorkbookMaker

ROOT = f'<worksheet xmlns="{SPREADSHEET}" xmlns:x14ac="urn:x14ac">'
FORMULAS = [
    '<row r="{n}"><c r="F{n}" t="str"><f>A1&amp;"x"</f><v>x</v></c><c r="G{n}"><f t="shared" si="0"/></c></row>',
    '<row r="{n}"><c r="A{n}"><f t="shared" ref="A1:A9" si="0">B1*2</f><v>4</v></c><c r="XFD{n}" s="1"/></row>',
    '\n <row r="{n}" ht="20">\n<c r="B{n}" t="e"><v>#N/A</v></c> </row> ',
]


def _scan(path: Path, chunk: int, looked_at: Iterable[int], *, parser: bool) -> object:
    """Return what a scan finds, or the message of its error, in pieces of so many bytes."""
    way = (lambda chunks, *_: chunks) if parser else plain_elements.without_plain
    with (
        patch("chaindesk.workbook.writing.sheet_scan.without_plain", way),
        patch("chaindesk.workbook.opc.package._CHUNK", chunk),
        opened(path, None) as (_, workbook, _, _),
    ):
        assert workbook is not None
        sheet = workbook.worksheets[0]
        try:
            found = scan_sheet(workbook.package, sheet_chunks(workbook, sheet), sheet.part, looked_at, MAX_COLUMNS + 1)
        except WorkbookError as error:
            return str(error)
        for cells in found.cells_in.values():
            for cell in cells.values():
                cell.pieces = ["".join(cell.pieces)]  # in how many it comes is the parser's own affair
        return astuple(found)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    rows=st.lists(st.sampled_from((PLAIN + FORMULAS) * 3 + ODD), max_size=40),
    damage=st.lists(st.sampled_from(DAMAGED), max_size=1),
    chunk=st.sampled_from([1, 7, 64, 500, 1 << 18]),
    looked_at=st.sets(st.integers(0, 12), max_size=2),
    head=st.sampled_from(["", "\ufeff", '<?xml version="1.0" encoding="UTF-8"?>', "<!-- <sheetData> -->"]),
)
def test_a_scan_finds_the_same_as_with_a_parser_alone(
    tmp_path: Path, rows: list[str], damage: list[str], chunk: int, looked_at: set[int], head: str
) -> None:
    sheet = f"{head}{ROOT}<dimension ref='A1'/><sheetData>{rows_of(rows + damage)}</sheetData><autoFilter ref='A1:B9'/>"
    path = WorkbookMaker(tmp_path).by_hand(f"{sheet}</worksheet>", compression=zipfile.ZIP_STORED)
    expected = _scan(path, chunk, looked_at, parser=True)
    assert _scan(path, chunk, looked_at, parser=False) == expected


@pytest.mark.parametrize("spelling", [*PLAIN[:-1], *FORMULAS])
def test_a_plain_row_needs_no_parser(spelling: str) -> None:
    run = rows_of([spelling, spelling])
    rows = plain_scan.plain_rows(run, frozenset())
    assert run.encode()[rows.starts[1] :].startswith(b'<row r="2"')
    assert rows.characters == len(run.rstrip())
    assert rows.end == len(run.rstrip().encode())
    assert list(rows.numbers) == [1, 2]
