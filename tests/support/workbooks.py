"""Workbooks to try things on: rich ones by XlsxWriter, odd ones written by hand."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import python_calamine
import xlsxwriter
from openpyxl.utils import get_column_letter

SPREADSHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"

Fill = Callable[[xlsxwriter.Workbook, Any], None]


@dataclass(frozen=True)
class WorkbookMaker:
    """Makes workbooks in one folder."""

    folder: Path

    def rich(self, fill: Fill | None = None, name: str = "jobs.xlsx", **options: Any) -> Path:
        """Make a workbook by XlsxWriter: ``rich(fill)`` calls ``fill(workbook, sheet)`` on a sheet with three jobs."""
        path = self.folder / name
        workbook = xlsxwriter.Workbook(path, options)
        sheet = workbook.add_worksheet("Jobs")
        bold = workbook.add_format({"bold": True, "bg_color": "#FFCC00"})
        for column, header in enumerate(("Topic", "Audience", "Words")):
            sheet.write(0, column, header, bold)
        for row in range(1, 4):
            sheet.write_row(row, 0, [f"Topic {row}", "everybody", row * 100])
        if fill is not None:
            fill(workbook, sheet)
        workbook.close()
        return path

    def table(self, rows: Sequence[Sequence[Any]], name: str = "plain.xlsx") -> Path:
        """Make a plain workbook from rows of values, row 1 first; None leaves a cell out."""
        path = self.folder / name
        workbook = xlsxwriter.Workbook(path)
        sheet = workbook.add_worksheet("Sheet1")
        for number, values in enumerate(rows):
            for column, value in enumerate(values):
                if value is not None:
                    sheet.write(number, column, value)
        workbook.close()
        return path

    def by_hand(
        self,
        sheet: str | bytes,
        *,
        styles: str | None = None,
        parts: Mapping[str, str | bytes] | None = None,
        target: str = "worksheets/sheet1.xml",
        name: str = "odd.xlsx",
        compression: int = zipfile.ZIP_DEFLATED,
    ) -> Path:
        """Make a package by hand from the sheet's XML; parts given by name replace the usual ones or join them."""
        path = self.folder / name
        related = f'<Relationship Id="rId1" Type="{DOCUMENT}/worksheet" Target="{target}"/>'
        if styles is not None:
            related += f'<Relationship Id="rId2" Type="{DOCUMENT}/styles" Target="styles.xml"/>'
        usual: dict[str, str | bytes] = {
            "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" ContentType='
            '"application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType='
            f'"application/xml"/><Override PartName="/xl/workbook.xml" ContentType="{TYPES}.sheet.main+xml"/>'
            f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{TYPES}.worksheet+xml"/></Types>',
            "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" '
            f'Type="{DOCUMENT}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
            "xl/workbook.xml": f'<workbook xmlns="{SPREADSHEET}" xmlns:r="{DOCUMENT}"><sheets>'
            '<sheet name="Jobs" sheetId="1" r:id="rId1"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">{related}</Relationships>',
            "xl/worksheets/sheet1.xml": sheet,
        }
        if styles is not None:
            usual["xl/styles.xml"] = styles
        with zipfile.ZipFile(path, "w", compression) as package:
            for part, content in (usual | dict(parts or {})).items():
                package.writestr(part, content)
        return path


def worksheet(rows: str, before: str = "", after: str = "") -> str:
    """The XML of a worksheet around its rows."""
    return f'<worksheet xmlns="{SPREADSHEET}">{before}<sheetData>{rows}</sheetData>{after}</worksheet>'


def read_cells(path: Path, sheet: str | None = None) -> dict[str, Any]:
    """The cells of a sheet by reference, as python-calamine reads them."""
    workbook = python_calamine.CalamineWorkbook.from_path(path)
    found = workbook.get_sheet_by_name(sheet or workbook.sheet_names[0])
    top, left = found.start or (0, 0)
    return {
        f"{get_column_letter(column)}{row}": value
        for row, values in enumerate(found.to_python(), top + 1)
        for column, value in enumerate(values, left + 1)
        if value != ""
    }
