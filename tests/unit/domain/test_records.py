"""What the journal's records say of themselves."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from chaindesk.domain.completion import Finish
from chaindesk.domain.records import Answer, AnswerKind, inputs_of_manual

REQUEST = "07c4ea5e26c84e82bd43deff0ebab1e1"
INPUTS = "ec45756f6a0837d1dd69ee017c722c14"

ANSWER = Answer(
    run_id=1,
    workbook_id=1,
    row_key="2",
    row_number=2,
    step="draft",
    fingerprint=REQUEST,
    text="A text.",
    model="writer",
    usage=None,
    cost=None,
    seconds=1.0,
    attempts=1,
    finish=Finish.STOP,
    request_id="",
    finished_at=datetime(2026, 1, 2, tzinfo=UTC),
)


@pytest.mark.parametrize(
    ("stored", "kind", "request_of_it", "fits"),
    [
        (REQUEST, AnswerKind.USABLE, REQUEST, True),
        (f"unfit:{REQUEST}", AnswerKind.UNUSABLE, REQUEST, True),
        (f"unfit:lost:{REQUEST}", AnswerKind.POSSIBLY_BILLED, REQUEST, False),
        (f"unfit:own:{INPUTS}:{REQUEST}", AnswerKind.MANUAL, REQUEST, True),
        (f"unfit:own:{INPUTS}:other", AnswerKind.MANUAL, "other", False),
        (f"unfit:own:{INPUTS}:", AnswerKind.MANUAL, "", True),
    ],
)
def test_what_an_answer_is_stored_under_tells_its_kind(
    stored: str, kind: AnswerKind, request_of_it: str, fits: bool
) -> None:
    answer = replace(ANSWER, fingerprint=stored)
    assert (answer.kind, answer.request, answer.fits(REQUEST)) == (kind, request_of_it, fits)
    inputs = INPUTS if kind is AnswerKind.MANUAL else ""
    assert inputs_of_manual(stored) == inputs
    assert kind.fingerprint(request_of_it, inputs) == stored
