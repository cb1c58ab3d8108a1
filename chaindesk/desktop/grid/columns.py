"""The columns of the table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum

from chaindesk.desktop.grid.previews import Previews, one_line
from chaindesk.domain.manifest import Manifest


class ColumnKind(IntEnum):
    """What a column of the table shows."""

    STATUS = 0
    REVIEW = 1
    INPUT = 2
    OUTPUT = 3


@dataclass(frozen=True, slots=True)
class TableColumn:
    """One column: its kind, its header, and for outputs the step and the place among them."""

    kind: ColumnKind
    title: str
    step: str = ""
    place: int = 0


def columns_of(manifest: Manifest | None, previews: Previews) -> list[TableColumn]:
    """The columns for a sheet and a chain: status, review, the user's own, the outputs."""
    if manifest is None:
        return []
    columns = [TableColumn(ColumnKind.STATUS, "Status")]
    if previews.columns:
        columns.append(TableColumn(ColumnKind.REVIEW, "Review"))
    columns += [TableColumn(ColumnKind.INPUT, one_line(column.name), column.name) for column in manifest.inputs]
    columns += [
        TableColumn(ColumnKind.OUTPUT, one_line(title), step, place)
        for place, (step, title) in enumerate(previews.columns)
    ]
    return columns


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
