"""The window is painted before the engine is loaded, and opens without what only some of its commands need."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence

import pytest

BEHIND_THE_WINDOW = (
    "chaindesk.chain_file",
    "chaindesk.desktop.controllers.main",
    "chaindesk.desktop.session.run_controller",
    "chaindesk.desktop.session.workspace",
    "chaindesk.engine.session",
    "chaindesk.journal.sqlite.journal",
    "chaindesk.workbook.reading.open_manifest",
    "sqlite3",
)
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
MOST_MODULES = 170  # of ours that the first paint may need


def loaded_by(module: str, among: Sequence[str]) -> str:
    """Return which of these modules an import loads, and how many of ours there are."""
    tell = (
        f"import sys, {module}; print([name for name in {tuple(among)!r} if name in sys.modules], "
        "sum(name.startswith('chaindesk.') for name in sys.modules))"
    )
    found = subprocess.run([sys.executable, "-c", tell], check=True, capture_output=True, text=True)
    return found.stdout.strip()


def test_what_is_painted_first_loads_nothing_of_what_works_behind_it() -> None:
    found, _, modules = loaded_by("chaindesk.desktop.app", (*BEHIND_THE_WINDOW, *LATER)).rpartition(" ")
    assert found == "[]"
    assert int(modules) <= MOST_MODULES


@pytest.mark.parametrize("module", ["chaindesk.desktop.controllers.main", "chaindesk.desktop.session.run_controller"])
def test_the_window_loads_no_editor_history_or_http_before_they_are_asked_for(module: str) -> None:
    assert loaded_by(module, LATER).startswith("[] ")
