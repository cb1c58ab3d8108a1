"""Which headers of a sheet can stand for a chain's columns, and the chain rewritten to them."""

from __future__ import annotations

import pytest

from chaindesk.domain.chains.chain_binding import bind
from chaindesk.domain.chains.chain_fit import Match, adapted, columns_needed, fit
from tests.support.engine import make_chain, make_manifest

CHAIN = make_chain(
    {"name": "angle", "prompt": "{{Name}} with {{Features}} for {{Audience|anybody}}"},
    {
        "name": "text",
        "system": "In {{Language|English}}.",
        "prompt": "From {{angle}}: {{ Name }}, see {{Name.link}}. \\{{Name}} stays.",
        "run_if": {"column": "Wanted", "equals": "yes"},
    },
    id_column="SKU",
)


def test_the_columns_that_a_chain_needs_are_those_that_no_step_gives() -> None:
    needed = {column.name: column for column in columns_needed(CHAIN)}
    assert list(needed) == ["Name", "Features", "Audience", "Language", "Wanted"]
    assert [name for name, column in needed.items() if column.optional] == ["Audience", "Language"]
    assert needed["Name"].used_in == ("angle", "text")


@pytest.mark.parametrize(
    ("header", "match"),
    [
        ("Name", Match.SAME),
        ("name ", Match.SPELLING),
        ("Product name", Match.SPELLING),
        ("Nane", Match.NONE),  # too short to be taken for it
        ("Title", Match.MEANING),
        ("Bezeichnung", Match.MEANING),
        ("Price", Match.NONE),
    ],
)
def test_a_header_stands_for_a_column_by_its_word_its_spelling_or_its_meaning(header: str, match: Match) -> None:
    found, how = fit(CHAIN, [header, "Xyz"]).headers["Name"]
    assert how is match
    assert found == (None if match is Match.NONE else header)


def test_a_misspelt_header_is_recognised_and_a_short_word_that_is_near_is_not() -> None:
    assert fit(CHAIN, ["Featurs"]).headers["Features"] == ("Featurs", Match.SPELLING)
    tone = make_chain({"name": "a", "prompt": "{{Tone}} {{Kind}}"})
    assert fit(tone, ["Town", "ID"]).mapping == {"Tone": None, "Kind": None}


def test_each_header_stands_for_one_column_and_the_surest_goes_first() -> None:
    chain = make_chain({"name": "a", "prompt": "{{Title}} {{Name}}"})
    assert fit(chain, ["Title"]).mapping == {"Title": "Title", "Name": None}
    assert not fit(chain, ["Title"]).possible
    assert fit(chain, ["Title", "Name"]).exact


def test_a_chain_that_fits_better_scores_higher() -> None:
    whole = fit(CHAIN, ["Name", "Features", "Audience", "Language", "Wanted"])
    without = fit(CHAIN, ["Name", "Features", "Wanted"])
    other = fit(CHAIN, ["Title", "Specs", "Wanted"])
    assert whole.exact
    assert whole.score == 1
    assert 1 > without.score > other.score > fit(CHAIN, ["Foo"]).score == 0
    assert without.possible
    assert not fit(CHAIN, ["Name", "Features"]).possible, "the condition needs its column"


def test_the_chain_is_rewritten_to_the_sheets_own_names_and_fits_it() -> None:
    manifest = make_manifest([{"Title": "lamp", "Specs": "6 W"}])
    mapping = {"Name": "Title", "Features": "Specs", "Audience": None, "Language": None, "Wanted": None}
    chain = adapted(CHAIN, mapping, ["Title", "Specs"])
    first, second = chain.steps
    assert first.prompt == "{{Title}} with {{Specs}} for anybody"
    assert second.system == "In English."
    assert second.prompt == "From {{angle}}: {{Title}}, see {{Title.link}}. \\{{Name}} stays."
    assert second.run_if is None
    assert chain.id_column is None
    linked = chain.model_copy(update={"steps": [first]})
    assert not bind(linked, manifest)[1]


def test_a_fallback_stays_beside_a_mapped_name() -> None:
    chain = adapted(CHAIN, {"Audience": "Zielgruppe"}, ["SKU", "Zielgruppe"])
    assert "{{Zielgruppe|anybody}}" in chain.steps[0].prompt
    assert chain.id_column == "SKU"
