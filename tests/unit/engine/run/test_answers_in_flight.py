"""How many paid answers may not be on the disk yet: that is what a kill loses."""

from __future__ import annotations

import asyncio

from chaindesk.domain.records import Answer
from chaindesk.engine.run.options import RunOptions
from chaindesk.journal.memory import MemoryJournal
from tests.support.engine import EngineHarness, make_chain, make_topics

AT_ONCE = 3


class HeldJournal(MemoryJournal):
    """Stores no answer before it is let."""

    def __init__(self) -> None:
        super().__init__()
        self.may_store = asyncio.Event()
        self.begun = 0
        self.all_begun = asyncio.Event()

    async def store_answer(self, answer: Answer) -> int:
        self.begun += 1
        if self.begun == AT_ONCE * 2:
            self.all_begun.set()
        await self.may_store.wait()
        return await super().store_answer(answer)


async def test_a_worker_begins_no_third_row_while_two_are_not_stored() -> None:
    journal = HeldJournal()
    bench = EngineHarness(make_topics(30), make_chain({"prompt": "one {{Topic}}"}), journal=journal)
    run = asyncio.ensure_future(bench.run(RunOptions(concurrency=AT_ONCE)))
    await journal.all_begun.wait()
    for _ in range(50):  # whatever could still begin, begins
        await asyncio.sleep(0)
    assert journal.begun == len(bench.provider.requests) == AT_ONCE * 2
    journal.may_store.set()
    await run
    assert bench.statuses() == {"done": 30}
