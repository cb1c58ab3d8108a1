"""Appends cell formats to styles.xml: existing ones keep their indexes, and equal ones are used again."""

from __future__ import annotations

import posixpath
from copy import deepcopy
from dataclasses import dataclass
from typing import NamedTuple

from lxml import etree

from chaindesk.workbook.opc.workbook_part import WorkbookPart, children, items, local, resolved
from chaindesk.workbook.types import OUR_STYLE

_DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"
_MAX_FORMATS = 64_000  # as Excel has it; it opens some more
_MAX_FORMATS_FOR_HEADER = 65_000
_PLAIN_FORMATS = 64  # cells may name formats that the workbook never had; they shall not get one of ours
_PLAIN = {"numFmtId": "0", "fontId": "0", "fillId": "0", "borderId": "0"}
_FIRST_OWN_NUMBER_FORMAT = 164
_ORDER = ("numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs", "tableStyles",
          "colors", "extLst")  # fmt: skip
_APPLIED = ("applyNumberFormat", "applyFont", "applyFill", "applyBorder", "applyAlignment", "applyProtection")


class CellFormat(NamedTuple):
    """How one of our cells looks: its number format ("" for General), its fill and its text colour (``RRGGBB``)."""

    number_format: str = ""
    fill: str = ""
    text: str = ""


class StyleSheet:
    """The styles part while formats are added to it.

    Attributes:
        root: the part's root element.
        changed: whether anything was added.
    """

    def __init__(self, root: etree._Element) -> None:
        self.root = root
        self.changed = False
        self._space = root.tag.rpartition("}")[0].lstrip("{") if isinstance(root.tag, str) else ""
        self._formats = self._list("cellXfs")
        self._added: dict[tuple[int, CellFormat], int] = {}

    @property
    def usable(self) -> bool:
        """Return whether the format that marks our headers can be added."""
        return len(items(self._formats)) < _MAX_FORMATS_FOR_HEADER

    def header(self, neighbour: int | None) -> int:
        """The format of our header cells: like the neighbour's (bold where there is none), and marked as ours."""
        base = self._base(neighbour)
        ours = deepcopy(base)
        ours.set("xfId", str(self._named_style()))
        if neighbour is None:
            ours.set("fontId", str(self._font(base, bold=True)))
        for name in _APPLIED:
            ours.set(name, "1")
        if not children(ours, "alignment"):
            ours.insert(0, self._element("alignment", vertical="top", wrapText="1"))
        return self._format(ours)

    def cell(self, neighbour: int | None, cell_format: CellFormat) -> int:
        """The format of a value: font and border like the neighbour's, wrapped, at the top."""
        key = (neighbour if neighbour is not None else -1, cell_format)
        if key not in self._added:
            is_full = len(items(self._formats)) >= _MAX_FORMATS
            self._added[key] = (neighbour or 0) if is_full else self._new_cell(neighbour, cell_format)
        return self._added[key]

    def _new_cell(self, neighbour: int | None, wanted: CellFormat) -> int:
        base = self._base(neighbour)
        made = self._element("xf")
        code, fill, colour = wanted
        made.set("numFmtId", str(self._number_format(code) if code else 0))
        made.set("fontId", str(self._font(base, colour=colour)) if colour else base.get("fontId", "0"))
        made.set("fillId", str(self._fill(fill)) if fill else "0")
        made.set("borderId", base.get("borderId", "0"))
        made.set("xfId", "0")
        for name, applied in zip(_APPLIED, (code, "1", fill, "1", "1", ""), strict=True):
            if applied:
                made.set(name, "1")
        made.append(self._element("alignment", vertical="top", wrapText="1"))
        return self._format(made)

    def _base(self, neighbour: int | None) -> etree._Element:
        formats = items(self._formats) or self._first_formats()
        return resolved(formats[neighbour if neighbour is not None and neighbour < len(formats) else 0])

    def _format(self, made: etree._Element) -> int:
        return self._put(self._formats, made)

    def _first_formats(self) -> list[etree._Element]:
        """What a styles part without a cell format needs before one of ours can be told from the plain ones."""
        patterns = [self._element("fill") for _ in range(2)]
        for fill, pattern in zip(patterns, ("none", "gray125"), strict=True):
            fill.append(self._element("patternFill", patternType=pattern))
        border = self._element("border")
        border.extend(self._element(side) for side in ("left", "right", "top", "bottom", "diagonal"))
        font = self._element("font")
        font.extend((self._element("sz", val="11"), self._element("name", val="Calibri")))
        for name, entries in (("fonts", [font]), ("fills", patterns), ("borders", [border])):
            holder = self._list(name)
            for entry in entries if not items(holder) else ():
                self._append(holder, entry)
        for _ in range(_PLAIN_FORMATS):
            self._append(self._formats, self._element("xf", **_PLAIN, xfId="0"))
        self._named_style()
        return items(self._formats)

    def _named_style(self) -> int:
        """The index of our named style's own format; the style is made where the workbook has none."""
        names = self._list("cellStyles")
        for item in items(names):
            if item.get("name") == OUR_STYLE and item.get("xfId", "").isdecimal():
                return int(item.get("xfId", "0"))
        formats = self._list("cellStyleXfs")
        if not items(formats):
            self._append(formats, self._element("xf", **_PLAIN))
        index = self._append(formats, self._element("xf", **_PLAIN))
        if not items(names):
            self._append(names, self._element("cellStyle", name="Normal", xfId="0", builtinId="0"))
        self._append(names, self._element("cellStyle", name=OUR_STYLE, xfId=str(index)))
        return index

    def _font(self, base: etree._Element, *, colour: str = "", bold: bool = False) -> int:
        fonts = self._list("fonts")
        known = items(fonts)
        index = base.get("fontId", "0")
        number = int(index) if index.isdecimal() else 0
        font = deepcopy(resolved(known[number])) if number < len(known) else self._element("font")
        if colour:
            for old in children(font, "color"):
                font.remove(old)
            before = ("b", "i", "strike", "condense", "extend", "outline", "shadow", "u", "vertAlign", "sz")
            position = sum(1 for item in font if local(item) in before)
            font.insert(position, self._element("color", rgb=f"FF{colour.upper()}"))
        if bold and not children(font, "b"):
            font.insert(0, self._element("b"))
        return self._put(fonts, font)

    def _fill(self, colour: str) -> int:
        fill = self._element("fill")
        pattern = etree.SubElement(fill, self._tag("patternFill"), patternType="solid")
        pattern.append(self._element("fgColor", rgb=f"FF{colour.upper()}"))
        pattern.append(self._element("bgColor", indexed="64"))
        return self._put(self._list("fills"), fill)

    def _number_format(self, code: str) -> int:
        formats = self._list("numFmts")
        known = items(formats)
        for item in known:
            if item.get("formatCode") == code and item.get("numFmtId", "").isdecimal():
                return int(item.get("numFmtId", "0"))
        numbers = [int(item.get("numFmtId", "0")) for item in known if item.get("numFmtId", "").isdecimal()]
        number = max([_FIRST_OWN_NUMBER_FORMAT - 1, *numbers]) + 1
        self._append(formats, self._element("numFmt", numFmtId=str(number), formatCode=code))
        return number

    def _put(self, holder: etree._Element, made: etree._Element) -> int:
        """The index of an element equal to ``made``, which is appended where there is none."""
        wanted = _signature(made)
        for index, item in enumerate(items(holder)):
            if _signature(item) == wanted:
                return index
        return self._append(holder, made)

    def _append(self, holder: etree._Element, made: etree._Element) -> int:
        known = items(holder)
        if known:
            known[-1].addnext(made)
        else:
            holder.insert(0, made)
        holder.set("count", str(len(known) + 1))
        self.changed = True
        return len(known)

    def _list(self, name: str) -> etree._Element:
        """The list of that name, made in its place where there is none."""
        found = children(self.root, name)
        if found:
            return found[0]
        made = self._element(name, count="0")
        later = _ORDER[_ORDER.index(name) + 1 :]
        position = next((index for index, item in enumerate(self.root) if local(item) in later), len(self.root))
        self.root.insert(position, made)
        return made

    def _tag(self, name: str) -> str:
        return f"{{{self._space}}}{name}" if self._space else name

    def _element(self, element: str, /, **attributes: str) -> etree._Element:
        return self.root.makeelement(self._tag(element), attributes)


def _signature(element: etree._Element) -> tuple[object, ...]:
    return (
        local(element),
        tuple(sorted((str(name), str(value)) for name, value in element.attrib.items())),
        tuple(_signature(child) for child in element),
    )


def style_sheet(workbook: WorkbookPart) -> StyleSheet | None:
    """The workbook's own formats, or None where none can be added."""
    part = workbook.related("styles")
    root = None if part is None else workbook.package.xml(part.target)
    styles = None if root is None else StyleSheet(root)
    return styles if styles is not None and styles.usable else None


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


def added_styles(workbook: WorkbookPart) -> AddedStyles | None:
    """A styles part for a workbook that has none; None where it has one, or where it cannot be added."""
    if any(item.kind == "styles" for item in workbook.relationships):
        return None
    folder, name = posixpath.split(workbook.part)
    relationships = posixpath.join(folder, "_rels", f"{name}.rels")
    types, related, root = (
        workbook.package.xml(part) for part in ("[Content_Types].xml", relationships, workbook.part)
    )
    if types is None or related is None or root is None:
        return None
    names = (posixpath.join(folder, word) for word in ("styles.xml", "chaindeskStyles.xml"))
    part = next((word for word in names if workbook.package.find(word) is None), None)
    if part is None:
        return None
    ids = {item.get("Id") for item in related}
    free = next(f"rId{number}" for number in range(1, len(ids) + 2) if f"rId{number}" not in ids)
    _append(types, "Override", PartName=f"/{part}", ContentType=_TYPE)
    _append(related, "Relationship", Id=free, Type=_styles_type(related), Target=f"/{part}")
    space = root.tag.rpartition("}")[0].lstrip("{") if isinstance(root.tag, str) else ""
    styles = StyleSheet(etree.fromstring(f'<styleSheet xmlns="{space}"/>'))
    return AddedStyles(part, styles, {"[Content_Types].xml": types, relationships: related})


def _append(holder: etree._Element, element: str, /, **attributes: str) -> None:
    space = holder.tag.rpartition("}")[0].lstrip("{") if isinstance(holder.tag, str) else ""
    etree.SubElement(holder, f"{{{space}}}{element}", attributes)


def _styles_type(related: etree._Element) -> str:
    """The type of a styles relationship, strict where the others are."""
    types = (item.get("Type", "") for item in related if local(item) == "Relationship")
    strict = any("purl.oclc.org" in kind for kind in types)
    return ("http://purl.oclc.org/ooxml/officeDocument/relationships" if strict else _DOCUMENT) + "/styles"
