"""What is refused: encrypted, damaged and hostile files."""

from __future__ import annotations

import contextlib
import io
import random
import zipfile

import msoffcrypto.format.ooxml  # type: ignore[import-untyped]
import pytest

from chaindesk.domain.errors import PasswordNeeded, WorkbookError
from chaindesk.workbook import ColumnWrite, open_manifest, write_columns
from chaindesk.workbook.opc import package
from tests.support.workbooks import WorkbookMaker, worksheet


def refusal(path, **options):
    with pytest.raises(WorkbookError) as caught:
        open_manifest(path, **options)
    message = str(caught.value)
    assert "\n" not in message
    assert "Traceback" not in message
    return message


def encrypted(source, password):
    target = source.with_name("secret.xlsx")
    with source.open("rb") as plain, target.open("wb") as out:
        msoffcrypto.format.ooxml.OOXMLFile(plain).encrypt(password, out)
    return target


def test_an_encrypted_workbook_asks_for_its_password(books: WorkbookMaker):
    path = encrypted(books.rich(), "bees")
    with pytest.raises(PasswordNeeded, match="give its password"):
        open_manifest(path)
    with pytest.raises(PasswordNeeded, match="seems to be wrong"):
        open_manifest(path, password="wasps")
    manifest = open_manifest(path, password="bees")
    assert manifest.rows[0].values["Topic"] == "Topic 1"
    target = path.with_name("out.xlsx")
    report = write_columns(path, target, ColumnWrite("Jobs", 1, ["Draft"], {2: ["x"]}), password="bees")
    assert any("encrypted" in notice.message for notice in report.notices)
    assert open_manifest(target).rows[0].values["Draft"] == "x"


def test_bombs_are_refused_with_figures(books: WorkbookMaker, monkeypatch):
    bomb = books.by_hand(worksheet(""), parts={"xl/media/zeros.bin": bytes(250 * 1024**2)})
    assert "262 MB" in refusal(bomb)
    monkeypatch.setattr(package, "MAX_ENTRIES", 3)
    assert "at most 3" in refusal(books.by_hand(worksheet(""), name="many.xlsx"))


def test_an_entry_that_unpacks_to_more_than_it_says_is_damaged(books: WorkbookMaker):
    path = books.by_hand(worksheet("<row><c><v>1</v></c></row>" + "<!-- -->" * 1000))
    data = bytearray(path.read_bytes())
    place = data.rindex(b"xl/worksheets/sheet1.xml") - 46 + 24
    data[place : place + 4] = (100).to_bytes(4, "little")
    path.write_bytes(data)
    assert "damaged" in refusal(path)


def test_document_types_are_refused(books: WorkbookMaker):
    sheet = '<!DOCTYPE x [<!ENTITY a "b">]>' + worksheet("<row><c><v>1</v></c></row>")
    assert "document type" in refusal(books.by_hand(sheet))
    styles = '<!DOCTYPE x []><styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>'
    assert "document type" in refusal(
        books.by_hand(worksheet("<row><c><v>1</v></c></row>"), styles=styles, name="b.xlsx")
    )


def test_a_sheet_without_anything_has_no_header(books: WorkbookMaker):
    assert 'Sheet "Jobs" of "odd.xlsx" is empty' in refusal(books.by_hand(worksheet("")))


def test_zips_that_are_no_workbooks_say_so(tmp_path):
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w") as other:
        other.writestr("readme.txt", "hello")
    assert "not a workbook" in refusal(path)


@pytest.mark.parametrize("content", [b"", b"hello", b"PK\3\4", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"<html></html>"])
@pytest.mark.parametrize("name", ["a.xlsx", "a.xls", "a.ods"])
def test_files_that_are_something_else_are_refused_in_one_sentence(tmp_path, content, name):
    path = tmp_path / name
    path.write_bytes(content)
    assert f'"{name}"' in refusal(path)


def rich_bytes(books):
    def fill(workbook, sheet):
        sheet.add_table("A1:C4", {"columns": [{"header": name} for name in ("Topic", "Audience", "Words")]})
        sheet.write_comment("A2", "note")
        chart = workbook.add_chart({"type": "line"})
        chart.add_series({"values": "=Jobs!$C$2:$C$4"})
        sheet.insert_chart("E2", chart)

    return books.rich(fill).read_bytes()


def try_both(path):
    """Nothing but a workbook error may come out of either call."""
    with contextlib.suppress(WorkbookError):
        manifest = open_manifest(path)
        rows = {row.number: ["x"] for row in manifest.rows}
        columns = ColumnWrite(manifest.sheet, manifest.header_row, ["Draft"], rows)
        write_columns(path, path.with_name("out.xlsx"), columns)


def test_truncated_and_flipped_files_raise_nothing_else(books: WorkbookMaker, tmp_path):
    data = rich_bytes(books)
    dice = random.Random(7)
    path = tmp_path / "fuzz.xlsx"
    for _ in range(150):
        broken = bytearray(data[: dice.randrange(len(data))] if dice.random() < 0.3 else data)
        for _ in range(dice.randrange(1, 12)):
            if broken:
                broken[dice.randrange(len(broken))] = dice.randrange(256)
        path.write_bytes(broken)
        try_both(path)


def test_parts_with_changed_xml_raise_nothing_else(books: WorkbookMaker, tmp_path):
    """The checksums fit, so the damage reaches the XML."""
    dice = random.Random(11)
    path = tmp_path / "fuzz.xlsx"
    with zipfile.ZipFile(io.BytesIO(rich_bytes(books))) as source:
        parts = {name: source.read(name) for name in source.namelist()}
    words = [
        b"<row>",
        b"</c>",
        b'"',
        b"<",
        b'r="XFD1048577"',
        b's="-1"',
        b"0",
        b"99999999999999999999",
        b"&",
        b"\0",
        b"",
    ]
    for _ in range(250):
        changed = dict(parts)
        for _ in range(dice.randrange(1, 4)):
            name = dice.choice(list(parts))
            content = changed[name]
            place = dice.randrange(len(content) + 1)
            changed[name] = content[:place] + dice.choice(words) + content[place + dice.randrange(6) :]
        if dice.random() < 0.2:
            del changed[dice.choice(list(parts))]
        with zipfile.ZipFile(path, "w") as package_file:
            for name, content in changed.items():
                package_file.writestr(name, content)
        try_both(path)


@pytest.mark.parametrize("ending", [".csv", ".xls", ".xlsx", ".ods"])
def test_random_bytes_raise_nothing_else(tmp_path, ending):
    dice = random.Random(13)
    path = tmp_path / f"fuzz{ending}"
    for start in (b"", b"PK\3\4", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\xff\xfe", b"<?xml"):
        for size in (1, 50, 3000):
            path.write_bytes(start + dice.randbytes(size))
            try_both(path)


@pytest.mark.parametrize("cell", ['<c r="A1"><f>B1</f></c>', '<c r="A1" t="e"><f>1/0</f><v>#DIV/0!</v></c>'])
def test_a_sheet_of_formulas_without_results_is_not_called_empty(books: WorkbookMaker, cell):
    with pytest.raises(WorkbookError, match="formulas without a saved result"):
        open_manifest(books.by_hand(worksheet(f'<row r="1">{cell}</row>')))


def test_a_header_without_rows_below_opens_without_jobs(books: WorkbookMaker):
    manifest = open_manifest(books.table([["Topic", "Words"]]))
    assert ([column.name for column in manifest.columns], manifest.rows) == (["Topic", "Words"], ())
