"""Names that look alike are the same, and where they only seem so, the difference is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from chaindesk.domain.chains.chain import Chain
from chaindesk.domain.chains.chain_binding import bind
from chaindesk.domain.chains.template import Placeholder, compile_template
from chaindesk.domain.manifest import Column, Manifest
from chaindesk.domain.names import difference_in_letters, readable_name, with_invisible_shown


@pytest.mark.parametrize(
    "text",
    [
        "Gro\u0308\u00dfe",
        "\ufeffGr\u00f6\u00dfe",
        "Gr\u200b\u00f6\u00dfe",
        "Gr\u00f6\u00ad\u00dfe\u200e",
        " Gr\u00f6\u00dfe\xa0",
    ],
)
def test_bytes_that_nobody_sees_change_no_name(text):
    assert readable_name(text) == "Gr\u00f6\u00dfe"
    template, unknown = compile_template(f"{{{{{text}}}}} {{{{{text}|none}}}}", {"Gr\u00f6\u00dfe"})
    assert unknown == []
    assert template.parts == (Placeholder("Gr\u00f6\u00dfe"), " ", Placeholder("Gr\u00f6\u00dfe", "none"))


def test_spaces_of_any_kind_are_one_space():
    assert readable_name("Unit\xa0\u2009 price\n") == "Unit price"


def test_letters_of_another_script_are_told_apart():
    manifest = Manifest(Path("a.xlsx"), "Jobs", ("Jobs",), 1, (Column("T\u043epic", 1, "T\u043epic"),), ())
    chain = Chain.model_validate(
        {"name": "c", "steps": [{"name": "s", "model": "demo/m", "prompt": "{{Topic}}", "output": "O"}]}
    )
    _, problems = bind(chain, manifest)
    assert 'U+006F, "\u043e" in the header is U+043E' in problems[0].message


def test_what_is_invisible_in_an_unknown_name_is_shown():
    assert with_invisible_shown("To\u200bpic") == "To<U+200B>pic"
    assert difference_in_letters("Topic", "Topik") == ""
