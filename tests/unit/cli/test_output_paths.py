"""Where the result of a run goes."""

from __future__ import annotations

from pathlib import Path

import pytest
import xlsxwriter

from chaindesk.cli.main import main
from chaindesk.cli.printing.output_paths import target_of
from chaindesk.domain.errors import UsageError


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


def test_a_completed_workbook_may_be_continued_in_its_own_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book = tmp_path / "jobs.completed.xlsx"
    with xlsxwriter.Workbook(book) as workbook:
        workbook.add_worksheet("Jobs").write_column(0, 0, ["Topic", "a"])
    chain = tmp_path / "chain.yaml"
    chain.write_text("name: t\nsteps:\n  - {name: a, model: demo/writer, prompt: 'On {{Topic}}'}\n")
    assert main(["check", str(book), "--chain", str(chain), "--offline"]) == 0
    assert f"Result    {book}" in capsys.readouterr().out
