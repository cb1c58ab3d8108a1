"""When each call of a run was answered and how long it went on: in columns of numbers, since a run may have 300,000."""

from __future__ import annotations

import heapq
import math
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate

from chaindesk.domain.completion import Finish
from chaindesk.domain.records import Answer, RowOutcome

FAILED = -1
"""The step of a bar that stands for a row's failure."""
WAITING = -2
"""The step of a bar in which a row had no answered call out: limits, retries, a pause."""
_MIN_WAIT = 0.05  # seconds; less is no wait
_OVERLAP = 0.02  # seconds: a row begins a moment before the last event of the one that it follows
_NICE = (0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 28800, 86400)


@dataclass(frozen=True, slots=True)
class Bar:
    """A call in the timeline, or the time in which a row failed.

    Attributes:
        lane: which of the slots side by side, from 0.
        row: the sheet row number.
        step: its step's index in the chain, or ``FAILED``.
        start: seconds since the run began.
        end: the same.
        cut: whether the answer was cut at its output limit.
    """

    lane: int
    row: int
    step: int
    start: float
    end: float
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Timeline:
    """Rows side by side over time.

    Attributes:
        bars: the calls that are shown.
        lanes: how many slots there are.
        end: seconds that are shown, from the run's beginning.
        rows: how many rows are shown.
        rows_in_all: how many there are.
        waits: when the rows that are shown waited.
    """

    bars: Sequence[Bar]
    lanes: int
    end: float
    rows: int
    rows_in_all: int
    waits: Sequence[Bar] = ()

    @property
    def whole(self) -> bool:
        """Whether every row is shown."""
        return self.rows == self.rows_in_all


class CallTable:
    """The calls of a run that were answered, and its rows that failed, in order of time.

    Attributes:
        steps: names of the steps.
        seconds: how long each call went on.
        costs: US dollars of each call, 0 where no price is known.
    """

    def __init__(self, started_at: datetime, steps: Sequence[str]) -> None:
        self.steps = list(steps)
        self.seconds = array("d")
        self.costs = array("d")
        self._started_at = started_at
        self._ends = array("d")
        self._step = array("H")
        self._row = array("q")
        self._cut = bytearray()
        self._failed_rows = array("q")
        self._failed_ends = array("d")
        self._failed_begins = array("d")
        self._row_begins: dict[int, float] = {}

    def __len__(self) -> int:
        return len(self._ends)

    @property
    def failures(self) -> int:
        """How many rows failed."""
        return len(self._failed_rows)

    @property
    def end(self) -> float:
        """Seconds from the run's beginning to the last thing that is known."""
        return max(max(self._ends, default=0.0), max(self._failed_ends, default=0.0))

    def add(self, answer: Answer) -> None:
        """Note an answer."""
        if answer.step not in self.steps:
            self.steps.append(answer.step)
        self._ends.append(self._since(answer.finished_at))
        self.seconds.append(max(answer.seconds, 0.0))
        self.costs.append(float(answer.cost or 0))
        self._step.append(self.steps.index(answer.step))
        self._row.append(answer.row_number)
        self._cut.append(answer.finish is Finish.LENGTH)

    def begin_row(self, outcome: RowOutcome) -> None:
        """Note when a row began."""
        self._row_begins[outcome.row_number] = max(self._since(outcome.finished_at) - outcome.seconds, 0.0)

    def fail(self, outcome: RowOutcome) -> None:
        """Note a row that failed."""
        end = self._since(outcome.finished_at)
        self._failed_rows.append(outcome.row_number)
        self._failed_ends.append(end)
        self._failed_begins.append(max(end - outcome.seconds, 0.0))

    def calls(self) -> Iterator[Bar]:
        """Yield each call that was answered, in order of its answer; without a lane."""
        for index, end in enumerate(self._ends):
            begin = end - self.seconds[index]
            yield Bar(0, self._row[index], self._step[index], begin, end, bool(self._cut[index]))

    def seconds_of(self, step: int) -> list[float]:
        """Return how long the calls of a step went on, the shortest first."""
        return sorted(seconds for seconds, its in zip(self.seconds, self._step, strict=True) if its == step)

    def timeline(self, max_bars: int, max_lanes: int) -> Timeline:
        """Rows side by side, as long as there is room: the first rows of the run where there are too many.

        Args:
            max_bars: no more bars than about this.
            max_lanes: slots beyond this are left out.
        """
        rows = self._by_row()
        order = sorted(rows.values(), key=lambda bars: bars[0][1])
        shown: list[Bar] = []
        waits: list[Bar] = []
        busy: list[tuple[float, int]] = []  # when each lane in use becomes free
        free: list[int] = []
        lanes = drawn = 0
        for bars in order:
            start, end = bars[0][1], bars[-1][2]
            if len(shown) + len(bars) > max_bars:
                break
            while busy and busy[0][0] <= start + _OVERLAP:
                heapq.heappush(free, heapq.heappop(busy)[1])
            lane = heapq.heappop(free) if free else lanes
            lanes = max(lanes, lane + 1)
            heapq.heappush(busy, (end, lane))
            if lane < max_lanes:
                drawn += 1
                shown += [Bar(lane, row, step, begin, until, cut) for row, begin, until, step, cut in bars]
                waits += self._waits(lane, bars)
        whole = drawn == len(order)
        last = self.end if whole else max((bar.end for bar in shown), default=0.0)
        return Timeline(shown, min(lanes, max_lanes), last, drawn, len(order), waits)

    def _waits(self, lane: int, bars: Sequence[tuple[int, float, float, int, bool]]) -> Iterator[Bar]:
        """Yield when a row had no answered call out, from its beginning on."""
        row = bars[0][0]
        since = self._row_begins.get(row, bars[0][1])
        for _, begin, end, _, _ in bars:
            if begin - since > _MIN_WAIT:
                yield Bar(lane, row, WAITING, since, begin)
            since = max(since, end)

    def _by_row(self) -> dict[int, list[tuple[int, float, float, int, bool]]]:
        rows: dict[int, list[tuple[int, float, float, int, bool]]] = {}
        for index, end in enumerate(self._ends):
            row, begin = self._row[index], max(end - self.seconds[index], 0.0)
            rows.setdefault(row, []).append((row, begin, end, self._step[index], bool(self._cut[index])))
        for row, end, begin in zip(self._failed_rows, self._failed_ends, self._failed_begins, strict=True):
            bars = rows.setdefault(row, [])
            since = max([begin, *(bar[2] for bar in bars if bar[2] <= end)])
            bars.append((row, since, end, FAILED, False))
        for bars in rows.values():
            bars.sort(key=lambda bar: bar[1])
        return rows

    def at_once(self, buckets: int) -> tuple[float, list[list[float]]]:
        """Return the mean calls in flight: the bucket's width in seconds, and for each step the mean in each."""
        width = self.end / buckets if self.end > 0 else 1.0
        mean = [[0.0] * buckets for _ in self.steps]
        for index, end in enumerate(self._ends):
            into = mean[self._step[index]]
            begin = max(end - self.seconds[index], 0.0)
            first, last = min(int(begin / width), buckets - 1), min(int(end / width), buckets - 1)
            for bucket in range(first, last + 1):
                covered = min(end, (bucket + 1) * width) - max(begin, bucket * width)
                into[bucket] += max(covered, 0.0) / width
        return width, mean

    def finished(self, max_buckets: int) -> tuple[float, list[list[int]], list[int]]:
        """Return the answered calls: the bucket's width in seconds, per step the count in each, failed rows."""
        width = nice(self.end / max_buckets)
        buckets = int(self.end / width) + 1
        counts = [[0] * buckets for _ in self.steps]
        for step, end in zip(self._step, self._ends, strict=True):
            counts[step][int(end / width)] += 1
        failed = [0] * buckets
        for end in self._failed_ends:
            failed[int(end / width)] += 1
        return width, counts, failed

    def lengths(self, max_bins: int) -> tuple[float, list[list[int]]]:
        """Return how long calls went on: the bin's width in seconds, and per step the count in each.

        The bins reach as far as 99 of 100 calls.
        """
        reach = quantile(sorted(self.seconds), 0.99)
        width = nice(reach / max_bins)
        bins = int(reach / width) + 2
        counts = [[0] * bins for _ in self.steps]
        for step, seconds in zip(self._step, self.seconds, strict=True):
            counts[step][min(int(seconds / width), bins - 1)] += 1
        return width, counts

    def spent(self, buckets: int) -> tuple[float, list[list[float]]]:
        """Return the US dollars spent so far: the bucket's width in seconds, and per step the sum at each one's end."""
        width = self.end / buckets if self.end > 0 else 1.0
        sums = [[0.0] * buckets for _ in self.steps]
        for step, end, cost in zip(self._step, self._ends, self.costs, strict=True):
            sums[step][min(int(end / width), buckets - 1)] += cost
        return width, [list(accumulate(values)) for values in sums]

    def failed_at(self) -> Iterator[tuple[int, float]]:
        """Return each row that failed, and when."""
        return zip(self._failed_rows, self._failed_ends, strict=True)

    def _since(self, moment: datetime) -> float:
        # A clock that was set back must not put anything before the beginning.
        return max((moment - self._started_at).total_seconds(), 0.0)


def nice(value: float) -> float:
    """Return the next round number of seconds that is no less."""
    for one in _NICE:
        if one >= value:
            return one
    return math.ceil(value / 86400) * 86400.0


def quantile(ordered: Sequence[float], share: float) -> float:
    """Return the value below which that share of them lies; 0 where there are none."""
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else 0.0
