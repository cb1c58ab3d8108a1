"""The commands about past runs: list, report, clean up."""

from __future__ import annotations

import asyncio
import io
import json
import sys
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from chaindesk.cli.main import main
from chaindesk.journal.sqlite.journal import open_journal
from chaindesk.settings import journal_path
from tests.support.journals import store_past_run


@pytest.fixture
def two_runs() -> None:
    """A run of long ago, and one of today."""
    journal = open_journal(journal_path())

    async def store() -> None:
        await store_past_run(journal)
        await store_past_run(journal, rows=2, started_at=datetime.now(UTC) - timedelta(hours=1))

    asyncio.run(store())
    journal.close()


class Terminal(io.StringIO):
    """A terminal at which somebody types."""

    def isatty(self) -> bool:
        return True


def runs() -> int:
    journal = open_journal(journal_path())
    try:
        return len(journal.runs())
    finally:
        journal.close()


@pytest.mark.usefixtures("two_runs")
def test_runs_are_listed_with_figures_and_the_journals_size(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["runs"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[2].split()[-8:] == ["6", "5", "1", "0", "0", "$0.022", "article", "jobs.xlsx"]
    assert lines[-1].startswith("The journal has 15 answers and takes ")
    assert main(["runs", "--json"]) == 0
    newest, oldest = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert (newest["run_id"], oldest["outcomes"]["done"], oldest["outcomes"]["failed"]) == (2, 5, 1)
    assert newest["journal_bytes"] > 10_000


@pytest.mark.usefixtures("two_runs")
def test_nothing_is_cleaned_up_without_a_yes(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("y\n"))
    assert main(["runs", "--clean", "30"]) == 2
    told = capsys.readouterr().err
    assert "Older than 30 days: 1 run with 11 answers." in told
    assert "have to be paid for again" in told
    assert "Add --yes to agree" in told
    for word in ("n\n", "\n", ""):
        monkeypatch.setattr(sys, "stdin", Terminal(word))
        assert main(["runs", "--clean", "30"]) == 0
        assert "Nothing was taken away." in capsys.readouterr().err
    assert runs() == 2


@pytest.mark.usefixtures("two_runs")
@pytest.mark.parametrize("words", [["--yes"], []])
def test_a_yes_takes_old_runs_alone(
    words: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal("yes\n"))
    assert main(["runs", "--clean", "30", *words]) == 0
    assert "Gone: 1 run with 11 answers" in capsys.readouterr().out
    assert runs() == 1
    assert main(["runs", "--clean", "30", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["runs"] == 0


@pytest.mark.usefixtures("two_runs")
def test_a_report_is_saved_as_a_page_and_as_a_bundle(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    page, bundle = tmp_path / "run.html", tmp_path / "bug.zip"
    assert main(["report", "1", "--html", str(page)]) == 0
    assert capsys.readouterr().out == f"Page: {page}\n"
    assert page.read_text("utf-8").startswith("<!DOCTYPE html>")
    assert main(["report", "--bundle", str(bundle), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["run_id"], told["bundle"]) == (2, str(bundle))
    with zipfile.ZipFile(bundle) as archive:
        assert archive.testzip() is None
        assert json.loads(archive.read("run.json"))["run_id"] == 2


@pytest.mark.usefixtures("two_runs")
@pytest.mark.parametrize(
    "words", [["1", "--html", "jobs.xlsx"], ["--bundle", "jobs.xlsx"], ["--with-texts"], ["nine"], ["99"]]
)
def test_a_slip_of_the_pen_replaces_no_file(words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "jobs.xlsx").write_bytes(b"precious")
    assert main(["report", *words]) == 2
    assert (tmp_path / "jobs.xlsx").read_bytes() == b"precious"


def test_a_bundle_needs_no_run_and_a_report_does(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["report", "--bundle", str(tmp_path / "bug.zip")]) == 0
    assert main(["report"]) == 2
    assert "There is no run yet." in capsys.readouterr().err


@pytest.mark.usefixtures("two_runs")
def test_a_past_export_says_what_lacks(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", "--run", "1"]) == 2
    assert "is not where it was: /home/someone/jobs.xlsx" in capsys.readouterr().err
    assert main(["export"]) == 2
    assert "Name the workbook" in capsys.readouterr().err
    assert main(["export", "--run", "77"]) == 2
    assert "There is no run 77" in capsys.readouterr().err
