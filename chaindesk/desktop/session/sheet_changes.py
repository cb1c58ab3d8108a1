"""What is different between two readings of a sheet, row by row as rows are known again."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from chaindesk.desktop.ui.translation import tr, tr_count, tr_noop
from chaindesk.domain.manifest import Manifest, Row


@dataclass(frozen=True, slots=True)
class SheetChanges:
    """How many rows are others.

    Attributes:
        added: rows that were not there.
        removed: rows that are not there any more.
        changed: rows with other inputs.
        outputs: rows with other texts in our columns, which were edited there.
        moved: whether rows stand in another order.
        columns: whether the sheet has other columns.
    """

    added: int = 0
    removed: int = 0
    changed: int = 0
    outputs: int = 0
    moved: bool = False
    columns: bool = False

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed or self.outputs or self.moved or self.columns)

    def text(self) -> str:
        """Return it in words, such as ``2 new rows, 1 changed row``."""
        counted = (
            (self.added, tr_noop("{n} new row"), tr_noop("{n} new rows")),
            (self.changed, tr_noop("{n} changed row"), tr_noop("{n} changed rows")),
            (self.removed, tr_noop("{n} row is gone"), tr_noop("{n} rows are gone")),
            (self.outputs, tr_noop("{n} output edited there"), tr_noop("{n} outputs edited there")),
        )
        parts = [tr_count(number, one, many) for number, one, many in counted if number]
        if self.columns:
            parts.insert(0, tr("other columns"))
        elif self.moved and not parts:
            parts.append(tr("rows in another order"))
        return ", ".join(parts)


def sheet_changes(before: Manifest, after: Manifest) -> SheetChanges:
    """Compare two readings of a sheet. Rows are the same by their ID; without one, by their inputs."""
    columns = [column.name for column in before.inputs] != [column.name for column in after.inputs]
    old, new = _identified(before), _identified(after)
    if columns:
        keys = old.keys() & new.keys()
        return SheetChanges(len(new.keys() - keys), len(old.keys() - keys), columns=True)
    lost = [row for key, row in old.items() if key not in new]
    found = [row for key, row in new.items() if key not in old]
    places = {row.number for row in lost if not row.named} & {row.number for row in found if not row.named}
    same = [(old[key], new[key]) for key in old.keys() & new.keys()]
    changed = sum(1 for one, other in same if before.digest(one) != after.digest(other)) + len(places)
    outputs = sum(1 for one, other in same if _outputs(before, one) != _outputs(after, other))
    order = [old[key].number for key in new if key in old]
    return SheetChanges(
        len(found) - len(places), len(lost) - len(places), changed, outputs, moved=order != sorted(order)
    )


def _identified(manifest: Manifest) -> dict[tuple[str, int], Row]:
    """Return the rows by what they are known by: their ID, or the k-th row with the same inputs."""
    seen: Counter[str] = Counter()
    rows: dict[tuple[str, int], Row] = {}
    for row in manifest.rows:
        name = f"={row.key}" if row.named else manifest.digest(row)
        seen[name] += 1
        rows[name, seen[name]] = row
    return rows


def _outputs(manifest: Manifest, row: Row) -> dict[str, str]:
    return {column.header: row.values[column.name] for column in manifest.columns if column.ours}
