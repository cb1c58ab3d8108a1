"""Lets one call write a long shared beginning into a provider's cache, and the others wait until they can read it.

Without that, all calls that go out at once would each pay for writing it, or for reading it anew.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from chaindesk.domain.completion import CompletionRequest
from chaindesk.engine.calls.row_slots import RowSlots

KEPT_S = 240.0
"""Seconds after the last call for which a beginning is taken to be in the cache: providers keep it for five minutes."""

_Prefix = tuple[str, str, str]


class Turn:
    """One call's part in it.

    Attributes:
        leads: whether it writes the beginning that others wait for.
    """

    def __init__(self, warm: Callable[[], None] | None = None, end: Callable[[], None] | None = None) -> None:
        self.leads = warm is not None
        self._warm = warm
        self._end = end

    def warm(self) -> None:
        """The provider has begun to answer: its cache has the beginning."""
        if self._warm is not None:
            self._warm()

    def end(self) -> None:
        """The call is over. Where it did not get as far as an answer, the next one leads."""
        if self._end is not None:
            self._end()


NO_TURN = Turn()
"""Of a call that waits for none, and that none waits for."""


class CacheWarmer:
    """The long beginnings of a run's calls, by provider and model.

    Args:
        slots: the slots of the run's rows: a row that waits here lets no other begin in its place.
        clock: seconds.
    """

    def __init__(self, slots: RowSlots, clock: Callable[[], float]) -> None:
        self._slots = slots
        self._clock = clock
        self._warm_until: dict[_Prefix, float] = {}
        self._writing: dict[_Prefix, asyncio.Event] = {}

    async def begin(self, request: CompletionRequest) -> Turn:
        """Wait until the beginning of a request is in the cache, or it is this call's turn to write it."""
        prefix = (request.endpoint.base_url, request.model, request.cache_key)
        while True:
            if self._warm_until.get(prefix, 0.0) > self._clock():
                self._warm(prefix)
                return NO_TURN
            writing = self._writing.get(prefix)
            if writing is None:
                self._writing[prefix] = asyncio.Event()
                return Turn(lambda: self._warm(prefix), lambda: self._ended(prefix))
            async with self._slots.step_aside():
                await writing.wait()

    def _warm(self, prefix: _Prefix) -> None:
        self._warm_until[prefix] = self._clock() + KEPT_S
        self._ended(prefix)

    def _ended(self, prefix: _Prefix) -> None:
        if (event := self._writing.pop(prefix, None)) is not None:
            event.set()
