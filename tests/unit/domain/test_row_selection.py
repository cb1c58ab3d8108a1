"""Which rows the user's words choose."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chaindesk.domain.errors import UsageError
from chaindesk.domain.manifest import Column, Manifest, Row, RowValues
from chaindesk.domain.row_selection import RowSelection
from chaindesk.domain.row_state import RowState
from chaindesk.domain.status import Review, Status

ROWS = [Row(number, str(number), RowValues({}, ())) for number in (2, 3, 4, 7, 8, 50, 51, 60)]


def chosen(words: str, failed: tuple[int, ...] = ()) -> list[int]:
    def state(number: int) -> RowState:
        return RowState(Status.FAILED if number in failed else Status.DONE)

    return [row.number for row in RowSelection.parse(words).select(ROWS, state)]


@pytest.mark.parametrize(
    ("words", "numbers"),
    [
        ("all", [2, 3, 4, 7, 8, 50, 51, 60]),
        (" all ", [2, 3, 4, 7, 8, 50, 51, 60]),
        ("failed", [3, 51]),
        ("first:3", [2, 3, 4]),
        ("first:100", [2, 3, 4, 7, 8, 50, 51, 60]),
        ("3", [3]),
        ("2-50,60", [2, 3, 4, 7, 8, 50, 60]),
        ("60, 3 - 4,4-7", [3, 4, 7, 60]),
        ("9-40", []),
    ],
)
def test_words_choose_sheet_rows_in_their_order(words: str, numbers: list[int]) -> None:
    assert chosen(words, failed=(3, 51)) == numbers


@pytest.mark.parametrize("words", ["", "none", "first:0", "first:x", "5-3", "0", "2,,3", "-4", "2-", "1.5", "first: "])
def test_other_words_are_refused_with_what_can_be_written(words: str) -> None:
    with pytest.raises(UsageError, match="--rows"):
        RowSelection.parse(words)


def sheet(*columns: str, ours: tuple[str, ...] = (), cells: tuple[tuple[str, ...], ...] = ()) -> Manifest:
    index = {name: place for place, name in enumerate(columns)}
    rows = tuple(Row(number, str(number), RowValues(index, row)) for number, row in enumerate(cells, 2))
    named = tuple(Column(name, place + 1, name, ours=name in ours) for name, place in index.items())
    return Manifest(Path("jobs.xlsx"), "Jobs", ("Jobs",), 1, named, rows)


SHEET = sheet("ID", "Country", cells=(("J-1", "DE"), ("J-2", "AT"), ("J-3", " de "), ("J-4", ""), ("J, 5", "FR")))


@pytest.mark.parametrize(
    ("words", "numbers"),
    [
        ("Country=DE", [2, 4]),
        ("country = de, fr", [2, 4, 6]),
        ("Country!=DE", [3, 5, 6]),
        ("Country=", [5]),
        ("Country!=", [2, 3, 4, 6]),
        ("ID=J-3,J-1", [2, 4]),
        ("ID=J, 5", [6]),
        ("Country=DE=AT", []),
        ("Status=failed", [3]),
        ("Status=done, failed", [2, 3]),
        ("status!=done", [3, 4, 5, 6]),
        ("Review=rejected", [2]),
    ],
)
def test_a_condition_chooses_rows_by_a_cell_or_by_how_they_stand(words: str, numbers: list[int]) -> None:
    states = {2: RowState(Status.DONE, review=Review.REJECTED), 3: RowState(Status.FAILED)}
    selection = RowSelection.parse(words).fitted(SHEET)
    chosen = selection.select(SHEET.rows, lambda number: states.get(number, RowState()))
    assert [row.number for row in chosen] == numbers


def test_a_status_column_of_the_users_own_is_a_column_and_one_of_an_export_is_not() -> None:
    cells = (("open",), ("failed",))
    own = sheet("Status", cells=cells)
    exported = sheet("Status", ours=("Status",), cells=cells)
    done = RowState(Status.DONE)
    assert [row.number for row in RowSelection.parse("Status=open").fitted(own).select(own.rows, lambda _: done)] == [2]
    assert RowSelection.parse("Status=failed").fitted(exported).select(exported.rows, lambda _: done) == []


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("Contry=DE", "Did you mean Country"),
        ("Zz=1", "Its columns: ID, Country"),
        ("Status=faild", "Did you mean failed"),
        ("Review=7", "There are: unreviewed"),
        ("99", "rows 2 to 6"),
    ],
)
def test_a_selection_that_fits_no_sheet_is_refused_with_what_would(words: str, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        RowSelection.parse(words).fitted(SHEET)


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(1, 120), st.integers(0, 30)), min_size=1, max_size=8))
def test_ranges_choose_what_a_set_of_numbers_would(spans: list[tuple[int, int]]) -> None:
    words = ",".join(f"{low}-{low + length}" for low, length in spans)
    wanted = {number for low, length in spans for number in range(low, low + length + 1)}
    rows = [Row(number, "", RowValues({}, ())) for number in range(1, 160)]
    assert {row.number for row in RowSelection.parse(words).select(rows)} == wanted & set(range(1, 160))


@settings(deadline=None)
@given(st.sets(st.integers(1, 1_000_000)))
def test_numbers_choose_just_these_rows(numbers: set[int]) -> None:
    rows = [Row(number, "", RowValues({}, ())) for number in sorted(numbers | {1_000_001})]
    assert {row.number for row in RowSelection.of_numbers(numbers).select(rows)} == numbers
