"""Where the columns go and what they are called: right of everything that any row uses, never under a name that is
in use.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from chaindesk.domain.errors import UsageError, WorkbookError
from chaindesk.domain.manifest import Notice
from chaindesk.workbook.naming import folded_header, free_header
from chaindesk.workbook.opc.cell_refs import area, letters, split
from chaindesk.workbook.opc.workbook_part import Sheet, WorkbookPart, children, local
from chaindesk.workbook.reading.xlsx.sheet_extras import tables
from chaindesk.workbook.types import MAX_COLUMNS


@dataclass(frozen=True, slots=True)
class Placement:
    """The columns by header.

    Attributes:
        columns: the index of each.
        names: what each new column is called in the sheet.
        new: the headers whose columns are new.
    """

    columns: Mapping[str, int]
    names: Mapping[str, str]
    new: tuple[str, ...]

    @property
    def renamed(self) -> dict[str, str]:
        """The headers that had to be named otherwise."""
        return {header: name for header, name in self.names.items() if name != header}

    def notices(self) -> Iterable[Notice]:
        """Return a notice for each renamed header."""
        for header, name in self.renamed.items():
            yield Notice(f'The sheet has a column "{header}" of its own, so the new one is called "{name}".')


def place_columns(
    headers: Sequence[str],
    into: Mapping[str, int],
    existing: Mapping[int, str],
    edge: int,
    first_column: int | None,
    where: str,
) -> Placement:
    """Find a column and a name for each header.

    Args:
        headers: the headers.
        into: the columns of those that are continued.
        existing: the header row's texts by column.
        edge: the last column that is used.
        first_column: where new columns begin, or None for right of the edge.
        where: the sheet and file, for messages.

    Raises:
        UsageError: two of them would share a column.
        WorkbookError: the sheet has no room.
    """
    new = tuple(header for header in headers if header not in into)
    first = edge + 1 if first_column is None else first_column
    columns = {header: into[header] for header in headers if header in into}
    columns.update({header: first + offset for offset, header in enumerate(new)})
    for header, column in columns.items():
        if not 1 <= column <= MAX_COLUMNS:
            raise WorkbookError(
                f'{where} is full: there is no room for the column "{header}" right of column '
                f"{letters(min(max(edge, 1), MAX_COLUMNS))}; a sheet has {MAX_COLUMNS:,} columns. "
                "Delete what stands far to the right, or move the jobs to a new sheet."
            )
    if len(set(columns.values())) != len(columns):
        raise UsageError("Two of the headers would get the same column.")
    ours = {columns[header] for header in new}
    taken = {folded_header(text) for column, text in existing.items() if column not in ours}
    names = {}
    for header in new:
        names[header] = free_header(header, taken)
        taken.add(folded_header(names[header]))
    return Placement(columns, names, new)


def attached_edge(workbook: WorkbookPart, sheet: Sheet, rows: range) -> int:
    """The last column that the sheet's tables, notes and drawings use; of drawings only those beside ``rows``."""
    edge = max((table.area.right for table in tables(workbook, sheet)), default=0)
    for relationship in workbook.package.relationships(sheet.part):
        if relationship.external or relationship.kind not in {"comments", "threadedComment", "drawing"}:
            continue
        try:
            root = workbook.package.xml(relationship.target)
        except WorkbookError:
            continue  # a damaged drawing is copied as it is, and takes no room
        if root is None:
            continue
        if relationship.kind == "drawing":
            edge = max(edge, *(right for top, bottom, right in _anchors(root) if _beside(top, bottom, rows)), 0)
        else:
            found = (
                split(item.get("ref", "")) for item in root.iter() if local(item) in {"comment", "threadedComment"}
            )
            edge = max(edge, *(column for column, _ in found), 0)
    return edge if edge < MAX_COLUMNS else 0


def _beside(top: int, bottom: int, rows: range) -> bool:
    return top < rows.stop and bottom >= rows.start


def _anchors(root: object) -> Iterable[tuple[int, int, int]]:
    """Top row, bottom row and right column of each anchored drawing."""
    for anchor in root:  # type: ignore[attr-defined]
        corners = {}
        for corner in ("from", "to"):
            for holder in children(anchor, corner):
                numbers = {local(item): (item.text or "").strip() for item in holder}
                if numbers.get("row", "").isdecimal() and numbers.get("col", "").isdecimal():
                    corners[corner] = (int(numbers["row"]) + 1, int(numbers["col"]) + 1)
        if "from" in corners:
            top, left = corners["from"]
            bottom, right = corners.get("to", (top, left))
            yield top, bottom, right


def widened(reference: str, header_row: int, first: int, last: int) -> str | None:
    """A range that begins in the header row and ends left of our columns, grown over them; None where it is another."""
    found = area(reference)
    if found is None or found.top != header_row or found.right != first - 1:
        return None
    return f"{letters(found.left)}{found.top}:{letters(last)}{found.bottom}"
