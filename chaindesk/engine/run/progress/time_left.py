"""How long a run will still take: the rows at work and those to come, played through with the latencies seen so far.

The window, the command line and ``--json`` show this one number. How it is found, and how good it is, is told in
docs/time-left.md.
"""

from __future__ import annotations

import heapq
import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from chaindesk.domain.events import (
    CallInVain,
    ConcurrencyChanged,
    Event,
    RowFinished,
    RunFinished,
    RunPaused,
    RunResumed,
    RunStarted,
    SideCall,
    StepFinished,
    StepStarted,
    StepWaiting,
)
from chaindesk.domain.status import Status
from chaindesk.engine.run.progress.call_latencies import QUANTILES, CallLatencies
from chaindesk.engine.run.progress.held_time import HeldTime

_MAX_ROWS_LOOKED_AT = 200  # of those at work, so that it takes no time however many there are
_MAX_PLAYED_SLOTS = 64  # more rows at once are played in proportion
_PLAYED_ROUNDS = 4  # rows per slot that are played one by one at the end; those before are reckoned
_BEYOND_ALL_SEEN = 1.1  # a call that is out longer than any before is taken for a tenth longer still
_GOLDEN = (math.sqrt(5) - 1) / 2  # its multiples spread evenly between 0 and 1
_MIN_MEMORY_S, _MAX_MEMORY_S = 2.0, 120.0
_MEMORY_SHARE = 0.2  # of the run so far: how long it is remembered how many calls were out
_FADED_EVERY_S = 0.02  # a hundredth of the shortest memory


@dataclass(slots=True)
class _RowAtWork:
    """A row that has begun.

    Attributes:
        step: the index of the step that it is at.
        out_since: when its call went out, or None while it waits.
        spent: seconds that earlier tries of this step's call were out.
    """

    step: int = 0
    out_since: float | None = None
    spent: float = 0.0


class TimeLeft:
    """Folds the events of one run, and estimates its end.

    Args:
        event: the run's first.
    """

    def __init__(self, event: RunStarted) -> None:
        self._steps, self._concurrency = event.steps, event.concurrency
        self._calls = event.calls  # still to be answered, as far as is known
        self._queued = len(event.rows)
        self._begun: dict[int, _RowAtWork] = {}
        self._latencies = [CallLatencies() for _ in event.steps]
        self._failed = [0] * len(event.steps)
        planned = {step.step: step for step in event.estimate.steps}
        calls = [planned[name].calls if name in planned else 0 for name in event.steps]
        most = max(calls, default=0)
        self._shares = [number / most for number in calls] if most else [1.0] * len(calls)
        conditional = [name in planned and planned[name].conditional for name in event.steps]
        self._conditional = {index: [0, 0] for index, on in enumerate(conditional) if on}  # called, and left out
        self._ending = False
        self._out = 0
        self._started = self._looked = event.at
        self._held = HeldTime()
        self._out_seconds = self._all_seconds = 0.0
        self._out_lately = self._lately = 0.0  # the same since they faded last

    # --- folding -----------------------------------------------------------------------------------------------

    def fold(self, event: Event) -> None:
        """Fold an event in."""
        self._pass_time(event.at)
        match event:
            case StepStarted():
                self._call_out(self._row(event.row), event.step, event.at)
            case StepFinished():
                self._answered(event)
            case RowFinished():
                self._row_ended(event)
            case StepWaiting():
                self._call_back(self._row(event.row), event.at)
            case CallInVain() | SideCall():
                if (row := self._begun.get(event.row)) is not None:
                    self._call_back(row, event.at)
            case ConcurrencyChanged():
                self._concurrency = event.concurrency
            case RunPaused() | RunResumed() | RunFinished():
                self._held.fold(event)
                self._ending = self._ending or isinstance(event, RunFinished)

    def leave_out(self, event: RowFinished) -> None:
        """Fold the end of a row that no worker took: no call comes back by it, so that its moment does not count."""
        self._row_ended(event)

    def _row(self, number: int) -> _RowAtWork:
        if (row := self._begun.get(number)) is None:
            row = self._begun[number] = _RowAtWork()
            self._queued = max(self._queued - 1, 0)
        return row

    def _call_out(self, row: _RowAtWork, step: str, at: float) -> None:
        self._call_back(row, at)
        if step in self._steps:
            row.step = self._steps.index(step)
        row.out_since = at
        self._out += 1

    def _call_back(self, row: _RowAtWork, at: float) -> None:
        if row.out_since is not None:
            row.spent += max(at - row.out_since, 0.0)
            row.out_since = None
            self._out -= 1

    def _answered(self, event: StepFinished) -> None:
        row = self._row(event.row)
        self._call_back(row, event.at)
        index = self._steps.index(event.step) if event.step in self._steps else row.step
        if event.skipped:
            if index in self._conditional:
                self._conditional[index][1] += 1
                self._calls -= 1
        elif not event.reused:
            self._latencies[index].add(row.spent or event.seconds)
            self._calls -= 1
            if index in self._conditional:
                self._conditional[index][0] += 1
        row.step, row.spent = index + 1, 0.0

    def _row_ended(self, event: RowFinished) -> None:
        row = self._begun.pop(event.row, None)
        self._ending = self._ending or event.status is Status.PENDING
        if row is None:
            self._queued = max(self._queued - 1, 0)
            if event.status is Status.FAILED:
                self._calls -= len(self._steps)
            return
        self._call_back(row, event.at)
        if event.status is Status.FAILED and row.step < len(self._steps):
            self._failed[row.step] += 1
            if row.spent:
                self._latencies[row.step].add(row.spent)
        self._calls -= max(len(self._steps) - row.step, 0)

    def _pass_time(self, now: float) -> None:
        """Note how many calls were out since the last event."""
        passed = now - self._looked
        if passed <= 0:
            return
        self._looked = now
        if self._held.held:
            return
        self._out_lately += self._out * passed
        self._lately += passed
        if self._lately >= _FADED_EVERY_S:
            self._fade(now)

    def _fade(self, now: float) -> None:
        """Let what was noted before count less by the time that has passed since."""
        memory = min(max((now - self._started - self._held.seconds(now)) * _MEMORY_SHARE, _MIN_MEMORY_S), _MAX_MEMORY_S)
        faded = math.exp(-self._lately / memory)
        self._out_seconds = self._out_seconds * faded + self._out_lately
        self._all_seconds = self._all_seconds * faded + self._lately
        self._out_lately = self._lately = 0.0

    @property
    def calls_left(self) -> int:
        """Return how many calls are still to be answered, as far as is known: those of failed rows are not."""
        return max(self._calls, 0)

    # --- the estimate ------------------------------------------------------------------------------------------

    def seconds(self, now: float) -> float | None:
        """Return the seconds until the run is likely to end; None where nothing can be said, or it is being ended."""
        if self._ending or self._held.held or not (self._begun or self._queued):
            return None
        tables = self._tables(now)
        if not tables:
            return None
        self._pass_time(now)
        self._fade(now)
        stands_for = max(math.ceil(len(self._begun) / _MAX_ROWS_LOOKED_AT), 1)  # rows for each that is looked at
        looked_at = list(self._begun.items())[::stands_for]
        rest = [self._rest_of(number, row, tables, now) for number, row in looked_at]
        shares = self._row_shares()
        mean = sum(share * sum(table) / QUANTILES for share, table in zip(shares, tables, strict=True))
        calls = sum(rest) * len(self._begun) / max(len(rest), 1) + self._queued * mean
        played = self._played(rest, stands_for, shares, tables, mean)
        return max(played, max(rest, default=0.0), self._by_calls_out(calls))

    def _played(
        self,
        rest: list[float],
        stands_for: int,
        shares: Sequence[float],
        tables: Sequence[Sequence[float]],
        mean: float,
    ) -> float:
        """Return the seconds that the rows need where nothing but their calls takes time."""
        slots, queued = self._concurrency, float(self._queued)
        if slots > _MAX_PLAYED_SLOTS:
            every = max(math.ceil(max(slots, len(self._begun)) / _MAX_PLAYED_SLOTS / stands_for), 1)
            rest = sorted(rest)[every // 2 :: every]
            slots, queued = max(slots // (every * stands_for), 1), queued / (every * stands_for)
        played = min(round(queued), slots * _PLAYED_ROUNDS)
        reckoned = (queued - played) * mean / slots if queued > played else 0.0
        return reckoned + _play(rest, [_row_seconds(index, shares, tables) for index in range(played)], slots)

    def _by_calls_out(self, call_seconds: float) -> float:
        """Return the seconds that so many seconds of calls need with as many calls out as lately.

        Where a limit, retries or a small budget keep calls back, that is what the run waits for.
        """
        return call_seconds * self._all_seconds / self._out_seconds if self._out_seconds else 0.0

    def _tables(self, now: float) -> list[list[float]]:
        """Return the quantiles of each step's calls; an unseen step is taken for the mean of the others."""
        ages: list[list[float]] = [[] for _ in self._steps]
        for row in self._begun.values():
            if row.out_since is not None and row.step < len(ages):
                ages[row.step].append(row.spent + now - row.out_since)
        tables = [latencies.quantiles(out) for latencies, out in zip(self._latencies, ages, strict=True)]
        known = [table for table in tables if table]
        if not known:
            return []
        usual = [sum(values) / len(known) for values in zip(*known, strict=True)]
        return [table or usual for table in tables]

    def _rest_of(self, number: int, row: _RowAtWork, tables: Sequence[Sequence[float]], now: float) -> float:
        """Return the seconds until a row at work ends."""
        if row.step >= len(tables):
            return 0.0
        age = row.spent + (0.0 if row.out_since is None else now - row.out_since)
        total = _longer_than(tables[row.step], age, number * _GOLDEN % 1.0) - age
        for index in range(row.step + 1, len(tables)):
            total += self._called(index) * _quantile(tables[index], number * _GOLDEN * (index + 1) % 1.0)
        return max(total, 0.0)

    def _row_shares(self) -> list[float]:
        """Return for each step how many of the rows to come will call it."""
        at_work = sum(max(len(self._steps) - row.step, 0) for row in self._begun.values())
        per_row = max(self._calls - at_work, 0) / self._queued if self._queued else 0.0
        planned = sum(self._shares)
        scale = per_row / planned if planned else 0.0
        shares, alive = [], 1.0
        for index, share in enumerate(self._shares):
            shares.append(share * scale * alive * self._called(index))
            ended = self._latencies[index].answered
            alive *= 1 - self._failed[index] / ended if ended else 1.0
        return shares

    def _called(self, step: int) -> float:
        """Return the share of rows whose condition for a step holds, where an earlier answer decides that."""
        called, left_out = self._conditional.get(step, (1, 0))
        return called / (called + left_out) if called + left_out else 1.0


def _row_seconds(number: int, shares: Sequence[float], tables: Sequence[Sequence[float]]) -> float:
    """Return how long a row to come takes: each of its calls one of those seen, spread evenly over the rows."""
    steps = enumerate(zip(shares, tables, strict=True), 1)
    return sum(share * _quantile(table, (number + 0.5) * _GOLDEN * step % 1.0) for step, (share, table) in steps)


def _play(rest: Sequence[float], rows: Sequence[float], slots: int) -> float:
    """Return when the last row ends, where each row takes the slot that is free first."""
    ends = sorted(rest)
    last = ends[-1] if ends else 0.0
    ends = ends[max(len(ends) - slots, 0) :]  # fewer slots than rows at work: the first to end take no other
    ends = [0.0] * (slots - len(ends)) + ends
    for seconds in rows:
        end = ends[0] + seconds
        heapq.heapreplace(ends, end)
        last = max(last, end)
    return last


def _quantile(table: Sequence[float], share: float) -> float:
    return table[min(int(share * len(table)), len(table) - 1)]


def _longer_than(table: Sequence[float], age: float, share: float) -> float:
    """Return a quantile of those values that are greater than an age; somewhat more than the age where none is."""
    first = bisect_right(table, age)
    return table[first + int(share * (len(table) - first))] if first < len(table) else age * _BEYOND_ALL_SEEN
