"""What goes to a server and comes from it as JSON: the quick way, and the lenient one for what is not quite JSON."""

from __future__ import annotations

import json
import math
from datetime import date
from typing import Any

import pytest

from chaindesk.domain.errors import CallError
from chaindesk.providers.wire_formats.json_body import encoded, parsed


@pytest.mark.parametrize(
    "body",
    [{}, {"a": "é \u2028 \U0001f600"}, {"a": [1, 2.5, True, None], "b": {"c": '"\\\n'}}, {"n": 2**63}, {"n": 2**80}],
)
def test_what_is_sent_is_read_back_as_it_was(body: dict[str, Any]) -> None:
    assert json.loads(encoded(body)) == body


def test_a_lone_surrogate_is_sent_as_a_question_mark_instead_of_failing() -> None:
    assert encoded({"a": "x\ud800y"}) == b'{"a":"x?y"}'


def test_a_number_of_a_derived_type_is_sent_as_the_number() -> None:
    class Ruamel(float):
        pass

    assert encoded({"temperature": Ruamel(0.5)}) == b'{"temperature":0.5}'


@pytest.mark.parametrize("value", [date(2026, 1, 1), {1, 2}, object()])
def test_what_json_has_no_word_for_is_told(value: object) -> None:
    with pytest.raises(CallError, match="cannot be sent as JSON"):
        encoded({"a": value})


def test_a_reply_is_read_although_it_is_not_quite_json() -> None:
    assert math.isnan(parsed(b'{"a": NaN}')["a"])
    assert parsed(b'{"a": "x\xffy"}') == {"a": "x\N{REPLACEMENT CHARACTER}y"}
    assert parsed(b'{"a": "\\ud800"}') == {"a": "\ud800"}
    assert parsed('{"a": "b"}'.encode("utf-16")) == {"a": "b"}


@pytest.mark.parametrize("body", [b"", b"<html>", b"{", b"[" * 100_000])
def test_what_is_no_json_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"Expecting|deep"):
        parsed(body)
