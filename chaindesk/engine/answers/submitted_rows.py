"""Which rows wait for a batch job: their next step asks just what is out in one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from chaindesk.domain.manifest import Row
from chaindesk.engine.answers.row_answers import RowAnswers
from chaindesk.engine.prompting.request_builder import RequestBuilder
from chaindesk.journal.batch_jobs import BatchJobs


class Ledger(Protocol):
    """What of the ledger is needed here."""

    entries: dict[int, RowAnswers]

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
        if not asked or not entry.calls:
            continue
        index = entry.answers.index(None)
        step = chain.steps[index].step.name
        outputs = ledger.outputs_before(row, index)
        if outputs.keys() >= chain.dependencies(index):
            fingerprint, _ = chain.fingerprint(index, row, outputs)
            entry.submitted = step if (step, fingerprint) in asked else ""
