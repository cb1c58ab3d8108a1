"""Where a model's thoughts end and its answer begins."""

from __future__ import annotations

import pytest

from chaindesk.providers.wire_formats.thoughts import without_thoughts

FENCED = "Write it so:\n```\n<think>plan</think>\n```\nThat is all."


@pytest.mark.parametrize(
    "text",
    [
        "<think>weigh\nit</think>\n\nBread rises.",
        "weigh it first.\n</think>\n\nBread rises.",
        "weigh it first.</think>Bread rises.",
        "one</think></think>Bread rises.",
        "[THINK]weigh it[/THINK]Bread rises.",
        "<thought>weigh</thought>\nBread rises.",
        "<seed:think>weigh</seed:think>Bread rises.",
        "<mm:think>weigh</mm:think>\n\nBread rises.",
        "<reasoning>weigh</reasoning> Bread rises.",
        "<THINK>weigh</Think>Bread rises.",
        '<think budget="40">weigh</think>Bread rises.',
        "<|im_start|>assistant\n<think>weigh</think>Bread rises.",
        "<s><think>weigh</think>Bread rises.",
        "<think>weigh</think>\n<think>again</think>Bread rises.",
        "<think>the tag <think> is mine</think>Bread rises.",
        "<think>a <think>b</think> c</think>Bread rises.",
        "◁think▷weigh◁/think▷Bread rises.",
        "<|begin_of_thought|>weigh<|end_of_thought|>\n<|begin_of_solution|>Bread rises.<|end_of_solution|>",
        "<|START_THINKING|>weigh<|END_THINKING|><|START_RESPONSE|>Bread rises.<|END_RESPONSE|>",
        "<think>weigh</think>\n<answer>\nBread rises.\n</answer>",
        "<|channel|>analysis<|message|>weigh<|end|><|start|>assistant<|channel|>final<|message|>Bread rises.<|return|>",
        "<|channel|>final <|constrain|>json<|message|>Bread rises.",
        "analysisWe weigh it.assistantfinalBread rises.",
        "<|channel|>analysis<|message|>weigh<|end|><|start|>assistant<|message|>Bread rises.",
        "<start_of_turn>model\n<think>weigh</think>Bread rises.",
        'I say "so"</think>Bread rises.',
        "Write it:\n```\nbread\n</think>\nBread rises.",
    ],
)
def test_the_answer_is_what_stands_outside_the_thoughts(text: str) -> None:
    assert without_thoughts(text) == "Bread rises."


@pytest.mark.parametrize(
    "text",
    [
        "Bread rises.",
        "Close it with `</think>` and go on.",
        "First <think>this</think>.",
        "<thinkers> rise early.",
        "analysis of bread",
        "<think>never closed, and yet the answer",
        FENCED,
        "  kept as it is \n",
    ],
)
def test_a_text_without_thoughts_is_the_answer(text: str) -> None:
    assert without_thoughts(text) == text


def test_a_later_block_is_left_out_and_what_stands_in_code_is_not() -> None:
    assert without_thoughts("<think>a</think>One. <think>b</think>Two.") == "One. Two."
    assert without_thoughts(f"<think>a</think>{FENCED}") == FENCED


def test_tags_that_the_prompt_asks_for_are_the_answers_own() -> None:
    text = "<reasoning>weigh</reasoning><answer>Bread</answer>"
    assert without_thoughts(text, "Answer as <reasoning>…</reasoning><answer>…</answer>.") == text
    assert without_thoughts(text, "Answer.") == "Bread"


def test_thoughts_that_were_cut_are_no_answer() -> None:
    assert without_thoughts("<think>on and on", cut=True) == ""
    assert without_thoughts("<think>a</think>Bread <think>on", cut=True) == "Bread "
    assert without_thoughts("<|channel|>analysis<|message|>on and on") == ""
