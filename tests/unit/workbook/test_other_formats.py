from __future__ import annotations

import zipfile

import pytest

from chaindesk.domain.errors import WorkbookError
from chaindesk.workbook import export_name, open_manifest, sheet_names, write_columns


def export(path, manifest, values):
    return write_columns(
        path, export_name(path), sheet=manifest.sheet, header_row=manifest.header_row, headers=["Draft"], rows=values
    )


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.csv", "Topic,Audience\nb\u00e9es,all\nwasps,some\n".encode()),
        ("a.csv", "Topic;Audience\r\nb\u00e9es;all\r\nwasps;some\r\n".encode("utf-8-sig")),
        ("a.csv", "Topic;Audience\nb\u00e9es;all\nwasps;some\n".encode("cp1252")),
        ("a.tsv", "Topic\tAudience\nb\u00e9es\tall\nwasps\tsome\n".encode("utf-16")),
        ("a.csv", 'Topic,Audience\n"b\u00e9es",all\n"wasps","some"'.encode()),
        ("a.csv", "Topic|Audience\nb\u00e9es|all\nwasps|some\n".encode()),
    ],
)
def test_encodings_and_delimiters_are_found_out(tmp_path, name, data):
    path = tmp_path / name
    path.write_bytes(data)
    manifest = open_manifest(path)
    assert [column.name for column in manifest.columns] == ["Topic", "Audience"]
    assert [tuple(row.values.values()) for row in manifest.rows] == [("b\u00e9es", "all"), ("wasps", "some")]


def test_a_csv_of_one_column_stays_one(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("Topic\nbees and wasps\nflies: a book\n")
    assert [column.name for column in open_manifest(path).columns] == ["Topic"]


def test_a_csv_is_exported_as_a_workbook_with_its_own_values(tmp_path, cells):
    path = tmp_path / "topics of a very long name indeed, longer than a sheet may be.csv"
    path.write_text('ID,Topic,Amount\n007,"two\nlines",12.5\n\n8,=1+1,1.50\n')
    manifest = open_manifest(path)
    assert [row.number for row in manifest.rows] == [2, 4]
    report = export(path, manifest, {2: ["x"], 4: ["y"]})
    assert report.path.name.endswith(".completed.xlsx")
    found = cells(report.path)
    assert (found["A2"], found["B2"], found["C2"]) == ("007", "two\nlines", 12.5)
    assert (found["A4"], found["B4"], found["C4"], found["D4"]) == (8, "=1+1", "1.50", "y")
    again = open_manifest(report.path)
    assert [dict(row.values) for row in again.rows] == [
        {"ID": "007", "Topic": "two\nlines", "Amount": "12.5", "Draft": "x"},
        {"ID": "8", "Topic": "=1+1", "Amount": "1.50", "Draft": "y"},
    ]
    assert [column.ours for column in again.columns] == [False, False, False, True]
    assert export(path, manifest, {2: ["x"], 4: ["y"]}).path.read_bytes() == report.path.read_bytes()


def test_an_empty_or_binary_csv_is_refused(tmp_path):
    path = tmp_path / "a.csv"
    for data in (b"", b"a,b\0c\n", b"\n\n,,\n"):
        path.write_bytes(data)
        with pytest.raises(WorkbookError):
            open_manifest(path)


@pytest.fixture
def ods(tmp_path):
    office = "urn:oasis:names:tc:opendocument:xmlns:"
    content = (
        f'<office:document-content xmlns:office="{office}office:1.0" xmlns:table="{office}table:1.0" '
        f'xmlns:text="{office}text:1.0"><office:body><office:spreadsheet><table:table table:name="Jobs">'
        '<table:table-row><table:table-cell office:value-type="string"><text:p>Topic</text:p></table:table-cell>'
        '<table:table-cell office:value-type="string"><text:p>Words</text:p></table:table-cell></table:table-row>'
        '<table:table-row><table:table-cell office:value-type="string"><text:p>bees</text:p></table:table-cell>'
        '<table:table-cell office:value-type="float" office:value="300"><text:p>300</text:p></table:table-cell>'
        "</table:table-row></table:table></office:spreadsheet></office:body></office:document-content>"
    )
    manifest = (
        f'<manifest:manifest xmlns:manifest="{office}manifest:1.0"><manifest:file-entry manifest:full-path="/" '
        'manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/></manifest:manifest>'
    )
    path = tmp_path / "jobs.ods"
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        package.writestr("content.xml", content)
        package.writestr("META-INF/manifest.xml", manifest)
    return path


def test_values_of_an_ods_are_read_and_exported_anew(ods, cells):
    manifest = open_manifest(ods)
    assert dict(manifest.rows[0].values) == {"Topic": "bees", "Words": "300"}
    assert sheet_names(ods) == ("Jobs",)
    assert any("new .xlsx" in notice.message for notice in manifest.notices)
    report = export(ods, manifest, {2: ["x"]})
    assert cells(report.path) == {"A1": "Topic", "B1": "Words", "A2": "bees", "B2": 300.0, "C1": "Draft", "C2": "x"}
    with pytest.raises(WorkbookError, match="has no sheet"):
        open_manifest(ods, sheet="None")
