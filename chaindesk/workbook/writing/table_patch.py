"""Grows an Excel table over new columns that touch its right edge."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from lxml import etree

from chaindesk.workbook.opc.cell_refs import area
from chaindesk.workbook.opc.shared_strings import escaped, possible
from chaindesk.workbook.opc.workbook_part import Sheet, WorkbookPart, children
from chaindesk.workbook.types import ColumnWrite
from chaindesk.workbook.writing.column_placement import widened
from chaindesk.workbook.writing.sheet_layout import SheetLayout


def table_changes(workbook: WorkbookPart, layout: SheetLayout, columns: ColumnWrite) -> dict[str, bytes]:
    """The new content of the table that grows over the new columns, by its part."""
    placement = layout.placement
    names = [placement.names[header] for header in placement.new]
    first = min((placement.columns[header] for header in placement.new), default=0)
    rows = [number for number in columns.rows if number > columns.header_row]
    return _grown_tables(workbook, layout.sheet, columns.header_row, rows, first, names)


def _grown_tables(
    workbook: WorkbookPart, sheet: Sheet, header_row: int, rows: Collection[int], first: int, names: Sequence[str]
) -> dict[str, bytes]:
    """The new content of the table part, by its name, where there is such a table.

    A table is left alone where it belongs to a query, where its own headers are not what its columns are called, or
    where most of ``rows`` lie outside it: then it stands beside the jobs.
    """
    for relationship in workbook.package.relationships(sheet.part):
        if relationship.kind != "table" or relationship.external or not names:
            continue
        root = workbook.package.xml(relationship.target)
        if root is not None and _grow(root, header_row, rows, first, names):
            return {relationship.target: serialised(root)}
    return {}


def _grow(root: etree._Element, header_row: int, rows: Collection[int], first: int, names: Sequence[str]) -> bool:
    reference = widened(root.get("ref", ""), header_row, first, first + len(names) - 1)
    covered = area(root.get("ref", ""))
    holders = children(root, "tableColumns")
    if reference is None or covered is None or not holders or root.get("headerRowCount", "1") == "0":
        return False
    if sum(covered.top < number <= covered.bottom for number in rows) * 2 < len(rows):
        return False
    columns = children(holders[0], "tableColumn")
    if root.get("tableType", "worksheet") != "worksheet" or any(item.get("queryTableFieldId") for item in columns):
        return False
    if len(columns) != covered.right - covered.left + 1:
        return False
    taken = {item.get("name", "").casefold() for item in columns}
    if any(_column_name(name).casefold() in taken for name in names):
        return False
    ids = [int(item.get("id", "0")) for item in columns if item.get("id", "").isdecimal()]
    for number, name in enumerate(names, max(ids, default=0) + 1):
        made = holders[0].makeelement(columns[-1].tag, {"id": str(number), "name": _column_name(name)})
        holders[0].append(made)
    holders[0].set("count", str(len(columns) + len(names)))
    root.set("ref", reference)
    for item in children(root, "autoFilter"):
        grown = widened(item.get("ref", ""), header_row, first, first + len(names) - 1)
        if grown is not None:
            item.set("ref", grown)
    return True


def _column_name(header: str) -> str:
    return escaped(possible(header)).replace("\n", "_x000a_")


def serialised(root: etree._Element) -> bytes:
    """A small part as bytes again."""
    return etree.tostring(root.getroottree(), xml_declaration=True, encoding="UTF-8", standalone=True)
