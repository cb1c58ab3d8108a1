"""Both journals, for tests of what they share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from chaindesk.journal.memory import MemoryJournal
from chaindesk.journal.protocol import Journal
from chaindesk.journal.sqlite.journal import open_journal


@pytest.fixture(params=["memory", "sqlite"])
def journal(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Journal]:
    opened: Journal = MemoryJournal() if request.param == "memory" else open_journal(tmp_path / "journal.sqlite3")
    yield opened
    opened.close()
