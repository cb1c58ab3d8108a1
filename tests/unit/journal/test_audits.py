"""An audit is kept as it was drawn, the newest first, until nothing is left of its workbook."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from chaindesk.domain.check_results import Audit, AuditedRow
from chaindesk.domain.records import RunState
from chaindesk.journal.protocol import Journal
from tests.unit.journal.test_verdicts import AT, answer, begun


async def test_audits_are_kept_until_their_workbook_is_gone(journal: Journal, tmp_path: Path) -> None:
    run, workbook = await begun(journal, tmp_path / "a.xlsx")
    number = await journal.store_answer(answer(run, workbook, "f"))
    rows = (AuditedRow("A-1", number, "käse", extra=True), AuditedRow("2", 7))
    first = Audit(workbook, 42, datetime(2026, 1, 2, tzinfo=UTC), {"käse": 12, "": 30}, rows)
    numbers = [await journal.store_audit(one) for one in (first, replace(first, seed=43))]
    assert journal.audits(workbook) == [replace(first, seed=43, id=numbers[1]), replace(first, id=numbers[0])]
    assert journal.audits(workbook)[0].population == 42
    assert list(journal.audits(workbook + 1)) == []
    assert journal.usage_counts()["audit"] == 2
    await journal.end_run(run, RunState.FINISHED, AT, 0, 0)
    await journal.clean(AT + timedelta(days=1))
    assert list(journal.audits(workbook)) == []
