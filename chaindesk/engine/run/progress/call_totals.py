"""What the calls of a run have taken so far: tokens, money and seconds, the unusable ones apart."""

from __future__ import annotations

from decimal import Decimal

from chaindesk.domain.completion import Usage
from chaindesk.domain.events import (
    CallInVain,
    SideCall,
    StepFinished,
)
from chaindesk.engine.run.progress.row_progress import (
    known_sum,
)


class CallTotals:
    """Counts the calls of one run.

    Attributes:
        usage: tokens that this run paid for.
        cost: US dollars that this run cost as far as prices are known, or None where none is known yet.
        unusable_cost: of them, those for calls that gave nothing that can be used.
        unusable_calls: such calls that were paid for; no row's own figures have them.
        perhaps_billed: calls of which nobody knows whether they were billed; no figure has them.
        saved: US dollars that the providers' caches saved, or None where nothing was cached or no price is known.
        calls_done: of them, those answered.
        calls_made: calls that were made, the failed ones included, as far as they ended; a report counts the same.
        call_seconds: seconds of the answered calls, summed.
    """

    def _reset_totals(self) -> None:
        self.usage = Usage()
        self.cost: Decimal | None = None
        self.unusable_cost = Decimal(0)
        self.unusable_calls = 0
        self.perhaps_billed = 0
        self.saved: Decimal | None = None
        self.calls_done = 0
        self.calls_made = 0
        self.call_seconds = 0.0

    def count_call(self, event: StepFinished | SideCall) -> None:
        """Count a call that was answered."""
        self.calls_done += 1
        self.calls_made += event.attempts
        self.call_seconds += event.seconds
        if event.usage is not None:
            self.usage += event.usage
        self.cost = known_sum(self.cost, event.cost)

    def count_unusable_call(self, event: CallInVain) -> None:
        """Count a call that gave nothing that can be used."""
        if event.perhaps:
            self.perhaps_billed += 1
            return
        self.unusable_calls += 1
        self.usage += event.usage or Usage()
        self.cost = known_sum(self.cost, event.cost)
        self.unusable_cost += event.cost or 0
