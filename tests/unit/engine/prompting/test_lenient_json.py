"""What an answer says in one way only is read; what is broken or says two things is never read as one of its parts."""

from __future__ import annotations

import json
import string
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaindesk.domain.chains.answer_fields import AnswerField, FieldType, FieldValue
from chaindesk.engine.prompting.field_values import InvalidFields
from chaindesk.engine.prompting.structured_output import read_fields

FIELDS = {"name": AnswerField(type=FieldType.STRING), "price": AnswerField(type=FieldType.NUMBER)}
KETTLE = {"name": "Kettle", "price": 49.5}
ACME = {"name": "Acme Ltd", "price": 3}
K, A = json.dumps(KETTLE), json.dumps(ACME)


def read(text: str) -> dict[str, FieldValue] | None:
    try:
        return dict(read_fields(text, FIELDS))
    except InvalidFields:
        return None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ('{"name": "One\nTwo", "price": 49.5}', "One\nTwo"),
        ('{"name": "a\tb\r\nc", "price": 49.5}', "a\tb\r\nc"),
        ('```json\n{\n "name": "One.\n\nTwo.",\n "price": 49.5\n}\n```', "One.\n\nTwo."),
        ('{"name": "Kettle", "price": 49.5,}', "Kettle"),
        ('{"tags": ["a", "b",], "name": "Kettle", "price": 49.5,\n}', "Kettle"),
        ('{"name": "Kettle", // the product\n "price": 49.5}', "Kettle"),
        ('{/* all of it */ "name": "Kettle", # the product\n "price": 49.5 // dollars\n}', "Kettle"),
        (
            '{"name": "see https://kettle.example/#1 /* no comment */", "price": 49.5}',
            "see https://kettle.example/#1 /* no comment */",
        ),
        (r'{"name": "\(x^2\) and \[y\]", "price": 49.5}', r"\(x^2\) and \[y\]"),
        (r'{"name": "\frac{1}{2} \beta \\gamma", "price": 49.5}', r"\frac{1}{2} \beta \gamma"),
        (r'{"name": "It\'s \*bold\*", "price": 49.5}', r"It's \*bold\*"),
        (r'{"name": "C:\users", "price": 49.5}', r"C:\users"),
        (r'{"name": "\ud83c\udf89 \(x\)", "price": 49.5}', r"🎉 \(x\)"),
        ('{\u00a0"name":\u00a0"Kettle",\u2003"price":\u200b49.5\u00a0}', "Kettle"),
        ("\ufeff" + K, "Kettle"),
        (json.dumps(K), "Kettle"),
        (f"```\n{json.dumps(K)}\n```", "Kettle"),
        (K.replace('"', '\\"'), "Kettle"),
        (f'{{"answer": {K}}}', "Kettle"),
        (f'{{"response": {{"data": [{K}]}}}}', "Kettle"),
        (json.dumps({"arguments": K}), "Kettle"),
        ('{"Name": "Kettle", "PRICE": 49.5}', "Kettle"),
        ('{" name ": "Kettle", "price": 49.5}', "Kettle"),
        (f"{K}\n\nThe same once more:\n{K}", "Kettle"),
        (f"<think>Perhaps {A}?</think>{K}", "Kettle"),
        (f"Perhaps {A}?</think>{K}", "Kettle"),
        (f"<THOUGHT kind='draft'>Perhaps {A}? {{</THOUGHT>{K}", "Kettle"),
        (f"[THINK]{A}[/THINK] {K}", "Kettle"),
        (f"{{'name': 'Kettle', 'supplier': {A}, 'price': 49.5}}", "Kettle"),
        (repr({"name": "It's", "new": True, "old": None, "price": 49.5}), "It's"),
        (repr({"name": 'It\'s "it"', "new": False, "price": 49.5}), 'It\'s "it"'),
        ("{“name”: “Kettle”, “price”: 49.5}", "Kettle"),
        ('{"name": "Kettle", "price": +49.5}', "Kettle"),
        ('{"name": "Kettle", "price": "+49.5"}', "Kettle"),
        (f"{K}}}", "Kettle"),
        (f"```json\n{K}\n}}\n```", "Kettle"),
        (f"Set {{x}}, list [1] and interval [0, 1): {K} {{end}}", "Kettle"),
    ],
)
def test_a_form_with_one_meaning_is_read(text: str, name: str) -> None:
    assert read(text) == {"name": name, "price": 49.5}


@pytest.mark.parametrize(
    "text",
    [
        f'{{"name": "Kettle", "supplier": {A}, "pri',
        f'{{"name": "Kettle", "supplier": {A}, "price": 49.5',
        f'{{"name": "Kettle" "supplier": {A}, "price": 49.5}}',
        f'{{"name": "The "new" kettle", "supplier": {A}, "price": 49.5}}',
        f"{{'name': 'It's', 'supplier': {A}, 'price': 49.5}}",
        f"{{'name': 'Kettle', 'or', 'supplier': {A}, 'price': 49.5}}",
        f"{{“name”: “He said “no” twice”, “supplier”: {A}, “price”: 49.5}}",
        "{'name': Kettle(), 'price': 49.5}",
        '{"name": "Kettle", "price": ++49.5}',
        f"{K}}}, {{",
        f"{K}}} and {A}",
        f"My answer: {A}}}",
        f'{{name": "Kettle", "supplier": {A}, "price": 49.5}}',
        f'{{, "supplier": {A}, "price": 49.5}}',
        f"{{name: Kettle, supplier: {A}, price: 49.5}}",
        f'"name": "Kettle", "supplier": {A}, "price": 49.5}}',
        f'{{"name": "Kettle", "parts": [{A}, "price": 49.5}}',
        f"{{{A}}}",
        f'["Kettle", {A}]',
        f"[{K}, {A}]",
        f'{{"items": [{K}, {A}]}}',
        f"{K}\n{A}",
        f"{K}\n\nFor example, {A} is another.",
        f"```json\n{K}\n```\nExample:\n```json\n{A}\n```",
        f"Draft: {A}\nFinal: {K}",
        f"<think>Perhaps {A}",
        f"<thinking>{A}</thinking> Done.",
        f'{{"example": {A}}}',
        '{"name": "Kettle", "name": "Acme Ltd", "price": 49.5}',
        '{"Name": "Kettle", "NAME": "Acme Ltd", "price": 49.5}',
    ],
)
def test_what_is_broken_or_says_two_things_is_not_read(text: str) -> None:
    assert read(text) is None


def test_the_model_is_told_what_was_wrong() -> None:
    for text, words in (
        (f"{K}\n{A}", "it holds 2 JSON objects, and which of them counts is not clear"),
        (f"[{K}, {A}]", "it holds a list of 2 values, not one JSON object"),
        ('{"name": "Kettle", "pri', "it is not a JSON object: it breaks off"),
        ('{"name": "Kettle",\n "price" 49.5}', "it is not a JSON object: line 2 lacks a colon"),
        ('{"name": "a", "name": "b", "price": 1}', "it has name several times, with different values"),
    ):
        with pytest.raises(InvalidFields) as caught:
            read_fields(text, FIELDS)
        assert str(caught.value) == words


OUTER = json.dumps(
    {"name": "Kettle", "supplier": {"name": "XX", "price": 7}, "price": 49.5, "note": "a {b} [c]"}, indent=1
)


@given(st.integers(0, len(OUTER) - 1), st.sampled_from(["", *'{}[]",:\\#', "\n", "//", "null"]), st.booleans())
def test_no_damage_lets_an_inner_object_stand_for_the_answer(at: int, put: str, replace: bool) -> None:
    found = read(OUTER[:at] + put + OUTER[at + replace :])
    assert found is None or (found["name"] != "XX" and found["price"] != 7)


@given(st.integers(0, len(OUTER)))
def test_no_cut_lets_an_inner_object_stand_for_the_answer(end: int) -> None:
    assert read(OUTER[:end]) in (None, KETTLE)
    whole_inner = OUTER[end:].lstrip().startswith('{"name": "XX"')
    assert read(OUTER[end:]) in (None, KETTLE) or whole_inner


TEXTS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc"]) | st.sampled_from('\n\t"\\{}[]/#,:'), max_size=30
)
NUMBERS = st.integers(-(10**9), 10**9) | st.floats(-1e9, 1e9)
SPACES = st.text(st.sampled_from(" \n\t\r\u00a0\u2009\u200b"), max_size=3)


def _raw_string(text: str) -> str:
    """A string with its line breaks and tabs as they are."""
    return json.dumps(text, ensure_ascii=False).replace("\\n", "\n").replace("\\t", "\t")


def _is_plain(text: str) -> bool:
    """Whether undoing the escapes of line breaks by replacement changes nothing else."""
    return "\\" not in text


@st.composite
def loose_objects(draw: st.DrawFn, name: str, price: float) -> str:
    """The object in a form with the same meaning."""
    space: Callable[[], str] = lambda: draw(SPACES)  # noqa: E731
    comment = draw(st.sampled_from(["", "/* note */", "// note\n", "# note\n"]))
    cased = draw(st.sampled_from([str.lower, str.upper, str.title]))
    value = _raw_string(name) if draw(st.booleans()) and _is_plain(name) else json.dumps(name)
    pairs = [(cased("name"), value), (cased("price"), json.dumps(price))]
    if draw(st.booleans()):
        pairs.append(("more", '[{"name": "no", "price": 0}]'))
    body = ",".join(
        f"{space()}{json.dumps(key)}{space()}:{space()}{value}" for key, value in draw(st.permutations(pairs))
    )
    text = f"{{{comment}{body}{space()}{draw(st.sampled_from(['', ',']))}{space()}}}"
    match draw(st.sampled_from(["plain", "wrapped", "list", "encoded", "fenced", "words"])):
        case "wrapped":
            return f'{{"result": {text}}}'
        case "list":
            return f"[{text}]"
        case "encoded":
            return json.dumps(text)
        case "fenced":
            return f"```json\n{text}\n```"
        case "words":
            return f"Here it is: {text} I hope it {{helps}}."
    return text


@given(st.data(), TEXTS, NUMBERS)
def test_whatever_the_form_the_same_values_are_read(data: st.DataObject, name: str, price: float) -> None:
    assert read(data.draw(loose_objects(name, price))) == {"name": name, "price": price}


@given(st.data(), TEXTS, TEXTS, st.sampled_from(["\n", " or ", "\n\nExample:\n", ","]))
def test_of_two_answers_none_is_read(data: st.DataObject, one: str, other: str, between: str) -> None:
    first, second = data.draw(loose_objects(one, 1)), data.draw(loose_objects(other, 2))
    if not first.startswith('"') and not second.startswith('"'):  # else a string in prose, which is no object
        assert read(first + between + second) is None


@given(st.text(string.printable))
def test_any_text_is_read_or_refused(text: str) -> None:
    read(text)
