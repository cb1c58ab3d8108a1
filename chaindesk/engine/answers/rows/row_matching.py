"""Which row of the sheet is which row of earlier runs, so that failures and reviews follow rows that have moved."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Protocol, TypeVar

from chaindesk.domain.manifest import Manifest, Row
from chaindesk.domain.status import Status


class _Known(Protocol):
    @property
    def row_key(self) -> str: ...
    @property
    def digest(self) -> str: ...


T = TypeVar("T", bound=_Known)


def match_rows(rows: Iterable[Row], digests: Mapping[int, str], known: Iterable[T]) -> dict[int, T]:
    """Return what is known of each row, by sheet number.

    A row is found by its key with equal inputs, else by equal inputs (it has moved), else by its key alone where the
    inputs that were known are nowhere in the sheet any more (they were corrected).

    Args:
        rows: the manifest's rows.
        digests: the hash of each row's inputs, by sheet number.
        known: what earlier runs left, oldest first.
    """
    exact: dict[tuple[str, str], T] = {}
    by_digest: dict[str, list[T]] = defaultdict(list)
    for one in known:
        exact[one.row_key, one.digest] = one
    if not exact:
        return {}
    for one in exact.values():
        by_digest[one.digest].append(one)
    rows = list(rows)
    present = set(digests.values())
    by_key = {one.row_key: one for one in exact.values() if one.digest not in present}
    found: dict[int, T] = {}
    for row in rows:
        same = exact.get((row.key, digests[row.number]))
        if same is not None:
            found[row.number] = same
    matched = {id(one) for one in found.values()}
    for row in rows:
        if row.number in found:
            continue
        moved = by_digest.get(digests[row.number], [])
        while moved and id(moved[-1]) in matched:
            moved.pop()
        if moved:
            found[row.number] = moved.pop()
        elif row.key in by_key:
            found[row.number] = by_key[row.key]
    return found


def statuses_in_sheet(manifest: Manifest, header: str) -> dict[int, Status]:
    """Return what the Status column of an earlier export says, for a workbook that the journal has never seen."""
    column = next((column for column in manifest.columns if column.ours and column.header == header), None)
    if column is None:
        return {}
    words = {status.value: status for status in Status}
    found = ((row.number, words.get(row.values[column.name].strip().casefold())) for row in manifest.rows)
    return {number: status for number, status in found if status is not None}
