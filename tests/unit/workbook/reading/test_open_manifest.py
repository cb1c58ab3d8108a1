"""From a workbook to rows, columns and notices."""

from __future__ import annotations

import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

import chaindesk.workbook
from chaindesk.domain.errors import WorkbookError
from chaindesk.workbook import ReadOptions, open_manifest
from chaindesk.workbook.reading.manifest_builder import unique_keys
from tests.support.workbooks import WorkbookMaker, worksheet


def names(manifest):
    return [column.name for column in manifest.columns]


def said(manifest):
    return " ".join(notice.message for notice in manifest.notices)


def test_rows_below_the_headers_are_jobs_known_by_row_number(books: WorkbookMaker):
    manifest = open_manifest(books.rich())
    assert names(manifest) == ["Topic", "Audience", "Words"]
    assert [(row.number, row.key, row.values["Topic"]) for row in manifest.rows] == [
        (2, "2", "Topic 1"),
        (3, "3", "Topic 2"),
        (4, "4", "Topic 3"),
    ]
    assert manifest.header_row == 1
    assert manifest.notices == ()


def test_values_are_texts_as_a_person_sees_them(books: WorkbookMaker):
    def fill(workbook, sheet):
        sheet.write(0, 3, "Share")
        sheet.write(1, 3, 0.256, workbook.add_format({"num_format": "0.0%"}))
        sheet.write(2, 3, True)
        sheet.write(3, 3, datetime(2026, 1, 31), workbook.add_format({"num_format": "dd/mm/yyyy"}))
        sheet.write(0, 4, "Price")
        sheet.write(1, 4, 1234567.891, workbook.add_format({"num_format": "#,##0.00 [$€-407]"}))
        sheet.write(2, 4, 0.1 + 0.2)
        sheet.write(3, 4, 1.5, workbook.add_format({"num_format": "[h]:mm"}))

    manifest = open_manifest(books.rich(fill))
    assert [row.values["Share"] for row in manifest.rows] == ["25.6%", "TRUE", "31/01/2026"]
    assert [row.values["Price"] for row in manifest.rows] == ["1,234,567.89 €", "0.3", "36:00"]
    assert manifest.rows[0].values["Words"] == "100"


def test_dates_of_a_1904_workbook_are_not_four_years_off(books: WorkbookMaker):
    def fill(workbook, sheet):
        sheet.write(0, 3, "Day")
        sheet.write_datetime(1, 3, datetime(2026, 1, 31), workbook.add_format({"num_format": "yyyy-mm-dd"}))

    assert open_manifest(books.rich(fill, date_1904=True)).rows[0].values["Day"] == "2026-01-31"


def test_titles_above_the_headers_are_skipped_and_said(books: WorkbookMaker):
    path = books.table([["Editorial plan 2026"], [], ["Topic", "Audience"], ["Bees", "children"], ["Wasps", "adults"]])
    manifest = open_manifest(path)
    assert manifest.header_row == 3
    assert [row.number for row in manifest.rows] == [4, 5]
    assert "row 3" in said(manifest)


def test_header_row_can_be_forced(books: WorkbookMaker):
    path = books.table([["a", "b"], ["Topic", "Audience"], ["Bees", "children"]])
    manifest = open_manifest(path, ReadOptions(header_row=2))
    assert names(manifest) == ["Topic", "Audience"]
    with pytest.raises(WorkbookError, match="no header in row 9"):
        open_manifest(path, ReadOptions(header_row=9))


def test_headers_of_two_lines_give_names_of_both(books: WorkbookMaker):
    path = books.rich(name="two.xlsx").with_name("merged.xlsx")
    workbook = xlsxwriter.Workbook(path)
    sheet = workbook.add_worksheet()
    sheet.merge_range("A1:A2", "Product")
    sheet.merge_range("B1:C1", "Price")
    sheet.merge_range("D1:E1", "Stock")
    sheet.write_row(1, 1, ["net", "gross", "Hamburg", "Munich"])
    sheet.write_row(2, 0, ["Lamp", 10, 12, 3, 4])
    sheet.write_row(3, 0, ["Chair", 20, 24, 5, 6])
    workbook.close()
    manifest = open_manifest(path)
    assert manifest.header_row == 2
    assert names(manifest) == ["Product", "Price net", "Price gross", "Stock Hamburg", "Stock Munich"]
    assert manifest.rows[0].values["Stock Munich"] == "4"


def test_repeated_and_blank_headers_get_names_of_their_own(books: WorkbookMaker):
    path = books.table([["Name", "Name", None, "Name (2)"], ["a", "b", "c", "d"], ["e", "f", "g", "h"]])
    manifest = open_manifest(path)
    assert names(manifest) == ["Name", "Name (3)", "Column C", "Name (2)"]
    assert dict(manifest.rows[0].values) == {"Name": "a", "Name (3)": "b", "Column C": "c", "Name (2)": "d"}
    assert "Column C has values but no header" in said(manifest)


def test_blank_rows_are_no_jobs_and_those_in_the_middle_are_said(books: WorkbookMaker):
    path = books.table([["Topic", "Audience"], ["a", "b"], [], [" ", ""], ["c", "d"], [], []])
    manifest = open_manifest(path)
    assert [row.number for row in manifest.rows] == [2, 5]
    assert any(notice.rows == (3, 4) for notice in manifest.notices)


def test_hidden_rows_are_jobs_unless_they_are_to_be_skipped(books: WorkbookMaker):
    path = books.rich(lambda _, sheet: sheet.set_row(2, None, None, {"hidden": True}))
    assert [row.hidden for row in open_manifest(path).rows] == [False, True, False]
    skipped = open_manifest(path, ReadOptions(skip_hidden=True))
    assert [row.number for row in skipped.rows] == [2, 4]
    assert "Row 3: hidden" in said(skipped)


def test_formulas_give_their_saved_result_and_those_without_one_are_said(books: WorkbookMaker):
    rows = (
        '<row r="1"><c r="A1" t="inlineStr"><is><t>Topic</t></is></c>'
        '<c r="B1" t="inlineStr"><is><t>Sum</t></is></c></row>'
        '<row r="2"><c r="A2" t="inlineStr"><is><t>x</t></is></c><c r="B2"><f>1+1</f><v>2</v></c></row>'
        '<row r="3"><c r="A3" t="inlineStr"><is><t>y</t></is></c><c r="B3"><f>1+2</f></c></row>'
    )
    manifest = open_manifest(books.by_hand(worksheet(rows)))
    assert [row.values["Sum"] for row in manifest.rows] == ["2", ""]
    assert "B3: a formula without a saved result" in said(manifest)


def test_error_values_count_as_blank_and_are_said(books: WorkbookMaker):
    path = books.rich(lambda _, sheet: sheet.write_formula(1, 1, "=NA()", None, "#N/A"))
    manifest = open_manifest(path)
    assert manifest.rows[0].values["Audience"] == ""
    assert "B2: an error value" in said(manifest)


def test_a_value_merged_over_rows_counts_for_each_of_them(books: WorkbookMaker):
    manifest = open_manifest(books.rich(lambda _, sheet: sheet.merge_range(1, 3, 3, 3, "same")))
    assert [row.values["Column D"] for row in manifest.rows] == ["same"] * 3


def test_totals_row_of_a_table_is_no_job(books: WorkbookMaker):
    def fill(_, sheet):
        columns = [{"header": name, "total_string": "x"} for name in ("Topic", "Audience", "Words")]
        sheet.add_table("A1:C5", {"total_row": True, "columns": columns})

    manifest = open_manifest(books.rich(fill))
    assert [row.number for row in manifest.rows] == [2, 3, 4]
    assert "totals" in said(manifest)


def test_id_column_gives_the_keys(books: WorkbookMaker):
    rows: list[list[object]] = [["ID", "Topic"], ["a-1", "x"], [None, "y"], ["a-1", "z"], [7, "w"]]
    manifest = open_manifest(books.table(rows), ReadOptions(id_column="ID"))
    assert [row.key for row in manifest.rows] == ["a-1", "3", "a-1 (row 4)", "7"]
    assert any(notice.rows == (2, 4) for notice in manifest.notices)
    clashing_rows: list[list[object]] = [["ID", "Topic"], ["3", "x"], [None, "y"], *[[n % 9, "z"] for n in range(40)]]
    clashing = open_manifest(books.table(clashing_rows), ReadOptions(id_column="ID"))
    assert len({row.key for row in clashing.rows}) == len(clashing.rows)
    assert len(clashing.notices) < 9
    with pytest.raises(WorkbookError, match='Did you mean "Topic"'):
        open_manifest(books.table(rows), ReadOptions(id_column="Topik"))


def test_keys_that_look_like_made_up_ones_are_not_given_twice(books: WorkbookMaker):
    ids = ["A (row 4)", "A", "A", None, 5, "A (row 4)", "A (row 4) (row 4)"]
    manifest = open_manifest(books.table([["ID", "Topic"], *([one, "x"] for one in ids)]), ReadOptions(id_column="ID"))
    keys = [row.key for row in manifest.rows]
    assert len(set(keys)) == len(keys)
    assert [keys[0], keys[1], keys[4], keys[6]] == ["A (row 4)", "A", "5", "A (row 4) (row 4)"]
    assert [row.named for row in manifest.rows] == [False, False, False, False, True, False, True]


@given(
    st.lists(
        st.sampled_from(["A", "A (row 3)", "A (row 4)", "A (row 4) (row 4)", "", "2", "5", "5 (row 5)"]), max_size=9
    )
)
def test_every_row_has_a_key_of_its_own_and_the_first_of_an_id_has_the_id(ids):
    keys = unique_keys(ids, range(2, len(ids) + 2))
    assert len(set(keys)) == len(ids)
    for own in set(ids) - {""}:
        assert keys[ids.index(own)] == own


def test_active_sheet_is_taken_and_a_chart_sheet_is_passed_over(books: WorkbookMaker):
    def fill(workbook, _):
        chart = workbook.add_chart({"type": "line"})
        chart.add_series({"values": "=Jobs!$C$2:$C$4"})
        sheet = workbook.add_chartsheet("Picture")
        sheet.set_chart(chart)
        sheet.activate()

    path = books.rich(fill)
    manifest = open_manifest(path)
    assert manifest.sheet == "Jobs"
    assert manifest.sheets == ("Jobs",)
    assert "Picture" in said(manifest)
    with pytest.raises(WorkbookError, match="chart or dialog"):
        open_manifest(path, sheet="Picture")
    with pytest.raises(WorkbookError, match='Did you mean "Jobs"'):
        open_manifest(path, sheet="Job")


def test_an_empty_active_sheet_gives_way_to_one_with_jobs(books: WorkbookMaker):
    path = books.rich(lambda workbook, _: workbook.add_worksheet("Empty").activate())
    assert open_manifest(path).sheet == "Jobs"
    with pytest.raises(WorkbookError, match=r'Sheet "Empty" of .* is empty'):
        open_manifest(path, sheet="Empty")


def test_braces_and_line_breaks_in_headers_become_usable_names(books: WorkbookMaker):
    manifest = open_manifest(books.table([["Price {EUR}", "Long\nheader"], ["1", "2"]]))
    assert names(manifest) == ["Price (EUR)", "Long header"]
    assert manifest.columns[1].header == "Long\nheader"


def test_texts_are_unescaped_once_and_rich_text_is_plain(books: WorkbookMaker):
    def fill(workbook, sheet):
        sheet.write(1, 1, "a_x0041_b\x0bc")
        sheet.write_rich_string(2, 1, "plain ", workbook.add_format({"bold": True}), "bold")

    manifest = open_manifest(books.rich(fill))
    assert [row.values["Audience"] for row in manifest.rows][:2] == ["a_x0041_b\x0bc", "plain bold"]


def test_importing_the_package_loads_no_library():
    code = (
        "import sys, chaindesk.workbook; "
        "print(sorted({'openpyxl', 'lxml', 'zipfile', 'python_calamine', 'msoffcrypto', 'csv'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_missing_file_is_said_plainly(tmp_path: Path):
    with pytest.raises(WorkbookError, match="There is no file"):
        open_manifest(tmp_path / "none.xlsx")
    with pytest.raises(WorkbookError, match="is a folder"):
        open_manifest(tmp_path)


def test_a_small_table_beside_the_jobs_does_not_hold_the_headers(books: WorkbookMaker):
    def fill(_, sheet):
        sheet.write_column("A5", [f"Topic {number}" for number in range(20)])
        sheet.add_table("H20:I22", {"data": [["a", 1], ["b", 2]]})

    assert open_manifest(books.rich(fill)).header_row == 1


def test_every_public_name_is_there_and_no_other():
    assert all(getattr(chaindesk.workbook, name) is not None for name in chaindesk.workbook.__all__)
    with pytest.raises(AttributeError, match="no attribute 'open_manifests'"):
        chaindesk.workbook.open_manifests  # type: ignore[attr-defined]  # noqa: B018
