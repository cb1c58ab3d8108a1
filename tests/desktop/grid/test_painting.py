"""What painting the table takes, counted: texts that are measured, outputs that are read, widgets that are painted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from chaindesk.desktop.grid.footer import GridFooter
from chaindesk.desktop.grid.view import RowTableView
from chaindesk.desktop.run_controls.progress_strip import StatusProgress
from chaindesk.desktop.runtime.event_loop import DesktopLoop
from chaindesk.domain.status import Status
from tests.desktop.grid.test_grid import Outputs, answered, shown, started
from tests.support.waiting import until
from tests.support.windows import WindowMaker

ROWS = 40


class Paintings(QObject):
    """Counts how often widgets are painted."""

    def __init__(self, *widgets: QWidget) -> None:
        super().__init__()
        self.counted: Counter[QObject] = Counter()
        for widget in widgets:
            widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.counted[watched] += event.type() is QEvent.Type.Paint
        return False


@pytest.fixture
def outputs() -> Outputs:
    outputs = Outputs()
    outputs.texts |= {number: f"The text of row {number}." for number in range(2, ROWS + 2)}
    return outputs


@pytest.fixture
def view(qtbot: QtBot, qapp: QApplication, outputs: Outputs) -> RowTableView:
    """A table of rows that all have an output, not shown yet."""
    view = RowTableView(shown(ROWS, outputs))
    qtbot.addWidget(view)
    view.resize(900, 700)
    numbers = list(range(2, ROWS + 2))
    view.rows.fold([started(numbers), *(answered(number, "draft") for number in numbers)])
    return view


def test_the_painting_of_many_rows_reads_no_outputs_and_all_of_them_follow(
    view: RowTableView, outputs: Outputs, qtbot: QtBot
) -> None:
    view.viewport().grab()
    assert outputs.asked == 0
    view.show()
    in_view = view.rowAt(view.viewport().height() - 1) + 1
    assert in_view > 16
    qtbot.waitUntil(lambda: outputs.asked == in_view)


def test_the_rows_whose_outputs_follow_are_painted_once_more_all_together(
    view: RowTableView, outputs: Outputs, qtbot: QtBot
) -> None:
    view.show()
    qtbot.waitExposed(view)
    in_view = view.rowAt(view.viewport().height() - 1) + 1
    qtbot.waitUntil(lambda: outputs.asked == in_view)
    QApplication.processEvents()
    painted: list[str] = []
    shown = view.rows.cells.shown
    paintings = Paintings(view.viewport())
    view.rows.cells.shown = lambda *cell, **how: painted.append(shown(*cell, **how)) or painted[-1]  # type: ignore[method-assign, func-returns-value]
    view.choose_row(ROWS + 1)
    qtbot.waitUntil(lambda: outputs.asked == ROWS)
    last = f"The text of row {ROWS + 1}."
    qtbot.waitUntil(lambda: last in painted)
    assert paintings.counted[view.viewport()] == 2


def test_what_is_painted_again_is_not_measured_again(view: RowTableView, outputs: Outputs, qtbot: QtBot) -> None:
    view.show()
    in_view = view.rowAt(view.viewport().height() - 1) + 1
    qtbot.waitUntil(lambda: outputs.asked == in_view)
    view.viewport().grab()
    measured = view.cell_painter.measured
    view.viewport().grab()
    assert view.cell_painter.measured == measured > 0


def test_a_step_to_another_row_paints_no_column_header(view: RowTableView, qtbot: QtBot) -> None:
    view.show()
    view.choose_row(3)
    qtbot.waitExposed(view)
    QApplication.processEvents()
    header = view.header.viewport()
    paintings = Paintings(view.viewport(), header)
    view.step_row(1)
    qtbot.waitUntil(lambda: paintings.counted[view.viewport()] > 0)
    assert paintings.counted[header] == 0


def test_taller_rows_are_scrolled_to_their_end(view: RowTableView) -> None:
    view.show()
    before = view.verticalScrollBar().maximum()
    view.set_lines(3)
    more = ROWS * 2 * view.fontMetrics().lineSpacing()
    assert view.verticalScrollBar().maximum() == before + more


def test_progress_is_painted_with_the_next_events_and_not_while_it_is_told(qtbot: QtBot) -> None:
    progress = StatusProgress()
    qtbot.addWidget(progress)
    progress.show()
    qtbot.waitExposed(progress)
    QApplication.processEvents()
    paintings = Paintings(progress)
    progress.show_counts({Status.DONE: 3}, 10)
    assert paintings.counted[progress] == 0
    qtbot.waitUntil(lambda: paintings.counted[progress] == 1)


@pytest.mark.qt_log_ignore("propagateSizeHints")
def test_how_far_a_sheet_is_read_is_painted_with_the_next_events(qtbot: QtBot) -> None:
    footer = GridFooter()
    qtbot.addWidget(footer)
    footer.resize(600, footer.height())
    footer.show_progress(0.25)
    footer.show()
    qtbot.waitExposed(footer)
    QApplication.processEvents()
    paintings = Paintings(footer.progress)
    footer.show_progress(0.5)
    assert paintings.counted[footer.progress] == 0
    qtbot.waitUntil(lambda: paintings.counted[footer.progress] == 1)


async def test_a_table_that_is_still_painted_reads_nothing_after_the_end(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Callable[[int], Path], chain: Path
) -> None:
    app = make_app()
    app.workspace.open_workbook(jobs(3), chain=chain)
    await until(lambda: app.workspace.session is not None)
    rows = app.workspace.manifest.rows if app.workspace.manifest is not None else ()
    previews = app.window.model.cells.previews
    await app.close()
    assert [previews.of(row) for row in rows] == [("",) * len(previews.columns)] * 3


def test_outputs_that_are_read_again_are_shown_as_they_were_until_then(
    view: RowTableView, outputs: Outputs, qtbot: QtBot
) -> None:
    view.show()
    in_view = view.rowAt(view.viewport().height() - 1) + 1
    qtbot.waitUntil(lambda: outputs.asked == in_view)
    outputs.texts |= {number: f"Another text of row {number}." for number in outputs.texts}
    painted: list[str] = []
    shown = view.rows.cells.shown
    view.rows.cells.shown = lambda *cell, **how: painted.append(shown(*cell, **how)) or painted[-1]  # type: ignore[method-assign, func-returns-value]
    view.rows.forget_outputs(range(2, in_view + 2))
    view.viewport().grab()
    assert "The text of row 2." in painted
    assert outputs.asked == in_view
    qtbot.waitUntil(lambda: "Another text of row 2." in painted)


def test_a_single_new_row_is_painted_with_its_outputs_at_once(
    view: RowTableView, outputs: Outputs, qtbot: QtBot
) -> None:
    view.show()
    in_view = view.rowAt(view.viewport().height() - 1) + 1
    qtbot.waitUntil(lambda: outputs.asked == in_view)
    view.rows.forget_outputs([3])
    view.viewport().grab()
    assert outputs.asked == in_view + 1


def test_the_numbers_of_the_rows_have_room_without_the_model_being_asked_for_each(
    view: RowTableView, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    plain = type(view.rows).headerData
    monkeypatch.setattr(
        type(view.rows),
        "headerData",
        lambda model, section, *rest: asked.append(section) or plain(model, section, *rest),
    )
    width = view.verticalHeader().sizeHint().width()
    assert asked == []
    assert width > view.fontMetrics().horizontalAdvance(str(ROWS + 1))
