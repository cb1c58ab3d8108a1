"""The workbook part: which sheets there are, where their XML lies, and how dates count."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from lxml import etree

from chaindesk.domain.chains.template import nearest_name
from chaindesk.domain.errors import WorkbookError
from chaindesk.domain.manifest import Notice
from chaindesk.workbook.opc.package import Package, Relationship

_RELATIONSHIPS = ("http://schemas.openxmlformats.org/officeDocument/2006/relationships",
                  "http://purl.oclc.org/ooxml/officeDocument/relationships")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of a workbook: its name, its part, whether it is a worksheet (not a chart or a dialog), and hidden."""

    name: str
    part: str
    is_worksheet: bool
    hidden: bool = False


class WorkbookPart:
    """A workbook package, understood as far as reading and patching one sheet needs.

    Attributes:
        package: the zip.
        content_types: the content types of single parts, by the part's name.
        part: the name of the workbook part.
        sheets: every sheet in the order of its tabs.
        active: the index of the active one.
        date1904: whether dates count from 1904.
    """

    def __init__(self, package: Package) -> None:
        self.package = package
        self.content_types = self._content_types()
        self.part = self._find_part()
        if self.part.endswith(".bin"):
            raise BinaryWorkbook
        root = package.xml(self.part)
        if root is None or local(root) != "workbook":
            raise WorkbookError(
                f'"{package.name}" is not a workbook: its package has no workbook part. '
                "If it opens in Excel, save it there anew as .xlsx."
            )
        self.relationships = package.relationships(self.part)
        self.sheets = tuple(self._sheets(root))
        self.active = self._active(root)
        properties = next(iter(children(root, "workbookPr")), None)
        self.date1904 = properties is not None and is_true(properties.get("date1904"))

    def _find_part(self) -> str:
        for relationship in self.package.relationships(""):
            if relationship.kind == "officeDocument" and self.package.find(relationship.target):
                return relationship.target
        for part, content_type in self.content_types.items():
            if content_type.endswith("main+xml") and "sheet" in content_type and self.package.find(part):
                return part
        raise WorkbookError(
            f'"{self.package.name}" is not a workbook: its package has no workbook part. '
            "If it opens in Excel, save it there anew as .xlsx."
        )

    def _content_types(self) -> dict[str, str]:
        """The content types of single parts by the part's name."""
        root = self.package.xml("[Content_Types].xml")
        overrides = () if root is None else children(root, "Override")
        return {item.get("PartName", "").lstrip("/"): item.get("ContentType", "") for item in overrides}

    @property
    def content_type(self) -> str:
        """The content type of the workbook part, by which templates and macros are known, or ""."""
        folded = self.part.casefold()
        return next((kind for part, kind in self.content_types.items() if part.casefold() == folded), "")

    def _sheets(self, root: etree._Element) -> list[Sheet]:
        by_id = {relationship.id: relationship for relationship in self.relationships}
        found = []
        for holder in children(root, "sheets"):
            for element in children(holder, "sheet"):
                relationship = by_id.get(relationship_id(element))
                part = relationship.target if relationship and not relationship.external else ""
                known = relationship is not None and relationship.kind == "worksheet"
                is_worksheet = known and self.package.find(part) is not None
                hidden = element.get("state", "visible") != "visible"
                found.append(Sheet(element.get("name", ""), part, is_worksheet, hidden))
        return found

    def _active(self, root: etree._Element) -> int:
        for views in children(root, "bookViews"):
            for view in children(views, "workbookView"):
                text = view.get("activeTab", "0")
                return int(text) if text.isdecimal() and int(text) < len(self.sheets) else 0
        return 0

    def related(self, kind: str) -> Relationship | None:
        """The workbook's relationship of that kind, if it leads to a part."""
        found = (item for item in self.relationships if item.kind == kind and not item.external)
        return next((item for item in found if self.package.find(item.target)), None)

    @property
    def worksheets(self) -> tuple[Sheet, ...]:
        """The sheets that can be a manifest."""
        return tuple(sheet for sheet in self.sheets if sheet.is_worksheet)

    @property
    def is_signed(self) -> bool:
        """Return whether the package carries a digital signature."""
        return any(entry.filename.casefold().startswith("_xmlsignatures/") for entry in self.package.entries)


class BinaryWorkbook(Exception):
    """The package is an .xlsb: for another reader."""


def choose_sheet(workbook: WorkbookPart, path: Path, wanted: str | None, notices: list[Notice]) -> Sheet:
    """The sheet of that name, or the active one.

    Raises:
        WorkbookError: there is none that can be a manifest.
    """
    names = [item.name for item in workbook.worksheets]
    if not names:
        raise WorkbookError(f'"{path.name}" has no worksheet, so there is no manifest in it.')
    if wanted is None:
        active = workbook.sheets[workbook.active]
        if active.is_worksheet:
            return active
        chosen = workbook.worksheets[0]
        notices.append(Notice(f'The active sheet "{active.name}" is no worksheet; "{chosen.name}" is taken.'))
        return chosen
    for item in workbook.sheets:
        if item.name == wanted:
            if not item.is_worksheet:
                raise WorkbookError(f'Sheet "{wanted}" of "{path.name}" is a chart or dialog, not a worksheet.')
            return item
    raise no_sheet(path, wanted, names)


def no_sheet(path: Path, wanted: str, names: list[str]) -> WorkbookError:
    """What to raise where there is no sheet of that name."""
    nearest = nearest_name(wanted, names)
    hint = f'Did you mean "{nearest}"?' if nearest else "It has: " + ", ".join(f'"{name}"' for name in names[:12]) + "."
    return WorkbookError(f'"{path.name}" has no sheet "{wanted}". {hint}')


def local(element: etree._Element) -> str:
    """The element's name without its namespace: transitional and strict workbooks differ just in that."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def children(element: etree._Element, name: str) -> list[etree._Element]:
    """The direct children of that name."""
    return [child for child in element if local(child) == name]


def items(holder: etree._Element) -> list[etree._Element]:
    """The entries of a list whose entries are known by their place: any element counts, a choice between two as one."""
    return [child for child in holder if isinstance(child.tag, str)]


def resolved(item: etree._Element) -> etree._Element:
    """The entry itself; of a choice between two spellings the one that every program knows."""
    if local(item) != "AlternateContent":
        return item
    return next((entry for branch in children(item, "Fallback") for entry in items(branch)), item)


def relationship_id(element: etree._Element) -> str:
    """The ``r:id`` of an element, or ""."""
    return next((value for space in _RELATIONSHIPS if (value := element.get(f"{{{space}}}id"))), "")


def is_true(text: str | None) -> bool:
    """Return whether an XML boolean is set."""
    return text is not None and text.strip().lower() in {"1", "true", "on"}
