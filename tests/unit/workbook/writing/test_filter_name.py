"""An autofilter and its hidden name grow together, or neither does."""

from __future__ import annotations

import re
import zipfile

import pytest

from chaindesk.workbook import ColumnWrite, write_columns
from tests.support.workbooks import WorkbookMaker


def refs(path):
    """What the sheet's filter covers, and what its name does."""
    with zipfile.ZipFile(path) as package:
        sheet = package.read("xl/worksheets/sheet1.xml").decode()
        workbook = package.read("xl/workbook.xml").decode()
    name = re.search(r"_FilterDatabase[^>]*>([^<]*)<", workbook)
    return re.search(r'<autoFilter ref="([^"]*)"', sheet)[1], name and name[1]


def changed(source, old, new):
    target = source.with_name("changed.xlsx")
    with zipfile.ZipFile(source) as package, zipfile.ZipFile(target, "w") as out:
        for entry in package.infolist():
            out.writestr(entry, package.read(entry).decode().replace(old, new))
    return target


def export(source, tmp_path):
    target = tmp_path / "out.xlsx"
    write_columns(source, target, ColumnWrite("Jobs", 1, ["Draft"], {2: ["x"]}))
    return target


@pytest.fixture
def filtered(books: WorkbookMaker):
    return books.rich(lambda _, sheet: sheet.autofilter("A1:C4"))


def test_both_grow(filtered, tmp_path):
    assert refs(filtered) == ("A1:C4", "Jobs!$A$1:$C$4")
    assert refs(export(filtered, tmp_path)) == ("A1:D4", "Jobs!$A$1:$D$4")


def test_a_filter_without_a_name_grows_alone(filtered, tmp_path):
    source = changed(filtered, "_xlnm._FilterDatabase", "Another")
    target = export(source, tmp_path)
    assert refs(target)[0] == "A1:D4"
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target) as new:
        assert old.read("xl/workbook.xml") == new.read("xl/workbook.xml")


def test_neither_grows_where_they_differ(filtered, tmp_path):
    source = changed(filtered, "Jobs!$A$1:$C$4", "Jobs!$A$1:$B$4")
    assert refs(export(source, tmp_path)) == ("A1:C4", "Jobs!$A$1:$B$4")


def test_a_name_of_another_sheet_is_left_alone(filtered, tmp_path):
    source = changed(filtered, 'localSheetId="0"', 'localSheetId="1"')
    assert refs(export(source, tmp_path)) == ("A1:D4", "Jobs!$A$1:$C$4")
