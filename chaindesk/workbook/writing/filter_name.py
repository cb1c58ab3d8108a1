"""Keeps the hidden name ``_xlnm._FilterDatabase`` in step with a sheet's autofilter: some programs go by the name."""

from __future__ import annotations

import re
from xml.sax.saxutils import escape

from chaindesk.workbook.opc.cell_refs import Area, area, letters
from chaindesk.workbook.opc.workbook_part import Sheet, WorkbookPart, children

_FILTER_DATABASE = "_xlnm._FilterDatabase"


def grown_filter_name(workbook: WorkbookPart, sheet: Sheet, old: str, new: str) -> dict[str, bytes] | None:
    """The workbook part in which the filter's name covers ``new``, by its name; empty where the sheet has no such name.

    Returns:
        None where the name cannot be changed, or stands for another area than ``old``: then the filter stays too.
    """
    package = workbook.package
    root = package.xml(workbook.part)
    index = str(workbook.sheets.index(sheet))
    names = [
        item
        for holder in (() if root is None else children(root, "definedNames"))
        for item in children(holder, "definedName")
        if item.get("name") == _FILTER_DATABASE and item.get("localSheetId") == index
    ]
    if not names:
        return {}
    text = names[0].text or ""
    place, _, reference = text.rpartition("!")
    before, after, entry = area(reference), area(new), package.find(workbook.part)
    if len(names) > 1 or before is None or before != area(old) or after is None or entry is None:
        return None
    spelt = re.compile(
        rb"(<(?:\w+:)?definedName\b[^>]*>)" + re.escape(escape(text).encode()) + rb"(</(?:\w+:)?definedName\s*>)"
    )
    data = package.read(entry)
    found = [match for match in spelt.finditer(data) if _is_the_name(match[1], index)]
    if len(found) != 1:
        return None
    match = found[0]
    made = escape(f"{place}!{_absolute(after)}").encode()
    return {workbook.part: data[: match.end(1)] + made + data[match.start(2) :]}


def _is_the_name(tag: bytes, index: str) -> bool:
    quoted = rb"""\s*=\s*["']%b["']"""
    return all(
        re.search(rb"\s" + name + quoted % re.escape(value), tag) is not None
        for name, value in ((b"name", _FILTER_DATABASE.encode()), (b"localSheetId", index.encode()))
    )


def _absolute(place: Area) -> str:
    return f"${letters(place.left)}${place.top}:${letters(place.right)}${place.bottom}"
