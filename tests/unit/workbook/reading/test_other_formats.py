"""Delimited texts and the older spreadsheet formats."""

from __future__ import annotations

import csv
import time
import zipfile

import openpyxl
import pytest

from chaindesk.domain.errors import WorkbookError
from chaindesk.workbook import ColumnWrite, export_name, open_manifest, write_columns
from tests.support.workbooks import read_cells


def export(path, manifest, values):
    columns = ColumnWrite(manifest.sheet, manifest.header_row, ["Draft"], values)
    return write_columns(path, export_name(path), columns)


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


def test_a_csv_is_exported_as_a_workbook_with_its_own_values(tmp_path):
    path = tmp_path / "topics of a very long name indeed, longer than a sheet may be.csv"
    path.write_text('ID,Topic,Amount\n007,"two\nlines",12.5\n\n8,=1+1,1.50\n')
    manifest = open_manifest(path)
    assert [row.number for row in manifest.rows] == [2, 4]
    report = export(path, manifest, {2: ["x"], 4: ["y"]})
    assert report.path.name.endswith(".completed.xlsx")
    found = read_cells(report.path)
    assert (found["A2"], found["B2"], found["C2"]) == ("007", "two\nlines", 12.5)
    assert (found["A4"], found["B4"], found["C4"], found["D4"]) == (8, "=1+1", "1.50", "y")
    again = open_manifest(report.path)
    assert [dict(row.values) for row in again.rows] == [
        {"ID": "007", "Topic": "two\nlines", "Amount": "12.5", "Draft": "x"},
        {"ID": "8", "Topic": "=1+1", "Amount": "1.50", "Draft": "y"},
    ]
    assert [column.ours for column in again.columns] == [False, False, False, True]
    assert export(path, manifest, {2: ["x"], 4: ["y"]}).path.read_bytes() == report.path.read_bytes()


def test_texts_of_a_csv_stay_the_texts_that_they_are(tmp_path):
    texts = [
        "=1+1",
        "#N/A",
        "'x",
        " x ",
        "a\x0bb",
        "_x0041_",
        "\U0001f600",
        "a\ufffeb",
        "_x0041_" * 4_681,
        "1e5",
        "007",
    ]
    path = tmp_path / "a.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([[f"H{place}" for place in range(len(texts))], texts])
    manifest = open_manifest(path)
    report = export(path, manifest, {2: ["x"]})
    wanted = [text.replace("\ufffe", "\ufffd") for text in texts]
    assert [read_cells(report.path)[f"{letter}2"] for letter in "ABCDEFGHIJK"] == wanted
    assert list(open_manifest(report.path).rows[0].values.values())[:-1] == wanted
    sheet = openpyxl.load_workbook(report.path).worksheets[0]
    assert {cell.data_type for cell in sheet[2]} == {"s"}
    assert (sheet.freeze_panes, sheet["A1"].font.bold, sheet["A2"].font.bold) == ("A2", True, False)
    assert (sheet["A2"].alignment.wrap_text, sheet["A2"].alignment.vertical) == (True, "top")
    assert any("were replaced" in notice.message for notice in report.notices)


def test_a_text_of_a_csv_that_is_too_long_for_a_cell_is_kept_whole_in_a_file(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(f"Topic,Words\n{'x' * 40_000},1\n")
    report = export(path, open_manifest(path), {2: ["y"]})
    assert read_cells(report.path)["A2"].endswith("is in the file a.completed.texts/2-A.txt]")
    assert (tmp_path / "a.completed.texts" / "2-A.txt").read_text() == "x" * 40_000
    assert any(notice.rows == (2,) and "32,767" in notice.message for notice in report.notices)


@pytest.mark.parametrize(
    ("stem", "name"),
    [("history", "history (2)"), ("a[b]", "a_b_"), ("\U0001f600" * 20, "\U0001f600" * 15), ("x" * 30 + "'y", "x" * 30)],
)
def test_a_sheet_gets_a_name_that_excel_takes(tmp_path, stem, name):
    path = tmp_path / f"{stem}.csv"
    path.write_text("Topic\nbees\n")
    assert open_manifest(export(path, open_manifest(path), {2: ["y"]}).path).sheets == (name,)


def test_a_csv_gives_the_same_bytes_on_another_day(tmp_path, monkeypatch):
    path = tmp_path / "a.csv"
    path.write_text("Topic,Words\nbees,1\n")
    first = export(path, open_manifest(path), {2: ["y"]}).path.read_bytes()
    moment = time.time() + 86_400
    monkeypatch.setattr(time, "time", lambda: moment)
    monkeypatch.setattr(time, "localtime", lambda _=None: time.gmtime(moment))
    assert export(path, open_manifest(path), {2: ["y"]}).path.read_bytes() == first
    with zipfile.ZipFile(export_name(path)) as package:
        assert {entry.date_time[0] for entry in package.infolist()} == {1980}
        assert b"1980-01-01T00:00:00Z" in package.read("docProps/core.xml")


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
        '<table:table-cell office:value-type="float" office:value="0.30000000000000004"><text:p>0.3</text:p>'
        "</table:table-cell>"
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


def test_values_of_an_ods_are_read_and_exported_anew(ods):
    manifest = open_manifest(ods)
    assert dict(manifest.rows[0].values) == {"Topic": "bees", "Words": "0.3"}
    assert open_manifest(ods).sheets == ("Jobs",)
    assert any("new .xlsx" in notice.message for notice in manifest.notices)
    report = export(ods, manifest, {2: ["x"]})
    assert read_cells(report.path) == {
        "A1": "Topic",
        "B1": "Words",
        "A2": "bees",
        "B2": 0.1 + 0.2,
        "C1": "Draft",
        "C2": "x",
    }
    with pytest.raises(WorkbookError, match="has no sheet"):
        open_manifest(ods, sheet="None")
