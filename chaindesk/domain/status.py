"""The closed sets that a row moves through, and how each looks wherever it is shown.

The colours live here, free of any toolkit, so that the window, the terminal and the workbook agree.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Status(Enum):
    """Where a row stands."""

    PENDING = "pending"  # not chosen yet, or something of it is still to be run
    QUEUED = "queued"  # chosen for the run that is going on, and waiting for a slot
    RUNNING = "running"  # a call of it is under way
    WAITING = "waiting"  # held back by a rate limit, before a retry, or by whatever holds the run
    SUBMITTED = "submitted"  # a request of it is out in a batch job, which goes on without the run
    DONE = "done"  # every step has its answer
    FAILED = "failed"  # a step failed for good
    STOPPED = "stopped"  # cut off by the user, as a run's record has it; whoever looks at the row sees it pending
    SKIPPED = "skipped"  # nothing to run for it

    __hash__ = object.__hash__  # an enum's own is Python's, and every event of a run looks a status up

    @property
    def at_rest(self) -> bool:
        """Whether nothing more happens to the row in this run."""
        return self in _AT_REST

    def may_become(self, other: Status) -> bool:
        """Whether a row may go from here to ``other`` in one move."""
        return other in _MOVES[self]


_AT_REST = frozenset({Status.PENDING, Status.DONE, Status.FAILED, Status.STOPPED, Status.SKIPPED})
_ENDS = frozenset({Status.DONE, Status.FAILED, Status.STOPPED, Status.SKIPPED})
_MOVES: dict[Status, frozenset[Status]] = {
    Status.PENDING: frozenset({Status.QUEUED, Status.SUBMITTED, Status.DONE, Status.SKIPPED}),
    Status.QUEUED: frozenset({Status.RUNNING, Status.WAITING, Status.SUBMITTED, Status.PENDING}) | _ENDS,
    Status.RUNNING: frozenset({Status.WAITING, Status.SUBMITTED, Status.PENDING}) | _ENDS,
    Status.WAITING: frozenset({Status.RUNNING, Status.SUBMITTED, Status.PENDING}) | _ENDS,
    Status.SUBMITTED: frozenset({Status.QUEUED, Status.RUNNING, Status.WAITING, Status.PENDING}) | _ENDS,
    Status.DONE: frozenset({Status.QUEUED, Status.PENDING}),
    Status.FAILED: frozenset({Status.QUEUED, Status.SUBMITTED, Status.PENDING, Status.DONE}),
    Status.STOPPED: frozenset({Status.QUEUED, Status.PENDING, Status.DONE}),
    Status.SKIPPED: frozenset({Status.QUEUED, Status.PENDING}),
}


class Review(Enum):
    """A person's word on a done row."""

    UNREVIEWED = "unreviewed"
    APPROVED = "approved"
    REJECTED = "rejected"
    EDITED = "edited"


@dataclass(frozen=True, slots=True)
class StatusStyle:
    """How a status looks: a shape beside its colours, because colour alone does not tell everybody.

    Attributes:
        symbol: one character of plain text.
        light: background on a light page, as ``RRGGBB``; also the cell's fill in the workbook.
        light_text: text on that background, ``RRGGBB``.
        dark: background on a dark page.
        dark_text: text on that background.
    """

    symbol: str
    light: str
    light_text: str
    dark: str
    dark_text: str


STATUS_STYLES: dict[Status, StatusStyle] = {
    Status.PENDING: StatusStyle("○", "F3F4F6", "4B5563", "2B3038", "B6BDC9"),
    Status.QUEUED: StatusStyle("◌", "E6E9F2", "3F4A68", "2C3346", "B9C4E4"),
    Status.RUNNING: StatusStyle("▶", "DCEBFE", "1D4E9E", "17365F", "A8CDFB"),
    Status.WAITING: StatusStyle("◔", "FEF0CD", "7A4E06", "4A3708", "F6D27E"),
    Status.SUBMITTED: StatusStyle("⇡", "D6F1F4", "0F5661", "123F47", "8FDDE8"),
    Status.DONE: StatusStyle("✓", "D8F3DF", "17603A", "143E28", "9BE3B5"),
    Status.FAILED: StatusStyle("✕", "FBDDDD", "8E1F1F", "551D20", "F7B0B0"),
    Status.STOPPED: StatusStyle("■", "ECE3F7", "5B3590", "3B2A55", "D3BCF3"),
    Status.SKIPPED: StatusStyle("–", "ECECEC", "5A5A5A", "33363B", "B4B4B4"),
}
