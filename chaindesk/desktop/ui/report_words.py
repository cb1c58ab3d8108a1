"""The lines of a past run's report in the window's language.

The engine writes them for the terminal. As with what it says of failed calls, their templates are found again by the
words that do not vary; a line that no template fits stays as it was written.
"""

from __future__ import annotations

import re

from chaindesk.desktop.ui.engine_words import failure_text, kind_text, parts_of, translated
from chaindesk.desktop.ui.translation import tr_noop

_CLAUSES = (
    tr_noop("{n} done"),
    tr_noop("{n} failed"),
    tr_noop("{n} skipped"),
    tr_noop("{n} stopped"),
    tr_noop("{n} complete before"),
    tr_noop("{n} not run"),
    tr_noop("{n} not run or complete before"),
    tr_noop("{n} approved"),
    tr_noop("{n} edited"),
    tr_noop("{n} rejected"),
    tr_noop("{n} passed at once"),
    tr_noop("{n} after asking again"),
    tr_noop("{n} escalated"),
    tr_noop("{n} to review"),
    tr_noop("{n} call beside the answers"),
    tr_noop("{n} calls beside the answers"),
    tr_noop("{n} tokens read from it"),
    tr_noop("{n} written to it"),
    tr_noop("saved {money}"),
    tr_noop("cost {money} more than it saved"),
    tr_noop("{n} answer at the {speed} price"),
    tr_noop("{n} answers at the {speed} price"),
    tr_noop("{n} answer"),
    tr_noop("{n} answers"),
    tr_noop("no answers"),
    tr_noop("{n} call"),
    tr_noop("{n} calls"),
    tr_noop("{n} row"),
    tr_noop("{n} rows"),
    tr_noop("{n} tokens"),
    tr_noop("{seconds} s each"),
    tr_noop("{seconds} s each (half under {half} s"),
    tr_noop("95 % under {most} s)"),
    tr_noop("{money} of the cost"),
    tr_noop("in no figure here"),
    tr_noop("row {named}"),
)
_LINES = (
    tr_noop("step {name}: {clauses}"),
    tr_noop("paid for but of no use: {clauses}"),
    tr_noop("may have been billed though cut off: {clauses}"),
    tr_noop("cache: {clauses}"),
    tr_noop("speed: {clauses}"),
    tr_noop("checks: {clauses}"),
    tr_noop("failed checks: {flags}"),
    tr_noop("reviewed: {clauses}"),
    tr_noop("rejected, {why}: {n}: {keys}"),
    tr_noop("check {check}: {agreement}"),
    tr_noop("cut at the output limit: {clauses}: {keys}"),
    tr_noop("failed, {kind}: {clauses}: {keys}"),
    tr_noop("row {row}: {failure}"),
    tr_noop("… and {n} more; --json and --html tell of all"),
    tr_noop("slowest: {clauses}"),
)
_BETWEEN_CLAUSES = re.compile("(, |; )")
_DETAILS = re.compile(r"(?P<message>.*?)(?P<details> \((?:\d+ calls|HTTP \d+|request ).*\))?", re.DOTALL)


def report_text(line: str) -> str:
    """Return a line of a report; what stands before it stays, such as its indentation."""
    words = line.lstrip()
    indent = line[: len(line) - len(words)]
    return indent + translated(words, _LINES, _part)


def clauses_text(words: str) -> str:
    """Return figures with what they count, such as ``172 done, 7 failed``."""
    clauses = _BETWEEN_CLAUSES.split(words)
    return "".join(one if at % 2 else translated(one, _CLAUSES, parts_of) for at, one in enumerate(clauses))


def _part(name: str, value: str) -> str:
    match name:
        case "clauses":
            return clauses_text(value)
        case "kind":
            return kind_text(value)
        case "failure":
            return _failure(value)
    return value


def _failure(words: str) -> str:
    """Return why a row failed: its step, the kind, what was said, and the details of the calls."""
    step, _, rest = words.partition(": ")
    kind, colon, told = rest.partition(": ")
    found = _DETAILS.fullmatch(told)
    if not colon or found is None:
        return words
    return f"{step}: {kind_text(kind)}: {failure_text(found['message'])}{found['details'] or ''}"
