"""Reasons add up, and of planted errors that leave a trace most come first in the queue."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import pytest

from chaindesk.domain.check_results import AnswerPath, Verdict
from chaindesk.domain.completion import Finish, Usage
from chaindesk.domain.records import Answer
from chaindesk.engine.checks.language import language_of
from chaindesk.engine.quality import outliers
from chaindesk.engine.quality.answer_columns import is_refusal
from chaindesk.engine.quality.doubt import NO_DOUBT, DoubtKind, RowDoubt, queue, reason, row_doubt
from chaindesk.engine.quality.doubt_finder import FoundDoubts, find_doubts
from chaindesk.engine.quality.outliers import odd_languages, odd_lengths, rare_classes
from tests.support.engine import EngineHarness, make_chain, make_topics

AT = datetime(2026, 1, 2, tzinfo=UTC)
WORDS = (
    "tea",
    "coffee",
    "water",
    "warm",
    "cold",
    "cup",
    "morning",
    "people",
    "drink",
    "house",
    "table",
    "rain",
    "milk",
)
STEP = {
    "prompt": "Sort {{Topic}}.",
    "fields": {"kind": ["retail", "food", "other"], "reason": "string"},
    "checks": [{"field": "reason", "not_contains": "TODO"}],
    "votes": 3,
}


@dataclass
class Planted:
    """An answer as a test wants it."""

    text: str = ""
    fields: Mapping[str, Any] | None = None
    finish: Finish = Finish.STOP
    agreement: float | None = None
    path: AnswerPath = AnswerPath.AT_ONCE


def doubts_of(step: Mapping[str, Any], answers: Sequence[Planted]) -> FoundDoubts:
    harness = EngineHarness(make_topics(len(answers)), make_chain(step))
    journal, verdicts = harness.journal, []

    async def store() -> None:
        for row, planted in zip(harness.manifest.rows, answers, strict=True):
            fingerprint, _ = harness.request_builder.fingerprint(0, row, {})
            text = planted.text or str(planted.fields)
            answer = Answer(
                1, harness.workbook_id, row.key, row.number, "s1", fingerprint, text, "m", Usage(1, 2), None, 1.0, 1,
                planted.finish, "", AT,
            )  # fmt: skip
            number = await journal.store_answer(replace(answer, fields=planted.fields or {}))
            verdicts.append(Verdict(number, "", (), planted.path, planted.agreement))
        await journal.store_verdicts(verdicts)

    asyncio.run(store())
    ledger = harness.read_ledger()
    ledger.checks.judge(ledger, harness.manifest.rows)
    return find_doubts(ledger, harness.request_builder, journal, harness.workbook_id, harness.manifest.rows)


def sentence(rng: random.Random, words: int) -> str:
    return f"It is sold as {' '.join(rng.choices(WORDS, k=words))} to all the people who like it."


def planted_error(rng: random.Random, good: Mapping[str, Any]) -> Planted:
    match rng.randrange(7):
        case 0:
            return Planted(fields={**good, "reason": f"TODO {good['reason']}"})
        case 1:
            return Planted(fields=good, agreement=rng.choice([1 / 3, 2 / 3]))
        case 2:
            return Planted(fields=good, finish=Finish.LENGTH)
        case 3:
            return Planted(fields={**good, "reason": sentence(rng, 150)})
        case 4:
            return Planted(fields={**good, "reason": "I'm sorry, but I cannot help with that."})
        case 5:
            return Planted(fields={**good, "reason": "Das wird als Kaffee an alle verkauft, die es am Morgen mögen."})
        case _:
            return Planted(fields={**good, "kind": "other"})  # which nothing is, really


def test_of_errors_that_leave_a_trace_most_are_in_the_first_tenth_of_the_queue() -> None:
    rng = random.Random(5)
    total = 10_000
    wrong = set(rng.sample(range(total), total // 20))
    traced = set(rng.sample(sorted(wrong), len(wrong) * 8 // 10))
    answers = []
    for place in range(total):
        good = {"kind": rng.choice(["retail", "food"]), "reason": sentence(rng, rng.randint(4, 14))}
        if place in traced:
            answers.append(planted_error(rng, good))
        elif rng.random() < 0.05:  # right, and yet the votes are apart: doubt is no proof
            answers.append(Planted(fields=good, agreement=2 / 3))
        else:
            answers.append(Planted(fields=good, agreement=1.0))
    found = doubts_of(STEP, answers)
    first = set(queue(found.rows, range(2, total + 2))[: total // 10])
    caught = len({place + 2 for place in traced} & first) / len(traced)
    assert caught >= 0.8
    assert sum(doubt.doubtful for doubt in found.rows.values()) < total / 8
    assert found.class_column == "kind"
    assert len(found.classes) == total


def test_every_reason_is_said_in_words() -> None:
    rng = random.Random(2)
    usual = [Planted(fields={"kind": "food", "reason": sentence(rng, 8)}, agreement=1.0) for _ in range(200)]
    odd = [
        Planted(fields={"kind": "food", "reason": f"TODO {sentence(rng, 8)}"}),
        Planted(fields={"kind": "food", "reason": sentence(rng, 8)}, agreement=2 / 3),
        Planted(fields={"kind": "food", "reason": sentence(rng, 8)}, finish=Finish.LENGTH),
        Planted(fields={"kind": "food", "reason": sentence(rng, 200)}),
        Planted(fields={"kind": "food", "reason": "As an AI, I am not able to say much about this one."}),
        Planted(fields={"kind": "food", "reason": "Das wird als Kaffee an alle verkauft, die es am Morgen mögen."}),
        Planted(fields={"kind": "retail", "reason": sentence(rng, 8)}),
        Planted(fields={"kind": "food", "reason": sentence(rng, 8)}, path=AnswerPath.ESCALATED),
    ]
    found = doubts_of(STEP, usual + odd).rows
    said = [found[number].words for number in range(202, 210)]
    assert said[0] == 'reason: it contains "TODO"'
    assert said[1] == "s1: 67% of the votes agree"
    assert said[2] == "s1: cut at the output limit"
    assert said[3] == "reason: 1,201 characters, the others about 89"
    assert said[4] == "s1: reads like a refusal"
    assert said[5] == "reason: looks like de, the others like en"
    assert said[6] == "kind: only 1 of 208 rows have “retail”"
    assert said[7] == "s1: needed the larger model"
    assert not found[209].doubtful
    assert all(found[number].doubtful for number in range(202, 209))
    assert set(found) == set(range(202, 210))


def test_texts_of_few_kinds_are_classes_and_no_texts_of_odd_length() -> None:
    labels = ["yes"] * 150 + ["no"] * 60 + ["I could not decide on it at all"]
    found = doubts_of({"prompt": "Is {{Topic}} good?"}, [Planted(text) for text in labels])
    assert found.rows[212].words == "s1: only 1 of 211 rows have “I could not decide on it at all”"
    assert set(found.rows) == {212}


def test_reasons_add_up_and_the_strongest_is_said_first() -> None:
    cut, rare = (
        reason(DoubtKind.CUT, column="a"),
        reason(DoubtKind.RARE_CLASS, column="b", rows="1", total="9", said="x"),
    )
    both = row_doubt([rare, cut])
    assert row_doubt([rare]).score < row_doubt([cut]).score < both.score < 1
    assert both.reasons == (cut, rare)
    assert row_doubt([]) is NO_DOUBT
    assert queue({4: RowDoubt(0.2), 3: RowDoubt(0.9)}, [2, 3, 4, 5]) == [3, 4, 2, 5]


@pytest.mark.parametrize(
    "text",
    [
        "I'm sorry, but I can’t help with that.",
        "As an AI language model, I have no access.",
        "**I cannot** provide this.",
        "Es tut mir leid, das kann ich nicht.",
        "Leider kann ich diese Frage nicht beantworten.",
    ],
)
def test_refusals_are_recognised(text: str) -> None:
    assert is_refusal(text)


@pytest.mark.parametrize("text", ["Sorrynot is a brand.", "I can recommend it.", "The assistant cannot.", "", "Yes."])
def test_what_is_no_refusal_is_left_alone(text: str) -> None:
    assert not is_refusal(text)


def test_of_few_answers_nobody_knows_what_is_usual() -> None:
    assert list(odd_lengths({n: 10 if n else 5000 for n in range(15)})) == []
    assert list(odd_languages(dict.fromkeys(range(15), "This is a text in English words."))) == []
    assert list(rare_classes({n: "a" if n else "b" for n in range(15)})) == []


def test_of_many_even_classes_none_is_rare() -> None:
    assert list(rare_classes({n: f"class {n % 60}" for n in range(3000)})) == []
    found = list(rare_classes({n: f"class {n % 60}" for n in range(3000)} | {3000: "other"}))
    assert [(one.number, one.rows) for one in found] == [(3000, 1)]


def test_lengths_are_compared_where_most_are_alike() -> None:
    lengths = dict.fromkeys(range(100), 50) | {100: 70, 101: 200, 102: 10, 103: 0}
    assert {one.number for one in odd_lengths(lengths)} == {101, 102}


def test_a_column_of_two_languages_has_no_odd_one() -> None:
    english, german = "This is a text in English words.", "Das hier ist ein Text aus deutschen Wörtern."
    assert list(odd_languages({n: english if n % 2 else german for n in range(100)})) == []
    found = list(odd_languages({n: english if n else german for n in range(100)}))
    assert [(one.number, one.language, one.usual) for one in found] == [(0, "de", "en")]


def test_answers_of_the_usual_language_are_known_by_their_first_words(monkeypatch: pytest.MonkeyPatch) -> None:
    english = "This is a text in plain English words that anybody can read without any trouble at all. "
    german = "Dies ist ein Text in deutscher Sprache, den jeder ohne weitere Umstände lesen und verstehen kann. "
    looked: list[int] = []

    def counted(text: str) -> tuple[str, float] | None:
        looked.append(len(text))
        return language_of(text)

    monkeypatch.setattr(outliers, "language_of", counted)
    found = list(odd_languages({n: german if n == 777 else english for n in range(1000)}))
    assert [one.number for one in found] == [777]
    whole = [length for length in looked if length > 50]
    assert len(whole) <= 200 + 1  # the sample that tells the usual language, and the odd one
