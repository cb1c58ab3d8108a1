"""The engine without HTTP and without a window: a scripted provider, and a harness that plans and runs with it."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

from chaindesk.domain.chains.chain import Chain
from chaindesk.domain.chains.chain_binding import bind
from chaindesk.domain.completion import Completion, CompletionRequest, Endpoint, ProviderKind, Usage
from chaindesk.domain.errors import CallError, FailureKind
from chaindesk.domain.events import Event
from chaindesk.domain.manifest import Column, Manifest, Row, RowValues
from chaindesk.domain.row_selection import RowSelection
from chaindesk.engine.answers.ledger import AnswerLedger
from chaindesk.engine.planning.plan import Plan
from chaindesk.engine.planning.planner import make_plan
from chaindesk.engine.prompting.request_builder import RequestBuilder
from chaindesk.engine.run.control import RunControl
from chaindesk.engine.run.dependencies import RunDependencies
from chaindesk.engine.run.lifecycle import execute_run
from chaindesk.engine.run.options import RunOptions, RunResult
from chaindesk.journal.memory import MemoryJournal
from chaindesk.journal.protocol import Journal
from chaindesk.providers.base import NoticeListener, Provider, RateListener, TextListener
from chaindesk.providers.wire_formats.by_kind import output_limit

Behaviour = Callable[[CompletionRequest], object]
PriceFunction = Callable[[Endpoint, str, Usage], Decimal | None]
E = TypeVar("E", bound=Event)


class ScriptedProvider:
    """A provider without HTTP: answers from the prompt, or as a test says.

    ``behave`` may give a text or a Completion, raise, or be a coroutine function that does so.
    """

    def __init__(self, behave: Behaviour | None = None) -> None:
        self.behave = behave
        self.requests: list[CompletionRequest] = []
        self.in_flight = 0
        self.peak = 0
        self.cancelled = 0

    @property
    def prompts(self) -> list[str]:
        return [request.messages[-1].content for request in self.requests]

    async def complete(self, request: CompletionRequest, on_text: TextListener | None = None) -> Completion:
        self.requests.append(request)
        self.in_flight += 1
        self.peak = max(self.peak, self.in_flight)
        try:
            await asyncio.sleep(0)
            said = None if self.behave is None else self.behave(request)
            if asyncio.iscoroutine(said):
                said = await said
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        finally:
            self.in_flight -= 1
        if isinstance(said, Completion):
            return said
        text = f"<{request.messages[-1].content}>" if said is None else str(said)
        return Completion(text, request.model, Usage(10, 20), seconds=0.01)

    async def models(self, endpoint: Endpoint) -> Sequence[str]:
        return ["writer"]


def make_manifest(
    values: Sequence[Mapping[str, str]], path: Path = Path("jobs.xlsx"), key: str | None = None
) -> Manifest:
    names = list(dict.fromkeys(name for row in values for name in row)) or ["Topic"]
    index = {name: place for place, name in enumerate(names)}
    rows = tuple(
        Row(
            number,
            row[key] if key else str(number),
            RowValues(index, [row.get(name, "") for name in names]),
            named=key is not None,
        )
        for number, row in enumerate(values, 2)
    )
    columns = tuple(Column(name, place + 1, name) for name, place in index.items())
    return Manifest(path, "Jobs", ("Jobs",), 1, columns, rows)


def make_chain(*steps: Mapping[str, Any], **others: Any) -> Chain:
    named = [{"name": f"s{n}", "model": "lab/writer"} | dict(step) for n, step in enumerate(steps, 1)]
    quick = {"retry": {"attempts": 3, "seconds": 60}}
    return Chain.model_validate({"name": "test", "steps": named} | quick | others)


@dataclass
class EngineHarness:
    """One workbook, chain and journal, run with a scripted provider."""

    manifest: Manifest
    chain: Chain
    journal: Journal = field(default_factory=MemoryJournal)
    provider: ScriptedProvider = field(default_factory=ScriptedProvider)
    price: PriceFunction = lambda endpoint, model, usage: None
    renewed: Callable[[], str] = lambda: ""
    clock: Callable[[], float] = time.monotonic
    requests_per_minute: int | None = None

    def __post_init__(self) -> None:
        bound, problems = bind(self.chain, self.manifest)
        assert not problems, problems
        self.endpoints = {
            provider: Endpoint(
                provider,
                ProviderKind.OPENAI_CHAT,
                f"http://{provider}/v1",
                key_required=False,
                requests_per_minute=self.requests_per_minute,
            )
            for step in self.chain.steps
            for provider in (step.provider, *(model.partition("/")[0] for _, model in step.other_models))
        }
        self.request_builder = RequestBuilder(bound, self.endpoints)
        self.workbook_id = self.journal.workbook_id(self.manifest.path, self.manifest.sheet)
        self.ledger = self.read_ledger()
        self.events: list[Event] = []
        self.control = RunControl()

    def read_ledger(self) -> AnswerLedger:
        return AnswerLedger(self.manifest, self.request_builder, self.journal, self.workbook_id)

    def plan(self, choice: RowSelection | None = None, *, fresh: bool = False, rerun_step: str = "") -> Plan:
        rows = choice or RowSelection()
        return make_plan(
            self.manifest, self.request_builder, self.ledger, rows, self.price, fresh=fresh, rerun_step=rerun_step
        )

    async def run(
        self, options: RunOptions | None = None, listener: Callable[[Event], object] | None = None
    ) -> RunResult:
        options = options or RunOptions()
        plan = self.plan(options.choice, fresh=options.fresh, rerun_step=options.rerun_step)
        self.control.budget = options.budget
        if self.control.concurrency is None:
            self.control.set_concurrency(options.concurrency or self.chain.concurrency)
        self.events = []

        def take(event: Event) -> None:
            self.events.append(event)
            if listener is not None:
                listener(event)

        return await execute_run(self._dependencies(), plan, options, take, self.control)

    def _dependencies(self) -> RunDependencies:
        @asynccontextmanager
        async def open_provider(on_rate: RateListener, on_notice: NoticeListener) -> AsyncIterator[Provider]:
            yield self.provider

        async def read_keys() -> str:
            return self.renewed()

        return RunDependencies(
            manifest=self.manifest,
            chain=self.chain,
            request_builder=self.request_builder,
            endpoints=self.endpoints,
            journal=self.journal,
            workbook_id=self.workbook_id,
            ledger=self.ledger,
            keys={},
            read_keys=read_keys,
            open_provider=open_provider,
            price=self.price,
            output_limit=output_limit,
            clock=self.clock,
        )

    def of(self, *kinds: type[E]) -> list[E]:
        """Return the run's events of these kinds, in order."""
        return [event for event in self.events if isinstance(event, kinds)]

    def statuses(self) -> Counter[str]:
        return Counter(self.ledger.state(row.number).status.value for row in self.manifest.rows)

    def text(self, number: int, step: int = 0) -> str:
        answer_id = self.ledger.entries[number].answers[step]
        answer = self.journal.answer(answer_id) if answer_id else None
        return "" if answer is None else answer.shown_text

    def reopened(self, **changes: Any) -> EngineHarness:
        """Return a harness on the same journal, with a new provider that behaves alike."""
        fresh: dict[str, Any] = {"provider": ScriptedProvider(self.provider.behave), "renewed": lambda: ""}
        return replace(self, **(fresh | changes))


def make_topics(count: int) -> Manifest:
    """Return so many rows, whose topics are T0, T1 and so on."""
    return make_manifest([{"Topic": f"T{number}"} for number in range(count)])


def fail_where(kind: FailureKind, containing: str, **more: Any) -> Behaviour:
    """Return a provider's behaviour: calls whose prompt contains some words fail, all others are answered."""

    def behave(request: CompletionRequest) -> None:
        if containing in request.messages[-1].content:
            raise CallError(kind, "It did not go.", **more)

    return behave
