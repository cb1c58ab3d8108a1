"""Writes to the terminal: results on standard output, everything about them on standard error.

All output passes here, so that no text of a server, a cell or a model can command the terminal.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TextIO

from chaindesk.formatting import row_ranges, visible

if TYPE_CHECKING:
    from chaindesk.domain.manifest import Notice


def prepare_streams() -> None:
    """Make sure that no character breaks the output, whatever encoding the terminal has."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def say(text: str = "") -> None:
    """Print a line of a result on standard output."""
    _write(sys.stdout, visible(text) + "\n")


def note(text: str) -> None:
    """Print a line about the work on standard error. A closed stream is no reason to stop."""
    with contextlib.suppress(OSError, ValueError):
        _write(sys.stderr, visible(text) + "\n")


def say_json(values: Mapping[str, Any]) -> None:
    """Print one JSON object as a line of standard output, and flush it."""
    say(json.dumps(values, separators=(",", ":"), default=str))


def discard_output() -> None:
    """Send the rest of standard output nowhere: its reader has gone."""
    descriptor = os.open(os.devnull, os.O_WRONLY)
    os.dup2(descriptor, sys.stdout.fileno())
    os.close(descriptor)


def _write(stream: TextIO, text: str) -> None:
    stream.write(text)
    stream.flush()


def notice_line(notice: Notice) -> str:
    """Return a notice, with the rows that it is about if its message does not name them."""
    named = any(re.search(rf"\b{number}\b", notice.message) for number in notice.rows[:1])
    if named or not notice.rows:
        return f"Note: {notice.message}"
    which = "row" if len(notice.rows) == 1 else "rows"
    return f"Note: {notice.message} ({which} {row_ranges(notice.rows)})"


def table(rows: Sequence[Sequence[str]], right: str = "") -> list[str]:
    """Return rows as aligned lines; the columns whose index holds ``r`` in ``right`` are aligned to the right."""
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
