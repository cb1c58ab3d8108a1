"""How a run gets at its providers by the workers of a cluster, which find the API keys on their own machines."""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import replace

from chaindesk.cluster import worker_service
from chaindesk.cluster.address import ClusterAddress
from chaindesk.cluster.cluster_provider import ClusterProvider
from chaindesk.cluster.connection import ClusterConnection, WorkerLostError
from chaindesk.cluster.messages import RunSetup, portable_endpoint
from chaindesk.domain.completion import DEMO_BASE_URL, Completion
from chaindesk.domain.errors import ClusterError, JournalError
from chaindesk.domain.records import Answer, AnswerKind
from chaindesk.engine.endpoints import price
from chaindesk.engine.session import Session
from chaindesk.formatting import count
from chaindesk.providers.base import NoticeListener, Provider, RateListener

_PAID_TWICE = (
    "{calls} had been made again when a worker that was away for long brought the answers: paid for twice. The cost is "
    "in the journal, as of unusable calls."
)
_log = logging.getLogger(__name__)


class ClusterAccess:
    """Reaches the providers of a run by a cluster; see ``endpoints.Access``.

    Attributes:
        keys: empty: no key passes through this machine, the scheduler or a message.
    """

    def __init__(self, address: ClusterAddress, session: Session) -> None:
        self.keys: Mapping[str, str] = {}
        self._address = address
        self._session = session
        asked = (one for endpoint in session.endpoints.values() for one in endpoint.asked)
        self._setup = RunSetup(uuid.uuid4().hex, tuple(map(portable_endpoint, asked)))
        self._provider: ClusterProvider | None = None

    async def read_keys(self) -> str:
        """Let each worker look for the keys; return what is missing in words for the user, or "".

        Raises:
            ClusterError: the cluster cannot be used.
        """
        if self._provider is not None:
            return await self._provider.read_keys()
        if any(one.base_url == DEMO_BASE_URL for one in self._setup.endpoints):
            raise ClusterError(
                "The simulated provider runs inside ChainDesk, where no worker reaches it. Start it for all: "
                "chaindesk serve-demo, and name its address in the chain."
            )
        async with ClusterConnection(self._address) as connection:
            lacking: dict[str, None] = {}
            for worker in await connection.ready_workers():
                try:
                    words = await connection.ask(worker, worker_service.lacking_keys, self._setup)
                except WorkerLostError as error:
                    raise ClusterError(f"The worker at {worker} does not answer: {error}") from None
                if words:
                    lacking[f"On the machine of the worker at {worker}: {words}"] = None
            return "\n".join(lacking)

    @asynccontextmanager
    async def open(self, on_rate: RateListener, on_notice: NoticeListener) -> AsyncIterator[Provider]:
        """Connect for a run.

        Raises:
            ClusterError: the scheduler cannot be reached.
        """
        async with AsyncExitStack() as stack:
            connection = await stack.enter_async_context(ClusterConnection(self._address))
            self._provider = provider = ClusterProvider(connection, self._setup, on_rate, on_notice, self._is_stored)
            serving = asyncio.create_task(provider.serve())
            try:
                yield provider
            finally:
                self._provider = None
                if twice := await provider.book_late(self._book):
                    on_notice(_PAID_TWICE.format(calls=count(twice, "call")))
                await provider.detach()
                serving.cancel()
                with suppress(asyncio.CancelledError):
                    await serving

    def stored(self, answer: Answer) -> None:
        """The journal has an answer."""
        if self._provider is not None:
            self._provider.stored(answer)

    async def _book(self, fingerprint: str, late: Completion) -> bool:
        """Store what came after its call had been made again, as an answer that no row uses."""
        session = self._session
        for step in session.chain.steps:
            has = session.journal.answers(session.workbook_id, step.name, fingerprint)
            if not has:
                continue
            cost = late.cost
            if cost is None and late.usage is not None:
                standard = price(session.endpoints[step.provider], step.model.partition("/")[2], late.usage)
                cost = None if standard is None else standard * late.speed.price_share
            answer = replace(
                has[-1],
                id=0,
                fingerprint=AnswerKind.UNUSABLE.fingerprint(fingerprint),
                text=late.text,
                fields={},
                edited_text=None,
                model=late.model,
                usage=late.usage,
                cost=cost,
                seconds=late.seconds,
                attempts=1,
                finish=late.finish,
                request_id=late.request_id,
                speed=late.speed,
                examples=(),
            )
            try:
                await session.journal.store_answer(answer)
            except JournalError as error:  # its worker keeps it
                _log.warning("An answer that came late could not be booked: %s", error)
                return False
            return True
        return False

    def _is_stored(self, fingerprint: str, is_same: Callable[[Answer], bool]) -> bool:
        """Return whether the journal has an answer to a request."""
        session = self._session
        steps = session.chain.step_names
        return any(any(map(is_same, session.journal.answers(session.workbook_id, one, fingerprint))) for one in steps)
