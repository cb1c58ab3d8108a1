"""Puts the patched workbook together: which entries are copied, which are replaced, and which are new."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from lxml import etree

from chaindesk.domain.manifest import Notice
from chaindesk.workbook.opc.package_writer import PackageWriter
from chaindesk.workbook.opc.workbook_part import WorkbookPart, children
from chaindesk.workbook.writing.style_writer import AddedStyles, StyleSheet
from chaindesk.workbook.writing.table_patch import serialised

_CONTENT_TYPES = "[Content_Types].xml"
_PLAIN = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_MACROS = "application/vnd.ms-excel"


@dataclass(frozen=True, slots=True)
class Assembly:
    """A workbook that is about to be written.

    Attributes:
        workbook: the source.
        sheet: the name of the part that is patched.
        styles: the formats, added to while the sheet is written; None where the workbook takes none.
        added: the styles part that is new, if it is.
        parts: new contents of other parts, such as tables.
        types: the content types where they change, as ``for_target`` returns them.
    """

    workbook: WorkbookPart
    sheet: str
    styles: StyleSheet | None
    added: AddedStyles | None
    parts: Mapping[str, bytes]
    types: etree._Element | None

    def write(self, file: IO[bytes], pieces: Iterator[bytes]) -> None:
        """Write the package. The styles come last, when every look is known; the directory keeps the order."""
        package = self.workbook.package
        out = PackageWriter(file, package)
        style_part = self.workbook.related("styles") if self.styles is not None else None
        style_entry = package.find(style_part.target) if style_part is not None else None
        replaced = {id(package.find(part)): data for part, data in self._changed().items()}
        sheet_entry = package.find(self.sheet)
        for entry in package.entries:
            if entry is sheet_entry:
                out.replace(entry, pieces)
            elif id(entry) in replaced:
                out.replace(entry, iter([replaced[id(entry)]]))
            elif entry is not style_entry:
                out.copy(entry)
        if self.added is not None:
            out.add(self.added.part, serialised(self.added.styles.root))
        elif style_entry is not None and self.styles is not None:
            if self.styles.changed:
                out.replace(style_entry, iter([serialised(self.styles.root)]))
            else:
                out.copy(style_entry)
        out.finish()

    def _changed(self) -> dict[str, bytes]:
        changed = dict(self.parts)
        if self.added is not None:
            changed.update({part: serialised(root) for part, root in self.added.changed.items()})
        if self.types is not None:
            changed[_CONTENT_TYPES] = serialised(self.types)
        return changed


def for_target(
    workbook: WorkbookPart, target: Path, added: AddedStyles | None, notices: list[Notice]
) -> etree._Element | None:
    """The content types as the target's ending wants them, or None where they are right as they are.

    Excel opens no template under a workbook's ending, and no workbook with macros under .xlsx.
    """
    is_template = ".template." in workbook.content_type
    has_macros = "macroEnabled" in workbook.content_type
    ending = target.suffix.lower()
    if has_macros and ending in {".xlsx", ".xltx"}:
        wanted = ".xlsm" if ending == ".xlsx" else ".xltm"
        notices.append(
            Notice(f"The workbook holds macros: Excel opens the copy only under a name that ends in {wanted}.")
        )
    macros = has_macros or ending in {".xlsm", ".xltm"}
    template = ending in {".xltx", ".xltm"}
    if (template, macros) == (is_template, has_macros):
        return None
    known = added.changed.get(_CONTENT_TYPES) if added is not None else None
    types = known if known is not None else workbook.package.xml(_CONTENT_TYPES)
    for item in children(types, "Override") if types is not None else ():
        if item.get("PartName", "").lstrip("/").casefold() == workbook.part.casefold():
            word = "template" if template else "sheet"
            item.set(
                "ContentType", f"{_MACROS}.{word}.macroEnabled.main+xml" if macros else f"{_PLAIN}.{word}.main+xml"
            )
            return types
    return None
