"""What earlier runs left of each row of a sheet: most stand where they stood, some have moved or were corrected."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping
from math import isnan, nan

from chaindesk.domain.chains.chain import STATUS_HEADER
from chaindesk.domain.manifest import Manifest, Row
from chaindesk.domain.records import TRIAL_MARK, RowOutcome
from chaindesk.domain.row_places import RowDigests
from chaindesk.domain.status import Status
from chaindesk.engine.answers.rows.row_columns import RowColumns
from chaindesk.engine.answers.rows.row_matching import match_rows, statuses_in_sheet


class RowOrigins:
    """Notes how rows ended in their last runs.

    Args:
        manifest: the sheet.
        digests: the hash of each row's inputs, by sheet number.
        entries: what is known of the rows; filled in.

    Attributes:
        previous_keys: the key that a row had before, by sheet number, where it is not the one that it has now.
        uncertain: the rows that are known by no ID of their own, and whose inputs are others.
    """

    def __init__(self, manifest: Manifest, digests: RowDigests, entries: RowColumns) -> None:
        self.previous_keys: dict[int, str] = {}
        self.uncertain: set[int] = set()
        self._manifest = manifest
        self._digests = digests
        self._entries = entries
        self._seconds = array("d")

    def read(self, outcomes: Iterable[RowOutcome]) -> None:
        """Note these outcomes, oldest first. Those of rows that stand where they stood are never held all at once."""
        rows, others = dict[str, Row](), list[RowOutcome]()
        for outcome in outcomes:
            if not rows:
                rows = {row.key: row for row in self._manifest.rows}
                self._digests.compute_all()
                self._seconds = array("d", [nan]) * len(self._entries)
            row = rows.get(outcome.row_key)
            if row is not None and self._digests[row.number] == outcome.digest:
                self._note(row, outcome)
            elif row is not None or not outcome.row_key.endswith(TRIAL_MARK):  # a row that was tried has not moved
                others.append(outcome)
        if others:
            self._match(others)
        if not any(self._entries.was_run):
            for number, status in statuses_in_sheet(self._manifest, STATUS_HEADER).items():
                self._entries[number].set_outcome(status, was_run=False)

    def seconds_of_unfinished(self) -> Mapping[int, float]:
        """Return the seconds of the last run of the rows that were done in it, and that miss answers now."""
        if not self._seconds:
            return {}
        entries = self._entries
        known = zip(entries, self._seconds, strict=True)
        return {number: seconds for number, seconds in known if not isnan(seconds) and entries[number].calls}

    def _match(self, others: list[RowOutcome]) -> None:
        """Find the rows that have moved, or whose inputs or keys are others now."""
        left = [row for row in self._manifest.rows if not self._entries[row.number].was_run]
        origins = match_rows(left, self._digests, others)
        gone = {origin.row_key for origin in origins.values()}
        for row in left:
            origin = origins.get(row.number)
            if origin is None:
                if row.key in gone:
                    self.previous_keys[row.number] = ""  # whoever had this key is another row now
                continue
            self._note(row, origin)
            if not row.named and origin.digest != self._digests[row.number]:
                self.uncertain.add(row.number)
            if origin.row_key != row.key:
                self.previous_keys[row.number] = origin.row_key

    def _note(self, row: Row, outcome: RowOutcome) -> None:
        self._entries[row.number].set_outcome(outcome.status, outcome.failure)
        if outcome.status is Status.DONE:
            self._seconds[self._entries.place(row.number)] = outcome.seconds
