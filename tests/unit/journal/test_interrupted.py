"""Runs that a crash or a kill ended: nobody takes them for running."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from chaindesk.domain.records import RunRecord, RunState
from chaindesk.journal.sqlite.journal import open_journal


def record(workbook: int) -> RunRecord:
    return RunRecord(workbook, "jobs.xlsx", "Jobs", "chain", ("s1",), 2, 5, datetime.now(UTC))


async def test_a_run_that_never_ended_is_running_only_while_somebody_has_its_turn(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite3"
    journal = open_journal(path)
    workbook = journal.workbook_id(tmp_path / "jobs.xlsx", "Jobs")
    with journal.lock_workbook(workbook):
        first = await journal.begin_run(record(workbook))
        other = open_journal(path)
        assert [run.state for run in other.runs()] == [RunState.RUNNING]
        other.close()
    journal.close()  # as after a kill: the run was never ended
    journal = open_journal(path)
    assert [run.state for run in journal.runs()] == [RunState.INTERRUPTED]
    with journal.lock_workbook(workbook):
        second = await journal.begin_run(record(workbook))
        states = {run.id: run.state for run in journal.runs()}
        assert states == {first: RunState.INTERRUPTED, second: RunState.RUNNING}
    journal.close()
