"""A window's place and splitters are kept soon after a change, however the program ends."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QSettings

from chaindesk.desktop.runtime.event_loop import DesktopLoop
from tests.support.waiting import until
from tests.support.windows import WindowMaker

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


async def test_size_and_splitters_are_kept_before_the_window_is_closed(
    qloop: DesktopLoop, make_app: WindowMaker
) -> None:
    first = make_app().window
    before = QSettings("ChainDesk", "ChainDesk").value("geometry")
    first.resize(783, 611)
    first.show_rows(shown=True)
    first.splitter.setSizes([400, 350])
    first.splitter.splitterMoved.emit(500, 1)
    await until(lambda: QSettings("ChainDesk", "ChainDesk").value("geometry") != before)
    # The first window is never closed, as where the program is killed.
    second = make_app().window
    second.show_rows(shown=True)
    second.restore()
    assert (second.width(), second.height()) == (783, 611)
    assert second.splitter.saveState() == first.splitter.saveState()
