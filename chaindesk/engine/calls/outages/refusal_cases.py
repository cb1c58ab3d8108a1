"""What the refused calls of a run met so far, and how much it takes to believe that a refusal concerns all rows."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Collection
from dataclasses import dataclass, field
from enum import Enum

from chaindesk.domain.completion import CompletionRequest
from chaindesk.domain.errors import CallError, FailureKind

_CONFIRMED_BY_OTHERS = frozenset({FailureKind.KEY, FailureKind.QUOTA, FailureKind.MODEL})
ANSWERED_ALL_THE_SAME = frozenset({FailureKind.EMPTY, FailureKind.REFUSED, FailureKind.TOO_LONG})
ROWS_IN_DOUBT = 2
"""Rows refused alike from which on calls wait for a probe."""
_MAX_PROBES = 6
_MAX_CHANCE = 1e-4  # that probes are refused by mere chance, where rows are known to be refused alone
LAST_ROWS_ALONE = 5  # rows refused alike at the end of the sheet that answers before them outweigh
FAR_ROW_PATIENCE_S = 30.0  # how long calls wait for a row that was begun as the probe

Scope = tuple[str, str, str]


class Verdict(Enum):
    """What a refusal means."""

    ALL_ROWS = "all rows"  # the key, the account or the model is refused: the run is held
    ROW_ALONE = "row alone"  # the row fails
    ASK_AGAIN = "ask again"  # the row fails if it is refused once more: what several rows met may have passed


def suspected_kind(error: CallError) -> FailureKind | None:
    """Return what would hold the whole run if it were true of all rows, or None where nothing would."""
    if error.suspected is not None:
        return error.suspected
    return error.kind if error.kind in _CONFIRMED_BY_OTHERS else None


def scope_of(step: str, request: CompletionRequest) -> Scope:
    """Return whose calls tell something of one another: those of one step to one model.

    Others say nothing of it: they may ask another model, with another key, or one that the key is allowed to use.
    """
    return step, request.endpoint.name, request.model


@dataclass(slots=True)
class Case:
    """A refused call that waits for what other rows meet.

    Attributes:
        kind: what it would mean for all.
        sent_at: when it was sent.
        refused_at: when it was refused.
        verdict: what it means, once that is known.
    """

    kind: FailureKind
    sent_at: float
    refused_at: float
    verdict: asyncio.Future[Verdict]


@dataclass(slots=True)
class ScopeCalls:
    """What the calls of one scope met.

    Attributes:
        answered: rows that were answered, the last two of them: enough to know whether another one was.
        answered_sent_at: when the latest of the answered calls was sent.
        answers: how many calls were answered.
        bad_rows: how many rows were refused here alone.
        cases: refused rows that wait.
        probes_refused: probes in a row that were refused alike.
        probe: the row whose call is the probe, or None.
        far_row: the row that was begun to be the next probe, or None.
        far_row_until: how long other rows wait for it.
        waiters: rows whose calls wait for the probe.
    """

    answered: list[int] = field(default_factory=list)
    answered_sent_at: float = float("-inf")
    answers: int = 0
    bad_rows: int = 0
    cases: dict[int, Case] = field(default_factory=dict)
    probes_refused: int = 0
    probe: int | None = None
    far_row: int | None = None
    far_row_until: float = 0.0
    waiters: dict[int, asyncio.Future[None]] = field(default_factory=dict)

    @property
    def undecided(self) -> dict[int, Case]:
        """Return the refused rows of which nothing is known yet."""
        if not self.cases:
            return {}
        return {row: case for row, case in self.cases.items() if not case.verdict.done()}

    @property
    def in_doubt(self) -> bool:
        """Return whether calls wait for a probe: so many rows were refused alike."""
        if not self.cases:  # nearly always
            return False
        kinds = [case.kind for case in self.undecided.values()]
        return any(kinds.count(kind) >= ROWS_IN_DOUBT for kind in set(kinds))

    def probes_needed(self, *, answered_beside: bool) -> int:
        """Return how many probes in a row must be refused until the refusal is believed to concern all rows.

        One, as long as there is no reason to think of the rows; else so many that chance is no explanation.

        Args:
            answered_beside: whether a call was answered that was sent after one of the refused ones.
        """
        if not self.bad_rows and not answered_beside:
            return 1
        share = (self.bad_rows + 1) / (self.bad_rows + self.answers + 2)
        return min(max(math.ceil(math.log(_MAX_CHANCE, share)), 2), _MAX_PROBES)

    def was_another_answered(self, row: int) -> bool:
        """Return whether a row other than this one was answered."""
        return any(other != row for other in self.answered)


def farthest(rows: Collection[int], others: Collection[int]) -> int:
    """Return the one of the rows that stands farthest from all of the others."""
    return max(rows, key=lambda row: min((abs(row - other) for other in others), default=0))
