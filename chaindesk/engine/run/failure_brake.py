"""The brake: a run in which most rows fail for one reason is held, before the rest of them fail likewise.

The rule, and why it is so, is told in docs/brake.md.
"""

from __future__ import annotations

from chaindesk.domain.records import Failure
from chaindesk.domain.status import Status
from chaindesk.engine.run.progress.failure_groups import FailureGroups, alike
from chaindesk.formatting import count

MIN_ENDED_ROWS = 20
"""The brake says nothing before so many rows are done or failed."""
MIN_SHARE = 0.5
"""More than this share of them must have failed for one reason."""


class FailureBrake:
    """Counts rows, not calls; each reason holds a run once."""

    def __init__(self) -> None:
        self._ended = 0
        self._groups = FailureGroups()
        self._told: set[tuple[object, str]] = set()

    def record(self, row: int, status: Status, failure: Failure | None) -> str:
        """Take note of how a row ended; return why the run is to be held, or ""."""
        if status not in (Status.DONE, Status.FAILED):
            return ""
        self._ended += 1
        if failure is None or status is Status.DONE:
            return ""
        failed = self._groups.add(row, failure)
        reason = (failure.kind, alike(failure.message))
        if self._ended < MIN_ENDED_ROWS or failed <= MIN_SHARE * self._ended or reason in self._told:
            return ""
        self._told.add(reason)
        said = self._groups.group_of(failure).reason
        return f"{failed:,} of {count(self._ended, 'row')} failed for one reason: {said}"
