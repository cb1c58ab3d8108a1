"""Rows that ask the very same thing: one of them makes the call, the others wait for its answer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from chaindesk.domain.manifest import Row
from chaindesk.domain.records import Answer
from chaindesk.engine.calls.row_slots import RowSlots

Request = tuple[int, str]
"""A step's index and the fingerprint of what it asks."""


class SharedRequests:
    """The requests of one run that rows share.

    Args:
        slots: the slots of the run's rows: a row that waits for another's answer gives its own away.
    """

    def __init__(self, slots: RowSlots) -> None:
        self._slots = slots
        self._out: dict[Request, asyncio.Event] = {}
        self._answered: set[Request] = set()

    async def obtain(
        self,
        request: Request,
        known: Callable[[bool], Answer | None],
        call: Callable[[], Awaitable[Answer]],
        copy: Callable[[Answer], Awaitable[Answer]],
        on_wait: Callable[[], None],
    ) -> Answer:
        """Return a row's answer to a request: another row's, or that of a call for all of them.

        Where the row that makes the call fails, the next one makes it.

        Args:
            request: what is asked.
            known: returns the newest answer that the journal has, where rows may use it; true: this run paid for it.
            call: makes the call, and stores its answer.
            copy: stores another row's answer as this row's own.
            on_wait: called before it waits for another row.
        """
        while True:
            answer = known(request in self._answered)
            if answer is not None:
                return await copy(answer)
            event = self._out.get(request)
            if event is None:
                return await self._call(request, call)
            on_wait()
            async with self._slots.lend(always=True):
                await event.wait()

    async def once(
        self, index: int, fingerprint: str, known: Callable[[], Answer | None], call: Callable[[], Awaitable[Answer]]
    ) -> Answer:
        """Return an answer that is no row's own, such as a judge's: the one that is known, else that of one call.

        Args:
            index: of the step that it is asked for.
            fingerprint: of what is asked.
            known: returns the answer that the journal has.
            call: makes the call, and stores its answer.
        """

        async def as_it_is(answer: Answer) -> Answer:
            return answer

        return await self.obtain((index, fingerprint), lambda _: known(), call, as_it_is, lambda: None)

    async def _call(self, request: Request, call: Callable[[], Awaitable[Answer]]) -> Answer:
        event = self._out[request] = asyncio.Event()
        try:
            answer = await call()
            self._answered.add(request)
            return answer
        finally:
            del self._out[request]
            event.set()


def copied_for(row: Row, answer: Answer, run_id: int, workbook_id: int, at: datetime) -> Answer:
    """Return another row's answer as this row's own: the model's words, without edits, tokens and cost of a call."""
    return replace(
        answer,
        id=0,
        run_id=run_id,
        workbook_id=workbook_id,
        row_key=row.key,
        row_number=row.number,
        usage=None,
        cost=Decimal(0),
        seconds=0.0,
        attempts=0,
        finished_at=at,
        edited_text=None,
    )
