"""Which rows are compared: some by chance, and the same ones each time, so that a longer comparison goes on from it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from chaindesk.domain.errors import UsageError
from chaindesk.domain.manifest import Row
from chaindesk.engine.examples.collecting import held_out_rows
from chaindesk.engine.session import Session


def sample(rows: Sequence[Row], most: int) -> list[int]:
    """Return the numbers of at most so many rows, in sheet order.

    Chance is a hash of each row's key: the rows of a smaller sample are among those of a larger one, whose answers are
    so paid for once.
    """
    chosen = sorted(rows, key=lambda row: place_by_chance(row.key))[:most]
    return sorted(row.number for row in chosen)


def held_out_from(session: Session, rows: Sequence[Row]) -> list[Row]:
    """Return those of some rows whose approved answers are held out from the examples of a step.

    Raises:
        UsageError: there is none.
    """
    found: dict[int, Row] = {}
    for index, step in enumerate(session.chain.steps):
        if step.examples is not None:
            out = held_out_rows(session.ledger, session.journal, rows, index)
            found |= {row.number: row for row in out}
    if not found:
        raise UsageError(
            "No approved row is held out yet: a fifth of those that you approve or edit is, by chance. Approve some "
            "more, about a hundred, for twenty to measure by."
        )
    return [found[number] for number in sorted(found)]


def place_by_chance(key: str) -> bytes:
    """Return where a row stands in an order by chance that is the same each time."""
    return hashlib.sha256(key.encode("utf-8", "replace")).digest()
