"""The columns of the table: which there are, in which order, and which stay in sight."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum

from chaindesk.desktop.grid.previews import Previews, one_line
from chaindesk.desktop.ui.translation import tr
from chaindesk.domain.manifest import Manifest


class ColumnKind(IntEnum):
    """What a column of the table shows."""

    STATUS = 0
    REVIEW = 1
    INPUT = 2
    OUTPUT = 3


@dataclass(frozen=True, slots=True)
class TableColumn:
    """One column of the table.

    Attributes:
        kind: what it shows.
        title: its header.
        name: of an input, its name in the manifest; of an output, its step.
        place: of an output, its place among the outputs.
        frozen: whether it stays at the left edge while the others scroll.
    """

    kind: ColumnKind
    title: str
    name: str = ""
    place: int = 0
    frozen: bool = False

    @property
    def key(self) -> str:
        """By what the column is recognised when the workbook is opened again."""
        return f"{self.kind.name.lower()}:{self.title}"


def columns_of(manifest: Manifest | None, previews: Previews) -> list[TableColumn]:
    """Return the columns for a sheet and a chain: status, ID, review, the outputs, and the user's other columns."""
    if manifest is None:
        return []
    inputs = [TableColumn(ColumnKind.INPUT, one_line(column.name), column.name) for column in manifest.inputs]
    own = next((column for column in inputs if column.name == previews.id_column), inputs[0] if inputs else None)
    columns = [TableColumn(ColumnKind.STATUS, tr("Status"), frozen=True)]
    if own is not None:
        columns.append(TableColumn(own.kind, own.title, own.name, frozen=True))
    if previews.columns:
        columns.append(TableColumn(ColumnKind.REVIEW, tr("Review")))
    columns += [
        TableColumn(ColumnKind.OUTPUT, one_line(title), step, place)
        for place, (step, title) in enumerate(previews.columns)
    ]
    return columns + [column for column in inputs if column is not own]


def ranges(positions: Sequence[int]) -> Iterable[tuple[int, int]]:
    """Contiguous ranges of sorted positions, first and last."""
    if isinstance(positions, range):
        if positions:
            yield positions[0], positions[-1]
        return
    start = previous = -2
    for position in positions:
        if position != previous + 1:
            if start >= 0:
                yield start, previous
            start = position
        previous = position
    if start >= 0:
        yield start, previous
