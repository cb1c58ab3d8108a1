"""Packages as other programs write them."""

from __future__ import annotations

import zipfile
from itertools import pairwise
from typing import Any

import openpyxl
import pytest
from lxml import etree

from chaindesk.workbook import ColumnWrite, open_manifest, write_columns
from tests.support.workbooks import WorkbookMaker, read_cells, worksheet

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
PURL = "http://purl.oclc.org/ooxml/officeDocument/relationships"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
ORDER = (
    "sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData", "sheetCalcPr", "sheetProtection",
    "protectedRanges", "scenarios", "autoFilter", "sortState", "dataConsolidate", "customSheetViews", "mergeCells",
    "phoneticPr", "conditionalFormatting", "dataValidations", "hyperlinks", "printOptions", "pageMargins",
    "pageSetup", "headerFooter", "rowBreaks", "colBreaks", "customProperties", "cellWatches", "ignoredErrors",
    "smartTags", "drawing", "legacyDrawing", "legacyDrawingHF", "picture", "oleObjects", "controls",
    "webPublishItems", "tableParts", "extLst",
)  # fmt: skip
STYLE_ORDER = ("numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs",
               "tableStyles", "colors", "extLst")  # fmt: skip


def text(words, reference=""):
    place = f' r="{reference}"' if reference else ""
    return f'<c{place} t="inlineStr"><is><t>{words}</t></is></c>'


def numbered(*rows):
    return "".join(
        f'<row r="{number}">'
        + "".join(text(words, f"{chr(65 + place)}{number}") for place, words in enumerate(row))
        + "</row>"
        for number, row in enumerate(rows, 1)
    )


PLAIN = numbered(("Topic", "Audience"), ("bees", "all"), ("wasps", "some"))


def export(source, **options: Any):
    rows = {2: ["x"], 3: ["y"]}
    target = source.with_name("out.xlsx")
    options = {"sheet": "Jobs", "header_row": 1, "headers": ["Draft"], "rows": rows, **options}
    return write_columns(source, target, ColumnWrite(**options))


def root_of(path, part="xl/worksheets/sheet1.xml"):
    with zipfile.ZipFile(path) as package:
        return etree.fromstring(package.read(part))


def local_names(element):
    return [etree.QName(child).localname for child in element if isinstance(child.tag, str)]


def assert_continues(source, manifest=None):
    manifest = manifest or open_manifest(source)
    assert [row.values["Topic"] for row in manifest.rows] == ["bees", "wasps"]
    report = export(source, sheet=manifest.sheet)
    again = open_manifest(report.path)
    assert [row.values["Draft"] for row in again.rows] == ["x", "y"]
    assert [row.values["Audience"] for row in again.rows] == ["all", "some"]
    found = read_cells(report.path)
    assert (found["C1"], found["C2"], found["C3"]) == ("Draft", "x", "y")
    return report


def test_rows_and_cells_without_references(books: WorkbookMaker):
    rows = "".join(
        f"<row>{''.join(map(text, row))}</row>" for row in (("Topic", "Audience"), ("bees", "all"), ("wasps", "some"))
    )
    assert_continues(books.by_hand(worksheet(rows)))


def test_strict_workbooks(books: WorkbookMaker):
    strict = {
        "xl/workbook.xml": f'<workbook xmlns="{STRICT}" xmlns:r="{PURL}" conformance="strict"><sheets>'
        '<sheet name="Jobs" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{PURL}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    }
    source = books.by_hand(worksheet(PLAIN).replace(MAIN, STRICT), parts=strict)
    report = export(source)
    assert [row.values["Draft"] for row in open_manifest(report.path).rows] == ["x", "y"]
    assert {etree.QName(item).namespace for item in root_of(report.path).iter()} == {STRICT}


def test_prefixed_namespaces(books: WorkbookMaker):
    for name in ("worksheet", "sheetData", "row", "c", "is", "t"):
        PREFIXED[name] = f"x:{name}"
    sheet = worksheet(PLAIN)
    for name, prefixed in PREFIXED.items():
        sheet = sheet.replace(f"<{name} ", f"<{prefixed} ").replace(f"<{name}>", f"<{prefixed}>")
        sheet = sheet.replace(f"</{name}>", f"</{prefixed}>")
    report = assert_continues(books.by_hand(sheet.replace("xmlns=", "xmlns:x=")))
    assert {etree.QName(item).namespace for item in root_of(report.path).iter()} == {MAIN}


PREFIXED: dict[str, str] = {}


def test_rows_out_of_order_and_rows_that_are_missing(books: WorkbookMaker):
    rows = PLAIN.replace('<row r="2">', '<row r="9">').replace("A2", "A9").replace("B2", "B9")
    first, second, third = (f"<row{piece}" for piece in rows.split("<row")[1:])
    source = books.by_hand(worksheet(first + second + third))
    assert [row.number for row in open_manifest(source).rows] == [3, 9]
    report = export(source, rows={9: ["nine"], 3: ["three"], 5: ["five"]})
    assert [row.values["Draft"] for row in open_manifest(report.path).rows] == ["three", "nine"]


def test_missing_rows_are_put_in_their_place(books: WorkbookMaker):
    rows = (
        numbered(("Topic", "Audience"), ("bees", "all"))
        .replace('r="2"', 'r="6"')
        .replace("A2", "A6")
        .replace("B2", "B6")
    )
    report = export(books.by_hand(worksheet(rows)), rows={3: ["x"], 6: ["y"], 8: ["z"]})
    numbers = [row.get("r") for row in root_of(report.path).iterfind(".//{*}row")]
    assert numbers == ["1", "3", "6", "8"]
    assert len(root_of(report.path).findall("{*}sheetData/{*}row")) == 4


@pytest.mark.parametrize("data", ["<sheetData/>", "<sheetData></sheetData>", "<sheetData ><row r='1'/></sheetData>"])
def test_empty_sheets_can_be_written_to(books: WorkbookMaker, data):
    report = export(books.by_hand(f'<worksheet xmlns="{MAIN}">{data}</worksheet>'))
    assert read_cells(report.path) == {"A1": "Draft", "A2": "x", "A3": "y"}


def test_empty_row_elements_take_cells(books: WorkbookMaker):
    rows = PLAIN + '<row r="4" ht="20" customHeight="1"/><row r="5"></row>'
    report = export(books.by_hand(worksheet(rows)), rows={4: ["four"], 5: ["five"]})
    assert (read_cells(report.path)["C4"], read_cells(report.path)["C5"]) == ("four", "five")
    assert root_of(report.path).xpath("//*[local-name()='row'][@r='4']/@ht") == ["20"]


def test_spans_and_dimension_do_not_lie_afterwards(books: WorkbookMaker):
    rows = PLAIN.replace('<row r="2">', '<row r="2" spans="1:2">')
    report = export(books.by_hand(worksheet(rows, before='<dimension ref="A1:B3"/>')))
    assert root_of(report.path).find("{*}dimension").get("ref") == "A1:C3"
    assert not root_of(report.path).xpath("//*[@spans]")


def test_cells_in_our_columns_are_replaced_and_their_neighbours_kept(books: WorkbookMaker):
    rows = numbered(("Topic", "Audience", "Draft", "Late"), ("bees", "all", "old", "kept"), ("wasps", "some"))
    rows = rows.replace("</row>", text("far", "F3") + "</row>").replace(text("far", "F3"), "", 2)
    report = export(books.by_hand(worksheet(rows)), into={"Draft": 3}, rows={2: ["new"], 3: ["y"]})
    found = read_cells(report.path)
    assert (found["C2"], found["D2"], found["C3"], found["F3"]) == ("new", "kept", "y", "far")
    order = root_of(report.path).xpath("//*[local-name()='row'][@r='3']/*/@r")
    assert order == ["A3", "B3", "C3", "F3"]


def test_cells_with_only_a_format_are_no_content_and_keep_their_order(books: WorkbookMaker):
    rows = PLAIN.replace("</row>", '<c r="C2"/><c r="E2"/></row>', 2).replace('<c r="C2"/><c r="E2"/>', "", 1)
    report = export(books.by_hand(worksheet(rows)))
    assert report.columns == {"Draft": 3}
    assert root_of(report.path).xpath("//*[local-name()='row'][@r='2']/*/@r") == ["A2", "B2", "C2", "E2"]


@pytest.mark.parametrize("encoding", ["utf-16", "iso-8859-1", "windows-1252"])
def test_parts_in_other_encodings(books: WorkbookMaker, encoding):
    sheet = f'<?xml version="1.0" encoding="{encoding}"?>' + worksheet(PLAIN.replace("bees", "b\u00e9es"))
    source = books.by_hand(sheet.encode(encoding))
    report = export(source)
    assert [row.values["Topic"] for row in open_manifest(report.path).rows] == ["b\u00e9es", "wasps"]
    assert read_cells(report.path)["C2"] == "x"


def test_a_byte_order_mark_does_not_shift_anything(books: WorkbookMaker):
    assert_continues(books.by_hand(b"\xef\xbb\xbf" + worksheet(PLAIN).encode()))


@pytest.mark.parametrize(
    "target",
    ["/xl/worksheets/sheet1.xml", "worksheets\\sheet1.xml", "Worksheets/SHEET1.xml", "../xl/worksheets/sheet1.xml#x"],
)
def test_targets_in_every_spelling(books: WorkbookMaker, target):
    report = export(books.by_hand(worksheet(PLAIN), target=target))
    assert [row.values["Draft"] for row in open_manifest(report.path).rows] == ["x", "y"]


def test_alternate_content_and_comments_are_kept(books: WorkbookMaker):
    after = (
        '<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><mc:Choice '
        'Requires="x14"><controls/></mc:Choice><mc:Fallback><row r="2"/></mc:Fallback></mc:AlternateContent>'
    )
    source = books.by_hand(worksheet("<!-- a > b -->" + PLAIN, after=after))
    report = assert_continues(source)
    with zipfile.ZipFile(report.path) as package:
        assert after.encode() in package.read("xl/worksheets/sheet1.xml")


def test_stored_entries_and_no_styles_part(books: WorkbookMaker):
    assert_continues(books.by_hand(worksheet(PLAIN), compression=zipfile.ZIP_STORED))


def test_the_patched_sheet_keeps_the_order_of_the_schema(books: WorkbookMaker):
    def fill(workbook, sheet):
        sheet.set_column("A:C", 20)
        sheet.freeze_panes(1, 0)
        sheet.autofilter("A1:C4")
        sheet.merge_range("A10:B10", "note")
        sheet.conditional_format("C2:C4", {"type": "data_bar", "data_bar_2010": True})
        sheet.data_validation("B2:B9", {"validate": "list", "source": ["all", "some"]})
        sheet.write_url("A9", "https://example.org/")
        sheet.set_tab_color("red")
        sheet.protect()
        chart = workbook.add_chart({"type": "line"})
        chart.add_series({"values": "=Jobs!$C$2:$C$4"})
        sheet.insert_chart("A20", chart)

    report = export(books.rich(fill))
    root = root_of(report.path)
    found = local_names(root)
    assert found == sorted(found, key=ORDER.index)
    assert found.count("cols") == 1
    spans = [(int(item.get("min")), int(item.get("max"))) for item in root.find("{*}cols")]
    assert all(before[1] < after[0] for before, after in pairwise(spans))
    styles = root_of(report.path, "xl/styles.xml")
    assert local_names(styles) == sorted(local_names(styles), key=STYLE_ORDER.index)
    for holder in styles:
        if holder.get("count"):
            assert int(holder.get("count")) == len(holder)
    for row in root.iterfind(".//{*}row"):
        columns = [openpyxl_column(cell.get("r")) for cell in row]
        assert columns == sorted(set(columns))


def openpyxl_column(reference):
    from openpyxl.utils.cell import coordinate_to_tuple

    return coordinate_to_tuple(reference)[1]


def test_styles_with_the_fewest_lists_get_the_others_in_their_places(books: WorkbookMaker):
    styles = f'<styleSheet xmlns="{MAIN}"><cellXfs count="1"><xf/></cellXfs><extLst/></styleSheet>'
    report = export(books.by_hand(worksheet(PLAIN), styles=styles))
    root = root_of(report.path, "xl/styles.xml")
    assert local_names(root) == sorted(local_names(root), key=STYLE_ORDER.index)
    assert [column.ours for column in open_manifest(report.path).columns] == [False, False, True]


@pytest.mark.parametrize(
    "styles", [f'<styleSheet xmlns="{MAIN}"/>', f'<styleSheet xmlns="{MAIN}"><cellXfs/></styleSheet>']
)
def test_an_empty_list_of_formats_gets_plain_ones_before_ours(books: WorkbookMaker, styles):
    report = assert_continues(books.by_hand(worksheet(PLAIN.replace('<c r="B1" ', '<c r="B1" s="7" ')), styles=styles))
    assert [column.ours for column in open_manifest(report.path).columns] == [False, False, True]
    root = root_of(report.path, "xl/styles.xml")
    assert local_names(root) == sorted(local_names(root), key=STYLE_ORDER.index)
    counts = {local: len(root.find(f"{{*}}{local}")) for local in ("fonts", "fills", "borders", "cellStyleXfs")}
    assert counts == {"fonts": 1, "fills": 2, "borders": 1, "cellStyleXfs": 2}
    formats = root.find("{*}cellXfs")
    assert int(formats.get("count")) == len(formats)
    assert {item.get("xfId") for item in formats[:64]} == {"0"}
    openpyxl.load_workbook(report.path)


@pytest.mark.parametrize(("count", "ours"), [(64_000, True), (65_000, False)])
def test_a_full_list_of_formats_takes_the_header_mark_alone(books: WorkbookMaker, count, ours):
    styles = (
        f'<styleSheet xmlns="{MAIN}"><fonts count="1"><font/></fonts><cellXfs count="{count}">'
        f"{'<xf/>' * count}</cellXfs></styleSheet>"
    )
    report = assert_continues(books.by_hand(worksheet(PLAIN), styles=styles))
    assert [column.ours for column in open_manifest(report.path).columns] == [False, False, ours]
    assert len(root_of(report.path, "xl/styles.xml").find("{*}cellXfs")) == count + ours


def test_a_choice_among_formats_counts_as_one(books: WorkbookMaker):
    choice = (
        '<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><mc:Choice '
        'Requires="z"><font><sz val="9"/></font></mc:Choice><mc:Fallback><font><i/></font></mc:Fallback>'
        "</mc:AlternateContent>"
    )
    styles = (
        f'<styleSheet xmlns="{MAIN}"><fonts count="2"><font/>{choice}</fonts><fills count="1"><fill/></fills><cellXfs '
        'count="2"><xf fontId="0"/><xf fontId="1"/></cellXfs></styleSheet>'
    )
    rows = PLAIN.replace('<c r="B1" ', '<c r="B1" s="1" ')
    report = export(books.by_hand(worksheet(rows), styles=styles))
    root = root_of(report.path, "xl/styles.xml")
    style = root_of(report.path).xpath("//*[@r='C1']/@s")[0]
    assert root.findall("{*}cellXfs/{*}xf")[int(style)].get("fontId") == "1"
