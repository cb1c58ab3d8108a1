"""Prompt templates and their placeholders."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from chaindesk.domain.chains.template import Placeholder, compile_template, nearest_name

NAMES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="{}\n\\"), min_size=1).filter(
    lambda name: name == name.strip() and name != ""
)
# A trailing brace or backslash would join with the braces of the placeholder that follows.
LITERALS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="{}\\"))


def render(text: str, values: dict[str, str]) -> str:
    template, unknown = compile_template(text, values)
    assert not unknown
    rendered = template.render(values)
    assert template.renderer()(values) == rendered
    return rendered


@settings(deadline=None)
@given(st.lists(st.tuples(LITERALS, NAMES), max_size=5), LITERALS, st.data())
def test_every_placeholder_is_replaced_by_its_value_and_all_else_stays(
    parts: list[tuple[str, str]], tail: str, data: st.DataObject
) -> None:
    values = {name: data.draw(st.text(min_size=1).filter(str.strip)) for _, name in parts}
    text = "".join(f"{literal}{{{{{name}}}}}" for literal, name in parts) + tail
    assert render(text, values) == "".join(literal + values[name] for literal, name in parts) + tail


@settings(deadline=None)
@given(st.text())
def test_what_was_filled_in_is_never_looked_at_again(value: str) -> None:
    assert render("{{A}}", {"A": "{{B}}" + value, "B": "no"}) == "{{B}}" + value


@settings(deadline=None)
@given(st.text())
def test_any_text_can_be_read(text: str) -> None:
    template, unknown = compile_template(text, ["Topic"])
    if not unknown and not template.names:
        assert template.render({}) == text.replace("\\{{", "{{")


@settings(deadline=None)
@given(NAMES, LITERALS)
def test_a_fallback_stands_in_for_a_blank_cell_alone(name: str, fallback: str) -> None:
    name = name.replace("|", "/")
    if "\n" in fallback:
        return
    text = f"{{{{{name}|{fallback}}}}}"
    assert render(text, {name: "  \n "}) == fallback
    assert render(text, {name: " x "}) == " x "


def test_spaces_around_a_name_do_not_matter() -> None:
    assert render("{{ Column name }}", {"Column name": "x"}) == "x"


def test_a_header_that_holds_a_bar_is_matched_whole_first() -> None:
    assert render("{{a|b}}", {"a|b": "whole", "a": "part"}) == "whole"
    assert render("{{a|b|c}}", {"a|b": "", "a": "x"}) == "c"


def test_escaped_braces_are_literal() -> None:
    assert render("\\{{Topic}}", {"Topic": "x"}) == "{{Topic}}"


def test_a_name_without_a_value_counts_as_blank() -> None:
    template, _ = compile_template("[{{draft}}|{{draft|none}}]", ["draft"])
    assert template.render({}) == "[|none]"
    assert template.names == {"draft"}
    assert Placeholder("draft", "none") in template.parts


def test_an_unknown_name_is_listed_with_its_place_and_the_nearest_name() -> None:
    template, unknown = compile_template("On {{topic}} and {{Zebra}}.", ["Topic", "Words"])
    assert [(name.inside, name.position, name.nearest) for name in unknown] == [
        ("topic", 3, "Topic"),
        ("Zebra", 17, None),
    ]
    assert template.render({}) == "On {{topic}} and {{Zebra}}."


def test_the_nearest_name_is_found_without_regard_to_case() -> None:
    assert nearest_name("audiense", ["Audience", "Tone"]) == "Audience"
    assert nearest_name("xyz", ["Audience", "Tone"]) is None
