"""Which rows wait for a batch job: their next step asks just what is out in one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from chaindesk.domain.batch_jobs import BatchJob
from chaindesk.domain.manifest import Row
from chaindesk.engine.answers.rows.row_columns import RowColumns
from chaindesk.engine.prompting.request_builder import RequestBuilder
from chaindesk.journal.batch_jobs import BatchJobs


class Ledger(Protocol):
    """What of the ledger is needed here."""

    entries: RowColumns

    def previous_key(self, row: Row) -> str:
        """Return the key under which a row was known before it had moved."""
        ...

    def outputs_before(self, row: Row, index: int) -> Mapping[str, str]:
        """Return the outputs that a step uses, as far as they are there."""
        ...


def mark_submitted(
    ledger: Ledger, rows: Iterable[Row], chain: RequestBuilder, jobs: BatchJobs, workbook_id: int
) -> None:
    """Note in the entry of each row which step of it is out in a batch job."""
    out = jobs.rows_out(workbook_id)
    if not out:
        return
    for row in rows:
        entry = ledger.entries[row.number]
        asked = {*out.get(row.key, ()), *out.get(ledger.previous_key(row), ())}
        if asked and entry.calls:
            index, fingerprint = _next_request(ledger, row, chain)
            step = chain.steps[index].step.name
            entry.submitted = step if (step, fingerprint) in asked else ""


def job_of_row(
    ledger: Ledger, row: Row, chain: RequestBuilder, jobs: BatchJobs, workbook_id: int
) -> tuple[int, BatchJob | None]:
    """Return the index of the step that a row asks next, and the open batch job in which that is out, or None."""
    if not ledger.entries[row.number].calls or not jobs.jobs(workbook_id):
        return 0, None
    index, fingerprint = _next_request(ledger, row, chain)
    step = chain.steps[index].step.name
    return index, jobs.job_of(workbook_id, row.key, step, fingerprint) if fingerprint else None


def _next_request(ledger: Ledger, row: Row, chain: RequestBuilder) -> tuple[int, str]:
    """Return the index of the first step that lacks its answer, and the fingerprint of what it asks, or "" where that
    is not known yet."""
    index = ledger.entries[row.number].answers.index(None)
    outputs = ledger.outputs_before(row, index)
    return index, chain.fingerprint(index, row, outputs)[0] if outputs.keys() >= chain.dependencies(index) else ""
