"""The money of a run: no call starts that could take it past its cap."""

from __future__ import annotations

import asyncio
from decimal import Decimal

from chaindesk.domain.errors import CallError, FailureKind


class Budget:
    """What is spent and what the calls under way may still cost.

    Attributes:
        cap: US dollars that may be spent, or None.
        spent: US dollars that are spent.
    """

    def __init__(self, cap: Decimal | None) -> None:
        self.cap = cap
        self.spent = Decimal(0)
        self._reserved = Decimal(0)
        self._calls = 0
        self._settled = asyncio.Event()

    async def reserve(self, cost: Decimal) -> None:
        """Set the likely cost of a call aside; where calls under way may leave enough, wait for them.

        Raises:
            CallError: the call could pass the cap, and nothing is under way any more.
        """
        while self.cap is not None and self.spent + self._reserved + cost > self.cap:
            if not self._calls:
                raise CallError(FailureKind.BUDGET, self._words(cost))
            self._settled.clear()
            await self._settled.wait()
        self._reserved += cost
        self._calls += 1

    def settle(self, reserved: Decimal, spent: Decimal | None) -> None:
        """Replace what was set aside for a call by what it cost: None where it never was answered."""
        self._reserved -= reserved
        self._calls -= 1
        self.spent += spent or Decimal(0)
        self._settled.set()

    def _words(self, cost: Decimal) -> str:
        return (
            f"The budget of ${self.cap} is reached: ${self.spent:.4f} is spent, and the next call may cost "
            f"${cost:.4f}. Raise the budget to go on; everything finished is kept."
        )
