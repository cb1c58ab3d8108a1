"""Measures one after another against side by side: the same engine, the same calls, another concurrency.

Each measurement has a journal in memory of its own, so that no run can take over what another paid for.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from chaindesk.credentials import KeyStore
from chaindesk.domain.chains.chain import Chain, Step
from chaindesk.domain.completion import CompletionRequest, Message
from chaindesk.domain.errors import ChainDeskError
from chaindesk.domain.events import Event, RowFinished, StepFinished, StepWaiting
from chaindesk.domain.manifest import Column, Manifest, Row, RowValues
from chaindesk.domain.records import RunState
from chaindesk.domain.row_selection import RowSelection
from chaindesk.domain.status import Status
from chaindesk.engine.run.options import RunOptions
from chaindesk.engine.run.progress.snapshot import Snapshot
from chaindesk.engine.session import Session
from chaindesk.journal.memory import MemoryJournal
from chaindesk.providers.registry import resolve
from chaindesk.simulator.options import SimulatorOptions, latency_of

_MODEL = "demo/writer"
_PROMPT = "Write one sentence about topic {{Topic}}."


@dataclass(frozen=True, slots=True)
class Measurement:
    """One run of ``calls`` calls, ``concurrency`` at once.

    Attributes:
        calls: how many.
        concurrency: how many at once.
        seconds: from the run's start to its end.
        baseline: seconds of the same calls one after another.
        ideal: the least that is possible: the greater of sum / concurrency and the longest call.
        in_order: the least for these calls in their order: each goes to the slot that is free first.
    """

    calls: int
    concurrency: int
    seconds: float
    baseline: float
    ideal: float
    in_order: float

    @property
    def speed_up(self) -> float:
        """How many times faster than one after another."""
        return self.baseline / self.seconds

    @property
    def share(self) -> float:
        """The ideal time as a share of the measured one."""
        return self.ideal / self.seconds


@dataclass(slots=True)
class Outcome:
    """What one run over a real sheet gave.

    Attributes:
        snapshot: its figures.
        texts: each output by row and step.
        troubles: calls that failed and were tried again, by kind.
        failures: rows that failed, by kind.
        state: how it ended.
        message: why it ended early.
    """

    snapshot: Snapshot = field(default_factory=Snapshot)
    texts: dict[tuple[int, str], str] = field(default_factory=dict)
    troubles: Counter[str] = field(default_factory=Counter)
    failures: Counter[str] = field(default_factory=Counter)
    state: RunState = RunState.RUNNING
    message: str = ""

    def handle(self, event: Event) -> None:
        """Take an event in."""
        self.snapshot.fold(event)
        match event:
            case StepFinished(skipped=False):
                self.texts[event.row, event.step] = event.text
            case StepWaiting(kind=kind) if kind is not None:
                self.troubles[kind.value] += 1
            case RowFinished(status=Status.FAILED, failure=failure) if failure is not None:
                self.failures[failure.kind.value] += 1


@dataclass(frozen=True, slots=True)
class Comparison:
    """A real sheet both ways.

    Attributes:
        apart: one row after another.
        together: rows side by side.
    """

    apart: Outcome
    together: Outcome

    @property
    def speed_up(self) -> float:
        """How many times faster side by side."""
        return self.apart.snapshot.elapsed / max(self.together.snapshot.elapsed, 1e-9)

    @property
    def differing(self) -> list[tuple[int, str]]:
        """The outputs, by row and step, that are not the same in both."""
        every = {**self.apart.texts, **self.together.texts}
        return sorted(place for place in every if self.apart.texts.get(place) != self.together.texts.get(place))

    @property
    def cost(self) -> Decimal | None:
        """US dollars of both, as far as prices are known."""
        known = [shot.cost for shot in (self.apart.snapshot, self.together.snapshot) if shot.cost is not None]
        return sum(known, Decimal()) if known else None


class Bench:
    """Makes measurements against one simulated provider."""

    def __init__(self, options: SimulatorOptions, addresses: Mapping[str, str]) -> None:
        self._options = options
        self._addresses = addresses
        self._baselines: dict[int, float] = {}

    def ideal(self, calls: int, concurrency: int) -> float:
        """Return the least time that is possible, from the provider's own draws."""
        draws = self.draws(calls)
        return max(sum(draws) / concurrency, max(draws))

    def in_order(self, calls: int, concurrency: int) -> float:
        """Return the time of a list schedule: each call, in order, goes to the slot that is free first."""
        slots = [0.0] * concurrency
        for seconds in self.draws(calls):
            heapq.heappush(slots, heapq.heappop(slots) + seconds)
        return max(slots)

    def draws(self, calls: int) -> list[float]:
        """Return how long the provider takes for each of the calls."""
        endpoint = resolve("demo")
        texts = [_PROMPT.replace("{{Topic}}", str(number)) for number in range(1, calls + 1)]
        requests = [CompletionRequest(endpoint, _MODEL.partition("/")[2], (Message("user", text),)) for text in texts]
        return [latency_of(self._options, request) for request in requests]

    async def measure(self, calls: int, concurrency: int) -> Measurement:
        """Run so many calls, so many at once.

        Raises:
            ChainDeskError: a call failed, so that nothing was measured.
        """
        chain = Chain(name="bench", steps=[Step(name="answer", model=_MODEL, prompt=_PROMPT)])
        outcome = await run_once(chain, _manifest(calls), concurrency, self._addresses)
        if outcome.failures or outcome.state is not RunState.FINISHED:
            kinds = ", ".join(outcome.failures) or outcome.message
            raise ChainDeskError(f"The simulated provider did not answer every call ({kinds}). Nothing was measured.")
        seconds = outcome.snapshot.elapsed
        if concurrency == 1:
            self._baselines[calls] = seconds
        baseline = self._baselines.get(calls, sum(self.draws(calls)))
        return Measurement(
            calls,
            concurrency,
            seconds,
            baseline=baseline,
            ideal=self.ideal(calls, concurrency),
            in_order=self.in_order(calls, concurrency),
        )


async def run_once(
    chain: Chain,
    manifest: Manifest,
    concurrency: int,
    addresses: Mapping[str, str],
    choice: RowSelection | None = None,
    keys: KeyStore | None = None,
) -> Outcome:
    """Run once with a journal in memory that nothing else sees, and return what came of it."""
    journal = MemoryJournal()
    outcome = Outcome()
    session = Session(manifest, chain, journal, keys or KeyStore(environment={}), addresses=addresses)
    options = RunOptions(choice=choice or RowSelection(), concurrency=concurrency)
    result = await session.run(options, outcome.handle)
    outcome.state, outcome.message = result.state, result.message
    return outcome


def _manifest(calls: int) -> Manifest:
    index = {"Topic": 0}
    rows = tuple(Row(number + 1, str(number + 1), RowValues(index, (str(number),))) for number in range(1, calls + 1))
    return Manifest(Path("bench.xlsx"), "Bench", ("Bench",), 1, (Column("Topic", 1, "Topic"),), rows)
