"""What calls cost: the most that one can cost before it goes out, and what it has cost afterwards."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from chaindesk.domain.chains.template import byte_length
from chaindesk.domain.completion import Completion, CompletionRequest, Speed, Usage
from chaindesk.domain.errors import CallError
from chaindesk.domain.estimate import OutputLimitOf, Price
from chaindesk.domain.fast_values import copier
from chaindesk.engine.cost.budget import Budget, CostCeilings
from chaindesk.engine.cost.estimator import GUESSED_OUTPUT

_with_cost = copier(Completion, "cost")


class CallCosts:
    """Reserves what a call may cost, and settles what it has cost.

    Args:
        budget: the run's money.
        price: returns what tokens cost, or None where no price is known.
        output_limit: returns the output limit that a call is sent with.
    """

    def __init__(self, budget: Budget, price: Price, output_limit: OutputLimitOf) -> None:
        self._budget = budget
        self._price = price
        self._ceilings = CostCeilings(price, output_limit)

    async def reserve(self, step: str, request: CompletionRequest, on_wait: Callable[[], None]) -> Decimal:
        """Reserve the most that a call can cost, and return it: at the standard price, since whoever is asked for
        another speed may serve it at this one, but for a call that goes by a batch job.

        Raises:
            CallError: the budget is reached, or cannot be kept.
        """
        cost = Decimal(0) if self._budget.cap is None else self._ceilings.for_call(step, request)
        if request.speed is Speed.BATCH:
            cost *= request.speed.price_share
        await self._budget.reserve(cost, on_wait)
        return cost

    def release(self, reserved: Decimal) -> None:
        """Give back what was reserved for a call that was not made."""
        self._budget.settle(reserved, Decimal(0))

    def settle(self, reserved: Decimal, cost: Decimal | None) -> None:
        """Replace what was reserved for a call by what it cost; None where nobody knows."""
        self._budget.settle(reserved, cost)

    def of_answer(self, step: str, request: CompletionRequest, completion: Completion) -> Completion:
        """Return an answer with its cost, by list price where the provider did not name it."""
        self._ceilings.observe(step, request, completion.usage)
        if completion.cost is not None or completion.usage is None:
            return completion
        cost = self._price(request.endpoint, request.model, completion.usage)
        return completion if cost is None else _with_cost(completion, cost * completion.speed.price_share)

    def of_failure(self, step: str, request: CompletionRequest, error: CallError) -> Decimal | None:
        """Give a failure that was billed its cost, by list price where the provider did not name it.

        Returns:
            What the call cost, or None where nobody knows.
        """
        self._ceilings.observe(step, request, error.usage)
        if error.cost is None and error.usage is not None:
            price = self._price(request.endpoint, request.model, error.usage)
            error.cost = None if price is None else price * error.speed.price_share
        unknown = error.perhaps_billed or (error.billed and error.cost is None)
        return None if unknown else error.cost or Decimal(0)

    def saved(self, request: CompletionRequest, usage: Usage | None, speed: Speed) -> Decimal | None:
        """Return what the provider's cache saved of an answer's price, what writing to it cost taken off.

        None where the cache had no part in it, or where the price is not known.
        """
        if usage is None or not (usage.cached_input or usage.cache_write):
            return None
        plain = self._price(request.endpoint, request.model, Usage(usage.input, usage.output))
        real = self._price(request.endpoint, request.model, usage)
        return None if plain is None or real is None else (plain - real) * speed.price_share

    def may_cost(self, request: CompletionRequest) -> bool:
        """Return whether calls cost money, as far as is known."""
        return self._price(request.endpoint, request.model, Usage(1, 1)) != 0


def expected_usage(request: CompletionRequest) -> Usage:
    """Return what a call is likely to take: a token for every four bytes, and as much out as it may be."""
    sent = sum([byte_length(message.content) for message in request.said])
    most = request.parameters.get("max_output_tokens")
    return Usage(sent // 4 + 1, most if isinstance(most, int) else GUESSED_OUTPUT)
