"""Runs whose steps go by batch jobs, over real HTTP against the simulated provider, whose clock a test moves."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from chaindesk.domain.batch_jobs import BatchJob
from chaindesk.domain.chains.chain import Chain
from chaindesk.domain.chains.chain_binding import bind
from chaindesk.domain.completion import Endpoint, Usage
from chaindesk.domain.events import Event
from chaindesk.domain.manifest import Manifest
from chaindesk.domain.row_selection import RowSelection
from chaindesk.engine.answers.ledger import AnswerLedger
from chaindesk.engine.batch.settings import BatchSettings
from chaindesk.engine.planning.plan import Plan
from chaindesk.engine.planning.planner import make_plan
from chaindesk.engine.prompting.request_builder import RequestBuilder
from chaindesk.engine.run.control import RunControl
from chaindesk.engine.run.dependencies import RunDependencies
from chaindesk.engine.run.lifecycle import execute_run
from chaindesk.engine.run.options import RunOptions, RunResult
from chaindesk.journal.memory import MemoryJournal
from chaindesk.journal.protocol import Journal
from chaindesk.providers.base import NoticeListener, RateListener
from chaindesk.providers.batches.protocol import BatchProvider
from chaindesk.providers.http.client import open_providers
from chaindesk.providers.wire_formats.by_kind import output_limit
from chaindesk.simulator.batches.options import BatchOptions
from chaindesk.simulator.options import SimulatorOptions
from chaindesk.simulator.server import SimulatorServer
from tests.support.batches import ENDPOINTS, KEY
from tests.support.engine import make_topics

QUICK = BatchSettings(min_shard=5, shards=4, hold_s=3600, poll_s=0.02, poll_share=0.0, look_again_s=0.0, retry_s=0.02)
CENT = Decimal("0.01")


def batch_chain(*steps: Mapping[str, Any], speed: str = "batch", **others: Any) -> Chain:
    """Return a chain whose steps ask ``lab/writer``."""
    named = [{"name": f"s{n}", "model": "lab/writer"} | dict(step) for n, step in enumerate(steps, 1)]
    return Chain.model_validate({"name": "test", "speed": speed, "steps": named, "concurrency": 3} | others)


@dataclass
class BatchWorkbook:
    """One workbook, chain and journal, and the simulated provider that a run asks."""

    server: SimulatorServer
    endpoint: Endpoint
    chain: Chain
    manifest: Manifest
    journal: Journal
    settings: BatchSettings = QUICK
    key: str = KEY
    own_nonces: bool = True
    events: list[Event] = field(default_factory=list)
    control: RunControl = field(default_factory=RunControl)

    def __post_init__(self) -> None:
        nonces = itertools.count(1)
        if self.own_nonces:  # so that what the simulated provider refuses is the same each time
            self.settings = replace(self.settings, nonce=lambda: f"n{next(nonces)}")
        self.workbook_id = self.journal.workbook_id(self.manifest.path, self.manifest.sheet)
        self.reopen()

    def reopen(self) -> None:
        """Read chain and journal anew, as another start of the program does."""
        bound, problems = bind(self.chain, self.manifest)
        assert not problems, problems
        self.builder = RequestBuilder(bound, {"lab": self.endpoint})
        self.ledger = AnswerLedger(self.manifest, self.builder, self.journal, self.workbook_id)
        self.control = RunControl()
        self.events = []

    def price(self, endpoint: Endpoint, model: str, usage: Usage) -> Decimal:
        return CENT

    def plan(self, *, finish_live: bool = False) -> Plan:
        return make_plan(
            *(self.manifest, self.builder, self.ledger, RowSelection(), self.price),
            fresh=False,
            finish_live=finish_live,
        )

    async def run(self, listener: Callable[[Event], object] = lambda event: None, **options: Any) -> RunResult:
        def take(event: Event) -> None:
            self.events.append(event)
            listener(event)

        plan = self.plan(finish_live=options.get("finish_live", False))
        return await execute_run(self._dependencies(), plan, RunOptions(**options), take, self.control)

    @asynccontextmanager
    async def time_passing(self, seconds: float = 3600.0) -> AsyncIterator[None]:
        """Let the provider's clock go on by so much each time that it was asked, for as long as this is open."""

        async def tick() -> None:
            while True:
                await asyncio.sleep(0.02)
                self.server.batches.store.advance(seconds)

        ticking = asyncio.ensure_future(tick())
        try:
            yield
        finally:
            ticking.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await ticking

    @property
    def jobs(self) -> list[BatchJob]:
        return list(self.journal.batch_jobs.jobs(self.workbook_id, only_open=False))

    @property
    def billed(self) -> Counter[str]:
        return self.server.batches.store.counters.billed

    @property
    def live_calls(self) -> int:
        return self.server.counters.delivered

    def statuses(self) -> Counter[str]:
        return Counter(self.ledger.state(row.number).status.value for row in self.manifest.rows)

    def text(self, number: int, step: int = 0) -> str:
        answer_id = self.ledger.entries[number].answers[step]
        answer = self.journal.answer(answer_id) if answer_id else None
        return "" if answer is None else answer.shown_text

    def of(self, *kinds: type[Event]) -> list[Any]:
        return [event for event in self.events if isinstance(event, kinds)]

    def _dependencies(self) -> RunDependencies:
        @asynccontextmanager
        async def open_provider(on_rate: RateListener, on_notice: NoticeListener) -> AsyncIterator[BatchProvider]:
            addresses = {self.endpoint.base_url: self.server.base_url}
            opened = open_providers({"lab": self.key}, 20, on_rate, addresses=addresses, on_notice=on_notice)
            async with opened as provider:
                yield provider

        async def read_keys() -> str:
            return ""

        return RunDependencies(
            manifest=self.manifest,
            chain=self.chain,
            request_builder=self.builder,
            endpoints={"lab": self.endpoint},
            journal=self.journal,
            workbook_id=self.workbook_id,
            ledger=self.ledger,
            keys={"lab": self.key},
            read_keys=read_keys,
            open_provider=open_provider,
            price=self.price,
            output_limit=output_limit,
            batch_settings=self.settings,
        )


@asynccontextmanager
async def batch_workbook(
    chain: Chain,
    rows: int = 20,
    kind: str = "openai",
    journal: Journal | None = None,
    settings: BatchSettings = QUICK,
    **batch: Any,
) -> AsyncIterator[BatchWorkbook]:
    """Open a workbook of so many rows, whose chain asks a simulated provider of a kind."""
    endpoint = replace(ENDPOINTS[kind], name="lab")
    options = SimulatorOptions(latency=0, batch=BatchOptions(**batch))
    async with SimulatorServer(options) as server:
        yield BatchWorkbook(server, endpoint, chain, make_topics(rows), journal or MemoryJournal(), settings)
