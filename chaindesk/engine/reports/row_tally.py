"""What became of every row that a run took: figures that add up to the rows chosen, the same everywhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from chaindesk.domain.records import RunRecord
from chaindesk.domain.status import Status
from chaindesk.formatting import count


@dataclass(frozen=True, slots=True)
class RowTally:
    """The rows of a run by what became of them; all but ``chosen`` add up to it.

    Attributes:
        chosen: rows that it took.
        done: rows that it finished.
        failed: rows that failed.
        skipped: rows in which no step had anything to do.
        stopped: rows that were cut off.
        complete: rows that had all their answers before.
        left: rows that it did not come to, or not to the end of.
        unknown: rows that were complete before or were not come to; runs of earlier versions do not tell which.
    """

    chosen: int
    done: int
    failed: int
    skipped: int
    stopped: int
    complete: int
    left: int
    unknown: int = 0

    @property
    def parts(self) -> dict[str, int]:
        """The figures but ``chosen`` by their words, in order; those that are 0 too."""
        return {
            "done": self.done,
            "failed": self.failed,
            "skipped": self.skipped,
            "stopped": self.stopped,
            "complete before": self.complete,
            "not run": self.left,
            "not run or complete before": self.unknown,
        }

    @property
    def words(self) -> str:
        """Such as ``172 done, 7 failed, 121 not run``."""
        return ", ".join(f"{count(number)} {word}" for word, number in self.parts.items() if number) or "none"


def row_tally(run: RunRecord, ended: Mapping[Status, int]) -> RowTally:
    """Return what became of the rows of a run, of which so many ended in each way in it."""
    done, failed = ended.get(Status.DONE, 0), ended.get(Status.FAILED, 0)
    skipped, stopped = ended.get(Status.SKIPPED, 0) + (run.skipped or 0), ended.get(Status.STOPPED, 0)
    complete = run.complete or 0
    rest = max(run.rows - done - failed - skipped - stopped - complete, 0)
    noted = run.complete is not None
    return RowTally(run.rows, done, failed, skipped, stopped, complete, rest if noted else 0, 0 if noted else rest)
