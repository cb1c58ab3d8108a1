"""The lines of ``models``, ``keys``, ``paths``, ``bench`` and ``serve-demo``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from chaindesk.domain.records import RunState


@dataclass(frozen=True, slots=True)
class ModelPrice:
    """A model of a provider, with what a million tokens cost; null where that is not known.

    Attributes:
        model: as a chain names it.
        input_usd_per_million: tokens in.
        output_usd_per_million: tokens out.
    """

    model: str
    input_usd_per_million: Decimal | None
    output_usd_per_million: Decimal | None


@dataclass(frozen=True, slots=True)
class ModelsLine:
    """The models that a provider lists."""

    models: tuple[ModelPrice, ...]


@dataclass(frozen=True, slots=True)
class ProviderKey:
    """Whether a provider has a key. No key is ever told.

    Attributes:
        provider: its name.
        place: where its key is, in words; null where it has none.
    """

    provider: str
    place: str | None


@dataclass(frozen=True, slots=True)
class KeysLine:
    """Which providers have a key, and where."""

    keys: tuple[ProviderKey, ...]


@dataclass(frozen=True, slots=True)
class KeyTestLine:
    """A provider answered with its list of models: its key is good.

    Attributes:
        provider: its name.
        base_url: the address that was asked.
        model_count: how many models it lists.
    """

    provider: str
    base_url: str
    model_count: int


@dataclass(frozen=True, slots=True)
class PathsLine:
    """Where everything is; null for what this installation lacks.

    Attributes:
        folder: the user's data.
        journal: the journal.
        settings: the settings.
        permissions: which variable may go to which host.
        templates: the user's own chains.
        logs: the folder of the logs.
        examples: the folder of the examples.
        schema: the JSON Schema of chain files.
        json_schema: the JSON Schema of these lines.
        guide: the user's guide.
        licences: the licences of what ChainDesk is made of.
        program: the Python, or the program, that runs it.
    """

    folder: Path | None
    journal: Path | None
    settings: Path | None
    permissions: Path | None
    templates: Path | None
    logs: Path | None
    examples: Path | None
    schema: Path | None
    json_schema: Path | None
    guide: Path | None
    licences: Path | None
    program: Path | None


@dataclass(frozen=True, slots=True)
class BenchFirstLine:
    """The first comparison of ``bench``: the same calls one after another, and some at once."""

    calls: int
    concurrency: int
    sequential_seconds: float
    concurrent_seconds: float
    speed_up: float


@dataclass(frozen=True, slots=True)
class BenchMeasuredLine:
    """One measurement of ``bench``.

    Attributes:
        calls: how many.
        concurrency: how many at once.
        seconds: from the run's start to its end.
        baseline_seconds: of the same calls one after another.
        ideal_seconds: the least that is possible.
        in_order_seconds: the least for these calls in their order.
        speed_up: how many times faster than one after another.
        share_of_ideal: the ideal time as a share of the measured one.
    """

    calls: int
    concurrency: int
    seconds: float
    baseline_seconds: float
    ideal_seconds: float
    in_order_seconds: float
    speed_up: float
    share_of_ideal: float


@dataclass(frozen=True, slots=True)
class BenchRun:
    """One of the two runs of ``bench`` over a real sheet.

    Attributes:
        concurrency: rows at once.
        seconds: from its start to its end.
        rows_done: rows that it finished.
        retried: calls that were tried again, by kind of failure.
        failures: rows that failed, by kind of failure.
        total_tokens: in and out.
        cost: as far as prices are known; null where none is.
        state: how it ended.
    """

    concurrency: int
    seconds: float
    rows_done: int
    retried: Mapping[str, int]
    failures: Mapping[str, int]
    total_tokens: int
    cost: Decimal | None
    state: RunState


@dataclass(frozen=True, slots=True)
class OutputPlace:
    """A step's output of a row."""

    row: int
    step: str


@dataclass(frozen=True, slots=True)
class BenchComparedLine:
    """A real sheet run one row after another, and side by side.

    Attributes:
        sequential: one after another.
        concurrent: side by side.
        speed_up: how many times faster.
        differing: the outputs that differ between the two.
    """

    sequential: BenchRun
    concurrent: BenchRun
    speed_up: float
    differing: tuple[OutputPlace, ...]


@dataclass(frozen=True, slots=True)
class ListeningLine:
    """The simulated provider is there.

    Attributes:
        base_url: what a chain names as its ``base_url``.
        counters: the address that tells what it saw.
    """

    base_url: str
    counters: str
