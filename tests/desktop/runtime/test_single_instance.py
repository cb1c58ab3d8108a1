"""One window for each workbook: the second is sent to the first, and a dead one blocks nobody."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from chaindesk.desktop.runtime import single_instance
from chaindesk.desktop.runtime.event_loop import DesktopLoop
from chaindesk.desktop.runtime.single_instance import SingleInstance
from tests.support.waiting import until
from tests.support.windows import WindowMaker

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", "does not support raise")
Jobs = Callable[[int], Path]
HOLD = """
import sys
from pathlib import Path
from PySide6.QtWidgets import QApplication
from chaindesk.desktop.runtime.single_instance import SingleInstance
app = QApplication([])
window = SingleInstance()
window.acquire(Path(sys.argv[1]))
print("held", flush=True)
app.exec()
"""


async def test_a_workbook_that_another_window_shows_is_shown_there(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Jobs, chain: Path
) -> None:
    path = jobs(2)
    first, second = make_app(), make_app()
    first.workspace.open_workbook(path, chain=chain)
    await until(lambda: first.workspace.session is not None)
    called: list[bool] = []
    first.workspace.instance.activation_requested.connect(lambda: called.append(True))
    second.main.opening.open_path(path)
    await until(lambda: "another ChainDesk window" in second.window.message_banner.text)
    assert called == [True]
    assert second.workspace.manifest is None
    await first.close()
    second.main.opening.open_path(path)
    await until(lambda: second.workspace.manifest is not None)


async def test_reading_its_own_workbook_again_calls_nobody(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Jobs, chain: Path
) -> None:
    app = make_app()
    app.workspace.open_workbook(jobs(2), chain=chain)
    await until(lambda: app.workspace.session is not None)
    before = app.workspace.session
    app.window.actions_.reload.trigger()
    await until(lambda: app.workspace.session not in (None, before))


@pytest.mark.skipif(sys.platform == "win32", reason="Windows kills in another way")
async def test_a_killed_window_blocks_nobody(qloop: DesktopLoop, jobs: Jobs) -> None:
    path = jobs(1)
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    process = subprocess.Popen(  # noqa: ASYNC220
        [sys.executable, "-c", HOLD, str(path)], env=environment, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    with process.stdout as said:
        assert await asyncio.to_thread(said.readline) == "held\n"
        assert not single_instance.is_free(path)
        assert await single_instance.activate_other(path)
        process.kill()
        await asyncio.to_thread(process.wait)
    assert single_instance.is_free(path)
    assert not await single_instance.activate_other(path)
    window = SingleInstance()
    window.acquire(path)
    assert window.holds(path)
    window.release()
    assert single_instance.is_free(path)
