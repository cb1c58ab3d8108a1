"""Which row of the sheet each note of a person to a model belongs to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from chaindesk.domain.manifest import Row
from chaindesk.domain.records import RerunNote
from chaindesk.engine.answers.rows.row_matching import match_rows

Cell = tuple[int, int]
"""A row's sheet number and the index of a step."""


def current_notes(
    rows: Sequence[Row], digests: Mapping[int, str], steps: Sequence[str], notes: Sequence[RerunNote]
) -> dict[Cell, RerunNote]:
    """Return the newest note of each cell that nobody took back, where the row is surely the one that it was made for.

    Args:
        rows: the manifest's rows.
        digests: the hash of each row's inputs, by sheet number.
        steps: the names of the chain's steps.
        notes: what the journal has, the newest last.
    """
    found: dict[Cell, RerunNote] = {}
    standing = [note for note in notes if not note.withdrawn]
    named = {row.number for row in rows if row.named} if standing else set()
    for index, step in enumerate(steps) if standing else ():
        likely = match_rows(rows, digests, [note for note in standing if note.step == step])
        for number, note in likely.items():
            if number in named or note.digest == digests[number]:
                found[number, index] = note
    return found
