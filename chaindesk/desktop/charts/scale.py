"""Axes: where a value stands, and the ticks that a person would choose."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal

from chaindesk.engine.reports.call_timeline import nice
from chaindesk.engine.reports.run_charts import Quantity
from chaindesk.engine.reports.svg_charts import clock
from chaindesk.formatting import count, money

_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True, slots=True)
class Scale:
    """From 0 to ``end`` along an axis.

    Attributes:
        start: the pixel of 0.
        length: pixels from there to the end; negative where the axis goes upwards.
        end: the value at its end.
    """

    start: float
    length: float
    end: float

    def place(self, value: float) -> float:
        """Return the pixel of a value."""
        return self.start + value / self.end * self.length

    def value(self, place: float) -> float:
        """Return the value at a pixel."""
        return (place - self.start) / self.length * self.end


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark of an axis: the value and how it reads."""

    value: float
    text: str


def ticks(end: float, quantity: Quantity, most: int) -> list[Tick]:
    """Return the marks of an axis from 0 to its end, no more than about so many."""
    if quantity is Quantity.TIME:
        step = nice(end / max(most, 1))
        if step >= 1:
            return [Tick(place * step, clock(place * step)) for place in range(int(end / step + 1e-6) + 1)]
    whole = quantity in (Quantity.ROWS, Quantity.CALLS)
    step = _round_step(end / max(most, 1), whole=whole)
    return [Tick(place * step, tick_text(place * step, quantity, step)) for place in range(int(end / step + 1e-6) + 1)]


def axis_end(largest: float, quantity: Quantity, most: int = 5) -> float:
    """Return where an axis ends whose largest value is this: at a mark, so that the top one is named."""
    if largest <= 0:
        return 1.0
    step = _round_step(largest / most, whole=quantity in (Quantity.ROWS, Quantity.CALLS))
    return math.ceil(largest / step - 1e-9) * step


def tick_text(value: float, quantity: Quantity, step: float) -> str:
    """Return how a value reads beside an axis whose marks are so far apart."""
    if quantity is Quantity.DOLLARS:
        if step >= 0.01 or not value:
            return money(Decimal(str(round(value, 2))))
        return f"${value:.{max(-math.floor(math.log10(step)), 2)}f}"
    if step >= 1 and step == round(step):
        return count(round(value))
    unit = " s" if quantity is Quantity.TIME else ""  # longer times are written with a colon, which tells the unit
    places = next(places for places in range(1, 9) if math.isclose(step, round(step, places), rel_tol=1e-6))
    return f"{value:.{places}f}{unit}"


def _round_step(least: float, *, whole: bool) -> float:
    """Return the next round distance of marks that is no less: 1, 2, 2.5 or 5 times a power of ten."""
    if least <= 0:
        return 1.0
    if whole and least <= 1:
        return 1.0
    power = 10.0 ** math.floor(math.log10(least))
    steps = [step * power for step in _STEPS if not whole or (step * power).is_integer()]
    return next((step for step in steps if step >= least * (1 - 1e-9)), 10 * power)
