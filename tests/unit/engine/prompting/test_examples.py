"""Which approved answers a row is shown: those most like it, never its own, and no more than there is room for."""

from __future__ import annotations

from collections.abc import Sequence

from chaindesk.domain.chains.step_examples import Examples
from chaindesk.domain.completion import CompletionRequest, Endpoint, Example, Message, ProviderKind
from chaindesk.domain.records import TRIAL_MARK
from chaindesk.engine.prompting.examples import ExampleSet, KnownExample, is_held_out


def known(row: int, inputs: str, answer: str = "yes") -> KnownExample:
    return KnownExample(row, inputs, Example(100 + row, row, f"Sort: {inputs}", answer))


def rows_shown(examples: ExampleSet, row: int, inputs: str) -> Sequence[int]:
    return [one.row for one in examples.nearest(row, inputs)]


def test_the_most_alike_are_shown_and_stand_last() -> None:
    told = [known(2, "a red wine from France"), known(3, "a spoon"), known(4, "a white wine from Spain")]
    examples = ExampleSet(Examples(most=2), told, 0)
    assert rows_shown(examples, 9, "white wine, dry") == [2, 4]
    assert rows_shown(examples, 9, "a wooden spoon")[-1] == 3


def test_a_row_is_never_its_own_example() -> None:
    examples = ExampleSet(Examples(most=5), [known(2, "wine"), known(3, "beer")], 0)
    assert rows_shown(examples, 2, "wine") == [3]


def test_what_is_too_long_is_left_out_and_the_next_one_is_taken() -> None:
    told = [known(2, "wine " * 400), known(3, "wine of the house"), known(4, "spoon")]
    examples = ExampleSet(Examples(most=2, most_tokens=60), told, 0)
    assert rows_shown(examples, 9, "wine") == [4, 3]
    assert sum(one.tokens for one in told[1:]) <= 60
    assert examples.likely_tokens <= 60


def test_the_newest_are_shown_where_none_is_alike() -> None:
    examples = ExampleSet(Examples(most=2), [known(row, f"word{row}") for row in range(2, 8)], 0)
    assert rows_shown(examples, 99, "nothing of these") == [6, 7]
    assert ExampleSet(Examples(), [], 3).nearest(2, "wine") == ()
    assert ExampleSet(Examples(), [], 3).likely_tokens == 0


def test_a_fifth_is_held_out_by_chance_and_the_same_each_time() -> None:
    out = {key for key in map(str, range(5_000)) if is_held_out(key)}
    assert 900 <= len(out) <= 1_100
    assert all(is_held_out(f"{key}{TRIAL_MARK}") for key in out)


def test_examples_stand_between_system_text_and_request_and_are_no_part_of_the_fingerprint() -> None:
    endpoint = Endpoint("lab", ProviderKind.OPENAI_CHAT, "http://localhost:1/v1")
    asked = (Message("system", "Be brief."), Message("user", "Sort: beer"))
    plain = CompletionRequest(endpoint, "m", asked)
    shown = CompletionRequest(endpoint, "m", asked, examples=(Example(7, 3, "Sort: wine", "drink"),))
    assert [one.content for one in shown.said] == ["Be brief.", "Sort: wine", "drink", "Sort: beer"]
    assert [one.role for one in shown.said] == ["system", "user", "assistant", "user"]
    assert shown.fingerprint == plain.fingerprint
    assert plain.said == asked
