"""Makes a plain .xlsx of values, for sources that are no package and so cannot be patched."""

from __future__ import annotations

import re
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import IO
from xml.sax.saxutils import quoteattr

from chaindesk.workbook.book import Book
from chaindesk.workbook.cells import DATE_FORMAT, MOMENT_FORMAT, CellWriter
from chaindesk.workbook.digits import general
from chaindesk.workbook.model import PlainValue
from chaindesk.workbook.names import text_file_names
from chaindesk.workbook.package import Package
from chaindesk.workbook.references import letters
from chaindesk.workbook.source import Kind
from chaindesk.workbook.style_sheet import Look

_Rows = Iterable[tuple[int, Mapping[int, PlainValue]]]
_SPREADSHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_HEADER, _PLAIN, _DATE, _MOMENT = 1, 2, 3, 4
_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,14})(?:\.\d{1,9})?")
_STYLES = (
    f'{_XML}<styleSheet xmlns="{_SPREADSHEET}"><numFmts count="2"><numFmt numFmtId="164" formatCode="{DATE_FORMAT}"/>'
    f'<numFmt numFmtId="165" formatCode="{MOMENT_FORMAT}"/></numFmts><fonts count="2">'
    '<font><sz val="11"/><name val="Calibri"/><family val="2"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/><family val="2"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '</fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="5">'
    '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1" applyAlignment="1">'
    '<alignment vertical="top" wrapText="1"/></xf>'
    + "".join(
        f'<xf numFmtId="{number}" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" '
        'applyAlignment="1"><alignment vertical="top" wrapText="1"/></xf>'
        for number in (0, 164, 165)
    )
    + '</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


@contextmanager
def as_package(file: IO[bytes], source: Path, kind: Kind, header_row: int) -> Iterator[tuple[Book, dict[str, str]]]:
    """The source's values as a workbook package that can be patched, and what its sheets had to be named."""
    sheets = dict(_sheets(file, source, kind))
    names = dict(zip(sheets, _safe_names(sheets), strict=True))
    with tempfile.TemporaryFile() as made:
        _write(made, {names[name]: rows for name, rows in sheets.items()}, header_row)
        made.seek(0)
        yield Book(Package(made, source.name)), names


def _sheets(file: IO[bytes], source: Path, kind: Kind) -> Iterator[tuple[str, list[tuple[int, dict[int, PlainValue]]]]]:
    from chaindesk.workbook import delimited, other_formats

    if kind is Kind.TEXT:
        file.seek(0)
        grid, _ = delimited.read(file.read(), source)
        yield (
            source.stem,
            [
                (row.number, {c: typed(text) for c, text in zip(row.columns, row.texts, strict=True)})
                for row in grid.rows
            ],
        )
        return
    for name, rows in other_formats.values(file, source):
        yield name, [(number, {c: _plain(value) for c, value in cells.items()}) for number, cells in rows]


def typed(text: str) -> PlainValue:
    """A text as a number where Excel would show the number with just these characters, else the text."""
    if _NUMBER.fullmatch(text) and general(float(text)) == text:
        return float(text) if "." in text else int(text)
    return text


def _plain(value: object) -> PlainValue:
    match value:
        case bool() | int() | float() | str() | datetime() | date() | None:
            return value
        case timedelta():
            seconds = round(value.total_seconds())
            return f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
        case time():
            return value.isoformat("seconds")
        case _:
            return str(value)


def _write(out: IO[bytes], sheets: Mapping[str, _Rows], header_row: int) -> None:
    numbers = range(1, len(sheets) + 1)
    overrides = "".join(
        f'<Override PartName="/xl/worksheets/sheet{number}.xml" ContentType="{_TYPE}.worksheet+xml"/>'
        for number in numbers
    )
    listed = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{number}" r:id="rId{number}"/>'
        for name, number in zip(sheets, numbers, strict=True)
    )
    related = "".join(
        f'<Relationship Id="rId{number}" Type="{_DOCUMENT}/worksheet" Target="worksheets/sheet{number}.xml"/>'
        for number in numbers
    )
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>{overrides}</Types>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_DOCUMENT}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{_SPREADSHEET}" xmlns:r="{_DOCUMENT}">'
        f"<sheets>{listed}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">{related}'
        f'<Relationship Id="rId{len(sheets) + 1}" Type="{_DOCUMENT}/styles" Target="styles.xml"/></Relationships>',
    }
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as package:
        for name, text in parts.items():
            package.writestr(zipfile.ZipInfo(name), _XML + text, zipfile.ZIP_DEFLATED)
        package.writestr(zipfile.ZipInfo("xl/styles.xml"), _STYLES, zipfile.ZIP_DEFLATED)
        for number, rows in zip(numbers, sheets.values(), strict=True):
            entry = zipfile.ZipInfo(f"xl/worksheets/sheet{number}.xml")
            entry.compress_type = zipfile.ZIP_DEFLATED
            with package.open(entry, "w") as part:
                for piece in _sheet(rows, header_row):
                    part.write(piece.encode())


def _sheet(rows: _Rows, header_row: int) -> Iterator[str]:
    yield (
        f'{_XML}<worksheet xmlns="{_SPREADSHEET}"><sheetViews><sheetView workbookViewId="0">'
        f'<pane ySplit="{header_row}" topLeftCell="A{header_row + 1}" activePane="bottomLeft" state="frozen"/>'
        "</sheetView></sheetViews>"
    )
    rows = list(rows)
    longest: dict[int, int] = {}
    for _, cells in rows[:200]:
        for column, value in cells.items():
            longest[column] = max(longest.get(column, 0), min(len(str(value)), 58))
    if longest:
        widths = (
            f'<col min="{c}" max="{c}" width="{max(longest[c] + 2, 10)}" customWidth="1"/>' for c in sorted(longest)
        )
        yield f"<cols>{''.join(widths)}</cols>"
    yield "<sheetData>"
    writer = CellWriter(_style, _file_name)
    for number, cells in rows:
        kept = _HEADER if number == header_row else None
        spelt = (writer.xml("", f"{letters(c)}{number}", number, letters(c), cells[c], kept) for c in sorted(cells))
        yield f'<row r="{number}">{"".join(spelt)}</row>'
    yield "</sheetData></worksheet>"


def _file_name(row: int, header: str, _: str) -> str:
    """The name that a cut cell shows for a text which stays in the source."""
    return next(text_file_names(row, header))


def _style(look: Look) -> int:
    return {DATE_FORMAT: _DATE, MOMENT_FORMAT: _MOMENT}.get(look.number_format, _PLAIN)


def _safe_names(names: Iterable[str]) -> list[str]:
    """Sheet names as Excel takes them: at most 31 characters, without ``[]:*?/\\``, each once."""
    safe: list[str] = []
    for name in names:
        short = re.sub(r"[\[\]:*?/\\\x00-\x1f]", "_", name).strip("'")[:31] or "Sheet"
        number = 2
        plain = short
        while short.casefold() in {item.casefold() for item in safe}:
            short = f"{plain[:27]} ({number})"
            number += 1
        safe.append(short)
    return safe
