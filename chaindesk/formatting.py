"""Figures as people read them: durations, money, sizes and counts, the same in the window, terminal and reports."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence

TYPE_CHECKING = False  # as typing's own: every command imports this module, also one that shows no money
if TYPE_CHECKING:
    from decimal import Decimal

_SMALLEST_DOLLARS = "0.001"
_CONTROLS = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # of terminals, the one-byte forms of the C1 set included
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # of the direction of writing
    "\u2028\u2029\ufeff\ufff9-\ufffb\U000e0000-\U000e007f"  # of lines, and tags that nobody sees
    "\ud800-\udfff]"  # halves of characters, and bytes of a file name that is no text
)


def duration(seconds: float) -> str:
    """Return a duration such as ``4.2 s``, ``42 s``, ``1 min 05 s`` or ``2 h 03 min``."""
    if seconds < 9.95:
        return f"{max(seconds, 0):.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes} min {rest:02d} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02d} min"


def time_left(seconds: float) -> str:
    """Return an estimate of what is left: ``about 42 s left``, and ``under 1 s left`` rather than 0.0."""
    return f"about {duration(seconds)} left" if seconds >= 1 else "under 1 s left"


def clock_time(at: float) -> str:
    """Return the time of day of a moment of ``time.monotonic()``, such as ``12:31:05``."""
    return time.strftime("%H:%M:%S", time.localtime(time.time() + at - time.monotonic()))


def count(number: int, one: str = "", many: str = "") -> str:
    """Return a number with a comma between thousands, and what it counts: ``1,200``, ``1 row``, ``3 retries``."""
    if not one:
        return f"{number:,}"
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def figure(value: float) -> str:
    """Return a measured number: no decimal from 100 on, else one."""
    return count(round(value)) if value >= 100 else f"{value:.1f}"


def money(dollars: Decimal | float | None) -> str:
    """US dollars and cents; two digits below 10 cents; what nobody knows is ``unknown``, never $0.

    Such as ``$1,234.50``, ``$0.50``, ``$0.042``, ``$0.0042``, ``under $0.001``.
    """
    if dollars is None:
        return "unknown"
    from decimal import Context, Decimal

    amount = Decimal(str(dollars))
    if amount < 0:
        return f"-{money(-amount)}"
    rounded = Context(prec=2).plus(amount)
    if not amount or rounded >= Decimal("0.1"):
        return f"${amount:,.2f}"
    if amount < Decimal(_SMALLEST_DOLLARS):
        return f"under ${_SMALLEST_DOLLARS}"
    return f"${amount:.{1 - rounded.adjusted()}f}"


def money_range(low: Decimal, high: Decimal) -> str:
    """Return a range such as ``$2.80–3.40``, or ``up to $0.02`` where the least is next to nothing."""
    if low < type(low)(_SMALLEST_DOLLARS):
        return f"up to {money(high)}"
    least, most = money(low), money(high)
    return least if least == most else f"{least}–{most.removeprefix('$')}"


def size(number: int) -> str:
    """Bytes on a disk: ``640 KB``, ``12.4 MB``."""
    if number < 1_000_000:
        return f"{-(-number // 1000):,} KB"
    return f"{number / 1e6:,.1f} MB" if number < 1_000_000_000 else f"{number / 1e9:,.2f} GB"


def visible(text: str) -> str:
    """Return a text whose control characters are spelt out: ``\\x1b[31m`` instead of red letters.

    A server, a cell or a model could otherwise command the user's terminal, or write from right to left over what
    stands there. Line breaks and tabs stay.
    """
    return _CONTROLS.sub(lambda found: _spelt(ord(found[0])), text)


def _spelt(code: int) -> str:
    code = code - 0xDC00 if 0xDC80 <= code <= 0xDCFF else code  # a byte, as Python hands it on
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def listed(words: Sequence[str], most: int = 8) -> str:
    """Return the first of some words, and how many more there are: ``a, b and 3 more``."""
    more = f" and {len(words) - most:,} more" if len(words) > most else ""
    return ", ".join(words[:most]) + more


def row_ranges(numbers: Sequence[int], most: int = 8) -> str:
    """Row numbers as ranges, and how many more rows there are: ``2–5, 9, 12 and 30 more``."""
    ranges: list[tuple[int, int]] = []
    for number in sorted(numbers):
        if ranges and number == ranges[-1][1] + 1:
            ranges[-1] = (ranges[-1][0], number)
        else:
            ranges.append((number, number))
    words = [str(low) if low == high else f"{low}–{high}" for low, high in ranges[:most]]
    rest = sum(high - low + 1 for low, high in ranges[most:])
    return ", ".join(words) + (f" and {rest:,} more" if rest else "")
