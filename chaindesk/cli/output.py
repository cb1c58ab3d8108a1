"""What the terminal is told: results on standard output, everything about them on standard error, and their wording."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import sys
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from chaindesk.domain.manifest import Notice


def prepare_streams() -> None:
    """Make sure that no character can break the output, whatever encoding the terminal has."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def say(text: str = "") -> None:
    """Tell a result: a line on standard output."""
    _write(sys.stdout, text + "\n")


def note(text: str) -> None:
    """Tell something about the work: a line on standard error. A closed stream is no reason to stop."""
    with contextlib.suppress(OSError, ValueError):
        _write(sys.stderr, text + "\n")


def say_json(values: Mapping[str, Any]) -> None:
    """One JSON object on a line of standard output, there at once."""
    say(json.dumps(values, separators=(",", ":"), default=str))


def discard_output() -> None:
    """Send the rest of standard output nowhere: its reader has gone."""
    descriptor = os.open(os.devnull, os.O_WRONLY)
    os.dup2(descriptor, sys.stdout.fileno())
    os.close(descriptor)


def _write(stream: TextIO, text: str) -> None:
    stream.write(text)
    stream.flush()


def duration(seconds: float) -> str:
    """A time as people say it: ``0.8 s``, ``42 s``, ``3 min 20 s``, ``2 h 5 min``."""
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def money(dollars: Decimal | float | None) -> str:
    """US dollars with as many digits as say something."""
    if dollars is None:
        return "unknown"
    amount = Decimal(str(dollars))
    if amount == 0 or amount >= 1:
        return f"${amount:,.2f}"
    return f"${amount:.4f}" if amount >= Decimal("0.0001") else "under $0.0001"


def size(number: int) -> str:
    """Room on a disk: ``640 KB``, ``12.4 MB``."""
    if number < 1_000_000:
        return f"{-(-number // 1000):,} KB"
    return f"{number / 1e6:,.1f} MB" if number < 1_000_000_000 else f"{number / 1e9:,.2f} GB"


def count(number: int, one: str, many: str = "") -> str:
    """``1 row``, ``1,200 rows``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def listed(numbers: Sequence[int], most: int = 8) -> str:
    """Row numbers as ranges, and how many more there are: ``2–5, 9, 12 and 30 more``."""
    ranges: list[tuple[int, int]] = []
    for number in sorted(numbers):
        if ranges and number == ranges[-1][1] + 1:
            ranges[-1] = (ranges[-1][0], number)
        else:
            ranges.append((number, number))
    words = [str(low) if low == high else f"{low}–{high}" for low, high in ranges[:most]]
    rest = sum(high - low + 1 for low, high in ranges[most:])
    return ", ".join(words) + (f" and {rest:,} more" if rest else "")


def notice_line(notice: Notice) -> str:
    """A notice with the rows that it is about, where its own words do not name them."""
    named = any(re.search(rf"\b{number}\b", notice.message) for number in notice.rows[:1])
    told = not notice.rows or named
    rows = "" if told else f" ({'row' if len(notice.rows) == 1 else 'rows'} {listed(notice.rows)})"
    return f"Note: {notice.message}{rows}"


def table(rows: Sequence[Sequence[str]], right: str = "") -> list[str]:
    """Rows as aligned lines; the columns whose place holds ``r`` in ``right`` are aligned to the right."""
    columns = range(max(map(len, rows), default=0))
    widths = [max(len(row[place]) for row in rows) for place in columns]
    aligns = right.ljust(len(widths))
    return [
        "  ".join(
            cell.rjust(width) if align == "r" else cell.ljust(width)
            for cell, width, align in zip(row, widths, aligns, strict=False)
        ).rstrip()
        for row in rows
    ]
