"""Steps that are switched off: no call, no column, and their answers are there again when they are switched on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from chaindesk.credentials import KeyStore
from chaindesk.domain.chains.chain import Chain
from chaindesk.domain.errors import ChainError
from chaindesk.engine.run.options import RunOptions
from chaindesk.engine.session import Session
from chaindesk.journal.sqlite.journal import SqliteJournal, open_journal
from chaindesk.simulator.options import SimulatorOptions
from chaindesk.simulator.server import SimulatorServer
from chaindesk.workbook import open_manifest
from tests.support.windows import write_jobs

ROWS = 3


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[SqliteJournal]:
    opened = open_journal(tmp_path / "journal.sqlite3")
    yield opened
    opened.close()


def chain_of(prompt: str, *, enabled: bool) -> Chain:
    notes: dict[str, Any] = {"name": "notes", "model": "demo/writer", "prompt": "On {{Topic}}", "enabled": enabled}
    return Chain.model_validate(
        {"name": "two", "steps": [notes, {"name": "text", "model": "demo/writer", "prompt": prompt}]}
    )


async def test_a_step_that_is_off_makes_no_call_and_writes_no_column(tmp_path: Path, journal: SqliteJournal) -> None:
    workbook = write_jobs(tmp_path / "jobs.xlsx", ROWS)
    async with SimulatorServer(SimulatorOptions(latency=0.0, distribution="constant")) as server:

        def session_of(*, enabled: bool) -> Session:
            keys = KeyStore(environment={})
            chain = chain_of("Words on {{Topic}}", enabled=enabled)
            return Session(open_manifest(workbook), chain, journal, keys, addresses={"demo:embedded": server.base_url})

        session = session_of(enabled=False)
        assert session.plan().calls == ROWS
        await session.run(RunOptions(), lambda _: None)
        assert server.counters.requests == ROWS
        report = await session.export()
        assert {"text"} == set(report.columns) & {"text", "notes"}
        header = next(openpyxl.load_workbook(report.path).active.iter_rows(values_only=True))
        assert "notes" not in header
        assert session_of(enabled=True).plan().calls == ROWS
        await session_of(enabled=True).run(RunOptions(), lambda _: None)
        assert server.counters.requests == 2 * ROWS
        assert session_of(enabled=True).plan().calls == 0
        assert session_of(enabled=False).plan().calls == 0


def test_a_session_refuses_a_step_that_uses_one_that_is_off(tmp_path: Path, journal: SqliteJournal) -> None:
    manifest = open_manifest(write_jobs(tmp_path / "jobs.xlsx", ROWS))
    with pytest.raises(ChainError, match="switched off"):
        Session(manifest, chain_of("{{notes}}", enabled=False), journal, KeyStore(environment={}))
