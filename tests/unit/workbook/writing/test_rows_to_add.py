"""Which rows an export has to add to a sheet, found without a set of all of its rows."""

from __future__ import annotations

from array import array

from hypothesis import given
from hypothesis import strategies as st

from chaindesk.workbook.writing.sheet_scan import SheetScan

NUMBERS = st.lists(st.integers(1, 30), max_size=20)


@given(found=NUMBERS, wanted=NUMBERS)
def test_rows_that_the_sheet_lacks_are_found_whatever_the_order(found: list[int], wanted: list[int]) -> None:
    assert SheetScan(array("L", found)).lacking(wanted) == sorted(set(wanted) - set(found))


@given(found=st.sets(st.integers(1, 30)), wanted=NUMBERS)
def test_they_are_found_in_a_sheet_that_is_in_order(found: set[int], wanted: list[int]) -> None:
    scan = SheetScan(array("L", sorted(found)))
    assert scan.in_order
    assert scan.lacking(wanted) == sorted(set(wanted) - found)
