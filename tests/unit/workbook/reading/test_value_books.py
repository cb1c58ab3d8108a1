"""Files of which just the values are read: as a person sees them, or it is said that it is not so."""

from __future__ import annotations

import zipfile

import pytest
from msoffcrypto.format.ooxml import OOXMLFile  # type: ignore[import-untyped]

from chaindesk.domain.errors import WorkbookError
from chaindesk.workbook import ColumnWrite, open_manifest, write_columns
from chaindesk.workbook.opc.decryption import DEFAULT_PASSWORD
from tests.support import binary_files
from tests.support.workbooks import WorkbookMaker

FORMATS = ["00000", "0.0%", "dd.mm.yyyy", "[h]:mm", "General"]
ROWS: list[list[str | tuple[float, int]]] = [
    ["ZIP", "Share", "Day", "Time", "Name"],
    [(501.0, 0), (0.255, 1), (45_296.0, 2), (1.5, 3), "Ann"],
]
SEEN = {"ZIP": "00501", "Share": "25.5%", "Day": "05.01.2024", "Time": "36:00", "Name": "Ann"}
OFFICE = "urn:oasis:names:tc:opendocument:xmlns:"


def exported(path, tmp_path):
    manifest = open_manifest(path)
    target = tmp_path / "out.xlsx"
    write_columns(path, target, ColumnWrite(manifest.sheet, manifest.header_row, ["Draft"], {2: ["x"]}))
    return open_manifest(target)


@pytest.mark.parametrize("ending", ["xls", "xlsb"])
def test_numbers_are_shown_in_their_formats_and_keep_them_in_the_copy(tmp_path, ending):
    path = tmp_path / f"jobs.{ending}"
    if ending == "xls":
        path.write_bytes(binary_files.xls(FORMATS, ROWS))
    else:
        binary_files.xlsb(path, FORMATS, ROWS)
    assert dict(open_manifest(path).rows[0].values) == SEEN
    assert dict(exported(path, tmp_path).rows[0].values) == {**SEEN, "Draft": "x"}


def test_numbers_whose_formats_cannot_be_read_are_told(tmp_path, monkeypatch):
    from chaindesk.workbook.reading.values import calamine_reader

    path = tmp_path / "jobs.xls"
    path.write_bytes(binary_files.xls(FORMATS, ROWS))
    monkeypatch.setattr(calamine_reader, "number_formats", lambda *_: None)
    manifest = open_manifest(path)
    assert manifest.rows[0].values["ZIP"] == "501"
    assert any("without their number formats" in notice.message for notice in manifest.notices)


def test_a_chart_sheet_in_front_stops_neither_reading_nor_export(tmp_path):
    path = binary_files.xlsb(tmp_path / "jobs.xlsb", FORMATS, ROWS, chart_sheet=True)
    assert open_manifest(path).sheets == ("Jobs",)
    assert exported(path, tmp_path).rows[0].values["Draft"] == "x"


def test_a_workbook_with_excel_s_own_password_needs_none(books: WorkbookMaker):
    path = books.rich().with_name("read-only.xlsx")
    with path.with_name("jobs.xlsx").open("rb") as plain, path.open("wb") as out:
        OOXMLFile(plain).encrypt(DEFAULT_PASSWORD, out)
    assert open_manifest(path).rows[0].values["Topic"] == "Topic 1"


def test_rights_management_is_told_as_such(tmp_path):
    path = tmp_path / "jobs.xls"
    path.write_bytes(binary_files.ole({"\tDRMContent": b"secret", "Workbook": b""}))
    with pytest.raises(WorkbookError, match="rights management"):
        open_manifest(path)


@pytest.fixture
def ods(tmp_path):
    """Make an .ods from its table's XML."""

    def make(table, manifest=""):
        path = tmp_path / "jobs.ods"
        with zipfile.ZipFile(path, "w") as package:
            package.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
            package.writestr(
                "content.xml",
                f'<office:document-content xmlns:office="{OFFICE}office:1.0" xmlns:table="{OFFICE}table:1.0" '
                f'xmlns:text="{OFFICE}text:1.0">\n  <office:body>\n    <office:spreadsheet>\n'
                f'      <table:table table:name="Jobs">\n{table}\n</table:table>\n'
                "</office:spreadsheet></office:body></office:document-content>",
            )
            package.writestr("META-INF/manifest.xml", manifest or "<manifest/>")
        return path

    return make


def cell(text, more='office:value-type="string"'):
    return f"\n  <table:table-cell {more}>\n    <text:p>{text}</text:p>\n  </table:table-cell>"


def test_an_ods_is_read_as_it_is_shown_even_where_its_xml_is_indented(ods):
    header = "".join(cell(name) for name in ("Text", "Share", "Day", "Sum"))
    row = (
        cell("two<text:s text:c='2'/>spaces<text:line-break/>and a line")
        + cell("25.5%", 'office:value-type="percentage" office:value="0.255"')
        + cell("05.01.2024", 'office:value-type="date" office:date-value="2024-01-05"')
        + cell("\u00a31,234.50", 'office:value-type="currency" office:value="1234.5"')
    )
    path = ods(f"<table:table-row>{header}</table:table-row>\n<table:table-row>{row}</table:table-row>")
    assert dict(open_manifest(path).rows[0].values) == {
        "Text": "two  spaces\nand a line", "Share": "25.5%", "Day": "05.01.2024", "Sum": "\u00a31,234.50",
    }  # fmt: skip


def test_repeated_cells_notes_and_hidden_rows_of_an_ods_count_as_in_the_sheet(ods):
    note = "<office:annotation><text:p>a note</text:p></office:annotation>"
    twice = cell("x", "table:number-columns-repeated='2'")
    path = ods(
        f"<table:table-row>{cell('A')}{cell('B')}{cell('C')}</table:table-row>"
        f"<table:table-row table:number-rows-repeated='2'>{twice}"
        "</table:table-row>"
        f"<table:table-row table:visibility='filter'><table:table-cell/><table:table-cell>{note}<text:p>y</text:p>"
        "</table:table-cell></table:table-row>"
        "<table:table-row table:number-rows-repeated='1048000'><table:table-cell/></table:table-row>"
    )
    manifest = open_manifest(path)
    assert [(row.number, *row.values.values(), row.hidden) for row in manifest.rows] == [
        (2, "x", "x", "", False), (3, "x", "x", "", False), (4, "", "y", "", True),
    ]  # fmt: skip


def test_links_of_an_ods_have_their_addresses(ods):
    linked = "<text:a xmlns:xlink='http://www.w3.org/1999/xlink' xlink:href='https://example.org/{0}'>{0}</text:a>"
    path = ods(
        f"<table:table-row>{cell('ID')}{cell('Url')}</table:table-row>"
        f"<table:table-row>{cell('1')}{cell('see ' + linked.format('x'))}</table:table-row>"
        f"<table:table-row>{cell('2')}{cell('no link')}</table:table-row>"
        f"<table:table-row table:number-rows-repeated='2'>{cell('3')}{cell(linked.format('y'))}</table:table-row>"
    )
    manifest = open_manifest(path)
    assert [row.values["Url"] for row in manifest.rows] == ["see x", "no link", "y", "y"]
    addresses = [row.values.get("Url.link", "") for row in manifest.rows]
    assert addresses == ["https://example.org/x", "", "https://example.org/y", "https://example.org/y"]


def test_an_ods_that_unfolds_without_end_is_refused(ods):
    row = f"<table:table-row table:number-rows-repeated='1048576'>{cell('x') * 9}</table:table-row>"
    with pytest.raises(WorkbookError, match="repeats cells"):
        open_manifest(ods(row))


def test_an_ods_with_a_password_is_told_as_such(ods):
    with pytest.raises(WorkbookError, match=r"has a password, which is not read of an \.ods"):
        open_manifest(ods("", "<m:manifest xmlns:m='x'><m:file-entry><m:encryption-data/></m:file-entry></m:manifest>"))
