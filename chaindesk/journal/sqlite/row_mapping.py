"""How answers, outcomes and runs stand in the journal's tables."""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from chaindesk.domain.chains.answer_fields import FieldValue
from chaindesk.domain.check_results import AnswerPath, Verdict
from chaindesk.domain.completion import Finish, Speed, Usage
from chaindesk.domain.errors import FailureKind
from chaindesk.domain.records import Answer, Failure, RerunNote, RowOutcome, RowReview, RunRecord, RunState
from chaindesk.domain.status import Review, Status
from chaindesk.journal.protocol import AnswerText

ANSWER_COLUMNS = (
    "run_id, workbook_id, row_key, row_number, step, fingerprint, text, fields, model, input_tokens, output_tokens, "
    "cached_tokens, cost, seconds, attempts, finish, request_id, finished_at, edited_text, cache_write_tokens, speed, "
    "examples"
)
LATER_ANSWER_COLUMNS: MappingProxyType[str, Any] = MappingProxyType({"speed": Speed.STANDARD.value, "examples": ""})
"""Columns at the end of ``ANSWER_COLUMNS`` that files of earlier versions lack, and what stands for them."""
OUTCOME_COLUMNS = (
    "run_id, workbook_id, row_key, row_number, digest, status, failure_step, failure_kind, failure_message, "
    "failure_attempts, seconds, finished_at, failure_http, failure_request"
)
RUN_COLUMNS = (
    "workbook_id, workbook, sheet, chain, steps, concurrency, rows, started_at, finished_at, state, retries, reused, "
    "definition, budget, held_seconds, complete, skipped"
)
REVIEW_COLUMNS = "workbook_id, row_key, digest, review, answer_id, reason, answers, newest"
VERDICT_COLUMNS = "answer_id, key, failed, path, agreement"
NOTE_COLUMNS = "workbook_id, row_key, digest, step, request, asked, answer, text, made_at, withdrawn"
_FINISHES = {finish.value: finish for finish in Finish}  # an enum's own look-up takes ten times as long
_SPEEDS = {speed.value: speed for speed in Speed}
_PACKED_FROM = 400  # characters; shorter texts gain less than a tenth of their row
_NO_FIELDS: MappingProxyType[str, Any] = MappingProxyType({})


def storable(text: str) -> str:
    """Return the text with any half of a surrogate pair replaced, because a database holds whole characters only."""
    if text.isascii():
        return text
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def packed(text: str) -> str | bytes:
    """Return an answer's text for its column: compressed where it is long and that makes it shorter."""
    if len(text) < _PACKED_FROM:
        return text
    data = zlib.compress(text.encode("utf-8"), 1)  # a higher level takes longer for 3 % less
    return data if len(data) < len(text) else text


def unpacked(value: bytes) -> str:
    """Return the text that ``packed`` has compressed.

    Raises:
        ValueError: it is damaged.
    """
    try:
        return zlib.decompress(value).decode("utf-8")
    except zlib.error as error:
        raise ValueError("no compressed text") from error


def storable_path(path: str) -> str | bytes:
    """Return a path or file name for a column of the journal: its bytes where they are no text."""
    try:
        path.encode("utf-8")
    except UnicodeEncodeError:
        return os.fsencode(path)
    return path


def stored_path(value: str | bytes) -> str:
    """Return a path that ``storable_path`` has made ready for its column."""
    return os.fsdecode(value)


def answer_row(answer: Answer) -> tuple[Any, ...]:
    """Return the values of ``ANSWER_COLUMNS``."""
    usage = answer.usage
    return (
        answer.run_id,
        answer.workbook_id,
        storable(answer.row_key),
        answer.row_number,
        storable(answer.step),
        answer.fingerprint,
        storable(answer.text),
        json.dumps(dict(answer.fields)) if answer.fields else None,
        storable(answer.model),
        None if usage is None else usage.input,
        None if usage is None else usage.output,
        None if usage is None else usage.cached_input,
        None if answer.cost is None else str(answer.cost),
        answer.seconds,
        answer.attempts,
        answer.finish.value,
        storable(answer.request_id),
        answer.finished_at.isoformat(),
        answer.edited_text,
        0 if usage is None else usage.cache_write,
        answer.speed.value,
        " ".join(map(str, answer.examples)),
    )


def answer_of(row: tuple[Any, ...]) -> Answer:
    """Return the answer of a row of ``id`` and ``ANSWER_COLUMNS``."""
    return Answer(
        id=row[0],
        run_id=row[1],
        workbook_id=row[2],
        row_key=row[3],
        row_number=row[4],
        step=row[5],
        fingerprint=row[6],
        text=row[7] if isinstance(row[7], str) else unpacked(row[7]),
        fields=_NO_FIELDS if row[8] is None else _fields_of(row[8]),
        model=row[9],
        usage=None if row[10] is None else Usage(row[10], row[11], row[12], row[20]),
        cost=None if row[13] is None else Decimal(row[13]),
        seconds=row[14],
        attempts=row[15],
        finish=_FINISHES.get(row[16]) or Finish(row[16]),
        request_id=row[17],
        finished_at=datetime.fromisoformat(row[18]),
        edited_text=row[19],
        speed=_SPEEDS.get(row[21]) or Speed(row[21]),
        examples=tuple(map(int, row[22].split())) if row[22] else (),
    )


def _fields_of(text: str) -> Mapping[str, FieldValue]:
    fields = json.loads(text)
    if "[" in text:
        fields = {name: tuple(value) if isinstance(value, list) else value for name, value in fields.items()}
    return MappingProxyType(fields)


def texts_of(row: tuple[Any, ...]) -> AnswerText:
    """Return number, text, a person's text and fields of a row of ``id, text, edited_text, fields``."""
    text = row[1] if isinstance(row[1], str) else unpacked(row[1])
    return row[0], text, row[2], _NO_FIELDS if row[3] is None else _fields_of(row[3])


def verdict_row(verdict: Verdict) -> tuple[Any, ...]:
    """Return the values of ``VERDICT_COLUMNS``."""
    failed = storable(json.dumps(verdict.failed, ensure_ascii=False)) if verdict.failed else ""
    return verdict.answer_id, verdict.key, failed, verdict.path.value, verdict.agreement


def verdict_of(row: tuple[Any, ...]) -> Verdict:
    """Return the verdict of a row of ``VERDICT_COLUMNS``."""
    failed = tuple(json.loads(row[2])) if row[2] else ()
    return Verdict(row[0], row[1], failed, AnswerPath(row[3]), row[4])


def outcome_row(outcome: RowOutcome) -> tuple[Any, ...]:
    """Return the values of ``OUTCOME_COLUMNS``."""
    failure = outcome.failure
    return (
        outcome.run_id,
        outcome.workbook_id,
        storable(outcome.row_key),
        outcome.row_number,
        outcome.digest,
        outcome.status.value,
        None if failure is None else storable(failure.step),
        None if failure is None else failure.kind.value,
        None if failure is None else storable(failure.message),
        None if failure is None else failure.attempts,
        outcome.seconds,
        outcome.finished_at.isoformat(),
        None if failure is None else failure.http_status,
        "" if failure is None else storable(failure.request_id),
    )


def outcome_of(row: tuple[Any, ...]) -> RowOutcome:
    """Return the outcome of a row of ``OUTCOME_COLUMNS``."""
    failure = None if row[6] is None else Failure(row[6], FailureKind(row[7]), row[8], row[9], row[12], row[13])
    return RowOutcome(
        run_id=row[0],
        workbook_id=row[1],
        row_key=row[2],
        row_number=row[3],
        digest=row[4],
        status=Status(row[5]),
        failure=failure,
        seconds=row[10],
        finished_at=datetime.fromisoformat(row[11]),
    )


def review_row(review: RowReview) -> tuple[Any, ...]:
    """Return the values of ``REVIEW_COLUMNS``."""
    word, reason, answers = review.review.value, storable(review.reason), json.dumps(review.answers)
    key = storable(review.row_key)
    return (review.workbook_id, key, review.digest, word, review.answer_id, reason, answers, review.newest)


def review_of(row: tuple[Any, ...]) -> RowReview:
    """Return the review of a row of ``REVIEW_COLUMNS``."""
    return RowReview(row[0], row[1], row[2], Review(row[3]), row[4], row[5], tuple(json.loads(row[6])), row[7])


def note_row(note: RerunNote) -> tuple[Any, ...]:
    """Return the values of ``NOTE_COLUMNS``."""
    return (
        note.workbook_id,
        storable(note.row_key),
        note.digest,
        storable(note.step),
        note.request,
        note.asked,
        storable(note.answer),
        storable(note.text),
        note.made_at.isoformat(),
        int(note.withdrawn),
    )


def note_of(row: tuple[Any, ...]) -> RerunNote:
    """Return the note of a row of ``NOTE_COLUMNS``."""
    return RerunNote(
        workbook_id=row[0],
        row_key=row[1],
        digest=row[2],
        step=row[3],
        request=row[4],
        asked=row[5],
        answer=row[6],
        text=row[7],
        made_at=datetime.fromisoformat(row[8]),
        withdrawn=bool(row[9]),
    )


def run_row(run: RunRecord) -> tuple[Any, ...]:
    """Return the values of ``RUN_COLUMNS``."""
    return (
        run.workbook_id,
        storable_path(run.workbook),
        storable(run.sheet),
        storable(run.chain),
        json.dumps(run.steps),
        run.concurrency,
        run.rows,
        run.started_at.isoformat(),
        None if run.finished_at is None else run.finished_at.isoformat(),
        run.state.value,
        run.retries,
        run.reused,
        storable(run.definition),
        None if run.budget is None else str(run.budget),
        run.held_seconds,
        run.complete,
        run.skipped,
    )


def run_of(row: tuple[Any, ...]) -> RunRecord:
    """Return the run of a row of ``id`` and ``RUN_COLUMNS``."""
    return RunRecord(
        id=row[0],
        workbook_id=row[1],
        workbook=stored_path(row[2]),
        sheet=row[3],
        chain=row[4],
        steps=tuple(json.loads(row[5])),
        concurrency=row[6],
        rows=row[7],
        started_at=datetime.fromisoformat(row[8]),
        finished_at=None if row[9] is None else datetime.fromisoformat(row[9]),
        state=RunState(row[10]),
        retries=row[11],
        reused=row[12],
        definition=row[13],
        budget=None if row[14] is None else Decimal(row[14]),
        held_seconds=row[15],
        complete=row[16],
        skipped=row[17],
    )
