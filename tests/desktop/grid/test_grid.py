"""The table of rows: Qt's own model checks, filters, sorting, and the speed that 100,000 rows need."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from chaindesk.desktop.grid.cell_model import Index
from chaindesk.desktop.grid.cells import RowQuality
from chaindesk.desktop.grid.model import BY_AUDIT, RowTableModel
from chaindesk.desktop.grid.previews import Previews, one_line
from chaindesk.desktop.grid.view import RowTableView
from chaindesk.desktop.ui.row_filter import RowFilter
from chaindesk.domain.chains.chain import Chain
from chaindesk.domain.completion import Finish
from chaindesk.domain.errors import FailureKind
from chaindesk.domain.events import Event, RowFinished, RunStarted, StepFinished, StepStarted
from chaindesk.domain.manifest import Column, Manifest, Row, RowValues
from chaindesk.domain.records import Failure
from chaindesk.domain.status import Status
from chaindesk.engine.answers.row_history import OutputState, StepOutput
from chaindesk.engine.run.progress.snapshot import Snapshot

CHAIN = Chain.model_validate(
    {
        "name": "two",
        "steps": [
            {"name": "draft", "model": "demo/writer", "prompt": "Write on {{Topic}}."},
            {
                "name": "score",
                "model": "demo/judge",
                "prompt": "Judge {{draft}}.",
                "fields": {"quality": "integer", "why": "string"},
            },
        ],
    }
)


class CountingModel(RowTableModel):
    """Counts how often a view looks at a cell."""

    looks = 0

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        self.looks += 1
        return super().data(index, role)


def manifest(rows: int, columns: int = 3) -> Manifest:
    names = ["Topic", *(f"Column {number}" for number in range(2, columns + 1))]
    index = {name: place for place, name in enumerate(names)}
    made = tuple(
        Row(
            number, str(number), RowValues(index, [f"topic {number}", *(f"{number} / {c}" for c in range(columns - 1))])
        )
        for number in range(2, rows + 2)
    )
    listed = tuple(Column(name, place + 1, name) for place, name in enumerate(names))
    return Manifest(Path("jobs.xlsx"), "Jobs", ("Jobs",), 1, listed, made)


class Outputs:
    """Stands where a session stands: gives outputs, and counts how often it is asked."""

    def __init__(self) -> None:
        self.texts: dict[int, str] = {}
        self.asked = 0

    def __call__(self, row: Row) -> Sequence[StepOutput]:
        self.asked += 1
        text = self.texts.get(row.number, "")
        state = OutputState.ANSWERED if text else OutputState.MISSING
        return (
            StepOutput("draft", state, None, text),
            StepOutput("score", state, None, text, {"quality": str(len(text)), "why": "so"} if text else {}),
        )


def shown(rows: int, outputs: Outputs | None = None, columns: int = 3) -> RowTableModel:
    model = RowTableModel()
    snapshot = Snapshot()
    snapshot.steps = CHAIN.step_names
    model.show_rows(manifest(rows, columns), snapshot, Previews(CHAIN, outputs or Outputs()))
    return model


def started(rows: Sequence[int]) -> RunStarted:
    return RunStarted(0.0, 1, "jobs.xlsx", "Jobs", "two", CHAIN.step_names, tuple(rows), 5, 2 * len(rows), 0)


def answered(row: int, step: str) -> StepFinished:
    return StepFinished(1.0, row, str(row), step, "text", "m", None, None, 0.5, 1, Finish.STOP)


def column_of(model: RowTableModel, title: str) -> int:
    return [column.title for column in model.columns].index(title)


def text(model: RowTableModel, row: int, title: str) -> str:
    return str(model.index(row, column_of(model, title)).data())


def test_the_model_keeps_qts_rules_while_a_run_filters_and_sorts_it(qtmodeltester: ModelTester, qtbot: QtBot) -> None:
    model = shown(30)
    qtmodeltester.check(model)
    model.fold([started(range(2, 32)), StepStarted(0.1, 2, "2", "draft", 1)])
    model.set_filter(RowFilter(text="topic 1"))
    model.sort(column_of(model, "Topic"), Qt.SortOrder.DescendingOrder)
    model.set_filter(RowFilter(frozenset({Status.RUNNING})))
    assert model.rowCount() == 1
    model.set_filter(RowFilter())
    qtmodeltester.check(model)


def test_statuses_are_told_by_symbol_word_and_colour(qtbot: QtBot) -> None:
    model = shown(3)
    model.fold([started([2, 3, 4]), StepStarted(0.1, 2, "2", "draft", 1), answered(2, "draft")])
    failure = Failure("draft", FailureKind.SERVER, "The provider answered 500.", 6)
    model.fold([RowFinished(2.0, 3, "3", Status.FAILED, failure, 1.0)])
    assert text(model, 0, "Status") == "▶ Running 2/2"
    assert text(model, 1, "Status") == "✕ Failed"
    assert text(model, 2, "Status") == "◌ Queued"
    backgrounds = {model.index(row, 0).data(Qt.ItemDataRole.BackgroundRole).name() for row in range(3)}
    assert len(backgrounds) == 3
    assert text(model, 1, "draft") == "✕ The provider answered 500."
    assert "6 calls" in str(model.index(1, 0).data(Qt.ItemDataRole.ToolTipRole))


def test_a_batch_of_events_becomes_one_signal_for_each_stretch_of_rows(qtbot: QtBot) -> None:
    model = shown(100)
    changes: list[tuple[int, int]] = []
    model.dataChanged.connect(lambda first, last, _: changes.append((first.row(), last.row())))
    events: list[Event] = [StepStarted(0.1, row, str(row), "draft", 1) for row in (*range(2, 12), *range(50, 60))]
    model.fold(events)
    assert changes == [(0, 9), (48, 57)]


def test_outputs_are_fetched_only_for_rows_that_are_looked_at(qtbot: QtBot) -> None:
    outputs = Outputs()
    model = shown(1000, outputs)
    assert outputs.asked == 0
    assert text(model, 5, "draft") == ""
    outputs.texts[7] = "A long\nanswer " * 50
    model.fold([answered(7, "draft")])
    assert text(model, 5, "draft").startswith("A long answer A long")
    assert len(text(model, 5, "draft")) <= 120
    assert text(model, 5, "quality") == str(len(outputs.texts[7]))
    assert outputs.asked == 1  # and not for a row that no run has come to


def test_columns_sort_as_numbers_where_they_are_numbers_and_a_third_click_gives_the_sheets_order(qtbot: QtBot) -> None:
    model = shown(12)
    view = RowTableView(model)
    qtbot.addWidget(view)
    view.choose_row(5)
    column = column_of(model, "Column 2")
    model.sort(0, Qt.SortOrder.AscendingOrder)
    model.sort(column, Qt.SortOrder.DescendingOrder)
    assert [row.number for position in range(3) if (row := model.row_at(position))] == [9, 8, 7]
    current = view.current_row()
    assert current is not None
    assert current.number == 5
    model.sort(-1)
    assert [row.number for position in range(3) if (row := model.row_at(position))] == [2, 3, 4]


def test_a_filter_keeps_the_current_row_where_it_is_still_shown(qtbot: QtBot) -> None:
    model = shown(50)
    view = RowTableView(model)
    qtbot.addWidget(view)
    view.choose_row(21)
    model.set_filter(RowFilter(text="topic 2"))
    current = view.current_row()
    assert current is not None
    assert current.number == 21
    assert view.selected_numbers() == [21]
    model.set_filter(RowFilter(text="topic 3"))
    assert view.choose_row(21) is False


def test_a_row_that_leaves_an_audit_gives_its_place_to_the_next_one(qtbot: QtBot) -> None:
    model = shown(50)
    view = RowTableView(model)
    qtbot.addWidget(view)
    drawn = {number: place for place, number in enumerate((9, 5, 7, 3))}
    model.show_quality(RowQuality({}, {}, drawn))
    model.set_filter(RowFilter(audited=True))
    model.sort(BY_AUDIT)
    view.choose_row(5)
    model.show_quality(RowQuality({}, {}, {number: place for number, place in drawn.items() if number != 5}))
    assert [row.number for place in range(3) if (row := model.row_at(place)) is not None] == [9, 7, 3]
    assert view.selected_numbers() == [7]


def test_j_and_k_walk_through_the_rows(qtbot: QtBot) -> None:
    model = shown(5)
    view = RowTableView(model)
    qtbot.addWidget(view)
    chosen: list[int] = []
    view.row_chosen.connect(chosen.append)
    view.choose_row(2)
    qtbot.keyClicks(view, "jjk")
    assert chosen == [2, 3, 4, 3]


@pytest.mark.parametrize(("given", "wanted"), [("a\nb", "a b"), ("x" * 500, "x" * 119 + "…"), ("plain", "plain")])
def test_a_cell_shows_the_beginning_on_one_line(given: str, wanted: str) -> None:
    assert one_line(given) == wanted


def test_a_hundred_thousand_rows_open_scroll_sort_and_filter_at_the_cost_of_what_is_shown(
    qtbot: QtBot, qapp: QApplication
) -> None:
    model = CountingModel()
    view = RowTableView(model)
    qtbot.addWidget(view)
    view.resize(1200, 700)
    view.show()
    jobs = manifest(100_000, 12)
    model.show_rows(jobs, Snapshot(), Previews(CHAIN, Outputs()))
    view.grab()
    assert model.looks < 40_000  # 100,000 rows of 15 columns would be 1.5 million cells
    model.looks = 0
    view.scrollToBottom()
    view.grab()
    assert model.looks < 40_000
    model.sort(column_of(model, "Column 3"), Qt.SortOrder.DescendingOrder)
    view.grab()
    assert model.looks < 80_000
    model.set_filter(RowFilter(text="topic 999"))
    assert model.rowCount() == sum("999" in str(number) for number in range(2, 100_002))
    assert model.order.index.rows_read == 100_000
    blocks = model.order.index._blocks
    first = blocks[0]
    model.set_filter(RowFilter(text="topic 9999"))
    assert model.order.index._blocks[0] is first  # the second search reads no row again
