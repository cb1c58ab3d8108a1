"""Typed lines as JSON."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from decimal import Decimal

from chaindesk.domain.completion import Finish, Usage
from chaindesk.domain.errors import FailureKind
from chaindesk.domain.events import PauseCause, RowFinished, RunFinished, RunPaused, StepFinished, StepWaiting
from chaindesk.domain.records import Failure, RunState
from chaindesk.domain.status import Status
from chaindesk.json_contract.encoding import to_json


def test_an_answer_is_one_line_of_plain_ascii_json() -> None:
    event = StepFinished(
        time.monotonic(),
        7,
        "A-7",
        "draft",
        "Zwei\nZeilen – 漢\ud83d",
        "m",
        Usage(10, 5, 2),
        Decimal("0.00012"),
        1.25,
        2,
        Finish.LENGTH,
    )
    line = to_json(event)
    assert line.isascii()
    assert "\n" not in line
    read = json.loads(line)
    assert read["event"] == "step_finished"
    assert (read["row"], read["row_key"], read["step"]) == (7, "A-7", "draft")
    assert read["text"] == "Zwei\nZeilen – 漢\ud83d"
    assert read["tokens"] == {"input": 10, "output": 5, "cached_input": 2, "cache_write": 0}
    assert read["cost_usd"] == "0.00012"
    assert read["finish"] == "length"
    assert read["reused"] is False


def test_monotonic_times_become_dates() -> None:
    now = time.monotonic()
    read = json.loads(to_json(StepWaiting(now, 2, "2", "s", now + 30, FailureKind.RATE_LIMIT, "Wait.")))
    told = [datetime.fromisoformat(read[name]) for name in ("time", "until")]
    assert abs((told[0] - datetime.now(UTC)).total_seconds()) < 60
    assert 29 < (told[1] - told[0]).total_seconds() < 31
    assert read["kind"] == "rate limit"


def test_a_wait_whose_end_nobody_knows_has_no_date() -> None:
    read = json.loads(to_json(StepWaiting(1.0, 2, "2", "s", None, None, None, PauseCause.OUTAGE)))
    assert (read["until"], read["cause"]) == (None, "outage")


def test_failures_and_ends_are_told_in_the_words_of_reports() -> None:
    failure = Failure("draft", FailureKind.TIMEOUT, "No answer.", 6)
    read = json.loads(to_json(RowFinished(1.0, 2, "2", Status.FAILED, failure, 3.0)))
    assert read["status"] == "failed"
    told = {"step": "draft", "kind": "timeout", "message": "No answer.", "attempts": 6}
    assert read["failure"] == {**told, "http_status": None, "request_id": ""}
    assert json.loads(to_json(RunPaused(1.0, PauseCause.KEY, "No.")))["cause"] == "key"
    assert json.loads(to_json(RunFinished(1.0, 4, RunState.HALTED)))["state"] == "halted"
