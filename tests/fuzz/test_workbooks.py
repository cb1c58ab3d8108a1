"""Whatever stands in a workbook's file, it is read and exported without loss, or refused in words for the user."""

from __future__ import annotations

import io
import random
import re
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
import xlsxwriter

from chaindesk.domain.errors import ChainDeskError
from chaindesk.domain.manifest import Manifest
from chaindesk.workbook import ColumnWrite, check_export, open_manifest, write_columns
from tests.fuzz import examples
from tests.support import binary_files

Damage = Callable[[bytes, random.Random], bytes]
ANSWER = "=1+1 <&> _x0041_ \u00e9\U0001f600\n second line "
PIECES = (
    b"<c>", b"</c>", b"<row>", b"</row>", b'<c r="ZZZ9"><v>1</v></c>', b'<c r="A1" t="s"><v>-1</v></c>', b"<!--",
    b"]]>", b'<mergeCell ref="A1:XFD1048576"/>', b"<v>1e999</v>", b"&#0;", b"\xff\xfe", b"\0", b"<f>HYPERLINK(",
    b' r="0"', b' vm="7"', b' t="e"', b' s="99999"', b"</sheetData>", b"<sheetData/>", b'<autoFilter ref="C9:A1"/>',
)  # fmt: skip


def xlsx(folder: Path) -> bytes:
    """A workbook with much of what a sheet can hold."""
    path = folder / "whole.xlsx"
    workbook = xlsxwriter.Workbook(path)
    sheet = workbook.add_worksheet("Jobs")
    sheet.write_row(0, 0, ["Topic", "Audience", "Words", "Url"])
    dates = workbook.add_format({"num_format": "dd.mm.yyyy"})
    for row in range(1, 9):
        sheet.write_row(row, 0, [f"Topic {row}", "everybody", row * 100])
        sheet.write_url(row, 3, "https://example.org", string="here")
    sheet.write_datetime(9, 2, datetime(2024, 1, 5), dates)
    sheet.write_formula("C11", "=SUM(C2:C9)", value=3600)
    sheet.merge_range("A12:B13", "merged")
    sheet.write_comment("B2", "a note")
    sheet.autofilter("A1:D9")
    workbook.add_worksheet("Other").add_table("A1:C4")
    workbook.close()
    return path.read_bytes()


def xls() -> bytes:
    """A small .xls."""
    return binary_files.xls(["00000", "dd.mm.yyyy"], [["ZIP", "Day"], [(501.0, 0), (45_296.0, 1)], ["x", "y"]])


def flipped(data: bytes, dice: random.Random) -> bytes:
    """Some bytes are others."""
    changed = bytearray(data)
    for _ in range(dice.randrange(1, 9)):
        changed[dice.randrange(len(changed))] = dice.randrange(256)
    return bytes(changed)


def cut(data: bytes, dice: random.Random) -> bytes:
    """The end, or a piece in the middle, is missing."""
    start = dice.randrange(len(data))
    return data[:start] + (data[start + dice.randrange(1, 200) :] if dice.random() < 0.5 else b"")


def rezipped(data: bytes, dice: random.Random) -> bytes:
    """One part of a package is damaged, in a zip that is sound."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        names = old.namelist()
        wanted = dice.choice([name for name in names if "sheet1.xml" in name] if dice.random() < 0.6 else names)
        for name in names:
            content = old.read(name)
            if name == wanted:
                content = dice.choice((flipped, cut, spliced, shuffled))(content, dice)
            new.writestr(name, content)
    return out.getvalue()


def spliced(data: bytes, dice: random.Random) -> bytes:
    """A piece that belongs elsewhere stands between two tags."""
    places = [match.end() for match in re.finditer(b">", data)] or [0]
    place = dice.choice(places)
    return data[:place] + dice.choice(PIECES) + data[place:]


def shuffled(data: bytes, dice: random.Random) -> bytes:
    """Two elements have changed places, or one is there twice."""
    tags = [match.span() for match in re.finditer(rb"<[^>]*>", data)]
    if len(tags) < 2:
        return data
    (start, end), (first, last) = sorted(dice.sample(tags, 2))
    if dice.random() < 0.5:
        return data[:end] + data[start:end] + data[end:]
    return data[:start] + data[first:last] + data[end:first] + data[start:end] + data[last:]


def text(dice: random.Random) -> bytes:
    """A text file of odd pieces."""
    pieces = ['"', ",", ";", "\n", "\r", "\t", "a", "\u00e9", " ", '""', "\\", "sep=;", "\ufeff", "|", "\u65e5", "0"]
    whole = "".join(dice.choice(pieces) for _ in range(dice.randrange(1, 300)))
    return whole.encode(dice.choice(["utf-8", "utf-16", "utf-16-le", "cp1252", "gb18030", "cp932"]), "replace")


def outcome(path: Path) -> tuple[Manifest, Path] | None:
    """The manifest and its export; None where either is refused in words."""
    target = path.with_name("out.xlsx")
    target.unlink(missing_ok=True)
    try:
        manifest = open_manifest(path)
        check_export(manifest, ["Draft"])
    except ChainDeskError:
        return None
    rows = {row.number: [ANSWER] for row in manifest.rows}
    columns = ColumnWrite(manifest.sheet, manifest.header_row, ["Draft"], rows, source=manifest.source)
    try:
        write_columns(path, target, columns)
    except ChainDeskError:
        assert not target.exists()
        return None
    return manifest, target


def values(manifest: Manifest) -> dict[int, list[str]]:
    """The user's own texts by row."""
    return {row.number: [row.values[column.name] for column in manifest.inputs] for row in manifest.rows}


def lives(path: Path, data: bytes) -> bool:
    """Write the file, try it, and see that nothing of its rows is lost in the export; return whether there is one."""
    path.write_bytes(data)
    found = outcome(path)
    if found is None:
        return False
    manifest, target = found
    again = open_manifest(target, sheet=None if manifest.sheet not in open_manifest(target).sheets else manifest.sheet)
    before = values(manifest)
    if again.header_row == manifest.header_row and path.suffix == ".xlsx":
        assert {number: row for number, row in values(again).items() if number in before} == before
        drafts = {row.number: row.values["Draft"] for row in again.rows if "Draft" in row.values}
        assert all(drafts.get(number, ANSWER) == ANSWER for number in before)
    return True


@pytest.mark.parametrize("damage", [flipped, cut, rezipped])
def test_damaged_packages_are_read_whole_or_refused(tmp_path: Path, damage: Damage) -> None:
    data = xlsx(tmp_path)
    dice = random.Random(7)
    assert lives(tmp_path / "fuzz.xlsx", data)
    for _ in range(examples(10, 220)):
        lives(tmp_path / "fuzz.xlsx", damage(data, dice))


def test_damaged_binary_files_are_read_or_refused(tmp_path: Path) -> None:
    data = xls()
    dice = random.Random(7)
    for _ in range(examples(10, 140)):
        lives(tmp_path / "fuzz.xls", dice.choice((flipped, cut))(data, dice))


def test_text_files_of_any_bytes_are_read_or_refused(tmp_path: Path) -> None:
    dice = random.Random(7)
    for _ in range(examples(20, 200)):
        lives(tmp_path / "fuzz.csv", text(dice) if dice.random() < 0.8 else dice.randbytes(200))
