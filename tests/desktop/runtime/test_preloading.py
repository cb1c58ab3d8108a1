"""What a run needs first is loaded in a thread when a workbook is opened, and not on the loop when Run is pressed."""

from __future__ import annotations

import importlib
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from chaindesk.desktop.runtime.event_loop import DesktopLoop
from tests.support.waiting import until
from tests.support.windows import WindowMaker

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


async def test_the_libraries_of_a_run_are_loaded_in_another_thread_before_it_can_be_started(
    qloop: DesktopLoop,
    make_app: WindowMaker,
    jobs: Callable[[int], Path],
    chain: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    loaded: dict[str, threading.Thread] = {}
    load = importlib.import_module

    def watched(name: str, package: str | None = None) -> ModuleType:
        loaded.setdefault(name, threading.current_thread())
        return load(name, package)

    monkeypatch.setattr(importlib, "import_module", watched)
    app = make_app()
    app.workspace.open_workbook(jobs(2), chain=chain)
    await until(lambda: app.workspace.session is not None)
    assert loaded["chaindesk.providers.http.transport"] is not threading.main_thread()
    assert "aiohttp" in sys.modules
