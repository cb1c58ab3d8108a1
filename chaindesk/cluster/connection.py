"""The connection to a cluster's scheduler: the only module that talks to Dask on the side of a run."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection
from contextlib import suppress
from typing import Any, TypeVar

import chaindesk
from chaindesk.cluster import worker_service
from chaindesk.cluster.address import ClusterAddress, need_dask
from chaindesk.domain.errors import ClusterError

_CONNECT_TIMEOUT_S = 10.0
_WORKERS_TIMEOUT_S = 10.0
_REPLY_TIMEOUT_S = 60.0
_START_WORKERS = "Start one on each machine: chaindesk worker {url}"
_Answer = TypeVar("_Answer")


class WorkerLostError(Exception):
    """A worker did not answer."""


class ClusterConnection:
    """Reaches the workers of a cluster through its scheduler.

    Use it as an async context manager.
    """

    def __init__(self, address: ClusterAddress) -> None:
        self._address = address
        self._client: Any = None

    async def __aenter__(self) -> ClusterConnection:
        """Connect.

        Raises:
            ClusterError: the scheduler cannot be reached, or is open to other machines without TLS.
        """
        self._client = await self._connected()
        return self

    async def _connected(self) -> Any:
        security = self._address.security()
        quieten_dask()
        import distributed

        make: Any = distributed.Client
        client = make(
            self._address.url,
            asynchronous=True,
            security=security,
            timeout=_CONNECT_TIMEOUT_S,
            set_as_default=False,
            name="chaindesk",
        )
        try:
            await client
            self._address.check_reached(client.scheduler_info()["address"], "The scheduler listens for others: it")
        except (OSError, TimeoutError, ValueError, RuntimeError) as error:
            await _close(client)
            raise ClusterError(_unreached(self._address, error)) from None
        except ClusterError:
            await _close(client)
            raise
        return client

    async def __aexit__(self, *_: object) -> None:
        await _close(self._client)

    async def workers(self) -> Collection[str]:
        """Return the addresses of the workers that are connected now.

        Where the scheduler has been away for too long, so that Dask has given it up, this connects anew.

        Raises:
            WorkerLostError: the scheduler does not answer.
        """
        if self._client.status == "closed":
            try:
                self._client = await self._connected()
            except ClusterError as error:
                raise WorkerLostError(str(error)) from None
        return list(await self._answered(self._client.nthreads))

    async def ready_workers(self) -> Collection[str]:
        """Return the workers once there is one, each of this version and reached safely.

        Raises:
            ClusterError: there is none, or one cannot be used.
        """
        with suppress(TimeoutError):
            await self._client.wait_for_workers(1, timeout=_WORKERS_TIMEOUT_S)
        try:
            workers = await self.workers()
        except WorkerLostError as error:
            raise ClusterError(f"The scheduler at {self._address.url} does not answer any more: {error}") from None
        if not workers:
            start = _START_WORKERS.format(url=self._address.url)
            raise ClusterError(f"No worker is connected to the scheduler at {self._address.url}. {start}")
        unfit = [why for why in await asyncio.gather(*map(self._why_not_ready, workers)) if why]
        if unfit:
            raise ClusterError("\n".join(unfit))
        return workers

    async def _why_not_ready(self, worker: str) -> str:
        try:
            return await self.why_unfit(worker)
        except WorkerLostError as error:
            return f"The worker at {worker} does not answer: {error}"

    async def why_unfit(self, worker: str) -> str:
        """Return why a worker cannot be used, in words for the user, or "".

        Raises:
            WorkerLostError: it does not answer.
        """
        try:
            self._address.check_reached(worker, "The worker")
            version = await self.ask(worker, worker_service.version)
        except ClusterError as error:
            return str(error)
        except (ImportError, AttributeError):
            version = "none"
        if version == chaindesk.__version__:
            return ""
        return (
            f"The worker at {worker} has another version of ChainDesk ({version}) than this machine "
            f"({chaindesk.__version__}). Install the same on all: the guide has the command, under Many machines."
        )

    async def ask(self, worker: str, function: Callable[..., Any], *arguments: object) -> Any:
        """Call a function on a worker and return what it returns.

        Raises:
            WorkerLostError: the worker did not answer.
            Exception: what the function raised.
        """
        answers = await self._answered(self._client.run, function, *arguments, workers=[worker])
        if worker not in answers:
            raise WorkerLostError("it is gone")
        return answers[worker]

    async def _answered(self, ask: Callable[..., Awaitable[_Answer]], *arguments: object, **named: object) -> _Answer:
        if self._client.status != "running":
            raise WorkerLostError("the connection to the scheduler is lost")
        try:
            async with asyncio.timeout(_REPLY_TIMEOUT_S):
                return await ask(*arguments, **named)
        except (OSError, TimeoutError) as error:  # Dask's CommClosedError among them
            raise WorkerLostError(str(error) or type(error).__name__) from None


async def _close(client: Any) -> None:
    with suppress(Exception):  # nothing of a run depends on how Dask ends
        await client.close()


def quieten_dask() -> None:
    """Let Dask tell nothing in the terminal: what the user is to know of the cluster is said by us."""
    need_dask()
    import distributed  # noqa: F401 - its import sets up its loggers

    for name in ("distributed", "tornado", "asyncio"):
        logging.getLogger(name).setLevel(logging.CRITICAL if name == "distributed" else logging.NOTSET)


def _unreached(address: ClusterAddress, error: Exception) -> str:
    reason = str(error).splitlines()[0] if str(error) else type(error).__name__
    tls = " See also that the certificates are those of this cluster." if address.encrypted else ""
    return f"The scheduler at {address.url} could not be reached: {reason}. Is it running, and the address right?{tls}"
