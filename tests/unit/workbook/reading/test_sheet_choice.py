"""Where nobody names a sheet, the one that has the jobs is taken, and said where it is not the active one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from chaindesk.domain.manifest import Manifest
from chaindesk.workbook import open_manifest

Rows = Sequence[Sequence[Any]]
JOBS: Rows = (["ID", "Topic", "Audience"], ["J-1", "bees", "gardeners"], ["J-2", "owls", "children"])
TABLE: Rows = (["Code", "Country"], ["de", "Germany"], ["fr", "France"])
COVER: Rows = (["Content plan 2026"], [], ["Prepared by Maria"], ["Version 3, 1 November"])
FORM: Rows = (["Project:", "Spring campaign"], ["Owner:", "Maria"], ["Budget:", "4000"])
GUIDE: Rows = (["Step", "What to do"], ["1", "Fill in the second sheet"], ["2", "Send it back"])
LIST: Rows = (["Topic"], ["bees"], ["owls"], ["swifts"], ["moles"], ["newts"])


@pytest.fixture
def opened(tmp_path: Path) -> Any:
    """Opens a workbook made of sheets, by name: the first is active, hidden ones are named so."""

    def make(sheets: dict[str, Rows], hidden: Sequence[str] = (), wanted: str | None = None) -> Manifest:
        path = tmp_path / "book.xlsx"
        with xlsxwriter.Workbook(path) as book:
            for name, rows in sheets.items():
                sheet = book.add_worksheet(name)
                for number, values in enumerate(rows):
                    sheet.write_row(number, 0, values)
                if name in hidden:
                    sheet.hide()
        return open_manifest(path, sheet=wanted)

    return make


@pytest.mark.parametrize("front", [COVER, FORM, [], [["Notes"], ["one"], ["two"]], [["ID", "Topic"]]])
def test_a_sheet_without_jobs_in_front_gives_way_to_the_one_that_has_some(opened: Any, front: Rows) -> None:
    manifest = opened({"Start": front, "Plan": JOBS})
    assert manifest.sheet == "Plan"
    assert manifest.sheet_guessed
    assert [notice.message for notice in manifest.notices if '"Plan" is taken' in notice.message]
    assert "could be meant" not in manifest.notices[0].message


@pytest.mark.parametrize("name", ["Cover", "READ ME", "How to use this", "Instructions", "Anleitung", "Deckblatt"])
def test_a_sheet_that_says_that_it_explains_has_no_jobs_even_as_a_table(opened: Any, name: str) -> None:
    assert opened({name: GUIDE, "Plan": JOBS}).sheet == "Plan"


@pytest.mark.parametrize("front", [JOBS, TABLE, LIST])
def test_the_active_sheet_is_taken_where_it_has_jobs_and_nothing_is_said(opened: Any, front: Rows) -> None:
    manifest = opened({"Front": front, "More": JOBS})
    assert manifest.sheet == "Front"
    assert not manifest.sheet_guessed
    assert manifest.notices == ()


def test_of_two_alike_the_first_is_taken_and_the_other_named(opened: Any) -> None:
    manifest = opened({"Cover": COVER, "May": JOBS, "June": JOBS})
    assert manifest.sheet == "May"
    assert '"June" could be meant too.' in manifest.notices[0].message


def test_a_hidden_sheet_is_no_choice_while_another_holds_something(opened: Any) -> None:
    assert opened({"Cover": COVER, "Lists": TABLE, "Plan": JOBS}, hidden=["Lists"]).sheet == "Plan"
    manifest = opened({"Cover": COVER, "Lists": TABLE}, hidden=["Lists"])
    assert manifest.sheet == "Cover"
    assert not manifest.sheet_guessed
    assert opened({"Front": [], "Lists": TABLE}, hidden=["Lists"]).sheet == "Lists"


def test_where_no_sheet_has_jobs_the_active_one_is_taken_unless_it_is_empty(opened: Any) -> None:
    assert opened({"Cover": COVER, "Notes": [["Nothing here"], ["yet"]]}).sheet == "Cover"
    manifest = opened({"Front": [], "Notes": [["Topic"], ["bees"]]})
    assert manifest.sheet == "Notes"
    assert 'The active sheet "Front" is empty; "Notes" is taken.' in [one.message for one in manifest.notices]


def test_a_sheet_that_is_named_is_taken_whatever_it_holds(opened: Any) -> None:
    manifest = opened({"Cover": COVER, "Plan": JOBS}, wanted="Cover")
    assert manifest.sheet == "Cover"
    assert not manifest.sheet_guessed


def test_sheets_named_like_the_users_work_count_as_work(opened: Any) -> None:
    assert opened({"Product info": JOBS, "Plan": JOBS}).sheet == "Product info"
