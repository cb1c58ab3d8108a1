"""The window opens without loading what only some of its commands need."""

from __future__ import annotations

import subprocess
import sys

LATER = (
    "aiohttp",
    "chaindesk.desktop.chain.editor",
    "chaindesk.desktop.charts",
    "chaindesk.desktop.history.window",
    "chaindesk.providers.http.client",
    "chaindesk.simulator.server",
    "keyring",
    "lxml",
    "openpyxl",
)


def test_the_window_loads_no_editor_history_or_http_before_they_are_asked_for() -> None:
    tell = f"import sys, chaindesk.desktop.app; print([name for name in {LATER!r} if name in sys.modules])"
    found = subprocess.run([sys.executable, "-c", tell], check=True, capture_output=True, text=True)
    assert found.stdout.strip() == "[]"
