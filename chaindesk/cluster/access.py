"""How a run gets at its providers by the workers of a cluster, which find the API keys on their own machines."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress

from chaindesk.cluster import worker_service
from chaindesk.cluster.address import ClusterAddress
from chaindesk.cluster.cluster_provider import ClusterProvider
from chaindesk.cluster.connection import ClusterConnection, WorkerLostError
from chaindesk.cluster.messages import RunSetup, portable_endpoint
from chaindesk.domain.completion import DEMO_BASE_URL
from chaindesk.domain.errors import ClusterError
from chaindesk.domain.records import Answer
from chaindesk.engine.session import Session
from chaindesk.providers.base import NoticeListener, Provider, RateListener


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
                await provider.detach()
                serving.cancel()
                with suppress(asyncio.CancelledError):
                    await serving

    def stored(self, answer: Answer) -> None:
        """The journal has an answer."""
        if self._provider is not None:
            self._provider.stored(answer)

    def _is_stored(self, fingerprint: str, is_same: Callable[[Answer], bool]) -> bool:
        """Return whether the journal has an answer to a request."""
        session = self._session
        steps = session.chain.step_names
        return any(any(map(is_same, session.journal.answers(session.workbook_id, one, fingerprint))) for one in steps)
