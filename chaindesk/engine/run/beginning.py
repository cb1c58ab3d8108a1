"""How a run begins: what its owner has left open, its record in the journal, and its first event."""

from __future__ import annotations

from chaindesk.domain.chains.chain import Chain
from chaindesk.domain.errors import InputError
from chaindesk.domain.events import RunStarted
from chaindesk.domain.records import RunRecord
from chaindesk.engine.cost.budget import no_price
from chaindesk.engine.planning.plan import Plan
from chaindesk.engine.run.control import RunControl
from chaindesk.engine.run.dependencies import RunDependencies
from chaindesk.engine.run.options import RunOptions


def settle_control(control: RunControl, options: RunOptions, chain: Chain, plan: Plan) -> None:
    """Give the control what its owner has left open: the budget and the rows at once."""
    if control.budget is None:
        control.budget = options.budget
    if control.budget is not None and plan.estimate.unknown_prices:
        raise InputError(no_price(plan.estimate.unknown_prices))
    if control.concurrency is None:
        control.set_concurrency(options.concurrency or chain.concurrency)


def run_record(dependencies: RunDependencies, plan: Plan, control: RunControl) -> RunRecord:
    """Return what the journal keeps of a run from its beginning on."""
    return RunRecord(
        workbook_id=dependencies.workbook_id,
        workbook=str(dependencies.manifest.path.absolute()),
        sheet=dependencies.manifest.sheet,
        chain=dependencies.chain.name,
        steps=dependencies.chain.step_names,
        concurrency=control.concurrency or dependencies.chain.concurrency,
        rows=len(plan.rows),
        started_at=dependencies.now(),
        definition=dependencies.chain.model_dump_json(exclude_defaults=True),
        budget=control.budget,
        complete=sum(1 for planned in plan.rows if planned.work.complete),
        skipped=sum(1 for planned in plan.rows if planned.work.skipped),
    )


def run_started(record: RunRecord, plan: Plan, at: float) -> RunStarted:
    """Return the first event of a run."""
    return RunStarted(
        at=at,
        run_id=record.id,
        workbook=record.workbook,
        sheet=record.sheet,
        chain=record.chain,
        steps=record.steps,
        rows=tuple(planned.row.number for planned in plan.rows),
        concurrency=record.concurrency,
        calls=plan.calls,
        reused=plan.reused,
        estimate=plan.estimate,
        budget=record.budget,
        judge_calls=plan.judge_calls,
    )


def identities(dependencies: RunDependencies) -> dict[str, str]:
    """For each provider's name the first name that has the same key at the same address."""
    first: dict[tuple[str, str], str] = {}
    asked = (one for endpoint in dependencies.endpoints.values() for one in endpoint.asked)
    return {one.name: first.setdefault((one.base_url, dependencies.keys.get(one.name, "")), one.name) for one in asked}
