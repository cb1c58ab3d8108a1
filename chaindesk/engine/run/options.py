"""What a run is asked to do, and how it ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from chaindesk.domain.chains.chain import RowOrder
from chaindesk.domain.records import RunState
from chaindesk.domain.row_selection import RowSelection
from chaindesk.domain.status import Status


@dataclass(frozen=True, slots=True)
class RunOptions:
    """What a run is to do.

    Attributes:
        choice: the rows it takes.
        concurrency: rows at once, or None for the chain's own number.
        fresh: pay again for everything.
        budget: US dollars that it may spend, or None.
        on_pause: where a key is refused, an account empty, a model unknown or the budget reached: ``stop`` ends the
            run, ``wait`` waits for ``RunControl.resume`` or ``stop``.
        wait_for_limits: whether a limit of an hour or a day is waited for even where ``on_pause`` is ``stop``.
        rerun_step: the name of a step that is paid for again, and with it those later ones whose prompts change by it.
        order: the order in which rows begin, or None for the chain's own.
        brake: whether the run is held, or ends where ``on_pause`` is ``stop``, when most rows fail for one reason.
        tells_reused: whether ``StepFinished`` is emitted, too, for the known answers of rows that need no call.
        finish_live: end the batch jobs that are out, take what they have answered, and ask for the rest at once.
        detach: end as soon as all that can be sent in batch jobs is sent, instead of waiting for them.
        rerun_approved: ask again where an approved answer stands although its prompt has changed since.
    """

    choice: RowSelection = field(default_factory=RowSelection)
    concurrency: int | None = None
    fresh: bool = False
    budget: Decimal | None = None
    on_pause: Literal["stop", "wait"] = "stop"
    rerun_step: str = ""
    rerun_approved: bool = False
    wait_for_limits: bool = False
    brake: bool = True
    order: RowOrder | None = None
    tells_reused: bool = False
    detach: bool = False
    finish_live: bool = False


@dataclass(frozen=True, slots=True)
class RunResult:
    """How a run ended: its number, state, the chosen rows by status, why it ended early ("" if it did not), and what
    the user should know of it."""

    run_id: int
    state: RunState
    counts: Mapping[Status, int]
    message: str = ""
    notices: tuple[str, ...] = ()
