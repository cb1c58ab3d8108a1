"""A budget that is changed while a run goes on: the journal has it before it counts, so that no crash forgets it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from chaindesk.domain.errors import JournalError
from chaindesk.domain.events import BudgetChanged, Event
from chaindesk.engine.cost.budget import Budget
from chaindesk.engine.run.control import RunControl
from chaindesk.journal.protocol import Journal


class BudgetChanges:
    """Applies the budget that the user sets.

    Args:
        budget: the run's.
        control: where the user sets it.
        journal: stores it.
        run_id: the run.
        emit: called once it counts.
        clock: seconds.
    """

    def __init__(
        self,
        budget: Budget,
        control: RunControl,
        journal: Journal,
        run_id: int,
        emit: Callable[[Event], None],
        clock: Callable[[], float],
    ) -> None:
        self._budget, self._control, self._journal, self._run_id = budget, control, journal, run_id
        self._emit, self._clock = emit, clock
        self._storing = asyncio.Lock()

    async def apply(self) -> str:
        """Store the budget that the user has set, and let it count; return why it could not be stored, or ""."""
        async with self._storing:
            dollars = self._control.budget
            if dollars == self._budget.cap:
                return ""
            try:
                await self._journal.store_budget(self._run_id, dollars)
            except JournalError as error:
                return str(error)
            self._budget.cap = dollars
            self._emit(BudgetChanged(self._clock(), dollars))
            return ""
