from __future__ import annotations

import os
from pathlib import Path

import pytest

from chaindesk.cli.output_paths import probe, target_of
from chaindesk.domain.errors import SaveError, UsageError


def test_the_result_goes_beside_the_workbook_by_default(tmp_path: Path) -> None:
    assert target_of(tmp_path / "a.xlsx", None, overwrite=False) == tmp_path / "a.completed.xlsx"
    assert target_of(tmp_path / "a.xlsm", None, overwrite=False) == tmp_path / "a.completed.xlsm"
    assert target_of(tmp_path / "a.csv", None, overwrite=False) == tmp_path / "a.completed.xlsx"
    assert target_of(tmp_path / "a.xlsx", tmp_path, overwrite=False) == tmp_path / "a.completed.xlsx"


def test_the_workbook_itself_is_written_only_where_that_is_asked_for(tmp_path: Path) -> None:
    book = tmp_path / "a.xlsx"
    book.write_bytes(b"x")
    with pytest.raises(UsageError, match="--overwrite"):
        target_of(book, tmp_path / "." / "a.xlsx", overwrite=False)
    assert target_of(book, book, overwrite=True) == book
    assert target_of(book, None, overwrite=True) == book
    (tmp_path / "link.xlsx").symlink_to(book)
    with pytest.raises(UsageError, match="--overwrite"):
        target_of(book, tmp_path / "link.xlsx", overwrite=False)


def test_an_ending_that_does_not_fit_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"b\.xlsx"):
        target_of(tmp_path / "a.xlsx", tmp_path / "b.csv", overwrite=False)
    with pytest.raises(UsageError, match=r"b\.xlsm"):
        target_of(tmp_path / "a.xlsm", tmp_path / "b.xlsx", overwrite=False)


def test_a_place_that_can_be_written_is_left_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(b"old")
    probe(tmp_path / "a.xlsx")
    probe(tmp_path / "new.xlsx")
    assert os.listdir(tmp_path) == ["a.xlsx"]
    assert (tmp_path / "a.xlsx").read_bytes() == b"old"


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(SaveError, match="does not exist"):
        probe(tmp_path / "none" / "a.xlsx")
    (tmp_path / "dir.xlsx").mkdir()
    with pytest.raises(SaveError, match="cannot be written"):
        probe(tmp_path / "dir.xlsx")
