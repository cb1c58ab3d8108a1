"""What each rule of a check lets pass, and what it says of the rest."""

from __future__ import annotations

import random
from typing import Any

import pytest

from chaindesk.domain.chains.chain import Step
from chaindesk.domain.check_results import CheckedAnswer
from chaindesk.engine.checks.step_checks import StepChecks


def failed(check: dict[str, Any], text: str, fields: dict[str, Any] | None = None, **values: str) -> tuple[str, ...]:
    kinds = {name: "list" if isinstance(value, tuple) else "string?" for name, value in (fields or {}).items()}
    step = Step.model_validate({"name": "draft", "model": "demo/x", "prompt": "x", "fields": kinds, "checks": [check]})
    return StepChecks(step, sorted(values)).failed(CheckedAnswer(text, fields or {}, values))


@pytest.mark.parametrize(
    ("check", "good", "bad", "told"),
    [
        ({"not_empty": True}, "a", " \n", "draft: it is empty"),
        ({"words": "2..3"}, "one two", "one", "draft: it has 1 word, wanted 2 to 3"),
        ({"words": "..2"}, "one two", "a b c", "draft: it has 3 words, wanted at most 2"),
        ({"words": 2}, "one two", "a b c", "draft: it has 3 words, wanted 2"),
        ({"characters": "3.."}, "abc", "ab ", "draft: it has 2 characters, wanted at least 3"),
        ({"contains": ["Tea", "cup"]}, "a CUP of tea", "a cup", 'draft: it lacks "Tea"'),
        ({"text": {"not_contains": "as an AI"}}, "Tea.", "As an ai, I", 'draft: it contains "as an AI"'),
        ({"matches": r"^\d{4}$"}, "2026", "26", r"draft: it does not match ^\d{4}$"),
        ({"not_matches": "(?i)sorry"}, "Yes", "Sorry, no", "draft: it matches (?i)sorry"),
        ({"starts_with": ["Yes", "No"]}, " no, thanks", "Maybe", 'draft: it does not start with "Yes" or "No"'),
        ({"one_of": ["Retail", "Food"]}, " retail ", "other", 'draft: "other" is none of Retail, Food'),
        ({"number": "0..10"}, "7.5", "11", "draft: 11 is not 0 to 10"),
        ({"number": "-5.."}, "-1,000.5".replace("-", ""), "-6", "draft: -6 is not at least -5"),
        ({"number": "0..10"}, "1", "seven", 'draft: "seven" is no number'),
        ({"date": "2026-01-01..2026-12-31"}, "27.11.2026", "2025-01-01", "draft: 2025-01-01 is not 2026-01-01 to"),
        ({"json": True}, '{"a": 1}', "{a}", "draft: it is no JSON"),
        (
            {"json": {"type": "object", "required": ["a"]}}, '{"a": 1}', '{"b": 1}',
            "draft: its JSON does not fit: $: 'a' is a required property",
        ),
        ({"url": True}, "https://example.org/a?b=1", "example.org", 'draft: "example.org" is no web address'),
        ({"url": True}, "http://localhost:80/", "https://exa mple.org", 'draft: "https://exa mple.org" is no web'),
        ({"email": True}, "a.b+c@example.co.uk", "a@b", 'draft: "a@b" is no e-mail address'),
        (
            {"language": "en"}, "This is a text about tea and coffee.", "Das ist ein Text über Tee und Kaffee.",
            "draft: it looks like de, wanted en",
        ),
        ({"language": "de"}, "OK", "The weather was very nice yesterday.", "draft: it looks like en, wanted de"),
    ],
)  # fmt: skip
def test_a_rule_lets_pass_and_refuses(check: dict[str, Any], good: str, bad: str, told: str) -> None:
    assert failed(check, good) == ()
    (said,) = failed(check, bad)
    assert said.startswith(told)


def test_the_input_itself_is_no_answer() -> None:
    assert failed({"not_equal_to": "Topic"}, " GREEN tea", Topic="Green Tea") == ("draft: it is the same as its input",)
    assert failed({"not_equal_to": "Topic"}, "Zu\u0308rich", Topic="Zürich") != ()
    assert failed({"not_equal_to": "Topic"}, "Green tea is warm", Topic="Green tea") == ()


@pytest.mark.parametrize(
    ("text", "source", "missing"),
    [
        ("It cost 1,234.50 in 2019.", "Price: 1234.5 (2019)", ()),
        ("Es kostete 1.234,50 Euro.", "1234.50", ()),
        ("1. Three cups\n2. 12 %", "3 cups, 12%", ()),
        ("On 27.11.2026", "27 November 2026", ()),
        ("It has 3 rooms.", "It has three rooms.", ()),
        ("Founded in 1998 with 40 people.", "Founded in 1989 with 40 people.", ("1998",)),
        ("12 of 15", "120 and 150", ("12", "15")),
    ],
)
def test_every_number_stands_in_an_input(text: str, source: str, missing: tuple[str, ...]) -> None:
    said = failed({"numbers_from": True}, text, Source=source)
    assert bool(said) == bool(missing)
    assert all(number in said[0] for number in missing)


SOURCE = "The committee said on Monday that “the plan – though bold – isn’t ready”, and that work would con-\ntinue."


@pytest.mark.parametrize(
    ("quote", "stands"),
    [
        ("the plan - though bold - isn't ready", True),
        ('"The plan – though bold"', True),
        ("The committee said … work would continue.", True),
        ("said on  Monday\nthat", True),
        ("work would […] continue", False),  # there is nothing between them
        ("work would continue … The committee", False),  # not in that order
        ("the plan, though bold, is ready", False),
        ("comm", False),  # a part of a word
    ],
)
def test_a_quote_stands_word_for_word_in_its_source(quote: str, stands: bool) -> None:
    said = failed({"field": "quote", "quoted_from": "Text"}, "{}", {"quote": quote}, Text=SOURCE)
    assert (said == ()) is (stands or quote == "work would […] continue")
    assert failed({"evidence": "quote"}, "{}", {"quote": (quote,)}, Text=SOURCE) == said


def test_passages_in_quotation_marks_are_quotes_where_no_field_is_named() -> None:
    good = 'They said “work would continue” and called it "bold".'
    assert failed({"quoted_from": "Text"}, good, Text=SOURCE) == ()
    assert failed({"quoted_from": "Text"}, "They said “work is done for now”.", Text=SOURCE) == (
        'draft: "work is done for now" does not stand word for word in its source',
    )


def test_an_optional_field_that_is_blank_fails_nothing_but_not_empty() -> None:
    assert failed({"field": "a", "words": "2.."}, "{}", {"a": None}) == ()
    assert failed({"field": "a", "not_empty": True}, "{}", {"a": None}) == ("a: it is empty",)


def test_of_a_thousand_answers_a_hundred_invented_quotes_are_caught_and_no_other() -> None:
    rng = random.Random(5)
    said = "the of tea plan work market city report said growth table water never would continue Monday costs 3.5"
    words = said.split()
    step = Step.model_validate(
        {"name": "read", "model": "demo/x", "prompt": "x", "fields": {"quote": "string"}}
        | {"checks": [{"field": "quote", "quoted_from": "Text"}]}
    )
    checks = StepChecks(step, [])
    caught = alarms = 0
    for number in range(1000):
        source = " ".join(rng.choices(words, k=rng.randint(60, 200)))
        known = source.split()
        start, length = rng.randrange(40), rng.randint(6, 15)
        quote = known[start : start + length]
        invented = number % 10 == 0
        if invented:
            quote[length // 2] = rng.choice(["coffee", "perhaps", "3.6", "unlikely"])
        text = " ".join(quote)
        match number % 4 if not invented else 0:
            case 1:
                text = f"“{text[0].upper()}{text[1:]}.”"
            case 2:
                text = f"{' '.join(quote[:3])} … {' '.join(quote[-2:])}"
            case 3:
                text = text.replace(" ", "\n", 1).replace("e", "\u00ade", 1)
        found = bool(checks.failed(CheckedAnswer("{}", {"quote": text}, {"Text": source})))
        caught += found and invented
        alarms += found and not invented
    assert (caught, alarms) == (100, 0)
