"""What is open changes in one step: no old session stands beside a new chain."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from chaindesk.desktop.runtime.event_loop import DesktopLoop
from chaindesk.desktop.session import workspace
from chaindesk.domain.chain import Chain
from chaindesk.domain.manifest import Manifest
from tests.support.waiting import until
from tests.support.windows import WindowMaker

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


def by_topic(chain: Path, other: Path) -> None:
    other.write_text(chain.read_text("utf-8").replace("id_column: ID\n", "id_column: Topic\n"), "utf-8")


async def test_a_chain_with_another_id_column_counts_only_when_the_sheet_was_read_for_it(
    qloop: DesktopLoop,
    make_app: WindowMaker,
    jobs: Callable[[int], Path],
    chain: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    other = tmp_path / "other.yaml"
    by_topic(chain, other)
    opened = make_app().workspace
    opened.open_workbook(jobs(2), chain=chain)
    await until(lambda: opened.session is not None)
    read, reading, go_on = workspace.read_manifest, asyncio.Event(), asyncio.Event()

    async def slow_read(path: Path, sheet: str | None, chain: Chain | None, password: str | None) -> Manifest:
        reading.set()
        await go_on.wait()
        return await read(path, sheet, chain, password)

    monkeypatch.setattr(workspace, "read_manifest", slow_read)
    opened.open_chain(other)
    await reading.wait()
    assert opened.session is not None
    assert opened.chain_path == chain
    go_on.set()
    await until(lambda: opened.chain_path == other and opened.session is not None)
    assert opened.manifest is not None
    assert opened.manifest.rows[0].key == "topic 1"
