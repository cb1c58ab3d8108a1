"""Chains and their binding to the columns of a sheet."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from chaindesk.domain.chains.answer_fields import AnswerField, FieldType
from chaindesk.domain.chains.chain import Chain, RunIf, Step
from chaindesk.domain.chains.chain_binding import bind
from chaindesk.domain.manifest import Column, Manifest

COLUMNS = (Column("Topic", 1, "Topic"), Column("Tone", 2, "Tone"), Column("Article", 3, "Article", ours=True))
MANIFEST = Manifest(Path("jobs.xlsx"), "Jobs", ("Jobs",), 1, COLUMNS, ())


def chain_of(*steps: dict[str, Any], **settings: Any) -> Chain:
    filled = [{"name": f"s{place}", "model": "demo/writer", "prompt": "x", **step} for place, step in enumerate(steps)]
    return Chain.model_validate({"name": "test", "steps": filled, **settings})


def problems_of(*steps: dict[str, Any], **settings: Any) -> list[tuple[str, str]]:
    _, problems = bind(chain_of(*steps, **settings), MANIFEST)
    return [(problem.field, problem.message) for problem in problems]


def test_columns_and_earlier_steps_may_be_used() -> None:
    chain = chain_of(
        {"name": "research", "prompt": "{{Topic}}", "fields": {"facts": "string"}},
        {"name": "draft", "system": "{{Tone|plain}}", "prompt": "{{research}} {{research.facts}}", "output": "Article"},
    )
    bound, problems = bind(chain, MANIFEST)
    assert not problems
    assert bound.input_names == {"Topic", "Tone"}
    assert bound.steps[1].names == {"Tone", "research", "research.facts"}


def test_the_addresses_of_a_columns_links_are_names_too_unless_a_step_takes_them() -> None:
    linked = replace(MANIFEST, linked=frozenset({"Topic"}))
    asking = {"prompt": "{{Topic}} at {{Topic.link}}", "run_if": {"column": "Topic.link", "blank": False}}
    bound, problems = bind(chain_of(asking), linked)
    assert (problems, bound.input_names) == ([], {"Topic", "Topic.link"})
    assert {field for field, _ in problems_of(asking)} == {"steps[0].prompt", "steps[0].run_if.column"}
    _, problems = bind(chain_of({"name": "Topic", "fields": {"link": "string"}}, asking), linked)
    assert "{{Topic.link}} could mean your column or the step" in str([problem.message for problem in problems])


def test_all_unknown_names_are_told_with_the_nearest_real_one() -> None:
    told = problems_of({"prompt": "{{Topik}} {{s1}}", "system": "{{Zzz}}"}, {"name": "s1"})
    assert [field for field, _ in told] == ["steps[0].prompt", "steps[0].prompt", "steps[0].system"]
    assert "Did you mean {{Topic}}?" in told[0][1]
    assert "has not run yet" in told[1][1]
    assert "Its columns are: Topic, Tone, Article." in told[2][1]


def test_a_users_column_that_a_step_hides_is_ambiguous_but_one_of_ours_is_not() -> None:
    assert "could mean your column or the step" in problems_of({"name": "Tone"}, {"prompt": "{{Tone}}"})[0][1]
    assert problems_of({"name": "Article"}, {"prompt": "{{Article}}"}) == []


@pytest.mark.parametrize(
    ("steps", "field", "words"),
    [
        (({"name": "a"}, {"name": "a"}), "steps[1].name", 'Two steps are called "a"'),
        (({"output": "Status"},), "steps[0].output", "ChainDesk's own"),
        (({"output": "error"},), "steps[0].output", "ChainDesk's own"),
        (({"output": "X"}, {"output": "x"}), "steps[1].output", 'both write column "x"'),
        (({"run_if": {"column": "Tune", "equals": "x"}},), "steps[0].run_if.column", 'Did you mean "Tone"?'),
        (({"name": "a", "run_if": {"step": "a", "blank": True}},), "steps[0].run_if.step", "No earlier step"),
    ],
)
def test_steps_that_clash_are_told(steps: tuple[dict[str, Any], ...], field: str, words: str) -> None:
    told = problems_of(*steps)
    assert [where for where, _ in told] == [field]
    assert words in told[0][1]


def test_an_id_column_must_be_there() -> None:
    assert 'Did you mean "Topic"?' in problems_of({}, id_column="topics")[0][1]


def test_columns_of_fields_carry_the_output_as_a_prefix() -> None:
    fields = {"score": AnswerField(type=FieldType.INTEGER), "reason": AnswerField(type=FieldType.STRING)}
    step = Step(name="s", model="demo/x", prompt="p", fields=fields)
    assert step.columns == ("score", "reason")
    assert step.model_copy(update={"output": "Judge"}).columns == ("Judge score", "Judge reason")
    assert step.references == ("s", "s.score", "s.reason")
    schema = step.answer_schema
    assert schema is not None
    assert schema["required"] == ["score", "reason"]
    assert schema["additionalProperties"] is False


def test_only_the_parameters_that_the_chain_sets_are_sent() -> None:
    step = Step(name="s", model="demo/x", prompt="p", temperature=0, parameters={"logit_bias": {}})
    assert step.call_parameters == {"temperature": 0, "logit_bias": {}}
    assert (step.provider, step.model_name) == ("demo", "x")
    assert Step(name="s", model="openrouter/meta/llama", prompt="p").model_name == "meta/llama"


@pytest.mark.parametrize(
    ("condition", "value", "holds"),
    [
        ({"equals": "EN"}, " en ", True),
        ({"equals": True}, "TRUE", True),
        ({"equals": 7}, "7", True),
        ({"not_equals": "en"}, "de", True),
        ({"not_equals": "en"}, "EN", False),
        ({"contains": "gmail"}, "A@GMAIL.com", True),
        ({"blank": True}, "  ", True),
        ({"blank": False}, "  ", False),
        ({"blank": False}, "x", True),
    ],
)
def test_conditions_compare_texts_without_case_or_outer_spaces(
    condition: dict[str, Any], value: str, holds: bool
) -> None:
    assert RunIf(column="L", **condition).holds({"L": value}) is holds


@pytest.mark.parametrize(
    "condition",
    [
        {"equals": "x"},
        {"column": "a", "step": "b", "blank": True},
        {"column": "a"},
        {"column": "a", "equals": "x", "contains": "y"},
    ],
)
def test_a_condition_wants_one_subject_and_one_test(condition: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        RunIf.model_validate(condition)


def test_a_step_that_is_off_is_not_bound_and_may_not_fit_the_sheet() -> None:
    chain = chain_of({"name": "notes", "enabled": False, "prompt": "{{Nothing such}}"}, {"name": "text"})
    bound, problems = bind(chain, MANIFEST)
    assert not problems
    assert [one.step.name for one in bound.steps] == ["text"]
    assert bound.chain.step_names == ("text",)
    assert chain.without_disabled() == bound.chain
    assert bound.chain.without_disabled() is bound.chain


def test_a_later_step_that_uses_one_that_is_off_is_told_so() -> None:
    notes = {"name": "notes", "enabled": False, "fields": {"score": "integer"}}
    told = problems_of(
        notes, {"prompt": "{{notes}} {{notes.score|0}}"}, {"run_if": {"step": "notes.score", "equals": "1"}}
    )
    assert [field for field, _ in told] == ["steps[1].prompt", "steps[1].prompt", "steps[2].run_if.step"]
    assert all('step "notes", which is switched off' in message for _, message in told)


def test_a_column_of_an_earlier_run_does_not_stand_in_for_a_step_that_is_off() -> None:
    told = problems_of({"name": "Article", "enabled": False}, {"prompt": "{{Article}}"})
    assert [field for field, _ in told] == ["steps[1].prompt"]
    assert "switched off" in told[0][1]


def test_a_chain_whose_steps_are_all_off_is_a_mistake() -> None:
    assert problems_of({"enabled": False}) == [("steps", "Every step is switched off. Switch one on.")]


def test_steps_that_are_off_share_a_column_with_others_but_no_name() -> None:
    assert problems_of({"output": "Text", "enabled": False}, {"output": "Text"}) == []
    assert len(problems_of({"name": "a", "enabled": False}, {"name": "a"})) == 1
