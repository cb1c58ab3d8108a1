"""What a run is likely to cost: before it from bytes and earlier answers, then from its own first answers.

Before a run a token is guessed for every four bytes sent. What comes back is measured by the journal's answers to the
same step and model, and guessed with a wide spread where there are none: a step's ``max_output_tokens`` is a ceiling,
never an expectation. While a run goes on each answer makes the figure better.
"""

from __future__ import annotations

import bisect
import math
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from chaindesk.domain.chain import Step
from chaindesk.domain.completion import Endpoint, Usage
from chaindesk.domain.estimate import Estimate, Forecast, Price, StepEstimate
from chaindesk.domain.events import CallInVain, Event, RowFinished, StepFinished, StepStarted, StepWaiting
from chaindesk.domain.status import Status

GUESSED_OUTPUT = 500
_REASONED = 4  # times as much, thoughts included
_FIELD_TOKENS = 40
_GUESS_LOW, _GUESS_HIGH = 1 / 3, 3.0
_INPUT_LOW, _INPUT_HIGH = 0.75, 1.4
_FEWEST_MEASURED = 3
# Student's t for an interval that misses one time in ten, by degrees of freedom.
_STUDENT = (4.0, 6.31, 2.92, 2.35, 2.13, 2.02, 1.94, 1.89, 1.86, 1.83, 1.81)
_NORMAL = 1.7
_KEPT = 400
_FEW = 12
_SKEW = 1.25  # the dear side is the longer one
_TAIL, _LONG_TAIL = 1.4, 2.5  # times the longest so far: what calls may cost that have passed it
_LEFT_OPEN = (Status.FAILED, Status.STOPPED, Status.PENDING)
_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class StepDemand:
    """The missing calls of one step: how many, the tokens that they send, and earlier answers to measure them by."""

    step: Step
    endpoint: Endpoint
    calls: int
    input_tokens: int
    earlier: Sequence[Usage] = ()


def estimate(asked: Iterable[StepDemand], price: Price) -> Estimate:
    """What missing calls are likely to take, with a spread.

    Each call is priced by itself, because long ones may cost more a token.
    """
    steps = [_step_estimate(one, price) for one in asked]
    calling = [one for one in steps if one.calls]
    known = [one for one in calling if one.cost is not None]
    return Estimate(
        input_tokens=sum(one.input_tokens for one in steps),
        output_tokens=sum(one.output_tokens for one in steps),
        cost=sum((one.cost or _ZERO for one in known), _ZERO) if known else None,
        unknown_prices=tuple(dict.fromkeys(one.model for one in calling if one.cost is None)),
        low=sum((one.low or _ZERO for one in known), _ZERO) if known else None,
        high=sum((one.high or _ZERO for one in known), _ZERO) if known else None,
        steps=tuple(steps),
    )


def _step_estimate(asked: StepDemand, price: Price) -> StepEstimate:
    step = asked.step
    conditional = step.run_if is not None and step.run_if.step is not None
    if not asked.calls:
        return StepEstimate(step.name, step.model, 0, conditional=conditional)
    sent = round(asked.input_tokens / asked.calls)
    measured = asked.earlier if len(asked.earlier) >= _FEWEST_MEASURED else ()
    made = likely_output(step, measured)
    if measured:
        outputs = [_capped(step, usage.output) for usage in measured]
        costs = [
            price(asked.endpoint, step.model_name, Usage(sent, output, _cached(sent, usage)))
            for output, usage in zip(outputs, measured, strict=True)
        ]
        known = [float(cost) for cost in costs if cost is not None]
        spread = _Spread.of(known).total(asked.calls) if len(known) == len(costs) else None
    else:
        spread = _guessed_spread(asked, price, sent, made)
    cost, low, high = (None, None, None) if spread is None else map(dollars, spread)
    return StepEstimate(
        step=step.name,
        model=step.model,
        calls=asked.calls,
        input_tokens=asked.input_tokens,
        output_tokens=asked.calls * made,
        cost=cost,
        low=low,
        high=high,
        measured=len(measured),
        conditional=conditional,
    )


def likely_output(step: Step, earlier: Sequence[Usage]) -> int:
    """The tokens that a step's answer is likely to take: by earlier ones, guessed where there are too few."""
    if len(earlier) >= _FEWEST_MEASURED:
        return round(statistics.fmean(_capped(step, usage.output) for usage in earlier))
    made = _FIELD_TOKENS * len(step.fields) if step.fields else GUESSED_OUTPUT
    return _capped(step, made * (_REASONED if step.reasoning_effort else 1))


def _capped(step: Step, tokens: float) -> int:
    return round(min(tokens, step.max_output_tokens or tokens))


def _cached(sent: int, usage: Usage) -> int:
    """As great a part of the input as was read from the cache before."""
    return round(sent * usage.cached_input / usage.input) if usage.input else 0


def _guessed_spread(asked: StepDemand, price: Price, sent: int, made: int) -> tuple[float, float, float] | None:
    amounts = [
        price(asked.endpoint, asked.step.model_name, Usage(round(sent * more), _capped(asked.step, made * answered)))
        for more, answered in ((1.0, 1.0), (_INPUT_LOW, _GUESS_LOW), (_INPUT_HIGH, _GUESS_HIGH))
    ]
    likely, low, high = ([float(amount * asked.calls)] if amount is not None else [] for amount in amounts)
    return (likely[0], low[0], high[0]) if likely and low and high else None


class _Spread:
    """Costs of calls, one by one: how many, their mean, how far they lie apart (Welford's way), and some of them."""

    __slots__ = ("count", "kept", "mean", "squares", "wasted")

    def __init__(self) -> None:
        self.count = 0
        self.mean = 0.0
        self.squares = 0.0
        self.kept: list[float] = []  # the newest ones
        self.wasted = 0.0  # paid in vain beside them

    @classmethod
    def of(cls, costs: Iterable[float]) -> _Spread:
        spread = cls()
        for cost in costs:
            spread.add(cost)
        return spread

    def add(self, cost: float) -> None:
        if len(self.kept) < _KEPT:
            self.kept.append(cost)
        else:
            self.kept[self.count % _KEPT] = cost
        self.count += 1
        off = cost - self.mean
        self.mean += off / self.count
        self.squares += off * (cost - self.mean)

    def total(self, calls: int, reached: Sequence[float] = ()) -> tuple[float, float, float]:
        """What so many further calls are likely to cost, with what is wasted beside them, and a low and a high end.

        Args:
            calls: further calls, those that are out included.
            reached: what each of those that are out has cost already, as far as its time tells.
        """
        count = self.count
        deviation = math.sqrt(self.squares / (count - 1)) if count > 1 else self.mean
        if count < _FEW:
            deviation = max(deviation, 0.6 * self.mean / math.sqrt(count))  # so few may be alike by chance
        likely = lowest = highest = calls * self.mean
        if reached:
            weight = count / len(self.kept)
            likely, lowest, highest = (
                _Survivors(self.kept, weight, reached, tail).total(calls) for tail in (_TAIL, 1.0, _LONG_TAIL)
            )
            deviation = max(deviation, _Survivors(self.kept, weight, reached, _TAIL).deviation)
        student = _STUDENT[count - 1] if count <= len(_STUDENT) else _NORMAL
        width = student * deviation * math.sqrt(calls + calls * calls / count)
        more = 1 + (self.wasted / (self.mean * count) if self.mean > 0 else 0.0)
        return likely * more, max(lowest * more - width, 0.0), highest * more + _SKEW * width


class _Survivors:
    """How costs are spread where some calls are still out, which are the longer ones (Kaplan and Meier's way).

    Short answers come first: the mean of the first ones alone would promise too little.
    """

    def __init__(self, costs: Sequence[float], weight: float, reached: Sequence[float], tail: float) -> None:
        """Read the costs of ended calls, each for ``weight`` of them, and what those still out have reached; beyond the
        largest of all what is left costs ``tail`` times that."""
        self._reached = reached
        at_risk = weight * len(costs) + len(reached)
        left = 1.0
        self._places: list[float] = []
        self._shares: list[float] = []
        for cost, ended in sorted([(cost, True) for cost in costs] + [(cost, False) for cost in reached]):
            if ended:
                share = left * min(weight / at_risk, 1.0)
                self._places.append(cost)
                self._shares.append(share)
                left -= share
                at_risk -= weight
            else:
                at_risk -= 1
        self._end = tail * max(max(costs, default=0.0), max(reached, default=0.0))
        self._places.append(self._end)
        self._shares.append(max(left, 0.0))
        self._above = [0.0] * (len(self._places) + 1)  # shares of it and all above
        self._worth = [0.0] * (len(self._places) + 1)  # these by their cost
        for place in range(len(self._places) - 1, -1, -1):
            self._above[place] = self._above[place + 1] + self._shares[place]
            self._worth[place] = self._worth[place + 1] + self._shares[place] * self._places[place]

    @property
    def deviation(self) -> float:
        """How far the costs lie apart."""
        mean = self._worth[0]
        squares = sum(share * (place - mean) ** 2 for place, share in zip(self._places, self._shares, strict=True))
        return math.sqrt(squares)

    def total(self, calls: int) -> float:
        """What those still out and the others, not begun yet, of ``calls`` are likely to cost."""
        return sum(map(self._in_the_end, self._reached)) + max(calls - len(self._reached), 0) * self._worth[0]

    def _in_the_end(self, reached: float) -> float:
        place = bisect.bisect_right(self._places, reached)
        above = self._above[place]
        return self._worth[place] / above if above > 1e-12 else max(reached, self._end)


class CostForecaster:
    """Makes the estimate of a run better with each of its answers. Free of any clock: it is told the time."""

    def __init__(self, before: Estimate) -> None:
        self._before = {one.step: one for one in before.steps}
        self._left = {one.step: one.calls for one in before.steps}
        self._order = [one.step for one in before.steps]
        self._costs: dict[str, _Spread] = {}
        self._seconds: dict[str, float] = {}
        self._longest: dict[str, float] = {}
        self._unpriced: set[str] = set()
        self._out: dict[int, tuple[str, float]] = {}
        self._spent: Decimal | None = None
        self._answers = 0

    def fold(self, event: Event, steps_behind: int = 0) -> None:
        """Take an event in; ``steps_behind`` tells of a row's end how many steps it had got through."""
        match event:
            case StepStarted():
                self._out[event.row] = (event.step, event.at)
            case StepWaiting():
                self._out.pop(event.row, None)
            case StepFinished():
                self._out.pop(event.row, None)
                self._answered(event)
            case CallInVain():
                if event.cost is not None:
                    self._spent = (self._spent or _ZERO) + event.cost
                    self._costs.setdefault(event.step, _Spread()).wasted += float(event.cost)
            case RowFinished():
                self._out.pop(event.row, None)
                if event.status in _LEFT_OPEN:
                    for step in self._order[steps_behind:]:
                        self._left[step] -= 1

    def forecast(self, now: float) -> Forecast:
        """What the run will have cost in the end, at the time ``now``."""
        unknown: list[str] = []
        totals = [self._spent or _ZERO] * 3
        known = self._spent is not None
        for step in self._order:
            left = max(self._left[step], sum(1 for out, _ in self._out.values() if out == step))
            if not left:
                continue
            part = self._part(step, left, now)
            if part is None:
                unknown.append(self._before[step].model)
            else:
                known = True
                totals = [total + dollars(amount) for total, amount in zip(totals, part, strict=True)]
        likely, low, high = totals
        if not known:
            return Forecast(self._spent, None, None, None, tuple(dict.fromkeys(unknown)), self._answers)
        return Forecast(self._spent, likely, low, high, tuple(dict.fromkeys(unknown)), self._answers)

    def _answered(self, event: StepFinished) -> None:
        if event.reused or event.step not in self._left:
            return
        if event.skipped:
            self._left[event.step] -= self._before[event.step].conditional
            return
        self._left[event.step] -= 1
        self._answers += 1
        if event.cost is None:
            self._unpriced.add(event.step)
            return
        self._spent = (self._spent or _ZERO) + event.cost
        self._costs.setdefault(event.step, _Spread()).add(float(event.cost))
        self._seconds[event.step] = self._seconds.get(event.step, 0.0) + event.seconds
        self._longest[event.step] = max(self._longest.get(event.step, 0.0), event.seconds)

    def _part(self, step: str, left: int, now: float) -> tuple[float, float, float] | None:
        """What the calls left of a step are likely to cost: by this run's answers, or by the estimate before it."""
        costs = self._costs.get(step)
        if costs is not None and costs.count:
            return costs.total(left, self._reached(step, costs, now))
        before = self._before[step]
        if step in self._unpriced or before.cost is None or before.low is None or before.high is None:
            return None
        share = left / before.calls if before.calls else 1.0
        return float(before.cost) * share, float(before.low) * share, float(before.high) * share

    def _reached(self, step: str, costs: _Spread, now: float) -> list[float]:
        """What each call that is out has cost already, as far as its time tells."""
        seconds = self._seconds[step]
        rate = costs.mean * costs.count / seconds if seconds > 0 else 0.0
        most = 2 * self._longest[step]  # what hangs makes no answer dearer
        began = [began for out, began in self._out.values() if out == step]
        return [rate * min(max(now - at, 0.0), most) for at in began]


def dollars(amount: float) -> Decimal:
    """A statistical figure as money: to the millionth of a dollar and four digits."""
    digits = 6 if amount >= 0.001 or amount <= 0 else 9
    return Decimal(f"{amount:.{digits}f}")
