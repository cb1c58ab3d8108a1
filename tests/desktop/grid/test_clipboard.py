"""Ctrl+C in the table copies whole rows, so that they paste right into a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from chaindesk.desktop.grid.clipboard import to_mime
from chaindesk.desktop.runtime.event_loop import DesktopLoop
from chaindesk.desktop.session.run_request import OutputEdit, RunPhase
from chaindesk.domain.status import Review, Status
from tests.support.waiting import until
from tests.support.windows import WindowMaker

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
LONG = 'A line with a tab\tand "quotes".\n' + "Words that a cell of the table would cut. " * 20


async def test_the_whole_texts_of_the_selected_rows_are_copied_as_they_are_shown(
    qloop: DesktopLoop, qtbot: QtBot, make_app: WindowMaker, jobs: Callable[[int], Path], chain: Path
) -> None:
    app = make_app()
    window = app.window
    app.workspace.open_workbook(jobs(3), chain=chain)
    await until(lambda: app.workspace.session is not None)
    window.actions_.run.trigger()
    await until(lambda: window.model.snapshot.counts[Status.DONE] == 3)
    await until(lambda: app.run_controller.phase is RunPhase.IDLE)
    row = window.model.row_at(1)
    assert row is not None
    app.run_controller.writer.edit(row, OutputEdit("text", LONG))
    await until(lambda: window.model.state_of(row.number).review is Review.EDITED)
    titles = [column.title for column in window.model.columns]
    assert titles[-1] == "Audience"
    window.table.setColumnHidden(titles.index("Audience"), True)
    window.table.select_rows([2, 3])
    qtbot.keyClick(window.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    mime = QGuiApplication.clipboard().mimeData()
    rows = list(csv.reader(io.StringIO(mime.text()), delimiter="\t"))
    assert [len(cells) for cells in rows] == [len(titles) - 1] * 2
    assert rows[1][titles.index("ID")] == "J-2"
    assert rows[1][titles.index("Text")] == LONG
    assert mime.html().count("<tr>") == 2
    assert "Copied 2 rows." in window.progress_strip.figures.text()


def test_a_spreadsheet_takes_an_answer_as_text_and_markup_as_it_is_written() -> None:
    mime = to_mime([["=1+1", "<b>bold</b>", "two\nlines"]])
    assert mime.text() == '=1+1\t<b>bold</b>\t"two\nlines"'
    assert "mso-number-format:'\\@'" in mime.html()
    assert "<td>&lt;b&gt;bold&lt;/b&gt;</td>" in mime.html()
    assert 'two<br style="mso-data-placement:same-cell">lines' in mime.html()
