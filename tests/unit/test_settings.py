"""The data folder and the preferences."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chaindesk.domain.errors import EnvironmentFailure, InputError
from chaindesk.settings import (
    Preferences,
    home,
    journal_path,
    load_preferences,
    log_folder,
    preferences_path,
    resource,
    save_preferences,
)


def test_the_home_folder_is_made_where_the_environment_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHAINDESK_HOME", str(tmp_path / "deep" / "home"))
    assert home() == tmp_path / "deep" / "home"
    assert home().is_dir()
    assert journal_path().parent == home()
    assert log_folder().is_dir()


def test_a_home_that_cannot_be_made_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("CHAINDESK_HOME", str(tmp_path / "file" / "home"))
    with pytest.raises(EnvironmentFailure, match="CHAINDESK_HOME"):
        home()


def test_there_are_defaults_before_anything_was_saved() -> None:
    assert load_preferences() == Preferences()


PATHS = st.text(max_size=20).filter(lambda text: not any(0xD800 <= ord(character) <= 0xDFFF for character in text))


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.builds(
        Preferences,
        theme=st.sampled_from(["system", "light", "dark"]),
        concurrency=st.none() | st.integers(1, 1000),
        last_folder=PATHS,
        recent_workbooks=st.lists(PATHS, max_size=3).map(tuple),
        chain_of_workbook=st.dictionaries(PATHS, PATHS, max_size=3),
        notify=st.booleans(),
    )
)
def test_saved_preferences_are_found_again(preferences: Preferences) -> None:
    save_preferences(preferences)
    assert load_preferences() == preferences
    assert os.listdir(home()) == ["preferences.toml"]


@pytest.mark.parametrize("damage", [b"theme = ", b"theme = 'purple'", b"\xff\xfe"])
def test_a_damaged_file_gives_defaults_and_is_kept_aside(damage: bytes) -> None:
    preferences_path().write_bytes(damage)
    assert load_preferences() == Preferences()
    assert (home() / "preferences.damaged.toml").read_bytes() == damage


def test_fields_of_a_newer_version_are_no_damage() -> None:
    preferences_path().write_text('theme = "dark"\nsound = true\n')
    assert load_preferences().theme == "dark"


def test_recent_files_are_newest_first_without_repeats(tmp_path: Path) -> None:
    preferences = Preferences()
    for name in ("a.xlsx", "b.xlsx", "a.xlsx"):
        preferences = preferences.with_recent(workbook=tmp_path / name, chain=tmp_path / "c.yaml")
    assert preferences.recent_workbooks == (str(tmp_path / "a.xlsx"), str(tmp_path / "b.xlsx"))
    assert preferences.recent_chains == (str(tmp_path / "c.yaml"),)
    assert preferences.last_folder == str(tmp_path)
    assert preferences.chain_of_workbook[str(tmp_path / "b.xlsx")] == str(tmp_path / "c.yaml")


def test_examples_are_found_and_a_missing_file_is_told() -> None:
    assert resource("examples/articles.xlsx").is_file()
    with pytest.raises(InputError, match="Install ChainDesk again"):
        resource("examples/none.xlsx")
