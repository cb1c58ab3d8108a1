"""A damaged journal is told in the window, with one click that goes on with what can be read of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QPushButton

from chaindesk import settings
from chaindesk.desktop.runtime.event_loop import DesktopLoop
from chaindesk.journal.sqlite.journal import open_journal
from tests.support.waiting import until
from tests.support.windows import WindowMaker


async def test_a_damaged_journal_is_repaired_by_one_click(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Callable[[int], Path], chain: Path
) -> None:
    path = settings.journal_path()
    open_journal(path).close()
    content = path.read_bytes()[:4096] + b"\xff" * 60_000
    path.write_bytes(content)
    app = make_app()
    app.workspace.open_workbook(jobs(3), chain=chain)
    messages = app.window.message_banner
    await until(messages.isVisible)
    assert app.workspace.session is None
    (button,) = [one for one in messages.findChildren(QPushButton) if one.text() == "Repair the journal"]
    assert path.read_bytes() == content
    button.click()
    await until(lambda: app.workspace.session is not None)
    kept = [file for file in path.parent.iterdir() if file.name.endswith(".aside")]
    assert [file.read_bytes() for file in kept] == [content]
    await until(lambda: kept[0].name in messages.text)
