"""Where new columns go and what their cells hold."""

from __future__ import annotations

import zipfile
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar

import openpyxl
import pytest
from lxml import etree

from chaindesk.domain.errors import UsageError, WorkbookError
from chaindesk.workbook import (
    ColumnWrite,
    Filled,
    continued_columns,
    export_name,
    is_as_written,
    open_manifest,
    write_columns,
)
from chaindesk.workbook.naming import without_cut_mark
from tests.support.workbooks import WorkbookMaker, read_cells

DONE = Filled("done", "D8F3DF", "17603A")
FAILED = Filled("failed", "FBDDDD", "8E1F1F")


def write(source: Path, headers, rows, target: Path | None = None, **options: Any):
    options = {"sheet": "Jobs", "header_row": 1, **options}
    return write_columns(
        source, target or source.with_name("out.xlsx"), ColumnWrite(headers=headers, rows=rows, **options)
    )


def test_new_columns_go_right_of_everything_used(books: WorkbookMaker):
    source = books.rich(lambda _, sheet: sheet.write(9, 6, "a note far to the right"))
    report = write(source, ["Draft"], {2: ["text"]})
    assert report.columns == {"Draft": 8}
    assert read_cells(report.path)["H1"] == "Draft"
    assert read_cells(report.path)["H2"] == "text"
    assert read_cells(report.path)["G10"] == "a note far to the right"


@pytest.mark.parametrize("thing", ["merge", "comment", "chart", "table"])
def test_new_columns_keep_off_what_is_not_a_cell(books: WorkbookMaker, thing):
    def fill(workbook, sheet):
        if thing == "merge":
            sheet.merge_range("E2:F3", "")
        elif thing == "comment":
            sheet.write_comment("F3", "look")
        elif thing == "chart":
            chart = workbook.add_chart({"type": "line"})
            chart.add_series({"values": "=Jobs!$C$2:$C$4"})
            sheet.insert_chart("E2", chart, {"x_scale": 0.2, "y_scale": 0.2})
        else:
            sheet.add_table("E2:F4")

    assert write(books.rich(fill), ["Draft"], {2: ["text"]}).columns["Draft"] >= 7


def test_a_chart_below_the_jobs_takes_no_room_beside_them(books: WorkbookMaker):
    def fill(workbook, sheet):
        chart = workbook.add_chart({"type": "line"})
        chart.add_series({"values": "=Jobs!$C$2:$C$4"})
        sheet.insert_chart("B20", chart)

    assert write(books.rich(fill), ["Draft"], {2: ["text"]}).columns == {"Draft": 4}


def test_values_keep_their_types(books: WorkbookMaker):
    moment = datetime(2026, 3, 4, 5, 6, 7)
    values = ["=1+1", 42, 2.5, Decimal("0.0123"), True, date(2026, 3, 4), moment, DONE]
    headers = [f"h{number}" for number in range(len(values))]
    report = write(books.rich(), headers, {2: values})
    sheet = openpyxl.load_workbook(report.path)["Jobs"]
    found = [sheet.cell(2, 4 + place).value for place in range(len(values))]
    assert found == ["=1+1", 42, 2.5, 0.0123, True, datetime(2026, 3, 4), moment, "done"]
    assert sheet.cell(2, 4).data_type == "s"
    assert sheet.cell(2, 11).fill.fgColor.rgb == "FFD8F3DF"
    assert sheet.cell(2, 11).font.color.rgb == "FF17603A"
    assert open_manifest(report.path).rows[0].values["h6"] == "2026-03-04 05:06:07"


def test_numbers_that_excel_would_round_stay_text(books: WorkbookMaker):
    report = write(books.rich(), ["a", "b", "c"], {2: [12345678901234567890, float("nan"), date(1850, 1, 1)]})
    assert [read_cells(report.path)[place] for place in ("D2", "E2", "F2")] == [
        "12345678901234567890",
        "nan",
        "1850-01-01",
    ]


def test_dates_in_a_1904_workbook_are_the_same_days(books: WorkbookMaker):
    report = write(books.rich(None, date_1904=True), ["Day"], {2: [date(2026, 3, 4)]})
    assert openpyxl.load_workbook(report.path)["Jobs"]["D2"].value == datetime(2026, 3, 4)


def test_headers_look_like_their_neighbours_and_texts_wrap_at_the_top(books: WorkbookMaker):
    report = write(books.rich(), ["Draft"], {2: ["text"]})
    sheet = openpyxl.load_workbook(report.path)["Jobs"]
    assert sheet["D1"].font.bold
    assert sheet["D1"].fill.fgColor.rgb == "FFFFCC00"
    assert sheet["D1"].style == "ChainDesk column"
    assert (sheet["D2"].alignment.wrap_text, sheet["D2"].alignment.vertical) == (True, "top")
    assert sheet.column_dimensions["D"].width >= 8


def test_our_columns_are_known_again_wherever_they_are(books: WorkbookMaker):
    first = write(books.rich(), ["Draft", "Status"], {2: ["text", DONE]})
    book = openpyxl.load_workbook(first.path)
    book["Jobs"].move_range("D1:E4", cols=3)
    for column in "GH":
        book["Jobs"][f"{column}1"].style = "ChainDesk column"
    moved = first.path.with_name("moved.xlsx")
    book.save(moved)
    manifest = open_manifest(moved)
    assert [(column.name, column.index) for column in manifest.columns if column.ours] == [("Draft", 7), ("Status", 8)]
    assert [column.name for column in manifest.inputs] == ["Topic", "Audience", "Words"]


def test_a_completed_workbook_is_continued(books: WorkbookMaker):
    first = write(books.rich(), ["Draft", "Status"], {2: ["one", DONE], 3: ["two", FAILED], 4: [None, None]})
    manifest = open_manifest(first.path)
    into = continued_columns(manifest, ["Draft", "Status", "Error"])
    assert into == {"Draft": 4, "Status": 5}
    rows = {3: ["two again", DONE, ""], 4: ["three", FAILED, "why"]}
    target = first.path.with_name("second.xlsx")
    second = write(first.path, ["Draft", "Status", "Error"], rows, target, into=into)
    found = read_cells(second.path)
    assert [found.get(place) for place in ("D2", "D3", "D4")] == ["one", "two again", "three"]
    assert [found.get(place) for place in ("E2", "E3", "E4")] == ["done", "done", "failed"]
    assert (found["F1"], found.get("F3"), found["F4"]) == ("Error", None, "why")
    assert openpyxl.load_workbook(second.path)["Jobs"]["E3"].fill.fgColor.rgb == "FFD8F3DF"


def test_rows_that_hold_only_our_values_are_no_jobs(books: WorkbookMaker):
    report = write(books.rich(), ["Draft"], {2: ["text"], 9: ["stray"]})
    assert [row.number for row in open_manifest(report.path).rows] == [2, 3, 4]


def test_a_header_of_the_users_own_is_never_taken(books: WorkbookMaker):
    first = write(books.rich(), ["topic", "Draft"], {2: ["a", "b"]})
    assert first.renamed == {"topic": "topic (ChainDesk)"}
    assert any("topic (ChainDesk)" in notice.message for notice in first.notices)
    second = write(first.path, ["topic"], {2: ["c"]}, first.path.with_name("again.xlsx"))
    assert second.renamed == {"topic": "topic (ChainDesk 2)"}
    assert read_cells(second.path)["A1"] == "Topic"
    assert continued_columns(open_manifest(first.path), ["topic"]) == {"topic": 4}


def test_a_users_column_keeps_its_look_when_an_output_is_mapped_to_it(books: WorkbookMaker):
    def fill(workbook, sheet):
        sheet.write(1, 1, "old", workbook.add_format({"italic": True}))

    report = write(books.rich(fill), ["Audience"], {2: ["new"], 3: [None], 4: [""]}, into={"Audience": 2})
    found = read_cells(report.path)
    assert (found["B1"], found["B2"], found["B3"], found.get("B4")) == ("Audience", "new", "everybody", None)
    assert openpyxl.load_workbook(report.path)["Jobs"]["B2"].font.italic


def test_first_column_can_be_chosen(books: WorkbookMaker):
    report = write(books.rich(), ["Draft"], {3: ["text"]}, first_column=10)
    assert (read_cells(report.path)["J1"], read_cells(report.path)["J3"]) == ("Draft", "text")


def test_a_table_grows_over_the_columns_that_touch_it(books: WorkbookMaker):
    def fill(_, sheet):
        columns = [{"header": name} for name in ("Topic", "Audience", "Words")]
        sheet.add_table("A1:C5", {"total_row": True, "columns": columns})

    report = write(books.rich(fill), ["Draft", "Topic"], {2: ["a", "b"]})
    table = openpyxl.load_workbook(report.path)["Jobs"].tables["Table1"]
    assert table.ref == "A1:E5"
    assert table.autoFilter.ref == "A1:E4"
    assert [column.name for column in table.tableColumns][3:] == ["Draft", "Topic (ChainDesk)"]
    assert len({column.id for column in table.tableColumns}) == 5


def test_a_table_that_is_not_touched_stays_as_it_is(books: WorkbookMaker):
    def fill(_, sheet):
        sheet.add_table("A1:C4", {"columns": [{"header": name} for name in ("Topic", "Audience", "Words")]})
        sheet.write(8, 5, "beside")

    report = write(books.rich(fill), ["Draft"], {2: ["a"]})
    assert openpyxl.load_workbook(report.path)["Jobs"].tables["Table1"].ref == "A1:C4"


def test_an_autofilter_is_extended(books: WorkbookMaker):
    report = write(books.rich(lambda _, sheet: sheet.autofilter("A1:C4")), ["Draft"], {2: ["a"]})
    assert openpyxl.load_workbook(report.path)["Jobs"].auto_filter.ref == "A1:D4"


def test_columns_hidden_to_the_right_do_not_hide_ours(books: WorkbookMaker):
    report = write(
        books.rich(lambda _, sheet: sheet.set_column("D:XFD", 5, None, {"hidden": True})), ["Draft"], {2: ["a"]}
    )
    with zipfile.ZipFile(report.path) as package:
        root = etree.fromstring(package.read("xl/worksheets/sheet1.xml"))
    items = [dict(item.attrib) for item in root.iterfind("{*}cols/{*}col")]
    assert [(item["min"], item["max"], item.get("hidden")) for item in items] == [
        ("4", "4", None),
        ("5", "16384", "1"),
    ]


def test_a_text_too_long_for_a_cell_is_kept_whole_in_a_file(books: WorkbookMaker):
    text = "word \U0001f600 " * 9000
    report = write(books.rich(), ["Draft"], {3: [text]})
    shown = read_cells(report.path)["D3"]
    assert len(shown.encode("utf-16-le")) // 2 <= 32_767
    assert shown.startswith(text[:10_000])
    assert "out.texts/3-Draft.txt" in shown
    assert without_cut_mark(shown) is not None
    assert (report.path.parent / "out.texts" / "3-Draft.txt").read_text(encoding="utf-8") == text
    assert any(notice.rows == (3,) and "out.texts" in notice.message for notice in report.notices)


def test_a_text_that_just_fits_is_not_cut(books: WorkbookMaker):
    report = write(books.rich(), ["Draft"], {3: ["x" * 32_767]})
    assert read_cells(report.path)["D3"] == "x" * 32_767
    assert not (report.path.parent / "out.texts").exists()


def test_characters_that_no_cell_can_hold_are_replaced_and_said(books: WorkbookMaker):
    report = write(books.rich(), ["Draft"], {3: ["a\ud800b\uffffc"]})
    assert read_cells(report.path)["D3"] == "a\ufffdb\ufffdc"
    assert any(notice.rows == (3,) for notice in report.notices)


def test_saving_twice_gives_the_same_bytes(books: WorkbookMaker):
    source = books.rich()
    rows = {2: ["text", DONE], 3: ["x" * 40_000, FAILED]}
    first = write(source, ["Draft", "Status"], rows).path.read_bytes()
    assert write(source, ["Draft", "Status"], rows).path.read_bytes() == first


def test_exporting_again_into_the_same_columns_adds_no_formats(books: WorkbookMaker):
    source = books.rich()
    first = write(source, ["Draft", "Status"], {2: ["a", DONE], 3: ["b", FAILED]})
    second = write(
        first.path, ["Draft", "Status"], {2: ["a", DONE], 3: ["b", DONE]}, first.path.with_name("second.xlsx"),
        into={"Draft": 4, "Status": 5},
    )  # fmt: skip
    with zipfile.ZipFile(first.path) as one, zipfile.ZipFile(second.path) as two:
        assert one.read("xl/styles.xml") == two.read("xl/styles.xml")


def test_rows_may_be_made_when_they_are_asked_for(books: WorkbookMaker):
    class Lazy(dict[int, list[str]]):
        asked: ClassVar[list[int]] = []

        def __getitem__(self, number):
            self.asked.append(number)
            return [f"text {number}"]

    report = write(books.rich(), ["Draft"], Lazy({4: [], 2: [], 3: []}))
    assert Lazy.asked[-3:] == [2, 3, 4]
    assert read_cells(report.path)["D4"] == "text 4"


def test_a_full_sheet_is_refused_before_anything_is_paid_for(books: WorkbookMaker):
    source = books.rich(lambda _, sheet: sheet.write(0, 16_383, "last"))
    with pytest.raises(WorkbookError, match=r'Sheet "Jobs" of .* is full'):
        open_manifest(source)
    with pytest.raises(WorkbookError, match=r'Sheet "Jobs" of .* is full'):
        write(source, ["Draft"], {2: ["a"]})


def test_the_same_header_twice_is_refused(books: WorkbookMaker):
    with pytest.raises(UsageError):
        write(books.rich(), ["Draft", "Draft"], {2: ["a", "b"]})


def test_protection_and_signatures_are_said(books: WorkbookMaker):
    source = books.rich(lambda _, sheet: sheet.protect("secret"))
    with zipfile.ZipFile(source, "a") as package:
        package.writestr("_xmlsignatures/sig1.xml", "<a/>")
    words = " ".join(notice.message for notice in write(source, ["Draft"], {2: ["a"]}).notices)
    assert "protected" in words
    assert "signature" in words


@pytest.mark.parametrize(
    ("name", "export"),
    [
        ("a.xlsx", "a.completed.xlsx"),
        ("a.xlsm", "a.completed.xlsm"),
        ("a.xltm", "a.completed.xlsm"),
        ("a.b.csv", "a.b.completed.xlsx"),
        ("a.completed.xlsx", "a.completed.xlsx"),
        ("a.xls", "a.completed.xlsx"),
    ],
)
def test_the_completed_copy_stands_beside_the_workbook(name, export):
    assert export_name(Path("folder") / name) == Path("folder") / export


@pytest.mark.parametrize(
    "value",
    ["a\r\nb", "", "x" * 40_000, "_x0041_\x0b", "\ud800", 12, 0.1, Decimal("0.0123"), True, date(2026, 3, 4),
     datetime(2026, 3, 4, 5, 6, 7), DONE, 12345678901234567890],
)  # fmt: skip
def test_what_a_person_edited_is_told_from_what_was_written(books: WorkbookMaker, value):
    report = write(books.rich(), ["Draft"], {2: [value]})
    cell = open_manifest(report.path).rows[0].values["Draft"]
    assert is_as_written(cell, value)
    assert not is_as_written(cell + " edited", value)


@pytest.mark.parametrize(
    ("kind", "ending", "result"),
    [
        ("openxmlformats-officedocument.spreadsheetml.template", ".xlsx", "spreadsheetml.sheet.main"),
        ("openxmlformats-officedocument.spreadsheetml.template", ".xltx", "spreadsheetml.template.main"),
        ("ms-excel.template.macroEnabled", ".xlsm", "ms-excel.sheet.macroEnabled.main"),
        ("ms-excel.sheet.macroEnabled", ".xlsx", "ms-excel.sheet.macroEnabled.main"),
        ("openxmlformats-officedocument.spreadsheetml.sheet", ".xlsm", "ms-excel.sheet.macroEnabled.main"),
    ],
)
def test_the_content_type_fits_the_name_so_that_excel_opens_the_copy(
    books: WorkbookMaker, tmp_path, kind, ending, result
):
    source = tmp_path / "kind.xlsx"
    with zipfile.ZipFile(books.rich()) as old, zipfile.ZipFile(source, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "[Content_Types].xml":
                content = content.replace(
                    b"openxmlformats-officedocument.spreadsheetml.sheet.main", f"{kind}.main".encode()
                )
            new.writestr(name, content)
    report = write(source, ["Draft"], {2: ["x"]}, tmp_path / f"out{ending}")
    with zipfile.ZipFile(report.path) as package:
        assert result.encode() in package.read("[Content_Types].xml")
    warned = any("macros" in notice.message for notice in report.notices)
    assert warned == ("macro" in kind and ending == ".xlsx")


def test_the_copy_has_to_be_named_as_a_workbook(books: WorkbookMaker, tmp_path):
    with pytest.raises(UsageError, match=r"ends in \.xlsx"):
        write(books.rich(), ["Draft"], {2: ["x"]}, tmp_path / "out.csv")


def test_nothing_to_write_gives_a_plain_copy(books: WorkbookMaker):
    source = books.rich()
    report = write(source, [], {})
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(report.path) as new:
        assert [new.read(name) for name in new.namelist()] == [old.read(name) for name in old.namelist()]


def test_a_small_table_beside_the_jobs_does_not_grow_over_our_columns(books: WorkbookMaker):
    def fill(workbook, sheet):
        sheet.add_table("E1:F2", {"columns": [{"header": "Code"}, {"header": "Name"}]})

    report = write(books.rich(fill), ["Draft"], {2: ["x"], 3: ["y"], 4: ["z"]})
    assert report.columns == {"Draft": 7}
    assert openpyxl.load_workbook(report.path)["Jobs"].tables["Table1"].ref == "E1:F2"


def test_table_columns_are_called_what_their_header_cells_say(books: WorkbookMaker):
    def fill(workbook, sheet):
        sheet.add_table("A1:C4", {"columns": [{"header": word} for word in ("Topic", "Audience", "Words")]})

    header = "a\nb\x01 _x0041_"
    report = write(books.rich(fill), [header], {2: ["x"]})
    assert read_cells(report.path)["D1"] == header
    with zipfile.ZipFile(report.path) as package:
        assert b'name="a_x000a_b_x0001_ _x005F_x0041_"' in package.read("xl/tables/table1.xml")


def test_two_headers_never_share_a_column(books: WorkbookMaker):
    with pytest.raises(UsageError, match="same column"):
        write(books.rich(), ["A", "B"], {}, into={"A": 5, "B": 5})


def test_a_completed_workbook_has_its_headers_where_ours_stand(books: WorkbookMaker):
    source = books.table([["Budget", "of", "May"], ["Item", "Cost", "Note"], ["bees", 1, "x"], ["wasps", 2, "y"]])
    report = write(source, ["Draft", "Status"], {3: ["a", "done"], 4: ["b", "done"]}, sheet="Sheet1", header_row=2)
    again = open_manifest(report.path)
    assert again.header_row == 2
    assert continued_columns(again, ["Draft", "Status"]) == {"Draft": 4, "Status": 5}
