"""What became of a run's rows adds up to the rows chosen, in the report, in JSON and in the list of runs."""

from __future__ import annotations

from datetime import UTC, datetime

from chaindesk.domain.completion import CompletionRequest
from chaindesk.domain.errors import CallError, FailureKind
from chaindesk.domain.events import RowFinished
from chaindesk.domain.records import RunRecord
from chaindesk.domain.row_selection import RowSelection
from chaindesk.domain.status import Status
from chaindesk.engine.reports.json_line import report_line
from chaindesk.engine.reports.row_tally import row_tally
from chaindesk.engine.reports.run_report import run_report
from chaindesk.engine.reports.text import report_lines
from chaindesk.engine.run.options import RunOptions
from chaindesk.json_contract.encoding import to_values
from tests.support.engine import EngineHarness, ScriptedProvider, make_chain, make_topics


async def test_a_stopped_run_tells_what_became_of_each_row() -> None:
    def behave(request: CompletionRequest) -> None:
        if request.messages[-1].content.endswith("T7"):
            raise CallError(FailureKind.REFUSED, "No.")

    one = EngineHarness(make_topics(30), make_chain({"prompt": "{{Topic}}"}), provider=ScriptedProvider(behave))
    await one.run(RunOptions(choice=RowSelection(first=5)))

    def stop_soon(event: object) -> None:
        if isinstance(event, RowFinished) and event.status is Status.FAILED:
            one.control.stop()

    one.control.set_concurrency(1)
    result = await one.run(listener=stop_soon)
    report = run_report(one.journal, result.run_id)
    tally = report.tally
    assert (tally.chosen, tally.complete, tally.failed) == (30, 5, 1)
    assert 2 <= tally.done < 24, "rows that begin while the failure is stored may end"
    assert sum(tally.parts.values()) == 30
    assert tally.left + tally.stopped == 24 - tally.done
    told = to_values(report_line(report))
    assert sum(told["outcomes"].values()) == told["row_count"]
    assert f"30 chosen, 1 at once: {tally.words}" in report_lines(report)[2]
    totals = one.journal.run_totals()[result.run_id]
    assert row_tally(report.run, totals.rows) == tally


def test_a_run_of_an_earlier_version_does_not_tell_which_rows_were_left() -> None:
    run = RunRecord(1, "jobs.xlsx", "Jobs", "c", ("draft",), 5, 300, datetime(2026, 1, 2, tzinfo=UTC))
    tally = row_tally(run, {Status.DONE: 172, Status.FAILED: 7})
    assert tally.words == "172 done, 7 failed, 121 not run or complete before"
    assert sum(tally.parts.values()) == 300
