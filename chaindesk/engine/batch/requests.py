"""The requests of a run that are asked in batch jobs: those that wait for a job, and those that are out in one."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, field
from decimal import Decimal

from chaindesk.domain.batch_jobs import BatchItem, ItemState
from chaindesk.domain.chains.chain import Step
from chaindesk.domain.completion import CompletionRequest, Endpoint
from chaindesk.domain.errors import CallError
from chaindesk.domain.manifest import Row
from chaindesk.engine.batch.collection import Arrival
from chaindesk.engine.calls.call_state import CallState

Place = tuple[str, str, str]
"""A step's name, a provider's name and a model's: what the requests of one job have in common."""


class AskAgain(Exception):
    """A request was not sent in a job after all. Never leaves this package."""


@dataclass(slots=True, eq=False)
class BatchRequest:
    """A request of a row, from when it waits for a job until its answer has come.

    Attributes:
        row: whose it is.
        step: the step that asks.
        request: what is asked.
        draft: whether its answer is stored as a draft, since checks or votes settle it.
        call: the row's call.
        arrived: what became of it.
        since: when it began to wait.
        reserved: what is set aside of the budget for it.
        holds: whether it has set that aside.
    """

    row: Row
    step: Step
    request: CompletionRequest
    draft: bool
    call: CallState
    arrived: asyncio.Future[Arrival]
    since: float
    reserved: Decimal = Decimal(0)
    holds: bool = False


@dataclass(slots=True)
class ShardQueue:
    """The requests of one step to one model that wait for a job.

    Attributes:
        endpoint: who is asked.
        shard: how many a job holds.
        waiting: they, oldest first.
        proven: whether a live call of this run has shown that such requests are answered.
        proving: whether such a call is out.
        not_before: when the next job may be sent, after one that could not be.
        failures: jobs in a row that could not be sent.
    """

    endpoint: Endpoint
    shard: int
    waiting: deque[BatchRequest] = field(default_factory=deque)
    proven: bool = False
    proving: bool = False
    not_before: float = 0.0
    failures: int = 0

    def take(self) -> list[BatchRequest]:
        """Take the requests of the next job."""
        return [self.waiting.popleft() for _ in range(min(self.shard, len(self.waiting)))]

    def put_back(self, requests: list[BatchRequest]) -> None:
        """Let requests wait again, before all others."""
        self.waiting.extendleft(reversed([one for one in requests if not one.arrived.done()]))

    def fail(self, requests: list[BatchRequest], error: CallError) -> None:
        """Let requests fail that no job takes."""
        for one in requests:
            if not one.arrived.done():
                one.arrived.set_exception(error)


@dataclass(slots=True, eq=False)
class OutItem:
    """A request that is out in a job, or whose answer has come and is nobody's yet.

    Attributes:
        nonce: of the job.
        item: the request.
        arrived: what became of it.
        owner: the row's request in this run, or None where it was sent by an earlier one.
    """

    nonce: str
    item: BatchItem
    arrived: asyncio.Future[Arrival]
    owner: BatchRequest | None = None


class OutItems:
    """The requests that are out, by job and id, and which of them no row has claimed yet."""

    def __init__(self) -> None:
        self._by_id: dict[tuple[str, str], OutItem] = {}
        self._free: dict[tuple[str, str], list[OutItem]] = {}

    def add(self, nonce: str, item: BatchItem, owner: BatchRequest | None = None) -> OutItem:
        """Note that a request is out."""
        arrived = asyncio.get_running_loop().create_future() if owner is None else owner.arrived
        out = OutItem(nonce, item, arrived, owner)
        self._by_id[nonce, item.custom_id] = out
        if owner is None:
            self._free.setdefault((item.step, item.fingerprint), []).append(out)
        return out

    def claim(self, step: str, fingerprint: str, keys: frozenset[str]) -> OutItem | None:
        """Give a row a request that asks just what it asks: its own one first, else one that nobody has."""
        free = self._free.get((step, fingerprint))
        if not free:
            return None
        chosen = next((out for out in free if out.item.row_key in keys), free[0])
        free.remove(chosen)
        return chosen

    def arrive(self, nonce: str, arrival: Arrival) -> OutItem | None:
        """Note what became of a request, and return it where that is news."""
        out = self._by_id.pop((nonce, arrival.item.custom_id), None)
        if out is None or out.arrived.done():
            return None
        out.arrived.set_result(arrival)
        if arrival.result.state is not ItemState.ANSWERED and out.owner is None:
            free = self._free.get((out.item.step, out.item.fingerprint), [])
            if out in free:  # nothing that a row could use
                free.remove(out)
        return out

    def of_job(self, nonce: str) -> list[OutItem]:
        """Return the requests of a job of which nothing has come."""
        return [out for (job, _), out in self._by_id.items() if job == nonce]

    def drop(self, nonce: str) -> list[OutItem]:
        """Forget a job that the provider never had, and return its requests."""
        gone = self.of_job(nonce)
        for out in gone:
            del self._by_id[nonce, out.item.custom_id]
            free = self._free.get((out.item.step, out.item.fingerprint), [])
            if out in free:
                free.remove(out)
        return gone

    def __len__(self) -> int:
        return len(self._by_id)
