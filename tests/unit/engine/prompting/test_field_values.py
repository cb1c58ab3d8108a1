"""Values of fields in their types: what is forgiven, what is refused and how, and what cells get."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaindesk.domain.chains.answer_fields import AnswerField, field_text
from chaindesk.engine.prompting.field_values import InvalidFields, cell_value, read_cell, read_date, read_value


def field(written: Any) -> AnswerField:
    return AnswerField.model_validate(written)


CATEGORY = ["retail", "Food & Drink", "Zürich"]


@pytest.mark.parametrize(
    ("written", "value", "read"),
    [
        (CATEGORY, "RETAIL", "retail"),
        (CATEGORY, "  food  &\ndrink ", "Food & Drink"),
        (CATEGORY, "Zu\u0308rich", "Zürich"),
        ([1, 2, 3], 2, "2"),
        (["true", "false", "unclear"], True, "true"),
        ({"type": "choice?", "values": ["a"]}, " ", None),
        ("list", ["a", " b ", "", 3], ("a", "b", "3")),
        ("list", '["a", "b"]', ("a", "b")),
        ("list", [], ()),
        ({"type": "list", "values": ["red", "green"]}, ["RED"], ("red",)),
        ("date", "2026-11-27", "2026-11-27"),
        ("date", "2026-11-27T10:00:00Z", "2026-11-27"),
        ("date", "27.11.2026", "2026-11-27"),
        ("date", "3. 4. 2026", "2026-04-03"),
        ("date", "11/27/2026", "2026-11-27"),
        ("date", "27/11/2026", "2026-11-27"),
        ("date", "November 27, 2026", "2026-11-27"),
        ("date", "27th Nov 2026", "2026-11-27"),
        ("date?", None, None),
        ("number?", "", None),
        ("string?", None, None),
        ("boolean", "Oui", True),
        ("boolean", "nein", False),
        ("boolean", "いいえ", False),
        ({"type": "boolean", "words": ["tosi", "epätosi"]}, "EPÄTOSI", False),
    ],
)
def test_what_can_mean_one_thing_only_is_read(written: Any, value: object, read: object) -> None:
    assert read_value(value, field(written), "f") == read


@pytest.mark.parametrize(
    ("written", "value", "told"),
    [
        (["retail", "food"], "retial", 'f must be one of retail, food, not "retial"; did you mean "retail"?'),
        (["retail", "food"], "xyz", 'f must be one of retail, food, not "xyz"'),
        (["retail", "food"], None, "f must not be empty: it must be one of retail, food, not null"),
        (["retail", "food"], "", 'f must be one of retail, food, not ""'),
        (["retail"], ["retail"], 'f must be one of retail, not ["retail"]'),
        ("list", "a, b", 'f must be a list of texts, not "a, b"'),
        ("list", [["a"]], 'f must be a list of texts, and ["a"] in it is no text'),
        ({"values": ["a1"], "type": "list"}, ["a2"], 'each item of f must be one of a1, not "a2"'),
        ("date", "03/04/2026", 'f must be a date as YYYY-MM-DD: which part of "03/04/2026" is the month is not clear'),
        ("date", "2026-02-30", 'f must be a date as YYYY-MM-DD, not "2026-02-30"'),
        ("date", "next week", 'f must be a date as YYYY-MM-DD, not "next week"'),
        ("date", "27 Nov Dec 2026", 'f must be a date as YYYY-MM-DD, not "27 Nov Dec 2026"'),
        ("date", 20261127, "f must be a date as YYYY-MM-DD, not 20261127"),
        ("boolean", "maybe", 'f must be a boolean (true or false), not "maybe"'),
        ("date", None, "f must not be empty: it must be a date as YYYY-MM-DD, not null"),
        ("list", None, "f must not be empty: it must be a list of texts, not null"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_told_with_the_near_miss(written: Any, value: object, told: str) -> None:
    with pytest.raises(InvalidFields) as caught:
        read_value(value, field(written), "f")
    assert str(caught.value) == told


@given(st.dates(date(1900, 3, 1), date(2999, 12, 31)))
def test_every_date_reads_back_in_every_unmistakable_form(day: date) -> None:
    forms = ("%Y-%m-%d", "%Y/%m/%d", "%d.%m.%Y", "%d %B %Y", "%b %d, %Y")
    assert {read_date(day.strftime(form).replace("Sep ", "Sept ")) for form in forms} == {day}


def test_cells_get_typed_dates_joined_lists_and_own_words() -> None:
    assert cell_value("2026-11-27", field("date")) == date(2026, 11, 27)
    assert cell_value(("a", "b"), field("list")) == "a; b"
    assert cell_value(("a", "b"), field({"type": "list", "separator": " | "})) == "a | b"
    assert cell_value(True, field({"type": "boolean", "words": ["ja", "nein"]})) == "ja"
    assert cell_value(False, field("boolean")) is False
    assert cell_value(0.5, field("number")) == 0.5
    assert cell_value(None, field("date?")) is None


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("date", "2026-11-27"),
        ({"type": "list", "separator": " / "}, ("a", "b")),
        ("list", ("one", "two")),
        ({"type": "boolean", "words": ["ja", "nein"]}, False),
        (["a", "b"], "b"),
        ("number?", None),
        ("number", 1234.5),
    ],
)
def test_a_cell_reads_back_as_the_value_that_was_written(written: Any, value: Any) -> None:
    assert read_cell(field_text(value, field(written)), field(written), "f") == value


def test_an_optional_field_may_be_null_for_the_provider_too() -> None:
    assert field("date?").schema_part["type"] == ["string", "null"]
    assert field({"type": "choice?", "values": ["a"]}).schema_part == {"type": ["string", "null"], "enum": ["a", None]}
    assert field(["a", "b"]).schema_part == {"type": "string", "enum": ["a", "b"]}
    assert field({"type": "list", "values": ["a"]}).schema_part["items"] == {"type": "string", "enum": ["a"]}
    assert field("number").schema_part == {"type": "number"}
