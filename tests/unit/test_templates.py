"""The user's templates: saved as they are, listed by name, never overwritten unasked."""

from __future__ import annotations

import pytest

from chaindesk.chain_file.templates import delete_template, save_template, user_templates
from chaindesk.domain.errors import InputError

TEXT = "# mine: ä\nname: a\nsteps: []\n"


def test_templates_are_kept_as_they_are_and_listed_by_name() -> None:
    assert user_templates() == []
    save_template("short texts", TEXT)
    save_template("  Articles   in two steps ", "name: b\n")
    assert [template.name for template in user_templates()] == ["Articles in two steps", "short texts"]
    assert user_templates()[1].text() == TEXT
    for template in user_templates():
        delete_template(template)
    assert user_templates() == []


def test_a_template_gives_way_to_another_only_where_that_is_meant() -> None:
    save_template("mine", TEXT)
    with pytest.raises(InputError, match="already"):
        save_template("mine", "other")
    assert user_templates()[0].text() == TEXT
    save_template("mine", "other", replace=True)
    assert user_templates()[0].text() == "other"


@pytest.mark.parametrize("name", ["", "  ", "a/b", "..", "a:b", "x" * 81, ".hidden", "a\\b", "nul", "COM1.old"])
def test_a_name_that_no_file_can_have_is_refused(name: str) -> None:
    with pytest.raises(InputError):
        save_template(name, TEXT)
    assert user_templates() == []
