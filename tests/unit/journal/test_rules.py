"""The rules that both journals share."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from chaindesk.domain.status import Status
from chaindesk.journal.memory import MemoryJournal
from chaindesk.journal.protocol import RunTotals
from chaindesk.journal.sqlite.journal import open_journal
from tests.support.journals import store_past_run


async def test_both_journals_add_runs_up_alike(tmp_path: Path) -> None:
    on_disk, in_memory = open_journal(tmp_path / "journal.sqlite3"), MemoryJournal()
    wanted = {
        1: RunTotals({Status.DONE: 5, Status.FAILED: 1}, 11, 1650, Decimal("0.022")),
        2: RunTotals({Status.DONE: 2}, 4, 600, Decimal("0.008")),
    }
    for journal in (on_disk, in_memory):
        await store_past_run(journal)
        await store_past_run(journal, rows=2)
        await store_past_run(journal, rows=0)
        assert dict(journal.run_totals()) == wanted
    on_disk.close()
