"""A person's own words stand: which row an edited answer belongs to, whatever the row asks now.

The rule (ARCHITECTURE.md has it whole): no run replaces a text that a person wrote, unless asked just that.
But a text must never appear beside another row's inputs either, so the row must be known for sure to be the same.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from chaindesk.domain.manifest import Row
from chaindesk.domain.records import ManualEdit, inputs_of_manual
from chaindesk.engine.answers.rows.row_matching import match_rows
from chaindesk.journal.protocol import Journal


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
    edit: ManualEdit, row: Row, digest: str, request: str, later: Iterable[int], journal: Journal
) -> bool:
    """Return whether the person has had the step rerun since.

    A row number says little, since another row may have had it: what counts is an answer to the same inputs.

    Args:
        edit: the person's text.
        row: the row that it belongs to.
        digest: the hash of the row's inputs.
        request: the fingerprint of what the row asks now.
        later: the answers that were stored after the edited one under keys that the row has or had.
        journal: where they are.
    """
    for number in later:
        answer = journal.answer(number)
        if answer is None or answer.finished_at <= edit.edited_at:
            continue
        inputs = journal.inputs_of(number)
        if inputs in {edit.digest, digest} if inputs else answer.fits(request):
            return True
        if row.named and answer.row_key == row.key:
            return True
    return False
