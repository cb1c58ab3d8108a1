"""A person's own words stand: which row an edited answer belongs to, whatever the row asks now.

The rule (ARCHITECTURE.md has it whole): no run replaces a text that a person wrote, unless asked just that.
But a text must never appear beside another row's inputs either, so the row must be known for sure to be the same.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from chaindesk.domain.manifest import Row
from chaindesk.domain.records import Answer, ManualEdit, RowOutcome, inputs_of_manual
from chaindesk.engine.answers.row_matching import match_rows


class ManualEdits:
    """The edited answers of a sheet, by step and row.

    Args:
        rows: the manifest's rows.
        digests: the hash of each row's inputs, by sheet number.
        known_keys: the row keys of all outcomes that the journal has of this sheet.
        found: what the journal has, the last edit at the end.
    """

    def __init__(
        self, rows: Sequence[Row], digests: Mapping[int, str], known_keys: Collection[str], found: Sequence[ManualEdit]
    ) -> None:
        self._rows = rows
        self._digests = digests
        self._known_keys = known_keys
        self._named = {row.number for row in rows if row.named} if found else set()
        self._by_step: dict[str, list[ManualEdit]] = defaultdict(list)
        for edit in found:
            digest = edit.digest or inputs_of_manual(edit.fingerprint)
            self._by_step[edit.step].append(replace(edit, digest=digest))

    def answer_ids(self, step: str) -> set[int]:
        """Return all answers to a step that show a person's text."""
        return {edit.answer_id for edit in self._by_step.get(step, ())}

    def by_row(self, step: str) -> dict[int, ManualEdit]:
        """Return the newest edit of each row, by sheet number, where the row is surely the one that was edited."""
        edits = self._by_step.get(step)
        if not edits:
            return {}
        likely = match_rows(self._rows, self._digests, edits)
        return {number: edit for number, edit in likely.items() if self._same_row(number, edit)}

    def _same_row(self, number: int, edit: ManualEdit) -> bool:
        """Return a row number alone says little: the next week's jobs stand in the same rows."""
        if number in self._named or edit.digest == self._digests[number]:
            return True
        return not edit.digest and edit.row_key not in self._known_keys


def is_superseded(
    edit: ManualEdit, row: Row, origin: RowOutcome | None, held: Answer | None, newest: Answer | None
) -> bool:
    """Return whether the person has had the step rerun since.

    Args:
        edit: the person's text.
        row: the row that it belongs to.
        origin: the newest outcome of that row.
        held: the answer that fits what the row asks now.
        newest: the newest answer under the row's key.
    """
    if held is not None and held.finished_at > edit.edited_at and held.row_key in (row.key, edit.row_key):
        return True
    if newest is None or newest.id == edit.answer_id or newest.finished_at <= edit.edited_at:
        return False
    stayed = edit.row_key == row.key  # else the key's other answers may be those of the row that was there before
    return stayed or (origin is not None and origin.row_key == row.key and origin.run_id == newest.run_id)
