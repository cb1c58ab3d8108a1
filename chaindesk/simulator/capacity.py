"""A server that works on so many calls as fast as on one: more of them share its time, and may cost it more besides."""

from __future__ import annotations

import asyncio
import heapq


class SharedTime:
    """Shares the time of a server among its calls, as a model server does that computes them together.

    Args:
        capacity: calls that are answered as fast as one alone.
        overload: the power of the crowd by which each call gets slower: 1 keeps the answers a second, more lowers them.
    """

    def __init__(self, capacity: int, overload: float) -> None:
        self._capacity = capacity
        self._overload = overload
        self._done = 0.0  # seconds of work that each call has had that was there from the beginning
        self._at = 0.0
        self._calls: list[tuple[float, int, asyncio.Future[None]]] = []
        self._count = 0
        self._timer: asyncio.TimerHandle | None = None

    async def work(self, seconds: float) -> None:
        """Return when a call is done that would take so many seconds alone."""
        loop = asyncio.get_running_loop()
        self._pass(loop.time())
        future: asyncio.Future[None] = loop.create_future()
        self._count += 1
        heapq.heappush(self._calls, (self._done + seconds, self._count, future))
        self._plan(loop)
        await future

    @property
    def _speed(self) -> float:
        crowd = len(self._calls) / self._capacity
        return 1.0 if crowd <= 1 else float((1 / crowd) ** self._overload)

    def _pass(self, now: float) -> None:
        self._done += (now - self._at) * self._speed if self._calls else 0.0
        self._at = now

    def _plan(self, loop: asyncio.AbstractEventLoop) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None
        if self._calls:
            left = max(self._calls[0][0] - self._done, 0.0) / self._speed
            self._timer = loop.call_at(self._at + left, self._finish, loop)

    def _finish(self, loop: asyncio.AbstractEventLoop) -> None:
        self._pass(loop.time())
        while self._calls and self._calls[0][0] <= self._done + 1e-9:
            future = heapq.heappop(self._calls)[2]
            if not future.done():
                future.set_result(None)
        self._plan(loop)
