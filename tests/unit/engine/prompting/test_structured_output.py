"""Reading fields out of an answer, and asking for its repair."""

from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaindesk.domain.chains.answer_fields import AnswerField, FieldType, field_text
from chaindesk.engine.prompting.field_values import InvalidFields
from chaindesk.engine.prompting.structured_output import read_fields

FIELDS = {
    "quality": AnswerField(type=FieldType.INTEGER),
    "share": AnswerField(type=FieldType.NUMBER),
    "sure": AnswerField(type=FieldType.BOOLEAN),
    "reason": AnswerField(type=FieldType.STRING),
}
GOOD = {"quality": 3, "share": 0.5, "sure": True, "reason": "ok"}


@pytest.mark.parametrize(
    "wrapped",
    [
        "{}",
        " {}\n",
        "```json\n{}\n```",
        "```\n{}\n```",
        "Here you are:\n```json\n{}\n```\nAnything else?",
        "Sure! {} Bye.",
        "[{}]",
        "{} Note: {braces} are mine.",
        'First a sketch, {"quality": 0}, then: {}',
        "```json\n[1]\n```\nor rather\n```json\n{}\n```",
        "In {curly} words: {}",
        'It is {}, and not {"quality": 9}.',
    ],
)
def test_the_object_is_found_in_fences_and_words(wrapped: str) -> None:
    assert read_fields(wrapped.replace("{}", json.dumps(GOOD)), FIELDS) == GOOD


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"quality": "three"}, 'quality must be an integer, not "three"'),
        ({"quality": "03"}, 'quality must be an integer, not "03"'),
        ({"quality": "3.5"}, 'quality must be an integer, not "3.5"'),
        ({"quality": "9" * 5000}, "quality must be an integer, not"),
        ({"quality": 10**400}, "quality must be an integer, not"),
        ({"share": -(10**400)}, "share must be a number, not"),
        ({"share": "1e400"}, 'share must be a number, not "1e400"'),
        ({"quality": 3.5}, "quality must be an integer, not 3.5"),
        ({"quality": True}, "quality must be an integer, not true"),
        ({"share": float("nan")}, "share must be a number, not NaN"),
        ({"sure": "perhaps"}, 'sure must be a boolean (true or false), not "perhaps"'),
        ({"sure": 1}, "sure must be a boolean (true or false), not 1"),
        ({"reason": True}, "reason must be a string, not true"),
        ({"reason": ["a"]}, 'reason must be a string, not ["a"]'),
    ],
)
def test_a_wrong_type_is_named(changes: dict[str, object], words: str) -> None:
    with pytest.raises(InvalidFields) as caught:
        read_fields(json.dumps(GOOD | changes), FIELDS)
    assert str(caught.value).startswith(words)
    assert len(str(caught.value)) < 150


@pytest.mark.parametrize(
    ("changes", "read"),
    [
        ({"quality": "3"}, 3),
        ({"quality": " -12 "}, -12),
        ({"quality": "3.0"}, 3),
        ({"share": "0.25"}, 0.25),
        ({"share": 1}, 1),
        ({"sure": "False"}, False),
        ({"reason": 12345}, "12345"),
        ({"reason": 0.5}, "0.5"),
        ({"sure": "Ja"}, True),
        ({"reason": None}, None),
        ({"share": None}, None),
    ],
)
def test_what_can_mean_one_thing_only_is_taken_as_meant(changes: dict[str, object], read: object) -> None:
    value = read_fields(json.dumps(GOOD | changes), FIELDS)[next(iter(changes))]
    assert (value, type(value)) == (read, type(read))


def test_an_answer_of_nothing_but_braces_is_given_up_quickly() -> None:
    many = ("{", "[", '{"a":', "{ ", "[1,", "[1 ", "{a", "{/*", "{//", "<think", '["a" ')
    for text in (piece * 50_000 for piece in many):
        with pytest.raises(InvalidFields, match="not a JSON object"):
            read_fields(text, FIELDS)


@pytest.mark.parametrize("text", ["", "No.", "[1, 2]", '{"quality": ', "```json\n```", '"text"'])
def test_what_is_no_object_is_said(text: str) -> None:
    with pytest.raises(InvalidFields, match="not a JSON object"):
        read_fields(text, FIELDS)


def test_missing_fields_are_named_and_more_are_ignored() -> None:
    with pytest.raises(InvalidFields, match="lacks sure, reason"):
        read_fields('{"quality": 1, "share": 2}', FIELDS)
    assert "more" not in read_fields(json.dumps(GOOD | {"more": 1}), FIELDS)


def test_a_whole_float_counts_as_an_integer() -> None:
    assert read_fields(json.dumps(GOOD | {"quality": 4.0}), FIELDS)["quality"] == 4


def test_fields_read_as_people_see_them() -> None:
    assert [field_text(value) for value in (True, False, None, 3, 0.5, "x")] == ["TRUE", "FALSE", "", "3", "0.5", "x"]


@given(
    st.dictionaries(
        st.sampled_from([*FIELDS, "more"]), st.none() | st.booleans() | st.integers() | st.floats() | st.text()
    )
)
def test_whatever_is_read_has_the_types_that_were_asked_for(values: dict[str, object]) -> None:
    with contextlib.suppress(InvalidFields):  # most of these are refused
        read = read_fields(json.dumps(values), FIELDS)
        kinds = {"quality": (int,), "sure": (bool,), "reason": (str,), "share": (int, float)}
        assert all(read[name] is None or type(read[name]) in kinds[name] for name in FIELDS)


@pytest.mark.parametrize(
    "text",
    [
        '[1, {"name": "inner"}',
        '[null, {"name": "inner"}, ',
        '[0.5,["x"], {"name": "inner"}',
        '[true, "a", {"name": "i"}',
    ],
)
def test_no_object_is_read_out_of_a_list_that_breaks_off(text: str) -> None:
    with pytest.raises(InvalidFields):
        read_fields(text, {"name": AnswerField(type=FieldType.STRING)})


def test_a_number_in_brackets_before_the_object_is_prose() -> None:
    assert read_fields('As in [1], [2]: {"name": "x"}', {"name": AnswerField(type=FieldType.STRING)}) == {"name": "x"}
