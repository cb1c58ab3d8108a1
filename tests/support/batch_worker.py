"""What a process does that runs a workbook by batch jobs until every row is done, to be killed at any moment."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import replace
from pathlib import Path

from chaindesk.domain.status import Status
from chaindesk.journal.sqlite.journal import open_journal
from tests.support.batch_runs import QUICK, BatchWorkbook, batch_chain
from tests.support.batches import ENDPOINTS
from tests.support.engine import make_topics

STEPS = ({"prompt": "A {{Topic}}."}, {"prompt": "B {{s1}}."})
SETTINGS = replace(QUICK, min_shard=6, shards=4, lines_at_once=2)


class _Elsewhere:
    """Stands for the simulated provider, which is in another process."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url


async def main(journal: Path, address: str, kind: str, rows: int, *, finish_live: bool) -> int:
    """Run until every row is done, and return 0 then.

    Args:
        journal: its file.
        address: of the simulated provider.
        kind: the provider's.
        rows: how many there are.
        finish_live: whether the jobs are told to end, and the rest is asked at once.
    """
    opened = open_journal(journal)
    try:
        server: object = _Elsewhere(address)
        book = BatchWorkbook(
            server,  # type: ignore[arg-type]
            replace(ENDPOINTS[kind], name="lab"),
            batch_chain(*STEPS),
            make_topics(rows),
            opened,
            SETTINGS,
            own_nonces=False,
        )
        result = await book.run(brake=False, finish_live=finish_live)
        return 0 if result.counts == {Status.DONE: rows} else 1
    finally:
        opened.close()


def work(journal: Path, address: str, kind: str, rows: int, finish_live: bool) -> None:
    """End the process with the status of ``main``."""
    sys.exit(asyncio.run(main(journal, address, kind, rows, finish_live=finish_live)))
