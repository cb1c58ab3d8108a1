"""Which rows a run works on: the words of ``--rows``, read once and applied to a manifest."""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from chaindesk.domain.errors import UsageError
from chaindesk.domain.manifest import Manifest, Row
from chaindesk.domain.row_condition import RowCondition, StateOf
from chaindesk.domain.status import Status

_RANGE = re.compile(r"(\d+)(?:\s*-\s*(\d+))?")


@dataclass(frozen=True, slots=True)
class RowSelection:
    """All rows, the failed, flagged or doubtful ones, the first N, sheet rows by number, or those that fit a condition.

    Attributes:
        failed_only: select only the rows whose last outcome was a failure.
        flagged_only: select only the rows with an answer that fails a check.
        doubtful_only: select only the doubtful rows that wait for a review; ``among`` tells it which these are.
        first: select at most so many, from the top.
        ranges: inclusive ranges of sheet row numbers; None selects any.
        condition: what a row's cell or state is to be; None selects any.
    """

    failed_only: bool = False
    flagged_only: bool = False
    doubtful_only: bool = False
    first: int | None = None
    ranges: tuple[tuple[int, int], ...] | None = None
    condition: RowCondition | None = None

    @classmethod
    def parse(cls, words: str) -> RowSelection:
        """Read ``all``, ``failed``, ``flagged``, ``doubtful``, ``first:N``, ``2-50,60``, or a condition: ``A=b``.

        Raises:
            UsageError: the words are none of these.
        """
        words = words.strip()
        if words == "all":
            return cls()
        if words == "failed":
            return cls(failed_only=True)
        if words == "flagged":
            return cls(flagged_only=True)
        if words == "doubtful":
            return cls(doubtful_only=True)
        if words.startswith("first:"):
            return cls(first=_positive(words.removeprefix("first:"), words))
        condition = RowCondition.parse(words)
        if condition is not None:
            return cls(condition=condition)
        return cls(ranges=tuple(_range(part.strip(), words) for part in words.split(",")))

    @classmethod
    def of_numbers(cls, numbers: Iterable[int]) -> RowSelection:
        """Return just these sheet rows."""
        return cls().among(numbers)

    def among(self, numbers: Iterable[int]) -> RowSelection:
        """Return the selection with just these sheet rows left to choose from."""
        return replace(self, ranges=tuple((number, number) for number in sorted(numbers)))

    @property
    def by_state(self) -> bool:
        """Whether it chooses by what the journal knows of rows."""
        of_state = self.condition is not None and self.condition.of_state
        return self.failed_only or self.flagged_only or self.doubtful_only or of_state

    def fitted(self, manifest: Manifest) -> RowSelection:
        """Return the selection with the sheet's own spelling of the column in its condition.

        Raises:
            UsageError: the sheet has no such column, or no row of the sheet is in any of the ranges.
        """
        if self.condition is not None:
            return replace(self, condition=self.condition.fitted(manifest))
        if self.ranges is None or not manifest.rows:
            return self
        if not any(low <= row.number <= high for row in manifest.rows for low, high in self.ranges):
            words = ",".join(f"{low}-{high}" if high > low else str(low) for low, high in self.ranges)
            first, last = manifest.rows[0].number, manifest.rows[-1].number
            raise UsageError(f'--rows "{words}": the sheet has no such row. Its jobs are in rows {first} to {last}.')
        return self

    def select(self, rows: Iterable[Row], state: StateOf | None = None) -> list[Row]:
        """Return the chosen rows, in their order.

        Args:
            rows: the manifest's rows.
            state: how the row with a sheet number stands; without it no row has failed.
        """
        chosen = list(rows)
        if self.failed_only:
            chosen = [row for row in chosen if state is not None and state(row.number).status is Status.FAILED]
        if self.flagged_only:
            chosen = [row for row in chosen if state is not None and state(row.number).flags]
        if self.doubtful_only and self.ranges is None:
            chosen = []
        if self.condition is not None:
            chosen = [row for row in chosen if self.condition.holds(row, state)]
        if self.ranges is not None:
            wanted = _merged(self.ranges)
            lows = [low for low, _ in wanted]
            chosen = [row for row in chosen if _within(row.number, lows, wanted)]
        return chosen if self.first is None else chosen[: self.first]

    def nothing_to_run(self, rows: Sequence[Row]) -> str:
        """Return why no row of a sheet is chosen."""
        if not rows:
            return "Nothing to run: the sheet has no jobs below its headers."
        if self.condition is not None:
            return f"Nothing to run: no row has {self.condition}."
        if self.flagged_only:
            return "Nothing to run: no answer fails a check."
        if self.doubtful_only:
            return "Nothing to run: no row that waits for a review is doubtful."
        return "Nothing to run: no row has failed." if self.failed_only else "Nothing to run: no row is chosen."


def _within(number: int, lows: list[int], wanted: list[tuple[int, int]]) -> bool:
    index = bisect.bisect_right(lows, number) - 1
    return index >= 0 and number <= wanted[index][1]


def _merged(ranges: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for low, high in sorted(ranges):
        if merged and low <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(high, merged[-1][1]))
        else:
            merged.append((low, high))
    return merged


def _positive(text: str, words: str) -> int:
    if not text.strip().isdecimal() or int(text) < 1:
        raise UsageError(f'--rows "{words}": first: wants a number of at least 1, such as first:10.')
    return int(text)


def _range(part: str, words: str) -> tuple[int, int]:
    match = _RANGE.fullmatch(part)
    if match is None:
        raise UsageError(
            f'--rows "{words}": "{part}" is not a row. Write all, failed, flagged, doubtful, first:10, sheet rows '
            "such as 2-50,60, or a condition such as Country=DE."
        )
    low = int(match[1])
    high = int(match[2] or low)
    if low < 1:
        raise UsageError(f'--rows "{words}": there is no row {low}. The first job is most often in row 2.')
    if high < low:
        raise UsageError(f'--rows "{words}": the range {part} is empty. Write the smaller row first, such as 2-50.')
    return low, high
