"""Which rows are compared: some by chance, and the same ones each time, so that a longer comparison goes on from it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from chaindesk.domain.manifest import Row


def sample(rows: Sequence[Row], most: int) -> list[int]:
    """Return the numbers of at most so many rows, in sheet order.

    Chance is a hash of each row's key: the rows of a smaller sample are among those of a larger one, whose answers are
    so paid for once.
    """
    chosen = sorted(rows, key=lambda row: place_by_chance(row.key))[:most]
    return sorted(row.number for row in chosen)


def place_by_chance(key: str) -> bytes:
    """Return where a row stands in an order by chance that is the same each time."""
    return hashlib.sha256(key.encode("utf-8", "replace")).digest()
