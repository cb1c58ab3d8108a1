"""``chaindesk worker``: processes that make the calls of others' runs, started anew when one ends."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import Any

from chaindesk.cluster.address import ClusterAddress
from chaindesk.cluster.connection import quieten_dask
from chaindesk.domain.errors import ClusterError

_START_TIMEOUT_S = 60.0
_QUIET = {
    "distributed.worker.profile.enabled": False,
    "distributed.admin.tick.interval": "1s",
    "distributed.admin.system-monitor.interval": "10s",
    "distributed.admin.system-monitor.disk": False,
    "distributed.admin.system-monitor.gil.enabled": False,
}
"""What Dask measures of its workers many times a second, for pages that we do not show."""


async def serve_workers(
    address: ClusterAddress, processes: int, ended: asyncio.Event, on_ready: Callable[[tuple[str, ...]], None]
) -> None:
    """Work for a cluster until told to end, or until the scheduler ends.

    Args:
        address: the scheduler.
        processes: how many workers.
        ended: set when this is to end.
        on_ready: called with the addresses of the workers once they are connected.

    Raises:
        ClusterError: the scheduler cannot be reached.
    """
    security = address.security()
    quieten_dask()
    import dask

    dask.config.set(_QUIET)
    async with AsyncExitStack() as stack:
        nannies = [await stack.enter_async_context(_connected_worker(address, security)) for _ in range(processes)]
        on_ready(tuple(nanny.worker_address for nanny in nannies))
        tasks = [asyncio.create_task(nanny.finished()) for nanny in nannies]
        tasks.append(asyncio.create_task(ended.wait()))
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            task.cancel()


@asynccontextmanager
async def _connected_worker(address: ClusterAddress, security: Any) -> AsyncIterator[Any]:
    """Start one worker, yield what starts it anew when it ends, and end both.

    Raises:
        ClusterError: the scheduler cannot be reached.
    """
    from distributed import Nanny

    make: Any = Nanny
    nanny = make(
        address.url,
        nthreads=1,
        memory_limit=0,  # what a worker keeps is small; Dask's limit would end it
        security=security,
        protocol="tls" if address.encrypted else "tcp",
        host=None if address.encrypted else "127.0.0.1",
        dashboard=False,
        silence_logs=logging.CRITICAL,
        death_timeout=_START_TIMEOUT_S,
    )
    try:
        async with asyncio.timeout(_START_TIMEOUT_S):
            await nanny
    except (OSError, TimeoutError, RuntimeError, ValueError) as error:
        with suppress(Exception):
            await nanny.close(timeout=5)
        reason = str(error) or type(error).__name__
        raise ClusterError(f"The scheduler at {address.url} could not be reached: {reason}") from None
    try:
        yield nanny
    finally:
        await nanny.close(timeout=5)
