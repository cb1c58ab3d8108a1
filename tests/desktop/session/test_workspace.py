"""What is open changes in one step: no old session stands beside a new chain."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from chaindesk.desktop.runtime.event_loop import DesktopLoop
from chaindesk.desktop.session import workspace
from chaindesk.desktop.session.manifest_reader import read_manifest
from chaindesk.domain.chains.chain import Chain
from chaindesk.domain.manifest import Manifest
from tests.support.waiting import until
from tests.support.windows import WindowMaker, write_jobs

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
    read, reading, go_on = read_manifest, asyncio.Event(), asyncio.Event()

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


async def test_a_workbook_whose_chain_has_mistakes_never_gets_the_chain_of_the_one_before(
    qloop: DesktopLoop, make_app: WindowMaker, tmp_path: Path, chain: Path
) -> None:
    app = make_app()
    app.workspace.open_workbook(write_jobs(tmp_path / "first.xlsx", 2), chain=chain)
    await until(lambda: app.workspace.session is not None)
    broken = tmp_path / "broken.yaml"
    broken.write_text("name: broken\nstepps: []\n", "utf-8")
    app.workspace.open_workbook(write_jobs(tmp_path / "second.xlsx", 2), chain=broken)
    await until(lambda: "The chain cannot run yet" in app.window.message_banner.text)
    await until(lambda: not app.workspace.is_opening)
    assert app.workspace.manifest is not None
    assert app.workspace.manifest.path.name == "second.xlsx"
    assert app.workspace.chain is None
    assert app.workspace.session is None
    assert not app.window.actions_.run.isEnabled()
    assert "The chain cannot run yet" in app.window.message_banner.text


async def test_while_the_chains_file_is_broken_nothing_runs_as_it_was_before(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Callable[[int], Path], chain: Path
) -> None:
    app = make_app()
    a, panel = app.window.actions_, app.window.panel
    app.workspace.open_workbook(jobs(2), chain=chain)
    await until(lambda: app.workspace.session is not None)
    assert a.run.isEnabled()
    a.edit_chain.trigger()
    editor = app.main.opening.editor
    assert editor is not None
    right = editor.text.toPlainText()
    editor.text.setPlainText(right.replace("steps:", "stepps:"))
    editor.save.click()
    await until(lambda: not a.run.isEnabled())
    assert "two.yaml cannot run as it is now" in a.run.toolTip()
    assert "is missing" in a.run.toolTip()
    assert not any(action.isEnabled() for action in (a.try_first, a.run_selected, a.retry, a.fresh))
    assert not panel.rerun.isEnabled()
    assert "two.yaml cannot run" in panel.rerun.toolTip()
    app.main.running.retry_failed()  # as a button of a banner does
    await until(lambda: "cannot run" in app.window.message_banner.text)  # the file is read once more before
    assert "is missing" in app.window.message_banner.text
    assert app.window.model.total == 2
    editor.text.setPlainText(right)
    editor.save.click()
    await until(a.try_first.isEnabled)  # while it opens, Run is enabled to say that it waits
    assert a.run.toolTip() == "Run the chosen rows (Ctrl+R or F5)"
    await until(panel.rerun.isEnabled)
    editor.close()
