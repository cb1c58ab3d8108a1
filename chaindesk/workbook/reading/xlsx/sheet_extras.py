"""What lies beside the values of a sheet: tables, link addresses, pictures in cells, and pictures above them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from lxml import etree

from chaindesk.domain.errors import WorkbookError
from chaindesk.workbook.opc.cell_refs import area
from chaindesk.workbook.opc.workbook_part import Sheet, WorkbookPart, children, items, local
from chaindesk.workbook.reading.grid import Table

_PICTURES = frozenset({"_localImage", "_webimage"})  # structures of rich values
_LINK_FORMULA = re.compile(r'\s*(?:_xlfn\.)?HYPERLINK\s*\(\s*"((?:[^"]|"")*)"\s*[,)]', re.IGNORECASE)
_LINK_CALL = re.compile(r"\bHYPERLINK\s*\(", re.IGNORECASE)
_PICTURE_FORMULA = re.compile(r"\bDISPIMG\s*\(", re.IGNORECASE)  # as WPS Office places pictures


def formula_address(formula: str) -> str:
    """The address in a formula ``=HYPERLINK("…")``, or ""."""
    match = _LINK_FORMULA.match(formula)
    return match[1].replace('""', '"') if match else ""


def computes_address(formula: str) -> bool:
    """Return whether a formula makes a link whose address is not written out in it."""
    return not formula_address(formula) and _LINK_CALL.search(formula) is not None


def is_picture_formula(formula: str) -> bool:
    """Return whether a formula places a picture in its cell."""
    return _PICTURE_FORMULA.search(formula) is not None


def link_targets(workbook: WorkbookPart, sheet: Sheet) -> dict[str, str]:
    """By relationship id the addresses that cells of the sheet link to."""
    related = workbook.package.relationships(sheet.part)
    return {item.id: item.target for item in related if item.kind == "hyperlink" and item.external}


def picture_values(workbook: WorkbookPart) -> frozenset[int]:
    """The numbers of value metadata (a cell's ``vm``) that stand for a picture placed in the cell."""
    try:
        kinds = _rich_kinds(workbook)
        metadata = _root(workbook, "sheetMetadata")
    except WorkbookError:  # a damaged part of pictures is copied as it is, and tells nothing about values
        return frozenset()
    if not kinds or metadata is None:
        return frozenset()
    return frozenset(
        number for number, value in enumerate(_rich_values(metadata), 1) if 0 <= value < len(kinds) and kinds[value]
    )


def floating_pictures(workbook: WorkbookPart, sheet: Sheet) -> int:
    """How many pictures float above the sheet."""
    count = 0
    for relationship in workbook.package.relationships(sheet.part):
        if relationship.kind != "drawing" or relationship.external:
            continue
        try:
            root = workbook.package.xml(relationship.target)
        except WorkbookError:
            continue  # a damaged drawing is copied as it is
        count += 0 if root is None else sum(1 for item in root.iter() if local(item) == "pic")
    return count


def _root(workbook: WorkbookPart, kind: str) -> etree._Element | None:
    relationship = workbook.related(kind)
    return None if relationship is None else workbook.package.xml(relationship.target)


def _rich_kinds(workbook: WorkbookPart) -> list[bool]:
    """For each rich value whether it is a picture."""
    values, structures = _root(workbook, "rdRichValue"), _root(workbook, "rdRichValueStructure")
    if values is None or structures is None:
        return []
    are_pictures = [item.get("t", "") in _PICTURES for item in items(structures)]
    numbers = [_number(item.get("s")) for item in items(values)]
    return [0 <= number < len(are_pictures) and are_pictures[number] for number in numbers]


def _rich_values(metadata: etree._Element) -> Iterator[int]:
    """For each value metadata the index of its rich value, or -1."""
    names = [item.get("name", "") for holder in children(metadata, "metadataTypes") for item in items(holder)]
    futures = {
        holder.get("name", ""): [_rich_index(block) for block in children(holder, "bk")]
        for holder in children(metadata, "futureMetadata")
    }
    for holder in children(metadata, "valueMetadata"):
        for block in children(holder, "bk"):
            record = next(iter(children(block, "rc")), None)
            kind = 0 if record is None else _number(record.get("t"))
            known = futures.get(names[kind - 1], []) if 0 < kind <= len(names) else []
            place = -1 if record is None else _number(record.get("v"))
            yield known[place] if 0 <= place < len(known) else -1


def _rich_index(block: etree._Element) -> int:
    return next((_number(item.get("i")) for item in block.iter() if local(item) == "rvb"), -1)


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 9 else -1


def tables(workbook: WorkbookPart, sheet: Sheet) -> Iterable[Table]:
    """The sheet's tables."""
    for relationship in workbook.package.relationships(sheet.part):
        if relationship.kind != "table" or relationship.external:
            continue
        root = workbook.package.xml(relationship.target)
        covered = None if root is None else area(root.get("ref", ""))
        if root is not None and covered is not None:
            totals = root.get("totalsRowCount", "0")
            yield Table(covered, int(root.get("headerRowCount", "1") != "0"), int(totals) if totals.isdecimal() else 0)
