"""Runs a coroutine to its end for a caller that waits, wherever that is: a script, or a notebook whose loop runs."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any, TypeVar

_T = TypeVar("_T")
_REFRESH_S = 0.5


def run_in_thread(
    work: Callable[[], Coroutine[Any, Any, _T]], stop: Callable[[], None], show: Callable[[], None]
) -> _T:
    """Run a coroutine in a loop and a thread of its own, and return what it returns or raise what it raises.

    Args:
        work: makes the coroutine; called in the thread.
        stop: called in the loop's thread where the caller is interrupted: the work then ends by itself, and is waited
            for, so that nothing that was paid for is lost.
        show: called now and then, in the caller's thread, while the work goes on.
    """
    ended, interrupted = threading.Event(), threading.Event()
    outcome: list[_T] = []
    errors: list[BaseException] = []
    loops: list[asyncio.AbstractEventLoop] = []

    async def to_the_end() -> None:
        loops.append(asyncio.get_running_loop())
        if interrupted.is_set():  # before there was a loop
            stop()
        outcome.append(await work())

    def carry_out() -> None:
        try:
            asyncio.run(to_the_end())
        except BaseException as error:  # raised again where the caller waits
            errors.append(error)
        finally:
            ended.set()

    thread = threading.Thread(target=carry_out, name="chaindesk-run")
    thread.start()
    while not ended.is_set():
        try:
            while not ended.wait(_REFRESH_S):
                show()
        except KeyboardInterrupt:
            interrupted.set()
            with suppress(RuntimeError):  # the loop has ended meanwhile
                for loop in loops:
                    loop.call_soon_threadsafe(stop)
    thread.join()
    show()
    if errors:
        raise errors[0]
    if interrupted.is_set():
        raise KeyboardInterrupt
    return outcome[0]
