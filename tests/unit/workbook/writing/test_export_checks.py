"""What could not be exported is known before anything is paid for, and a copy that nobody can open replaces nothing."""

from __future__ import annotations

import pytest

from chaindesk.domain.errors import SaveError, UsageError, WorkbookError
from chaindesk.workbook import ColumnWrite, check_export, open_manifest, write_columns
from chaindesk.workbook.opc import package, shared_strings
from chaindesk.workbook.opc.package_writer import PackageWriter
from tests.support import binary_files
from tests.support.workbooks import WorkbookMaker, worksheet


def refusal(path, headers):
    with pytest.raises(WorkbookError) as caught:
        check_export(open_manifest(path), headers)
    return str(caught.value)


def test_a_usual_sheet_passes(books: WorkbookMaker, tmp_path):
    check_export(open_manifest(books.rich()), ["Draft", "Status"])
    (tmp_path / "a.csv").write_text("Topic,n\ntea,1\n")
    check_export(open_manifest(tmp_path / "a.csv"), ["Draft", "Status"])
    path = binary_files.xlsb(tmp_path / "a.xlsb", ["0"], [["Topic"], ["tea"]], chart_sheet=True)
    check_export(open_manifest(path), ["Draft"])


def test_one_free_column_is_too_few_for_two_outputs(books: WorkbookMaker):
    path = books.rich(lambda _, sheet: sheet.write(0, 16_382, "last but one"))
    check_export(open_manifest(path), ["Draft"])
    assert "is full" in refusal(path, ["Draft", "Status"])


def test_columns_of_an_earlier_export_need_no_room(books: WorkbookMaker, tmp_path):
    manifest = open_manifest(books.rich(lambda _, sheet: sheet.write(0, 16_381, "far")))
    target = tmp_path / "out.xlsx"
    write_columns(manifest.path, target, ColumnWrite("Jobs", 1, ["Draft", "Status"], {2: ["x", "y"]}))
    check_export(open_manifest(target), ["Draft", "Status"])
    assert "is full" in refusal(target, ["Draft", "Status", "Other"])


def test_a_header_row_merged_to_the_last_column_would_hide_new_headers(books: WorkbookMaker):
    path = books.rich(lambda _, sheet: sheet.merge_range("D1:XFD1", "a title"))
    assert "merged from column D to the last one, XFD" in refusal(path, ["Draft"])


def test_two_outputs_of_one_name_are_refused(books: WorkbookMaker):
    with pytest.raises(UsageError, match="same header"):
        check_export(open_manifest(books.rich()), ["Draft", "Draft"])


@pytest.mark.parametrize(
    "cell",
    ['<c r="ZZZ2"><v>1</v></c>', '<c r="AAAAAAAAAAAA2"><v>1</v></c>', '<c r="B2"><c r="C2"><v>1</v></c></c>'],
)
def test_cells_where_none_can_be_are_refused_when_the_sheet_is_opened(books: WorkbookMaker, cell):
    rows = f'<row r="1"><c r="A1" t="str"><v>Topic</v></c></row><row r="2"><c r="A2"><v>1</v></c>{cell}</row>'
    path = books.by_hand(worksheet(rows))
    with pytest.raises(WorkbookError, match="where none can be"):
        open_manifest(path)
    with pytest.raises(WorkbookError, match="where none can be"):
        write_columns(path, path.with_name("out.xlsx"), ColumnWrite("Jobs", 1, ["Draft"], {2: ["x"]}))


@pytest.mark.parametrize("broken", [b"<c><c/></c>", b"<row>", b""])
def test_a_copy_that_cannot_be_read_again_replaces_nothing(books: WorkbookMaker, tmp_path, monkeypatch, broken):
    target = tmp_path / "out.xlsx"
    target.write_bytes(b"as before")
    whole = PackageWriter.replace

    def spoil(self, entry, pieces):
        data = b"".join(pieces)
        whole(self, entry, iter([data.replace(b"</sheetData>", broken + b"</sheetData>") if broken else data[:-9]]))

    monkeypatch.setattr(PackageWriter, "replace", spoil)
    with pytest.raises(SaveError, match="could not be read again"):
        write_columns(books.rich(), target, ColumnWrite("Jobs", 1, ["Draft"], {2: ["x"]}))
    assert target.read_bytes() == b"as before"
    assert [path.name for path in tmp_path.iterdir() if "out" in path.name] == ["out.xlsx"]


def test_texts_and_elements_are_bounded_by_their_number(books: WorkbookMaker, monkeypatch):
    path = books.rich()
    monkeypatch.setattr(shared_strings, "MAX_SHARED_STRINGS", 3)
    with pytest.raises(WorkbookError, match="more than 3 different texts"):
        open_manifest(path)
    monkeypatch.undo()
    monkeypatch.setattr(package, "MAX_ELEMENTS", 3)
    with pytest.raises(WorkbookError, match="more than 3 elements"):
        open_manifest(path)
