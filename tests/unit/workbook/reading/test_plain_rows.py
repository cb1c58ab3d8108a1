"""Plain rows and strings are read without a parser, and say the same as with one, whatever stands among them."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chaindesk.domain.errors import WorkbookError
from chaindesk.workbook.opc.file_type import opened
from chaindesk.workbook.opc.plain_elements import MATCHES_RIGHT
from chaindesk.workbook.reading.grid import Grid
from chaindesk.workbook.reading.xlsx.plain_rows import PlainRows
from tests.support.row_spellings import DAMAGED, ODD, PLAIN, rows_of
from tests.support.workbooks import SPREADSHEET, WorkbookMaker

STYLES = (
    f'<styleSheet xmlns="{SPREADSHEET}"><numFmts count="2"><numFmt numFmtId="164" formatCode="00000"/>'
    '<numFmt numFmtId="165" formatCode="[$-411]ggge"/></numFmts><cellXfs count="5"><xf numFmtId="0"/>'
    '<xf numFmtId="164"/><xf numFmtId="10" xfId="1"/><xf numFmtId="22"/><xf numFmtId="165"/></cellXfs>'
    '<cellStyles><cellStyle name="ChainDesk column" xfId="1"/></cellStyles></styleSheet>'
)
STRINGS = ["R&amp;D &amp;lt;", "plain", " spaced ", "a_x0041_b", "木 ü", ""]
ODD_STRINGS = [
    "<si><r><t>rich </t></r><r><t>text</t></r></si>",
    "<si><t>a &amp; b</t><rPh sb='0' eb='1'><t>no</t></rPh></si>",
    "<!-- <si><t>hidden</t></si> -->",
    "<si/>",
]


def _workbook(folder: Path, rows: Sequence[str], strings: Sequence[str], root: str) -> Path:
    shared = "".join(
        item if item.startswith("<") else f'<si><t xml:space="preserve">{item}</t></si>' for item in strings
    )
    sheet = f"{root}<sheetData>{rows_of(rows)}</sheetData><mergeCells><mergeCell ref='A2:A3'/></mergeCells></worksheet>"
    return WorkbookMaker(folder).by_hand(
        sheet, styles=STYLES, parts={"xl/sharedStrings.xml": f'<sst xmlns="{SPREADSHEET}">{shared}</sst>'},
        compression=zipfile.ZIP_STORED,
    )  # fmt: skip


def _with_strings(path: Path) -> None:
    """Tie the shared strings to the workbook."""
    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    tie = b'<Relationship Id="rId9" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" Target="sharedStrings.xml"/></Relationships>'  # noqa: E501
    name = "xl/_rels/workbook.xml.rels"
    parts[name] = parts[name].replace(b"</Relationships>", tie)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as package:
        for part, content in parts.items():
            package.writestr(part, content)


def _read(path: Path, *, parser: bool, chunk: int) -> Grid | str:
    """Return the grid, or the message of its error, in pieces of so many bytes; with ``parser`` by that alone."""

    def whole(chunks: Iterable[bytes], *_: object) -> Iterable[bytes]:
        return chunks

    from chaindesk.workbook.opc import plain_elements
    from chaindesk.workbook.reading.xlsx.sheet_reader import read_sheet

    way = whole if parser else plain_elements.without_plain
    with (
        patch("chaindesk.workbook.reading.xlsx.sheet_reader.without_plain", way),
        patch("chaindesk.workbook.opc.shared_strings.without_plain", way),
        patch("chaindesk.workbook.opc.package._CHUNK", chunk),
        opened(path, None) as (_, workbook, _, _),
    ):
        assert workbook is not None
        try:
            return read_sheet(workbook, workbook.worksheets[0])
        except WorkbookError as error:
            return str(error)


ROOT = f'<worksheet xmlns="{SPREADSHEET}" xmlns:x14ac="urn:x14ac">'


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    rows=st.lists(st.sampled_from(PLAIN * 3 + ODD), max_size=40),
    damage=st.lists(st.sampled_from(DAMAGED), max_size=1),
    strings=st.lists(st.sampled_from(STRINGS * 3 + ODD_STRINGS), max_size=12),
    chunk=st.sampled_from([1, 7, 64, 500, 1 << 18]),
    root=st.sampled_from(
        [ROOT] * 4 + [f"<!-- <sheetData> -->{ROOT}", f'<?xml version="1.0" encoding="latin-1"?>{ROOT}']
    ),
)
def test_a_sheet_reads_the_same_as_with_a_parser_alone(
    tmp_path: Path, rows: list[str], damage: list[str], strings: list[str], chunk: int, root: str
) -> None:
    path = _workbook(tmp_path, rows + damage, strings, root)
    _with_strings(path)
    assert _read(path, parser=False, chunk=chunk) == _read(path, parser=True, chunk=chunk)


@pytest.mark.parametrize("odd", [*ODD, *DAMAGED])
def test_plain_rows_around_an_odd_one_read_the_same(tmp_path: Path, odd: str) -> None:
    path = _workbook(tmp_path, [*PLAIN, odd, *PLAIN], STRINGS, ROOT)
    _with_strings(path)
    expected = _read(path, parser=True, chunk=1 << 18)
    for chunk in (1 << 18, 90):
        assert _read(path, parser=False, chunk=chunk) == expected


@pytest.mark.parametrize("prefix", ["x:", ""])
def test_only_tags_of_the_part_s_own_namespace_are_plain(tmp_path: Path, prefix: str) -> None:
    other = f'<y:worksheet xmlns:y="{SPREADSHEET}" xmlns="urn:other"><y:sheetData>'
    sheet = f'{other}<{prefix}row r="1"><c r="A1"><v>1</v></c></{prefix}row></y:sheetData></y:worksheet>'
    sheet = sheet.replace("<y:worksheet", '<y:worksheet xmlns:x="urn:x"')
    path = WorkbookMaker(tmp_path).by_hand(sheet, styles=STYLES)
    assert _read(path, parser=False, chunk=64) == Grid() == _read(path, parser=True, chunk=64)


@pytest.mark.skipif(not MATCHES_RIGHT, reason="this Python's re cannot be trusted with the patterns")
def test_a_sheet_of_plain_rows_is_read_without_the_parser(tmp_path: Path) -> None:
    path = _workbook(tmp_path, PLAIN * 3, STRINGS, ROOT)
    taken: list[str] = []

    def take(_: PlainRows, run: str) -> int:
        taken.append(run)
        return len(run)

    with patch.object(PlainRows, "take", take):
        grid = _read(path, parser=False, chunk=1 << 18)
    assert isinstance(grid, Grid)
    assert not grid.rows
    assert "".join(taken).count("<row ") == 3 * len(PLAIN)
