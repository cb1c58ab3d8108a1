"""What every row of a run works with."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from chaindesk.domain.events import Event
from chaindesk.engine.answers.ledger import AnswerLedger
from chaindesk.engine.batch.batch_calls import BatchCalls
from chaindesk.engine.calls.executor import CallExecutor
from chaindesk.engine.prompting.request_builder import RequestBuilder
from chaindesk.engine.run.durable_writer import DurableWriter
from chaindesk.engine.run.rows.checked_step import CheckContext
from chaindesk.engine.run.rows.shared_requests import SharedRequests


@dataclass(frozen=True, slots=True)
class RowContext:
    """What every row of a run works with.

    Attributes:
        run_id: the run.
        workbook_id: the journal's number of the workbook and sheet.
        chain: builds the requests of a row.
        writer: stores answers, and waits where they cannot be stored.
        executor: makes the calls.
        ledger: what the journal knows of every row; it returns answers to reuse, and records new ones.
        emit: called with what happens, after the journal has it.
        now: the time of day, which never jumps.
        shared: the requests that rows share.
        clock: seconds.
        checks: what steps with checks work with; None where the chain has none.
        batches: the calls that go by batch jobs; None where there are none.
    """

    run_id: int
    workbook_id: int
    chain: RequestBuilder
    writer: DurableWriter
    executor: CallExecutor
    ledger: AnswerLedger
    emit: Callable[[Event], None]
    now: Callable[[], datetime]
    shared: SharedRequests
    clock: Callable[[], float] = time.monotonic
    checks: CheckContext | None = None
    batches: BatchCalls | None = None
