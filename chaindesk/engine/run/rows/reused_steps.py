"""The steps of a row that a run need not take up: their known answers as events, for listeners that want them all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from chaindesk.domain.events import StepFinished
from chaindesk.engine.planning.plan import PlannedRow
from chaindesk.engine.run.rows.row_context import RowContext
from chaindesk.engine.run.rows.row_records import RowRecords


def reused_steps(planned: PlannedRow, context: RowContext) -> Iterator[StepFinished]:
    """Yield an event for each step of a row that has its answer, or has nothing to do; none for what is missing."""
    ledger = context.ledger
    records = RowRecords(planned.row, context.run_id, context.workbook_id)
    outdated = ledger.entries[planned.row.number].manual_outdated
    for index, number in enumerate(planned.work.answers):
        name = context.chain.steps[index].step.name
        answer = ledger.answer(number) if number else None
        if answer is not None:
            event = records.step_reused(context.clock(), name, answer, kept=index in outdated)
            yield replace(event, flags=ledger.checks.flags.get(answer.id, ()))
        elif number is not None or planned.work.skipped:
            yield records.step_skipped(context.clock(), name)
