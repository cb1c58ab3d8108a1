"""What a journal holds in tests: one answer, and a run of the past."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from chaindesk.domain.completion import Finish, Usage
from chaindesk.domain.errors import FailureKind
from chaindesk.domain.records import Answer, Failure, RowOutcome, RunRecord, RunState
from chaindesk.domain.status import Status
from chaindesk.journal.protocol import Journal

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


def make_answer(**changes: Any) -> Answer:
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
