"""What a run asks of a worker: the functions that Dask carries there and calls by their name, in the worker's loop.

They are no Dask tasks: Dask neither queues nor repeats them, and keeps no copy of what they say.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import chaindesk
from chaindesk.cluster.messages import Attached, Batch, Report, RunSetup
from chaindesk.cluster.run_calls import RunCalls, RunLostError
from chaindesk.cluster.spool import Spool
from chaindesk.credentials import KeyStore
from chaindesk.settings import data_folder

_FORGOTTEN_AFTER_S = 900.0  # without a word of its run, once no call of it is out


@dataclass(slots=True)
class _Service:
    """What this process keeps for all runs."""

    spool: Spool
    keys: KeyStore = field(default_factory=KeyStore)
    runs: dict[str, RunCalls] = field(default_factory=dict)


_services: list[_Service] = []  # one at the most: it is made when the first run asks


def version() -> str:
    """Return the version of ChainDesk that this worker has."""
    return chaindesk.__version__


async def lacking_keys(setup: RunSetup) -> str:
    """Return what keeps this worker from calling endpoints, in words for the user, or ""."""
    return await RunCalls(setup, _service().spool, _service().keys).read_keys()


async def attach(setup: RunSetup) -> Attached:
    """Begin to work for a run, or go on."""
    service = _service()
    service.spool.take_over()
    await _forget_old(service)
    calls = service.runs.get(setup.run)
    if calls is None:
        calls = RunCalls(setup, service.spool, service.keys)
        await calls.open()
        service.runs[setup.run] = calls
    return calls.attached(await calls.read_keys())


async def read_keys(run: str) -> str:
    """Read the keys of a run again; return what is missing in words for the user, or ""."""
    return await _calls_of(run).read_keys()


async def begin(run: str, attachment: int, batch: Batch) -> Report:
    """Begin calls of a run, and return what there is to tell."""
    return _calls_of(run).begin(attachment, batch)


async def report(run: str, attachment: int) -> Report:
    """Wait for something to tell a run, and return it."""
    return await _calls_of(run).report(attachment)


async def detach(run: str, batch: Batch) -> None:
    """End the work for a run; what it has stored is forgotten here."""
    calls = _service().runs.pop(run, None)
    if calls is not None:
        calls.note(batch)
        await calls.close()


def _calls_of(run: str) -> RunCalls:
    calls = _service().runs.get(run)
    if calls is None:
        raise RunLostError("it does not know this run any more")
    return calls


def _service() -> _Service:
    if not _services:
        _services.append(_Service(Spool(data_folder("cluster"))))
    return _services[0]


async def _forget_old(service: _Service) -> None:
    for run, calls in list(service.runs.items()):
        if not calls.is_busy and time.time() - calls.heard_at > _FORGOTTEN_AFTER_S:
            del service.runs[run]
            await calls.close()
