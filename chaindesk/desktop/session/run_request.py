"""The phases of the run controller, and what the user asks of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum

from chaindesk.domain.row_selection import RowSelection
from chaindesk.domain.status import Review


class RunPhase(Enum):
    """What the controller is doing."""

    IDLE = "idle"
    PLANNING = "planning"
    RUNNING = "running"
    PAUSED = "paused"
    STOPPING = "stopping"

    @property
    def in_run(self) -> bool:
        """Return whether a run is going on."""
        return self in (RunPhase.RUNNING, RunPhase.PAUSED, RunPhase.STOPPING)


@dataclass(frozen=True, slots=True)
class RunRequest:
    """Which rows the user wants run, and how.

    Attributes:
        choice: the rows.
        fresh: whether what was paid for is to be paid for again.
        rerun_step: the name of a step that is to be paid for again, with those that use it; "" for none.
        note: what the model of ``rerun_step`` is told about its answers to the rows; "" for nothing.
        rerun_approved: whether approved answers that stand although their prompts have changed are asked for again.
        confirm: whether the user is asked first even where nothing is known to cost.
        confirmed: whether the user has seen what it takes: it begins without a question.
        budget: US dollars that it may spend, or None; counts where it was confirmed.
    """

    choice: RowSelection = field(default_factory=RowSelection)
    fresh: bool = False
    confirmed: bool = False
    budget: Decimal | None = None
    rerun_step: str = ""
    note: str = ""
    rerun_approved: bool = False
    confirm: bool = False

    @property
    def pays_again(self) -> bool:
        """Return whether answers that rows have are replaced by newer ones to the same question."""
        return (self.fresh or bool(self.rerun_step)) and not self.note


@dataclass(frozen=True, slots=True)
class RowVerdict:
    """A person's word on a row, and why, or ""."""

    review: Review
    reason: str = ""


@dataclass(frozen=True, slots=True)
class OutputEdit:
    """A person's text of an output.

    Attributes:
        step: the step's name.
        text: the text, or None for the model's own.
        answer_id: the answer that it is a version of.
        verdict: the word that the row has with it, where that is known; else ``EDITED``, or none where nothing is.
    """

    step: str
    text: str | None
    answer_id: int = 0
    verdict: RowVerdict | None = None
