"""Figures as people read them: durations, counts, money."""

from __future__ import annotations

import time
from decimal import Decimal


def duration(seconds: float) -> str:
    """Such as ``4.2 s``, ``1 min 05 s`` or ``2 h 03 min``."""
    if seconds < 10:
        return f"{max(seconds, 0):.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes} min {rest:02d} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02d} min"


def clock_time(at: float) -> str:
    """The time of day of a moment of ``time.monotonic()``, such as ``12:31:05``."""
    return time.strftime("%H:%M:%S", time.localtime(time.time() + at - time.monotonic()))


def count(number: int) -> str:
    """With a comma between thousands, as on the command line."""
    return f"{number:,}"


def figure(value: float) -> str:
    """Three digits at most are of use."""
    if value >= 100:
        return count(round(value))
    return f"{value:.1f}"


def money(dollars: Decimal) -> str:
    """US dollars: cents where that says something, else as many places as show two digits."""
    if dollars == 0:
        return "$0.00"
    if dollars >= Decimal("0.1"):
        return f"${dollars:,.2f}"
    if dollars >= Decimal("0.001"):
        return f"${dollars:.4f}"
    return "under $0.001"


def plural(number: int, one: str, many: str) -> str:
    """Such as ``1 retry`` or ``3 retries``."""
    return f"{count(number)} {one if number == 1 else many}"


def rows(number: int) -> str:
    """Such as ``1 row`` or ``12 rows``."""
    return plural(number, "row", "rows")


def size(number: int) -> str:
    """Room on a disk: ``640 KB``, ``12.4 MB``."""
    if number < 1_000_000:
        return f"{-(-number // 1000):,} KB"
    return f"{number / 1e6:,.1f} MB" if number < 1_000_000_000 else f"{number / 1e9:,.2f} GB"
