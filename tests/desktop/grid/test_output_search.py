"""A search in the outputs of a sheet that has very many: it is made in a thread, and the newest words count."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from chaindesk.desktop.app import AppWindow
from chaindesk.desktop.grid import cell_model
from chaindesk.desktop.runtime.event_loop import DesktopLoop
from chaindesk.desktop.session.run_request import RunPhase
from chaindesk.domain.status import Status
from tests.support.waiting import until
from tests.support.windows import WindowMaker

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
Jobs = Callable[[int], Path]


def shown(app: AppWindow) -> list[int]:
    model = app.window.model
    return [row.number for place in range(model.rowCount()) if (row := model.row_at(place)) is not None]


async def test_words_of_outputs_are_found_where_too_many_rows_have_some_to_be_read_at_once(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Jobs, chain: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cell_model, "_MAX_ROWS_WITH_OUTPUTS", 1)
    app = make_app()
    window = app.window
    app.workspace.open_workbook(jobs(4), chain=chain)
    await until(lambda: app.workspace.session is not None)
    window.actions_.run.trigger()
    await until(lambda: window.model.snapshot.counts[Status.DONE] == 4 and app.run_controller.phase is RunPhase.IDLE)
    session = app.workspace.session
    assert session is not None
    row = session.manifest.rows[2]
    await session.edit(row, "text", "Only here a Xylophone is played")
    assert not window.model.searches_outputs
    assert window.progress_strip.search.placeholderText() == "Search inputs and outputs"
    window.progress_strip.search.setText("nothing of the kind")
    window.progress_strip.search.setText("XYLOPHONE")
    await until(lambda: shown(app) == [4])
    window.progress_strip.search.setText("topic 2")
    await until(lambda: shown(app) == [3] or 3 in shown(app))
    window.progress_strip.search.setText("")
    await until(lambda: shown(app) == [2, 3, 4, 5])


async def test_a_search_that_nobody_waits_for_ends_early(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Jobs, chain: Path
) -> None:
    app = make_app()
    app.workspace.open_workbook(jobs(3), chain=chain)
    await until(lambda: app.workspace.session is not None)
    app.window.actions_.run.trigger()
    await until(lambda: app.window.model.snapshot.counts[Status.DONE] == 3)
    session = app.workspace.session
    assert session is not None
    everywhere = session.rows_with_words(["simulated"], lambda: False)
    assert set(everywhere["simulated"]) == {2, 3, 4}
    assert not session.rows_with_words(["simulated"], lambda: True)["simulated"]
