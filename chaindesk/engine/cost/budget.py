"""The money of a run: no call starts that could take it past its cap."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from chaindesk.domain.chains.template import byte_length
from chaindesk.domain.completion import CompletionRequest, Usage
from chaindesk.domain.errors import CallError, FailureKind
from chaindesk.domain.estimate import OutputLimit, OutputLimitOf, Price
from chaindesk.formatting import money

_NOTHING = Decimal(0)
_FIRST_OUTPUT = 16_384
_FIRST_REASONED = 32_768
_MARGIN = 3
_MESSAGE_FRAME = 16
_REQUEST_FRAME = 64
_SCHEMA_FRAME = 512


class Budget:
    """What is spent, what may have been, and what the calls under way may still cost.

    The three together never pass the cap, as far as what is set aside for a call is the most that it can cost: see
    ``CostCeilings``.

    Attributes:
        spent: US dollars that are spent.
        possibly_spent: US dollars that calls may have cost whose bill is unknown, such as those that were cut off: as
            much as was reserved for them.
    """

    def __init__(self, cap: Decimal | None) -> None:
        self._cap = cap
        self.spent = _NOTHING
        self.possibly_spent = _NOTHING
        self._reserved = _NOTHING
        self._calls = 0
        self._changed = asyncio.Event()

    @property
    def cap(self) -> Decimal | None:
        """US dollars that may be spent, or None. Calls that wait look again when it is moved."""
        return self._cap

    @cap.setter
    def cap(self, dollars: Decimal | None) -> None:
        self._cap = dollars
        self._changed.set()

    async def reserve(self, cost: Decimal, on_wait: Callable[[], None] = lambda: None) -> None:
        """Set the most that a call can cost aside; where calls under way may leave enough, wait for them.

        Args:
            cost: US dollars.
            on_wait: called once before it waits.

        Raises:
            CallError: the call could pass the cap, and nothing is under way any more.
        """
        waited = False
        while self._cap is not None and self.spent + self.possibly_spent + self._reserved + cost > self._cap:
            if not self._calls:
                raise CallError(FailureKind.BUDGET, self._reached_message(cost))
            if not waited:
                waited = True
                on_wait()
            self._changed.clear()
            await self._changed.wait()
        self._reserved += cost
        self._calls += 1

    def settle(self, reserved: Decimal, spent: Decimal | None) -> None:
        """Replace what was set aside for a call by what it cost; None: nobody knows, so that it stays set aside."""
        self._reserved -= reserved
        self._calls -= 1
        if spent is None:
            self.possibly_spent += reserved
        else:
            self.spent += spent
        self._changed.set()

    def _reached_message(self, cost: Decimal) -> str:
        cap = f"{self._cap:.2f}" if self._cap == round(self._cap or Decimal(0), 2) else f"{self._cap}"
        perhaps = (
            f", {money(self.possibly_spent)} may have been for calls that were cut off" if self.possibly_spent else ""
        )
        return (
            f"The budget of ${cap} is reached: {money(self.spent)} is spent{perhaps}, and the next call may cost "
            f"up to {money(cost)}. Raise the budget to go on; everything finished is kept."
        )


@dataclass(slots=True)
class _Observed:
    """The answers to one step so far: how many, the longest, and the most input tokens by our own bound."""

    answers: int = 0
    longest: int = 0
    input_ratio: float = 1.0


class CostCeilings:
    """The most that each call can cost.

    Input: a token for every byte that is sent and a frame for each message, since no tokenizer makes more; a provider
    that was seen to count more is believed.

    Output: the step's ``max_output_tokens`` (or the limit that is sent anyway), which a provider keeps to; with these
    the bound is certain. A step without a limit has no certain one: its first calls count as 16,384 tokens (32,768
    with reasoning), later ones as three times the longest answer so far, at first with more to spare. Only an answer
    beyond that could pass a budget, and then by no more than what it is beyond.

    Money: input at the dearest of plain and cache-writing prices, nothing of it from the cache.
    """

    def __init__(self, price: Price, output_limit: OutputLimitOf) -> None:
        self._price = price
        self._output_limit = output_limit
        self._seen: dict[tuple[str, str, str], _Observed] = {}

    def for_call(self, step: str, request: CompletionRequest) -> Decimal:
        """Return US dollars that a call cannot pass.

        Raises:
            CallError: its price is not known.
        """
        seen = self._seen_of(step, request)
        sent = int(_bytes_and_frames(request) * seen.input_ratio) + 1
        made = _max_output(request, self._output_limit(request), seen)
        plain = self._price(request.endpoint, request.model, Usage(sent, made))
        written = self._price(request.endpoint, request.model, Usage(sent, made, 0, sent))
        if plain is None or written is None:
            raise CallError(FailureKind.BUDGET, no_price([f"{request.endpoint.name}/{request.model}"]))
        return max(plain, written)

    def observe(self, step: str, request: CompletionRequest, usage: Usage | None) -> None:
        """Learn from what an answer took."""
        if usage is None:
            return
        seen = self._seen_of(step, request)
        seen.answers += 1
        seen.longest = max(seen.longest, usage.output)
        ratio = usage.input / _bytes_and_frames(request)
        if ratio > seen.input_ratio:
            seen.input_ratio = ratio * 1.25

    def _seen_of(self, step: str, request: CompletionRequest) -> _Observed:
        place = (step, request.endpoint.base_url, request.model)
        seen = self._seen.get(place)
        if seen is None:
            seen = self._seen[place] = _Observed()
        return seen


def no_price(models: Sequence[str]) -> str:
    """Return why a budget cannot be kept, and how to name the price that lacks."""
    provider, _, model = models[0].partition("/")
    what, each = f"The price of {models[0]} is", "it"
    if len(models) > 1:
        what, each = f"The prices of {', '.join(models)} are", "each"
    return (
        f"{what} not known, so a budget cannot be kept. Name {each} in the chain, in US dollars per million tokens: "
        f'providers: {{{provider}: {{prices: {{"{model}": {{input: 0.5, output: 1.5}}}}}}}}'
        ". Or run without a budget."
    )


def _bytes_and_frames(request: CompletionRequest) -> int:
    sent = sum([byte_length(message.content) + _MESSAGE_FRAME for message in request.said])
    if request.schema is not None:
        sent += len(json.dumps(dict(request.schema))) + _SCHEMA_FRAME
    return sent + _REQUEST_FRAME


def _max_output(request: CompletionRequest, limit: OutputLimit, seen: _Observed) -> int:
    if limit.tokens is not None:
        # A server that does not keep to it is seen through.
        most = limit.tokens if seen.longest <= limit.tokens else _MARGIN * seen.longest
    else:
        first = _FIRST_REASONED if "reasoning_effort" in request.parameters else _FIRST_OUTPUT
        most = max(_MARGIN * seen.longest, first // (seen.answers + 1))
    return most * limit.answers
