"""Statuses, fingerprints and other values that hold rules of their own."""

from __future__ import annotations

import inspect
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from chaindesk.domain import errors
from chaindesk.domain.completion import CompletionRequest, Endpoint, Message, ModelPrice, ProviderKind, Usage
from chaindesk.domain.errors import ChainDeskError, ChainError, Disposition, FailureKind, JournalError, Problem
from chaindesk.domain.manifest import Column, Manifest, Row, RowValues
from chaindesk.domain.status import STATUS_STYLES, Status


def test_a_row_can_come_to_rest_from_everywhere_and_start_again_from_every_rest() -> None:
    for status in (Status.QUEUED, Status.RUNNING, Status.WAITING):
        assert all(status.may_become(end) for end in (Status.DONE, Status.FAILED, Status.STOPPED, Status.SKIPPED))
        assert not status.at_rest
    for status in Status:
        if status.at_rest:
            assert status.may_become(Status.QUEUED)
            assert not status.may_become(Status.RUNNING)


def test_the_usual_ways_of_a_row_are_legal() -> None:
    retried = [Status.PENDING, Status.QUEUED, Status.RUNNING, Status.WAITING, Status.RUNNING, Status.FAILED]
    again = [*retried, Status.QUEUED, Status.RUNNING, Status.DONE]
    assert all(one.may_become(other) for one, other in pairwise(again))


def test_every_status_has_a_symbol_of_its_own_and_readable_colours() -> None:
    assert set(STATUS_STYLES) == set(Status)
    assert len({style.symbol for style in STATUS_STYLES.values()}) == len(Status)
    for style in STATUS_STYLES.values():
        assert contrast(style.light, style.light_text) >= 4.5
        assert contrast(style.dark, style.dark_text) >= 4.5


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2."""

    def luminance(colour: str) -> float:
        parts = [int(colour[place : place + 2], 16) / 255 for place in (0, 2, 4)]
        linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_an_errors_docstring_is_its_message() -> None:
    assert str(JournalError()) == "The journal cannot be read or written."
    assert str(JournalError("The disk is full.")) == "The disk is full."
    for _, kind in inspect.getmembers(errors, inspect.isclass):
        if issubclass(kind, ChainDeskError):
            assert inspect.getdoc(kind)


def test_a_chains_problems_are_its_message() -> None:
    problems = [Problem("Wrong.", "c.yaml", 3, "steps[0].name"), Problem("Bad.")]
    assert str(ChainError(problems)) == "c.yaml:3: steps[0].name: Wrong.\nBad."


def test_every_kind_of_failure_has_one_disposition() -> None:
    assert FailureKind.RATE_LIMIT.disposition is Disposition.RETRY
    assert FailureKind.KEY.disposition is Disposition.PAUSE
    assert FailureKind.TOO_LONG.disposition is Disposition.FAIL
    assert {kind.disposition for kind in FailureKind} == set(Disposition)


ENDPOINT = Endpoint("demo", ProviderKind.OPENAI_CHAT, "demo:embedded")
REQUEST = CompletionRequest(ENDPOINT, "writer", (Message("user", "Hi"),), {"temperature": 0.5})


def test_all_that_decides_an_answer_decides_the_fingerprint_and_nothing_else() -> None:
    same = [
        replace(REQUEST, timeout=5.0),
        replace(REQUEST, total_timeout=5.0),
        replace(REQUEST, shared_system=True),
        replace(REQUEST, endpoint=replace(ENDPOINT, name="other", requests_per_minute=5)),
        replace(REQUEST, endpoint=replace(ENDPOINT, prices={"writer": ModelPrice(Decimal(1), Decimal(2))})),
        replace(REQUEST, parameters={"temperature": 0.5}),
    ]
    assert {request.fingerprint for request in same} == {REQUEST.fingerprint}
    others = [
        replace(REQUEST, model="editor"),
        replace(REQUEST, messages=(Message("system", "Hi"),)),
        replace(REQUEST, messages=(Message("user", "H"), Message("user", "i"))),
        replace(REQUEST, parameters={}),
        replace(REQUEST, parameters={"temperature": 0}),
        replace(REQUEST, schema={"type": "object"}),
        replace(REQUEST, endpoint=replace(ENDPOINT, base_url="https://example.org")),
    ]
    assert len({request.fingerprint for request in [REQUEST, *others]}) == len(others) + 1


@settings(deadline=None)
@given(st.text())
def test_any_text_has_a_fingerprint(text: str) -> None:
    assert len(replace(REQUEST, messages=(Message("user", text),)).fingerprint) == 64


def test_usage_adds_up() -> None:
    total = Usage(10, 5, 2, 3) + Usage(1, 2, 3, 4)
    assert total == Usage(11, 7, 5, 7)
    assert total.total == 18


def test_a_digest_follows_the_users_own_columns_alone() -> None:
    columns = (Column("A", 1, "A"), Column("B", 2, "B"), Column("Ours", 3, "Ours", ours=True))
    manifest = Manifest(Path("m.xlsx"), "S", ("S",), 1, columns, ())
    index = {"A": 0, "B": 1, "Ours": 2}

    def digest(*cells: str) -> str:
        return manifest.digest(Row(2, "2", RowValues(index, cells)))

    assert digest("x", "y", "one") == digest("x", "y", "two")
    assert len({digest("x", "y", ""), digest("xy", "", ""), digest("", "xy", ""), digest("y", "x", "")}) == 4
    assert manifest.column("B") == columns[1]
    assert manifest.column("C") is None
