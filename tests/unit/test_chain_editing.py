"""Edits of a chain file's text: they say what was meant, and every other line and comment stays as it was."""

from __future__ import annotations

import copy
import re
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chaindesk.chain_file.editing.block_lists import steps_as_lines
from chaindesk.chain_file.editing.layout import EditRefused
from chaindesk.chain_file.editing.steps import (
    add_step,
    copy_step,
    move_step,
    remove_step,
    rename_field,
    rename_step,
    step_uses,
)
from chaindesk.chain_file.editing.values import remove_value, rename_key, set_value
from chaindesk.chain_file.yaml_tree import read_tree

COMMENTED = """\
# yaml-language-server: $schema=chain.schema.json
#   two calls
name: articles   # what it is called

id_column: ID
providers:   # mine
  lab: {kind: openai-chat, base_url: "http://localhost:1/v1"}   # at home
steps:   # in order
  # the first one
  - name: notes   # short
    # what it asks
    model: demo/researcher
    prompt: |   # in lines
      Notes: ten facts on {{Topic}}
      # not a comment

      More on {{ Topic | none }}.
    # what it may cost
    max_output_tokens: 1200   # enough
      # deeper

  # the second one
  - name: text
    model: "demo/writer"
    system: 'It''s short.'   # tone
    prompt: Words from {{notes}}   # one line
    fields: {title: string, score: integer}   # columns
    run_if:   # only some
      column: Topic   # where
      blank: false    # there

  - # the third one
    name: edit
    model: demo/editor
    prompt: >-
      Edit {{text.title}}
      and {{ notes|nothing }}
    stop: [END]
    enabled: false   # not now
# the end
columns: [cost]
"""
COMPACT = """\
steps:
- name: a
  model: demo/a
  prompt: "x # y"
- name: b
  model: demo/b
  prompt: '{{a}}'
  fields:
    one: string   # first
    # before two
    two: integer
name: compact"""
FLOW = """\
name: flow
steps:
  - {name: a, model: demo/a, prompt: "say {{Topic}}"}   # short
  # second
  - {name: b, model: demo/b, prompt: x, run_if: {step: a, contains: y}}

"""
TEXTS = {"commented": COMMENTED, "compact": COMPACT, "flow": FLOW, "unended": COMMENTED.rstrip("\n")}


def data_of(text: str) -> Any:
    tree = read_tree(text, "test")
    assert not tree.problems
    return tree.data


def comments_of(text: str) -> Counter[str]:
    """The comments, found by their words: those of these tests stand in no value but the two that are known."""
    found = Counter(match[0].strip() for match in re.finditer(r"#.*", text.replace('# yes\\n"', "")))
    return found - Counter({"# not a comment": 1, '# y"': 1, "# yes": 1})


def others(text: str) -> Counter[str]:
    return Counter(text.split("\n"))


def changed_lines(before: str, after: str) -> tuple[Counter[str], Counter[str]]:
    return others(before) - others(after), others(after) - others(before)


VALUES: list[tuple[tuple[str | int, ...], Any]] = [
    (("name",), "other: name"),
    (("concurrency",), 25),
    (("steps", 0, "name"), "facts"),
    (("steps", 0, "model"), "openai/gpt-6.1-mini"),
    (("steps", 0, "prompt"), "One line\n"),
    (("steps", 0, "prompt"), "Two\n\n  lines: # yes\n"),
    (("steps", 0, "prompt"), " \n odd\n"),
    (("steps", 0, "system"), "You are brief."),
    (("steps", 0, "system"), "You are\nbrief.\n"),
    (("steps", 0, "enabled"), False),
    (("steps", 0, "temperature"), 0.5),
    (("steps", 0, "max_output_tokens"), 7),
    (("steps", 0, "fields"), {"yes": "boolean", "why: not": "string"}),
    (("steps", 0, "run_if"), {"column": "Do not", "equals": "007"}),
    (("steps", 1, "prompt"), "{{notes}} in\nlines\n"),
    (("steps", 1, "prompt"), "'quoted'"),
    (("steps", 1, "prompt"), '"all of it"'),
    (("steps", 1, "prompt"), ""),
    (("steps", 1, "run_if"), {"step": "notes", "contains": "x"}),
    (("steps", 1, "output"), "Text"),
    (("steps", 1, "fields"), {"title": "string", "new": "number"}),
]
PLACES = [
    ("id_column",),
    ("providers",),
    ("steps", 0, "max_output_tokens"),
    ("steps", 0, "prompt"),
    ("steps", 1, "system"),
    ("steps", 1, "fields"),
    ("steps", 1, "fields", "title"),
    ("steps", 1, "fields", "one"),
    ("steps", 1, "run_if"),
    ("steps", 1, "run_if", "contains"),
    ("steps", 0, "name"),
    ("steps", 1, "name"),
    ("steps", 2, "enabled"),
    ("columns",),
]


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
@pytest.mark.parametrize(("path", "value"), VALUES, ids=str)
def test_a_value_is_set_and_every_other_line_stays(text: str, path: tuple[str | int, ...], value: Any) -> None:
    expected = copy.deepcopy(data_of(text))
    parent = expected
    for part in path[:-1]:
        parent = parent[part]
    before = parent.get(path[-1])
    parent[path[-1]] = value
    after = set_value(text, path, value)
    assert data_of(after) == expected
    assert comments_of(after) == comments_of(text)
    gone, _ = changed_lines(text, after)
    if before is None:
        assert len(gone) <= (1 if "{name" in text or not text.endswith("\n") else 0)
    assert set_value(after, path, value) == after


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
@pytest.mark.parametrize("path", PLACES, ids=str)
def test_a_value_is_taken_away_and_its_comments_stay(text: str, path: tuple[str | int, ...]) -> None:
    expected = copy.deepcopy(data_of(text))
    parent: Any = expected
    for part in path[:-1]:
        entries: dict[str | int, Any] = parent if isinstance(parent, dict) else dict(enumerate(parent))
        parent = entries.get(part, {})
    there = path[-1] in parent
    after = remove_value(text, path)
    if not there:
        assert after == text
        return
    del parent[path[-1]]
    assert data_of(after) == expected
    assert comments_of(after) == comments_of(text)


STEP_EDITS: dict[str, Callable[[str], str]] = {
    "first down": lambda text: move_step(text, 0, 1),
    "last up": lambda text: move_step(text, len(data_of(text)["steps"]) - 1, 0),
    "added first": lambda text: add_step(text, 0, {"name": "new", "model": "demo/x", "prompt": "a\nb\n"}),
    "added last": lambda text: add_step(
        text, len(data_of(text)["steps"]), {"name": "new", "model": "demo/x", "prompt": ""}
    ),
    "added between": lambda text: add_step(text, 1, {"name": "new", "model": "demo/x", "prompt": "x"}),
    "renamed": lambda text: rename_step(text, 0, "facts found", uses=True),
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
@pytest.mark.parametrize("edit", STEP_EDITS.values(), ids=STEP_EDITS)
def test_steps_move_come_and_are_renamed_with_their_comments(text: str, edit: Callable[[str], str]) -> None:
    after = edit(text)
    assert comments_of(after) == comments_of(text)
    assert data_of(after) != data_of(text)
    assert after.endswith("\n") == text.endswith("\n")


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_a_step_that_goes_down_and_up_again_leaves_the_text_as_it_was(text: str) -> None:
    assert move_step(move_step(text, 0, 1), 1, 0) == text


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_a_step_that_is_added_and_removed_again_leaves_the_text_as_it_was(text: str) -> None:
    for at in range(len(data_of(text)["steps"]) + 1):
        added = add_step(text, at, {"name": "new", "model": "demo/x", "prompt": "x"})
        assert [step["name"] for step in data_of(added)["steps"]].index("new") == at
        assert remove_step(added, at) == text


def test_a_moved_step_takes_its_comments_along_and_blank_lines_stay_between() -> None:
    after = move_step(COMMENTED, 1, 0)
    lines = after.split("\n")
    assert lines[lines.index("  - name: text") - 1] == "  # the second one"
    assert lines[lines.index("  - name: notes   # short") - 2 :][:2] == ["", "  # the first one"]
    assert others(after) == others(COMMENTED)


def test_a_removed_step_leaves_the_comment_above_it() -> None:
    after = remove_step(COMMENTED, 0)
    assert [step["name"] for step in data_of(after)["steps"]] == ["text", "edit"]
    assert "# the first one" in after
    with pytest.raises(EditRefused):
        remove_step(remove_step(after, 0), 0)


def test_a_copy_has_a_name_and_columns_of_its_own() -> None:
    steps = data_of(copy_step(COMMENTED, 1))["steps"]
    assert [step["name"] for step in steps] == ["notes", "text", "text 2", "edit"]
    assert steps[2]["output"] == "text 2"
    assert steps[2]["prompt"] == steps[1]["prompt"]
    assert comments_of(COMMENTED) - comments_of(copy_step(COMMENTED, 0)) == Counter()
    again = data_of(copy_step(copy_step(COMMENTED, 0), 0))["steps"]
    assert [step["name"] for step in again][:3] == ["notes", "notes 3", "notes 2"]


def test_a_renamed_step_is_renamed_where_it_is_used_and_nowhere_else() -> None:
    assert step_uses(COMMENTED, "notes") == (("steps", 1, "prompt"), ("steps", 2, "prompt"))
    after = rename_step(COMMENTED, 0, "facts", uses=True)
    gone, come = changed_lines(COMMENTED, after)
    assert sum(gone.values()) == sum(come.values()) == 3
    assert "      and {{ facts|nothing }}" in come
    assert "    prompt: Words from {{facts}}   # one line" in come
    alone = rename_step(COMMENTED, 0, "facts", uses=False)
    assert sum(changed_lines(COMMENTED, alone)[1].values()) == 1
    assert data_of(rename_step(FLOW, 0, "z", uses=True))["steps"][1]["run_if"]["step"] == "z"


def test_names_that_only_begin_alike_and_escaped_braces_are_left_alone() -> None:
    text = set_value(COMMENTED, ("steps", 1, "prompt"), r"{{notes2}} \{{notes}} {{notes.x}} {{my notes}}")
    after = rename_step(text, 0, "facts", uses=True)
    assert data_of(after)["steps"][1]["prompt"] == r"{{notes2}} \{{notes}} {{facts.x}} {{my notes}}"


def test_a_renamed_field_is_renamed_where_it_is_used() -> None:
    after = rename_key(rename_field(COMMENTED, 1, "title", "head"), ("steps", 1, "fields", "title"), "head")
    gone, come = changed_lines(COMMENTED, after)
    assert sum(gone.values()) == sum(come.values()) == 2
    assert "      Edit {{text.head}}" in come
    with pytest.raises(EditRefused):
        rename_key(COMMENTED, ("steps", 1, "fields", "title"), "score")


@pytest.mark.parametrize(
    "beginning", ["name: new\n", "name: new", "name: new\nsteps:\n", "name: new\nsteps: []  # none\n"]
)
def test_the_first_step_of_a_chain_is_added(beginning: str) -> None:
    after = add_step(beginning, 0, {"name": "step 1", "model": "demo/writer", "prompt": ""})
    assert data_of(after)["steps"] == [{"name": "step 1", "model": "demo/writer", "prompt": ""}]
    assert comments_of(after) == comments_of(beginning)


ANCHORED = """\
name: anchored
steps:
  - name: a
    model: &model demo/a
    prompt: x
    system: |+
      kept

  - name: b
    model: *model   # the same
    prompt: y
"""


def test_what_has_an_anchor_or_an_alias_is_refused_and_all_else_can_be_edited() -> None:
    for index in (0, 1):
        with pytest.raises(EditRefused, match="alias"):
            set_value(ANCHORED, ("steps", index, "model"), "demo/c")
    with pytest.raises(EditRefused):
        move_step(ANCHORED, 0, 1)
    after = set_value(ANCHORED, ("steps", 1, "temperature"), 1)
    assert data_of(after)["steps"][1]["temperature"] == 1
    gone, come = changed_lines(ANCHORED, after)
    assert (sum(gone.values()), list(come)) == (0, ["    temperature: 1"])
    without = remove_value(ANCHORED, ("steps", 1, "model"))
    assert "    # the same" in without.split("\n")
    added = add_step(ANCHORED, 1, {"name": "new", "model": "demo/x", "prompt": ""})
    assert data_of(added)["steps"][0] == data_of(ANCHORED)["steps"][0]


@pytest.mark.parametrize("text", ["", "steps: [", "- a\n"])
def test_what_is_no_chain_is_refused(text: str) -> None:
    with pytest.raises(EditRefused):
        set_value(text, ("name",), "x")


PROMPTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40).map(
    lambda text: text.replace("\r", "").replace("\x00", "")
)


@given(
    PROMPTS,
    st.sampled_from([COMMENTED, COMPACT, FLOW, ANCHORED]),
    st.integers(0, 1),
    st.sampled_from(["prompt", "system"]),
)
def test_any_text_is_read_back_as_it_was_typed(value: str, text: str, index: int, key: str) -> None:
    after = set_value(text, ("steps", index, key), value)
    assert data_of(after)["steps"][index][key] == value
    expected = copy.deepcopy(data_of(text))
    expected["steps"][index][key] = value
    assert data_of(after) == expected


@settings(max_examples=25)
@given(
    st.lists(
        st.sampled_from([*STEP_EDITS.values(), *(lambda text, one=one: set_value(text, *one) for one in VALUES)]),
        max_size=6,
    )
)
def test_comments_outlive_any_row_of_edits(edits: list[Callable[[str], str]]) -> None:
    text = COMMENTED
    for edit in edits:
        try:
            text = edit(text)
        except EditRefused:
            continue
        assert comments_of(COMMENTED) - comments_of(text) == Counter()


BRACKETS = """\
# top
name: a
steps: [{name: a, model: demo/w, prompt: "Hi {{Topic}}\\nthere"}, # first
  # second one
  {name: b, model: demo/x,   # its model
   prompt: 'it''s {{a}}', stop: [a,
     b]
   # end of b
   }
  # end
] # all
concurrency: 3
"""


def test_steps_in_brackets_become_lines_with_their_comments() -> None:
    lines = steps_as_lines(BRACKETS)
    assert lines == (
        "# top\nname: a\nsteps:  # all\n"
        "  - name: a  # first\n    model: demo/w\n    prompt: |-\n      Hi {{Topic}}\n      there\n"
        "  # second one\n"
        "  - name: b\n    model: demo/x  # its model\n    prompt: 'it''s {{a}}'\n    stop: [a, b]\n    # end of b\n"
        "  # end\nconcurrency: 3\n"
    )
    assert read_tree(lines, "").data == read_tree(BRACKETS, "").data
    assert steps_as_lines(lines) == lines


def test_a_step_in_braces_becomes_lines_and_its_neighbours_stay() -> None:
    text = "steps:\n  - {name: a, model: demo/w, prompt: hi}   # one\n  - name: b   # two\n    prompt: yo\n"
    expected = text.replace(
        "{name: a, model: demo/w, prompt: hi}   # one", "name: a\n    model: demo/w\n    prompt: hi   # one"
    )
    assert steps_as_lines(text) == expected


def test_steps_in_brackets_with_an_anchor_are_left_as_they_are() -> None:
    with pytest.raises(EditRefused):
        steps_as_lines("steps: [{name: a, model: &m demo/w, prompt: x}, {name: b, model: *m, prompt: y}]\n")


def test_a_value_deep_in_parts_that_are_not_there_makes_them_and_goes_with_them() -> None:
    text = "name: a\nsteps:\n  - name: b\n    prompt: x\n"
    changed = set_value(text, ("providers", "lab.v1", "requests_per_minute"), 60)
    assert "providers: {lab.v1: {requests_per_minute: 60}}\n" in changed
    assert remove_value(changed, ("providers", "lab.v1", "requests_per_minute")) == text
    with pytest.raises(EditRefused):
        set_value(text, ("steps", 7, "prompt"), "x")


def test_a_list_of_lines_is_replaced_by_one_line_unless_comments_stand_in_it() -> None:
    text = "steps:\n  - name: a\n    stop:\n      - END\n      - x\n    prompt: y\n"
    assert "    stop: [END]\n    prompt: y\n" in set_value(text, ("steps", 0, "stop"), ["END"])
    with pytest.raises(EditRefused):
        set_value(text.replace("- x", "- x   # why"), ("steps", 0, "stop"), ["END"])
