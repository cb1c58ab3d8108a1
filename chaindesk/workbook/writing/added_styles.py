"""Gives a workbook without a styles part one, so that our columns are known again when it is opened."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass

from lxml import etree

from chaindesk.workbook.opc.workbook_part import Book, local
from chaindesk.workbook.writing.style_writer import StyleSheet

_DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"


@dataclass(frozen=True, slots=True)
class AddedStyles:
    """A new styles part, and the two parts that must know of it.

    Attributes:
        part: its name.
        styles: its content, to which formats are added.
        changed: the new content of the content types and the workbook's relationships, by part.
    """

    part: str
    styles: StyleSheet
    changed: dict[str, etree._Element]


def added_styles(book: Book) -> AddedStyles | None:
    """A styles part for a workbook that has none; None where it has one, or where it cannot be added."""
    if any(item.kind == "styles" for item in book.relationships):
        return None
    folder, name = posixpath.split(book.part)
    relationships = posixpath.join(folder, "_rels", f"{name}.rels")
    types, related, workbook = (book.package.xml(part) for part in ("[Content_Types].xml", relationships, book.part))
    if types is None or related is None or workbook is None:
        return None
    names = (posixpath.join(folder, word) for word in ("styles.xml", "chaindeskStyles.xml"))
    part = next((word for word in names if book.package.find(word) is None), None)
    if part is None:
        return None
    ids = {item.get("Id") for item in related}
    free = next(f"rId{number}" for number in range(1, len(ids) + 2) if f"rId{number}" not in ids)
    _append(types, "Override", PartName=f"/{part}", ContentType=_TYPE)
    _append(related, "Relationship", Id=free, Type=_kind(related), Target=f"/{part}")
    space = workbook.tag.rpartition("}")[0].lstrip("{") if isinstance(workbook.tag, str) else ""
    root = etree.fromstring(f'<styleSheet xmlns="{space}"/>')
    return AddedStyles(part, StyleSheet(root), {"[Content_Types].xml": types, relationships: related})


def _append(holder: etree._Element, element: str, /, **attributes: str) -> None:
    space = holder.tag.rpartition("}")[0].lstrip("{") if isinstance(holder.tag, str) else ""
    etree.SubElement(holder, f"{{{space}}}{element}", attributes)


def _kind(related: etree._Element) -> str:
    """The type of a styles relationship, strict where the others are."""
    types = (item.get("Type", "") for item in related if local(item) == "Relationship")
    strict = any("purl.oclc.org" in kind for kind in types)
    return ("http://purl.oclc.org/ooxml/officeDocument/relationships" if strict else _DOCUMENT) + "/styles"
