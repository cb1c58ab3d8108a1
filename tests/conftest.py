"""Set-up of all tests: coroutine tests run on a plain asyncio loop, and none touches the user's own folders."""

from __future__ import annotations

import asyncio
import inspect
import os
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from chaindesk.domain.completion import Finish, Usage
from chaindesk.domain.errors import FailureKind
from chaindesk.domain.records import Answer, Failure, RowOutcome, RunRecord, RunState
from chaindesk.domain.status import Status
from chaindesk.journal.protocol import Journal
from chaindesk.logging_setup import close_log

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run ``async def`` tests to their end with ``asyncio.run``; two minutes is a hang, not a slow test."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    arguments = {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}
    asyncio.run(asyncio.wait_for(pyfuncitem.obj(**arguments), timeout=120))
    return True


@pytest.fixture(autouse=True)
def _own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Give each test folders and a log of its own, a keyring that holds nothing, and no key from the environment."""
    monkeypatch.setenv("CHAINDESK_HOME", str(tmp_path_factory.mktemp("home")))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    for name in list(os.environ):
        if name.endswith("_API_KEY"):
            monkeypatch.delenv(name)
    yield
    close_log()


@pytest.fixture
def project_root() -> Path:
    """The folder that holds pyproject.toml."""
    return Path(__file__).resolve().parent.parent


PAST = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


async def store_past_run(
    journal: Journal,
    *,
    rows: int = 6,
    concurrency: int = 3,
    workbook: str = "/home/someone/jobs.xlsx",
    chain: str = "article",
    message: str = "The server is busy.",
    key: str = "J-",
    text: str = "An answer.",
    started_at: datetime = PAST,
    state: RunState = RunState.FINISHED,
    definition: str = "",
) -> int:
    """Store a run of two steps whose calls go on for one and two seconds; the third row fails, the fourth is cut."""
    workbook_id = journal.workbook_id(Path(workbook), "Jobs")
    steps = ("notes", "text")
    record = RunRecord(
        workbook_id, workbook, "Jobs", chain, steps, concurrency, rows, started_at, definition=definition
    )
    run = await journal.begin_run(record)
    await journal.store_reuse(run, ())
    for number in range(rows):
        begin = number // concurrency * 3
        fails = number == 2
        for place, step in enumerate(steps[: 1 if fails else 2]):
            answer = Answer(
                run_id=run,
                workbook_id=workbook_id,
                row_key=f"{key}{number + 1}",
                row_number=number + 2,
                step=step,
                fingerprint=f"{run}-{number}-{step}",
                text=text,
                model="writer",
                usage=Usage(100, 50, 10),
                cost=Decimal("0.002"),
                seconds=1.0 + place,
                attempts=1,
                finish=Finish.LENGTH if number == 3 and place else Finish.STOP,
                request_id=f"req-{number}-{place}",
                finished_at=started_at + timedelta(seconds=begin + (1, 3)[place]),
            )
            await journal.store_answer(answer)
        failure = Failure("text", FailureKind.SERVER, message, 4, 503, "req-failed") if fails else None
        outcome = RowOutcome(
            run_id=run,
            workbook_id=workbook_id,
            row_key=f"{key}{number + 1}",
            row_number=number + 2,
            digest=f"d{number}",
            status=Status.FAILED if fails else Status.DONE,
            failure=failure,
            seconds=3.0,
            finished_at=started_at + timedelta(seconds=begin + 3),
        )
        await journal.store_outcome(outcome)
    took = timedelta(seconds=-(-rows // concurrency) * 3)
    if state is not RunState.RUNNING:
        await journal.end_run(run, state, started_at + took, 3, 0)
    return run


@pytest.fixture
def past_run() -> Callable[..., Awaitable[int]]:
    """``store_past_run``, for tests."""
    return store_past_run
