"""Charts with real widgets: axes with units and round marks, values under the pointer and the keys, pictures saved."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QGuiApplication, QImage
from pytestqt.qtbot import QtBot

from chaindesk.desktop.charts.chart_view import ChartView
from chaindesk.desktop.charts.geometry import geometry_of
from chaindesk.desktop.charts.scale import axis_end, ticks
from chaindesk.engine.reports.run_charts import Chart, Plot, Quantity, Series, Shape, Spreads, run_charts
from chaindesk.engine.reports.run_report import run_report
from chaindesk.journal.memory import MemoryJournal
from tests.support.journals import store_past_run


async def charts_of(rows: int = 6) -> tuple[Chart, ...]:
    journal = MemoryJournal()
    return run_charts(run_report(journal, await store_past_run(journal, rows=rows)))


def view_of(qtbot: QtBot, chart: Chart | None, *, dark: bool = False) -> ChartView:
    view = ChartView(dark=dark)
    qtbot.addWidget(view)
    view.resize(600, 260)
    view.show_chart(chart)
    return view


def told(view: ChartView) -> set[str]:
    return {view.told_at(QPointF(x, y)) for x in range(0, 600, 8) for y in range(0, 260, 10)} - {""}


@pytest.mark.parametrize("index", range(6))
@pytest.mark.parametrize("rows", [6, 900])
async def test_each_chart_is_drawn_with_its_values_under_the_pointer(qtbot: QtBot, rows: int, index: int) -> None:
    chart = (await charts_of(rows))[index]
    for dark in (False, True):
        view = view_of(qtbot, chart, dark=dark)
        image = view.grab().toImage()
        colours = {image.pixelColor(x, y).name() for x in range(0, 600, 3) for y in range(0, 260, 3)}
        assert len(colours) > 3, "more than a ground and lines"
        assert told(view)
        assert view.accessibleDescription() == chart.summary


async def test_the_spread_of_a_step_is_that_of_its_answers_as_the_report_counts_them(qtbot: QtBot) -> None:
    journal = MemoryJournal()
    report = run_report(journal, await store_past_run(journal, rows=6))
    (chart,) = (one for one in run_charts(report) if isinstance(one, Spreads))
    words = " ".join(told(view_of(qtbot, chart)))
    for name, step in report.steps.items():
        assert f"{name}: {step.answers} answer" in words


async def test_the_timeline_tells_of_the_bar_under_the_pointer(qtbot: QtBot) -> None:
    words = told(view_of(qtbot, (await charts_of())[0]))
    assert "Row 2, notes: 1.0 s, 0:00 – 0:01" in words
    assert any(word.startswith("Row 4, failed") for word in words)


@pytest.mark.qt_log_ignore("raise")
async def test_the_arrow_keys_move_over_the_values(qtbot: QtBot) -> None:
    view = view_of(qtbot, (await charts_of())[1])
    before = view.grab().toImage()
    qtbot.keyClick(view, Qt.Key.Key_Right)
    assert view.grab().toImage() != before


async def test_a_chart_is_copied_and_saved_as_png_and_as_svg(qtbot: QtBot, tmp_path: Path) -> None:
    chart = (await charts_of())[5]
    view = view_of(qtbot, chart)
    view.copy.trigger()
    assert QGuiApplication.clipboard().image().width() == 1280
    png = view.save_picture(tmp_path / "spend.png")
    assert QImage(str(png)).width() == 1280
    root = ElementTree.parse(view.save_picture(tmp_path / "spend.svg")).getroot()  # noqa: S314 - we made it
    said = " ".join(element.text or "" for element in root.iter())
    assert "Spend" in said
    assert chart.summary in said
    assert view.save_picture(tmp_path / "spend").name == "spend.png"


@pytest.mark.parametrize(
    ("end", "quantity", "texts"),
    [
        (870.0, Quantity.PER_MINUTE, ["0", "200", "400", "600", "800", "1,000"]),
        (3.0, Quantity.CALLS, ["0", "1", "2", "3"]),
        (0.0042, Quantity.DOLLARS, ["$0.00", "$0.001", "$0.002", "$0.003", "$0.004", "$0.005"]),
        (12.0, Quantity.DOLLARS, ["$0.00", "$2.50", "$5.00", "$7.50", "$10.00", "$12.50"]),
        (1.1, Quantity.SECONDS, ["0.00", "0.25", "0.50", "0.75", "1.00", "1.25"]),
    ],
)
def test_axes_have_round_marks(end: float, quantity: Quantity, texts: list[str]) -> None:
    last = axis_end(end, quantity)
    assert [tick.text for tick in ticks(last, quantity, 5)] == texts
    assert last >= end


def test_the_axes_name_their_units(qtbot: QtBot) -> None:
    plot = Plot("Spend", "So much.", Shape.AREA, Quantity.DOLLARS, 1.0, 10.0, [Series("s", [1.0] * 10, 0)])
    view = view_of(qtbot, plot)
    where = geometry_of(plot, QRectF(view.rect()), QFontMetricsF(view.font()))
    assert (where.x_unit, where.y_unit) == ("time since the run began", "US dollars")
    assert [tick.text for tick in where.x_ticks][:2] == ["0:00", "0:02"]
    assert where.y.place(1.0) == pytest.approx(where.area.top())


def test_without_a_chart_it_says_so(qtbot: QtBot) -> None:
    view = view_of(qtbot, None)
    view.grab()
    assert view.accessibleDescription() == "No call was answered in this run"
    assert not view.copy.isEnabled()
