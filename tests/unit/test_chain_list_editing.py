"""Entries of a chain's lists are added and taken away while every other line and comment stays."""

from __future__ import annotations

import pytest

from chaindesk.chain_file import parse_chain
from chaindesk.chain_file.editing.items import add_item, remove_item
from chaindesk.domain.chains.checks import Check

TEXT = """\
name: x
steps:
  - name: a
    model: demo/x
    prompt: "x"  # c
    checks:
      - {words: 5..40}  # keep
      - contains: a

        # about the language
        language: en
  - name: b
    model: demo/x
    prompt: y
    checks: [{words: 5..40}]  # too
"""


def checks(text: str, step: int) -> list[Check]:
    return parse_chain(text, "x").steps[step].checks


@pytest.mark.parametrize("step", [0, 1])
def test_a_check_is_added_at_the_end_and_taken_away_again(step: int) -> None:
    path = ("steps", step, "checks")
    before = checks(TEXT, step)
    added = add_item(TEXT, path, {"url": True})
    assert checks(added, step) == [*before, Check(url=True)]
    assert {line for line in TEXT.split("\n") if "too" not in line} <= set(added.split("\n"))
    assert "# keep" in added
    assert "# too" in added
    assert remove_item(added, path, len(before)) == TEXT


def test_any_entry_can_go_and_the_list_with_its_last() -> None:
    path = ("steps", 0, "checks")
    assert checks(remove_item(TEXT, path, 0), 0) == checks(TEXT, 0)[1:]
    one = remove_item(TEXT, path, 1)
    assert "# keep" in one
    assert "about the language" not in one
    none = remove_item(one, path, 0)
    assert checks(none, 0) == []
    assert checks(add_item(none, path, {"field": "q", "contains": ["a", "b"]}).replace("field: q, ", ""), 0) == [
        Check(contains=["a", "b"])
    ]
