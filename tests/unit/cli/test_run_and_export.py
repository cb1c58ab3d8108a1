"""One run from the command line: what it holds on to while it runs."""

from __future__ import annotations

import asyncio
import gc
from pathlib import Path

import pytest

from chaindesk.cli.main import main
from chaindesk.domain.records import RunState
from chaindesk.engine.planning.plan import PlannedRow
from chaindesk.engine.run.options import RunResult
from chaindesk.engine.session import Session

CHAIN = """\
name: one
steps:
  - {name: draft, model: demo/writer, prompt: "Write about {{Topic}}."}
"""


def test_the_plan_that_is_told_first_is_gone_when_the_run_makes_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "jobs.csv").write_text("Topic\n" + "".join(f"T{n}\n" for n in range(50)), encoding="utf-8")
    (tmp_path / "jobs.yaml").write_text(CHAIN, encoding="utf-8")
    planned: list[int] = []

    async def run(*_: object) -> RunResult:
        await asyncio.sleep(0)  # the loop lets go of what it has just handed over
        planned.append(sum(isinstance(one, PlannedRow) for one in gc.get_objects()))
        return RunResult(0, RunState.FINISHED, {}, "")

    monkeypatch.setattr(Session, "run", run)
    main(["run", str(tmp_path / "jobs.csv"), "--journal", str(tmp_path / "journal.sqlite3"), "-q"])
    assert planned == [0]
