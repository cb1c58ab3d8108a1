"""What a check found, in lines for people and in one JSON object for scripts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from chaindesk.cli.printing.output import source_words
from chaindesk.cli.printing.output_paths import shown_path
from chaindesk.domain.chains.chain import Chain
from chaindesk.domain.completion import Endpoint, Speed, Usage
from chaindesk.domain.errors import Problem
from chaindesk.domain.estimate import StepEstimate
from chaindesk.domain.manifest import Manifest, Notice
from chaindesk.engine.reports.money_text import estimate_words, side_words
from chaindesk.formatting import count, money, money_range, row_ranges
from chaindesk.json_contract.run_lines import CheckedPlan, CheckedSheet, CheckLine, ProviderModels, TextReading

if TYPE_CHECKING:
    from chaindesk.engine.model_catalog import Offer
    from chaindesk.engine.planning.plan import Plan

_PER = 1000


@dataclass(slots=True)
class Findings:
    """What the check found.

    Attributes:
        problems: what must be put right first.
        notices: what should be known.
        chain: the chain, where it can be read.
        manifest: the sheet, where it can be read.
        plan: what a run would do, where both fit.
        endpoints: the chain's providers by name, where they fit.
        offers: the models of each provider that was asked.
        target: where the result would go.
        budget: the budget to compare with, or None.
    """

    problems: list[Problem] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    chain: Chain | None = None
    manifest: Manifest | None = None
    plan: Plan | None = None
    endpoints: Mapping[str, Endpoint] = field(default_factory=dict)
    offers: Mapping[str, Offer] = field(default_factory=dict)
    target: Path | None = None
    budget: Decimal | None = None


def check_lines(found: Findings) -> Iterator[str]:
    """Yield the findings without problems and notices."""
    sheet, chain, plan = found.manifest, found.chain, found.plan
    if sheet is not None:
        jobs = count(len(sheet.rows), "row")
        yield f'Workbook  {sheet.path}, sheet "{sheet.sheet}", headers in row {sheet.header_row}: {jobs}'
        if sheet.source is not None:
            yield f"Read as   {source_words(sheet.source)}"
        yield f"Columns   {', '.join(column.name for column in sheet.columns)}"
    if chain is not None:
        steps = (f"{step.name} ({step.model if step.enabled else 'off'})" for step in chain.steps)
        yield f"Chain     {chain.name}: {' → '.join(steps)}"
    if plan is not None:
        chosen = [planned.row.number for planned in plan.rows]
        yield f"Rows      {len(chosen):,} chosen{': ' + row_ranges(chosen) if chosen else ''}"
        judged = f", {count(plan.judge_calls, 'judge call')} about known answers" if plan.judge_calls else ""
        yield f"Calls     {plan.calls:,} to make{judged}, {count(plan.reused, 'answer')} reused"
        yield from _cost_lines(plan, found)
    for offer in found.offers.values():
        if offer.models:
            yield f"Models    {offer.provider} lists {count(len(offer.models), 'model')}"
    if found.target is not None:
        yield f"Result    {found.target}"


def _cost_lines(plan: Plan, found: Findings) -> Iterator[str]:
    estimate = plan.estimate
    if not plan.asks:
        yield f"Cost      nothing: {'every answer is known' if plan.rows else 'there is no row to run'}"
        return
    tokens = f"about {estimate.input_tokens:,} tokens in and {estimate.output_tokens:,} out"
    yield f"Cost      {f'{tokens}, ' if plan.calls else ''}{estimate_words(estimate)}"
    for step in estimate.steps:
        if step.calls:
            yield f"          {_step_words(step, found.endpoints)}"
    for side in estimate.sides:
        yield f"          {side_words(side)}"
    if found.budget is not None and estimate.cost is not None:
        if estimate.cost > found.budget:
            yield f"Budget    {money(found.budget)} will not be enough: the run would stop there"
        elif estimate.high is not None and estimate.high > found.budget:
            yield f"Budget    {money(found.budget)} may not be enough: the run would stop there, and could go on later"


def _step_words(step: StepEstimate, endpoints: Mapping[str, Endpoint]) -> str:
    head = f"{step.step}: {count(step.calls, 'call')}, {step.input_tokens:,} tokens in, {step.output_tokens:,} out"
    basis = f"by {count(step.measured, 'earlier answer')}" if step.measured else "guessed"
    if step.cost is None or step.low is None or step.high is None:
        return f"{head}, {basis}, price unknown"
    if not step.cost:
        return f"{head}, {basis}, free"
    speed = "" if step.speed is Speed.STANDARD else f" at the {step.speed.value} price"
    cost = f"{money(step.cost)} ({money_range(step.low, step.high)}){speed}"
    price = _price_words(step, endpoints)
    return f"{head}, {basis}, {cost}{price}"


def _price_words(step: StepEstimate, endpoints: Mapping[str, Endpoint]) -> str:
    provider, _, model = step.model.partition("/")
    prices = per_million(endpoints[provider], model) if provider in endpoints else None
    if prices is None:
        return ""
    sent, made = (price * step.speed.price_share for price in prices)
    return f", at {money(sent)} in and {money(made)} out a million tokens"


def per_million(endpoint: Endpoint, model: str) -> tuple[Decimal, Decimal] | None:
    """US dollars for a million tokens in and out, of short calls; None where unknown."""
    from chaindesk.providers.pricing import cost

    sent, made = cost(endpoint, model, Usage(_PER, 0)), cost(endpoint, model, Usage(0, _PER))
    return None if sent is None or made is None else (sent * 1_000_000 / _PER, made * 1_000_000 / _PER)


def check_line(found: Findings) -> CheckLine:
    """Return the findings as a line of JSON."""
    plan = found.plan
    return CheckLine(
        ok=not found.problems,
        problems=tuple(found.problems),
        notices=tuple(found.notices),
        path=None if found.target is None else shown_path(found.target),
        providers=tuple(ProviderModels(one.provider, one.models, one.trouble) for one in found.offers.values()),
        sheet=None if found.manifest is None else _sheet(found.manifest),
        plan=None if plan is None else _plan(plan),
    )


def _plan(plan: Plan) -> CheckedPlan:
    rows = tuple(one.row.number for one in plan.rows)
    return CheckedPlan(rows, plan.calls, plan.reused, plan.estimate, plan.judge_calls)


def _sheet(sheet: Manifest) -> CheckedSheet:
    source = sheet.source
    return CheckedSheet(
        workbook=shown_path(sheet.path),
        sheet=sheet.sheet,
        header_row=sheet.header_row,
        column_names=tuple(column.name for column in sheet.columns),
        row_count=len(sheet.rows),
        text=None
        if source is None
        else TextReading(source.encoding, source.delimiter, tuple(sorted(source.guessed)), source.sample),
    )
