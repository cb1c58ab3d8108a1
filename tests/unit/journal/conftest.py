from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from chaindesk.domain.completion import Finish, Usage
from chaindesk.domain.records import Answer
from chaindesk.journal.memory import MemoryJournal
from chaindesk.journal.protocol import Journal
from chaindesk.journal.sqlite.journal import open_journal


@pytest.fixture(params=["memory", "sqlite"])
def journal(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Journal]:
    opened: Journal = MemoryJournal() if request.param == "memory" else open_journal(tmp_path / "journal.sqlite3")
    yield opened
    opened.close()


@pytest.fixture
def make_answer() -> Callable[..., Answer]:
    def make(**changes: Any) -> Answer:
        values: dict[str, Any] = {
            "run_id": 1,
            "workbook_id": 1,
            "row_key": "2",
            "row_number": 2,
            "step": "draft",
            "fingerprint": "f" * 64,
            "text": "An answer.",
            "model": "writer",
            "usage": Usage(12, 34, 5, 2),
            "cost": Decimal("0.0012"),
            "seconds": 1.5,
            "attempts": 2,
            "finish": Finish.STOP,
            "request_id": "req_1",
            "finished_at": datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
        }
        return Answer(**(values | changes))

    return make
