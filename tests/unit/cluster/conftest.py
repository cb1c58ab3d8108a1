from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from chaindesk.cluster import cluster_provider, run_calls, worker_service
from tests.support.cluster_in_process import Connection
from tests.support.engine import ScriptedProvider


@pytest.fixture
def connection(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Connection]:
    one = Connection(tmp_path)

    @asynccontextmanager
    async def open_scripted(*_: object) -> AsyncIterator[ScriptedProvider]:
        yield one.opening

    monkeypatch.setattr(run_calls, "open_provider", open_scripted)
    monkeypatch.setattr(run_calls, "LINGER_S", 0.001)
    monkeypatch.setattr(cluster_provider, "LOOK_INTERVAL_S", 0.005)
    yield one
    worker_service._services.clear()
