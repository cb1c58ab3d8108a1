"""The rows that have not begun: which one is next, and what comes of those that never begin."""

from __future__ import annotations

import pytest

from chaindesk.engine.ordering.row_durations import RowDurations
from chaindesk.engine.ordering.row_queue import RowQueue
from chaindesk.engine.planning.plan import PlannedRow, RowWork
from tests.support.engine import EngineHarness, make_chain, make_manifest


def words(count: int) -> EngineHarness:
    return EngineHarness(
        make_manifest([{"Words": str(number)} for number in range(count)]), make_chain({"prompt": "{{Words}}"})
    )


def queue(harness: EngineHarness, at_once: int = 1) -> RowQueue:
    one = RowQueue(lambda: at_once, RowDurations(harness.request_builder, {}))
    for row in harness.manifest.rows:
        one.append(PlannedRow(row, RowWork((None,), 1)))
    return one


def taken(one: RowQueue, count: int) -> list[int]:
    return [one.take().row.number for _ in range(count)]


def test_the_last_rows_begin_longest_first() -> None:
    one = queue(words(20))
    assert taken(one, 20) == [*range(2, 14), *range(21, 13, -1)]


def test_a_row_that_is_brought_forward_begins_next_and_once() -> None:
    one = queue(words(20))
    assert taken(one, 1) == [2]
    one.bring_forward(9)
    assert len(one) == 19
    assert taken(one, 3) == [9, 3, 4]
    assert 9 not in one.numbers


def test_rows_that_never_begin_are_given_back_in_sheet_order() -> None:
    one = queue(words(30), at_once=4)
    taken(one, 12)
    one.bring_forward(20)
    assert [planned.row.number for planned in one.drain()] == sorted({*range(2, 32)} - {*range(2, 12), 31, 30})
    assert not len(one)


def test_a_row_with_fewer_calls_left_is_shorter() -> None:
    harness = words(3)
    durations = RowDurations(harness.request_builder, {})
    rows = [
        PlannedRow(row, RowWork((None,), calls)) for row, calls in zip(harness.manifest.rows, (1, 9, 2), strict=True)
    ]
    assert [planned.work.calls for planned in durations.longest_first(rows)] == [9, 2, 1]


def test_numbers_are_read_with_separators_and_units() -> None:
    harness = EngineHarness(
        make_manifest([{"Length": text} for text in ("900", "1,200 words", "about 5", "30.5")]),
        make_chain({"prompt": "{{Length}}"}),
    )
    durations = RowDurations(harness.request_builder, {})
    rows = [PlannedRow(row, RowWork((None,), 1)) for row in harness.manifest.rows]
    ordered = [planned.row.values["Length"] for planned in durations.longest_first(rows)]
    assert ordered[:2] == ["1,200 words", "900"]
    assert ordered[-1] == "30.5", "what has no number counts as the mean"


def test_rows_are_looked_at_once_each_and_most_of_them_before_they_are_sorted(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[int] = []
    look = RowDurations._look_at

    def watched(durations: RowDurations, planned: PlannedRow) -> tuple[float, ...]:
        looked.append(planned.row.number)
        return look(durations, planned)

    monkeypatch.setattr(RowDurations, "_look_at", watched)
    one = queue(words(200), at_once=10)
    taken(one, 200 - 80)
    before = len(looked)
    taken(one, 80)
    assert before >= 72
    assert len(looked) == len(set(looked)) <= 160
