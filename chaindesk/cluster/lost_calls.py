"""Calls of workers that were lost: they wait a while for what the worker's disk has kept of them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from chaindesk.cluster.worker_link import PendingCall, WorkerLink
from chaindesk.domain.errors import CallError, FailureKind

COMEBACK_S = 30.0
"""Seconds that calls of a lost worker wait for it, or for another one on its machine."""
STALLED_S = 600.0
"""… as long as the scheduler still has it: it stalls, or cannot be reached, and may have answers. Dask's scheduler
leaves a worker out after 300 seconds without a word."""


@dataclass(slots=True)
class _Lost:
    worker: str
    calls: dict[str, PendingCall]
    timer: asyncio.TimerHandle
    waited: float = 0.0


class LostCalls:
    """Keeps calls by the process that had them.

    Args:
        is_connected: whether the scheduler answers. While it does not, no worker can come back: nothing is given up.
        is_listed: whether the scheduler still has a worker.

    Attributes:
        given_up: ids of the calls that had to be made again.
    """

    def __init__(self, is_connected: Callable[[], bool], is_listed: Callable[[str], bool]) -> None:
        self.given_up: set[str] = set()
        self._is_connected = is_connected
        self._is_listed = is_listed
        self._by_process: dict[str, _Lost] = {}

    def add(self, link: WorkerLink) -> None:
        """Keep the calls of a worker that was lost."""
        self._by_process[link.process] = _Lost(link.worker, link.calls, self._later(link.process))

    def take(self, processes: Iterable[str]) -> dict[str, PendingCall]:
        """Return the calls of processes whose answers are known now, by id."""
        found: dict[str, PendingCall] = {}
        for process in processes:
            if (lost := self._by_process.pop(process, None)) is not None:
                lost.timer.cancel()
                found |= lost.calls
        return found

    def drop(self, pending: PendingCall) -> None:
        """Nobody waits for a call any more."""
        for lost in self._by_process.values():
            lost.calls.pop(pending.call.id, None)

    def _later(self, process: str) -> asyncio.TimerHandle:
        return asyncio.get_running_loop().call_later(COMEBACK_S, self._give_up, process)

    def _give_up(self, process: str) -> None:
        """What a lost worker has kept has not come: its calls have to be made again."""
        lost = self._by_process[process]
        is_connected = self._is_connected()
        lost.waited += COMEBACK_S if is_connected else 0.0
        if not is_connected or (self._is_listed(lost.worker) and lost.waited < STALLED_S):
            lost.timer = self._later(process)
            return
        del self._by_process[process]
        self.given_up.update(lost.calls)
        for pending in lost.calls.values():
            pending.fail(lost_call_error(lost.worker))


def lost_call_error(worker: str) -> CallError:
    """Return why a call failed whose worker was lost."""
    message = f"The worker at {worker} was lost while it made this call, so that nobody knows whether it was answered."
    return CallError(FailureKind.CONNECTION, message)
