"""Everything in the package but the new columns stays as it was."""

from __future__ import annotations

import io
import random
import struct
import zipfile
import zlib

import pytest

from chaindesk.workbook import ColumnWrite, open_manifest, write_columns
from tests.support.workbooks import WorkbookMaker, read_cells

PIXEL = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
    b"\x00\x00\x00\rIDATx\x9cc\xf8\xff\xff?\x00\x05\xfe\x02\xfe\xdc\xccY\xe7\x00\x00\x00\x00IEND\xaeB`\x82"
)


def charts(workbook, sheet):
    chart = workbook.add_chart({"type": "column"})
    chart.add_series({"values": "=Jobs!$C$2:$C$4"})
    sheet.insert_chart("H20", chart)


def sparklines(_, sheet):
    sheet.add_sparkline("D2", {"range": "Jobs!C2:C4"})


def tables(_, sheet):
    sheet.add_table("A1:C4", {"columns": [{"header": name} for name in ("Topic", "Audience", "Words")]})


def images(_, sheet):
    sheet.insert_image("H30", "pixel.png", {"image_data": io.BytesIO(PIXEL)})


def conditional_formats(workbook, sheet):
    sheet.conditional_format("C2:C4", {"type": "data_bar", "data_bar_2010": True})
    sheet.conditional_format("A2:A4", {"type": "icon_set", "icon_style": "3_arrows"})
    sheet.conditional_format("B2:B4", {"type": "duplicate", "format": workbook.add_format({"bold": True})})


def validations(_, sheet):
    sheet.data_validation("B2:B9", {"validate": "list", "source": ["all", "some"]})


def macros(workbook, _):
    random.seed(1)
    workbook.add_vba_project(io.BytesIO(random.randbytes(3000)), is_stream=True)


def formulas(_, sheet):
    sheet.write_formula("E2", "=SUM(C2:C4)", None, 600)
    sheet.write_array_formula("E3:E4", "{=C3:C4*2}", None, 400)
    sheet.write_dynamic_array_formula("F2", "=SORT(C2:C4)", None, 100)


def links_notes_shapes(_, sheet):
    sheet.write_url("E2", "https://example.org/")
    sheet.write_comment("A2", "mind the bees")
    sheet.insert_textbox("H10", "hello")
    sheet.insert_checkbox("H2", True)


def page(_, sheet):
    sheet.set_header("&CTitle")
    sheet.repeat_rows(0)
    sheet.print_area("A1:C4")
    sheet.freeze_panes(1, 1)
    sheet.set_row(2, 40, None, {"level": 1, "hidden": True})
    sheet.outline_settings(True, False, True, False)
    sheet.ignore_errors({"number_stored_as_text": "A1:A4"})


@pytest.mark.parametrize(
    "feature",
    [charts, sparklines, tables, images, conditional_formats, validations, formulas, links_notes_shapes, page, macros],
)
def test_everything_but_the_new_columns_is_as_before(books: WorkbookMaker, feature):
    source = books.rich(feature, name="rich.xlsm" if feature is macros else "rich.xlsx")
    manifest = open_manifest(source)
    target = source.with_name(f"out{source.suffix}")
    columns = ColumnWrite("Jobs", 1, ["Draft"], {row.number: ["x"] for row in manifest.rows})
    report = write_columns(source, target, columns)
    allowed = {"xl/worksheets/sheet1.xml", "xl/styles.xml", "xl/tables/table1.xml"}
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target) as new:
        assert new.testzip() is None
        assert new.namelist() == old.namelist()
        for before, after in zip(old.infolist(), new.infolist(), strict=True):
            assert after.date_time == before.date_time
            assert after.external_attr == before.external_attr
            if before.filename not in allowed:
                assert packed(target, after) == packed(source, before), before.filename
    column = report.columns["Draft"]
    kept = {place: value for place, value in read_cells(target).items() if not place.startswith(chr(64 + column))}
    assert kept == read_cells(source)


def packed(path, entry):
    data = path.read_bytes()
    name, extra = struct.unpack_from("<2H", data, entry.header_offset + 26)
    start = entry.header_offset + 30 + name + extra
    return data[start : start + entry.compress_size]


def test_sizes_behind_the_data_and_zip64_fields_are_folded_into_the_headers(books: WorkbookMaker, tmp_path):
    source = books.rich(charts)
    streamed = tmp_path / "streamed.xlsx"

    class Unseekable(io.RawIOBase):
        def __init__(self, file):
            self.file = file

        def writable(self):
            return True

        def write(self, data):
            return self.file.write(data)

    with (
        streamed.open("wb") as file,
        zipfile.ZipFile(source) as old,
        zipfile.ZipFile(Unseekable(file), "w", zipfile.ZIP_DEFLATED) as new,
    ):
        new.comment = b"kept"
        for entry in old.infolist():
            with new.open(entry.filename, "w", force_zip64=True) as part:
                part.write(old.read(entry))
    target = tmp_path / "out.xlsx"
    write_columns(streamed, target, ColumnWrite("Jobs", 1, ["Draft"], {2: ["x"]}))
    with zipfile.ZipFile(target) as package:
        assert package.testzip() is None
        assert package.comment == b"kept"
        assert not any(entry.flag_bits & 8 for entry in package.infolist())
        assert package.namelist()[0] == "[Content_Types].xml"
    assert open_manifest(target).rows[0].values["Draft"] == "x"


def test_entries_with_one_name_and_names_that_are_not_ascii_are_all_kept(books: WorkbookMaker):
    source = books.rich()
    with zipfile.ZipFile(source, "a") as package:
        package.writestr("xl/media/bild-ä.bin", b"1")
        with pytest.warns(UserWarning, match="Duplicate"):
            package.writestr("xl/media/bild-ä.bin", b"22")
        package.writestr(zipfile.ZipInfo("xl\\odd\\name.bin"), zlib.compress(b"3"))
    target = source.with_name("out.xlsx")
    write_columns(source, target, ColumnWrite("Jobs", 1, ["Draft"], {2: ["x"]}))
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target) as new:
        assert [item.orig_filename for item in new.infolist()] == [item.orig_filename for item in old.infolist()]
        assert [item.CRC for item in new.infolist()][-3:] == [item.CRC for item in old.infolist()][-3:]
