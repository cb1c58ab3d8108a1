"""The charts of a run as values: what they hold of it, and that they stay small however long it was."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from chaindesk.domain.records import RunRecord
from chaindesk.engine.reports.call_timeline import FAILED
from chaindesk.engine.reports.run_charts import Bars, Lanes, Plot, Spreads, run_charts
from chaindesk.engine.reports.run_report import run_report
from chaindesk.journal.memory import MemoryJournal
from tests.support.journals import PAST, make_answer, store_past_run


async def test_the_charts_of_a_run_hold_its_calls_failures_and_money() -> None:
    journal = MemoryJournal()
    charts = run_charts(run_report(journal, await store_past_run(journal)))
    timeline, in_flight, throughput, latency, failures, spend = charts
    assert isinstance(timeline, Lanes)
    assert len(timeline.timeline.bars) == 12
    assert [(bar.row, bar.start, bar.end) for bar in timeline.timeline.waits] == []
    assert isinstance(in_flight, Plot)
    assert sum(map(sum, (one.values for one in in_flight.series))) * in_flight.width == pytest.approx(16, abs=0.1)
    assert isinstance(throughput, Plot)
    assert [one.name for one in throughput.series] == ["notes", "text", "failed rows"]
    minutes = throughput.width / 60
    assert sum(throughput.series[0].values) * minutes == pytest.approx(6)
    assert isinstance(latency, Spreads)
    assert [(one.name, one.calls, one.median) for one in latency.spreads] == [("notes", 6, 1.0), ("text", 5, 2.0)]
    assert isinstance(failures, Bars)
    assert [(bar.name, bar.value, bar.colour) for bar in failures.bars] == [("server error", 1, FAILED)]
    assert isinstance(spend, Plot)
    assert sum(one.values[-1] for one in spend.series) == pytest.approx(float(Decimal("0.002") * 11))
    assert all(chart.summary.endswith(".") for chart in charts), "each says in words what it shows"


async def test_waits_between_the_calls_of_a_row_are_shown() -> None:
    journal = MemoryJournal()
    run = await store_past_run(journal, rows=1)
    at = PAST + timedelta(seconds=9)
    late = make_answer(run_id=run, row_key="J-1", row_number=2, step="text", seconds=1.0, finished_at=at)
    await journal.store_answer(late)
    timeline = run_charts(run_report(journal, run))[0]
    assert isinstance(timeline, Lanes)
    assert [(wait.row, wait.start, wait.end) for wait in timeline.timeline.waits] == [(2, 3.0, 8.0)]
    assert "waited 5.0 s in all" in timeline.summary


def test_a_run_of_100_000_calls_has_charts_of_a_few_hundred_values() -> None:
    class Long:
        """A journal that holds one long run, without a hundred thousand rows of text."""

        def run(self, run_id: int) -> RunRecord:
            return RunRecord(1, "a.xlsx", "Jobs", "c", ("s",), 100, 100_000, PAST, PAST + timedelta(hours=2), id=1)

        def run_answers(self, run_id: int) -> object:
            for number in range(100_000):
                at = PAST + timedelta(seconds=number * 0.07)
                yield make_answer(step="s", row_number=number, row_key=str(number), finished_at=at)

        def run_outcomes(self, run_id: int) -> object:
            return iter(())

        def reviews(self, workbook_id: int) -> object:
            return iter(())

        def audits(self, workbook_id: int) -> object:
            return ()

    charts = run_charts(run_report(Long(), 1))  # type: ignore[arg-type]
    timeline = charts[0]
    assert isinstance(timeline, Lanes)
    assert len(timeline.timeline.bars) <= 700
    assert not timeline.timeline.whole
    for chart in charts:
        if isinstance(chart, Plot):
            assert sum(len(one.values) for one in chart.series) <= 200


async def test_before_anything_is_known_there_is_no_chart() -> None:
    journal = MemoryJournal()
    run = await journal.begin_run(RunRecord(1, "a.xlsx", "Jobs", "c", ("s",), 1, 1, PAST))
    assert run_charts(run_report(journal, run)) == ()
