"""What a step would ask for a row is shown as it would be asked, each value where it stands."""

from __future__ import annotations

import pytest

from chaindesk.domain.chains.template import Piece
from chaindesk.domain.errors import UsageError
from chaindesk.engine.prompting.step_preview import chain_to, needed_steps, preview_step
from tests.support.engine import make_chain, make_manifest

MANIFEST = make_manifest([{"Topic": "bees", "Tone": ""}])
CHAIN = make_chain(
    {"name": "notes", "prompt": "Notes on {{Topic}}"},
    {"name": "score", "prompt": "Rate {{notes}}", "fields": {"points": "integer"}},
    {"name": "title", "prompt": "A title for {{Topic}}"},
    {
        "name": "draft",
        "system": "You are {{Tone|friendly}}.",
        "prompt": "From {{notes}} ({{score.points}}) on {{Topic}}",
        "run_if": {"column": "Topic", "equals": "bees"},
    },
)
(ROW,) = MANIFEST.rows


def test_values_fallbacks_and_outputs_are_told_apart() -> None:
    shown = preview_step(CHAIN, MANIFEST, ROW, "draft", {"notes": "They dance.", "score": "{}", "score.points": "7"})
    assert shown.system == (Piece("You are "), Piece("friendly", "Tone", fallback=True), Piece("."))
    assert [piece for piece in shown.prompt if piece.name] == [
        Piece("They dance.", "notes"),
        Piece("7", "score.points"),
        Piece("bees", "Topic"),
    ]
    assert "notes" in shown.outputs
    assert "Topic" not in shown.outputs
    assert not shown.missing
    assert not shown.skipped


def test_an_output_that_is_not_there_yet_is_marked_and_named() -> None:
    shown = preview_step(CHAIN, MANIFEST, ROW, "draft", {"notes": "They dance."})
    assert shown.missing == ("score",)
    assert Piece("‹output of score.points›", "score.points") in shown.prompt
    whole = "".join(piece.text for piece in (*shown.system, *shown.prompt))
    assert shown.tokens == len(whole.encode()) // 4


def test_the_pieces_of_a_text_are_the_text_that_is_sent() -> None:
    shown = preview_step(CHAIN, MANIFEST, ROW, "notes", {})
    assert "".join(piece.text for piece in shown.prompt) == "Notes on bees"
    assert shown.system == ()


def test_a_condition_that_does_not_hold_is_told_where_it_is_known() -> None:
    other = make_manifest([{"Topic": "owls", "Tone": "dry"}])
    assert preview_step(CHAIN, other, other.rows[0], "draft", {}).skipped
    chain = make_chain(
        {"name": "sort", "prompt": "{{Topic}}"},
        {"name": "more", "prompt": "{{Topic}}", "run_if": {"step": "sort", "equals": "yes"}},
    )
    assert not preview_step(chain, MANIFEST, ROW, "more", {}).skipped
    assert preview_step(chain, MANIFEST, ROW, "more", {"sort": "no"}).skipped
    assert needed_steps(chain, MANIFEST, "more") == ("sort", "more")


def test_a_chain_with_mistakes_in_other_steps_is_shown_all_the_same() -> None:
    broken = make_chain(
        {"name": "notes", "prompt": "On {{Topik}} and {{Topic}}"}, {"name": "x", "prompt": "{{nobody}}"}
    )
    shown = preview_step(broken, MANIFEST, ROW, "notes", {})
    assert "".join(piece.text for piece in shown.prompt) == "On {{Topik}} and bees"


def test_the_steps_that_lead_to_a_step_are_those_that_it_uses() -> None:
    assert needed_steps(CHAIN, MANIFEST, "draft") == ("notes", "score", "draft")
    assert chain_to(CHAIN, MANIFEST, "title").step_names == ("title",)
    with pytest.raises(UsageError, match='no step "edit"'):
        needed_steps(CHAIN, MANIFEST, "edit")
