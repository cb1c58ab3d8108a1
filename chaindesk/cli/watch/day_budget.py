"""What a watcher may spend on a workbook: no more than a workbook may cost, and than is left of the day's budget."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from chaindesk.journal.protocol import Journal


@dataclass(frozen=True, slots=True)
class Grant:
    """What a run may spend.

    Attributes:
        dollars: US dollars; None is no limit, and nothing or less that the day's budget is used up.
        of_day: whether that is what is left of the day's budget, so that there is more tomorrow.
    """

    dollars: Decimal | None = None
    of_day: bool = False


class DayBudget:
    """The budgets of a watcher. What was spent is read from the journal, so that it holds after a new start as well."""

    def __init__(
        self,
        journal: Journal,
        per_workbook: Decimal | None,
        per_day: Decimal | None,
        today: Callable[[], date] = lambda: datetime.now().astimezone().date(),
    ) -> None:
        """Keep the budgets, in US dollars; None is no limit."""
        self._journal = journal
        self._per_workbook = per_workbook
        self._per_day = per_day
        self._today = today
        self._granted: list[Grant] = []

    @property
    def left_today(self) -> Decimal | None:
        """What is left of the day's budget beside what is granted to runs that are going on; None is no limit."""
        if self._per_day is None:
            return None
        return self._per_day - self.spent_today() - sum((max(one.dollars or 0, 0) for one in self._granted), Decimal(0))

    def spent_today(self) -> Decimal:
        """Return what the runs of the journal cost that began or ended today, whoever began them."""
        today, totals = self._today(), self._journal.run_totals()
        spent = Decimal(0)
        for run in self._journal.runs():
            days = {moment.astimezone().date() for moment in (run.started_at, run.finished_at) if moment is not None}
            if today in days and run.id in totals:
                spent += totals[run.id].cost or Decimal(0)
        return spent

    @contextmanager
    def granted(self) -> Iterator[Grant]:
        """Grant a run what it may spend while this is open."""
        left = self.left_today
        if left is None:
            yield Grant(self._per_workbook)
            return
        of_day = self._per_workbook is None or left < self._per_workbook
        grant = Grant(left if of_day else self._per_workbook, of_day)
        self._granted.append(grant)
        try:
            yield grant
        finally:
            self._granted.remove(grant)
