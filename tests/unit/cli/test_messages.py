"""What commands say of odd words, empty sheets and paths, and that a hint is a line that can be pasted."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from chaindesk.cli.main import main
from chaindesk.cli.program import command
from chaindesk.settings import home_path
from tests.support.workbooks import WorkbookMaker

CHAIN = "name: t\nsteps:\n  - {name: a, model: demo/writer, prompt: 'On {{Topic}}'}\n"


@pytest.fixture
def books(tmp_path: Path) -> WorkbookMaker:
    return WorkbookMaker(tmp_path)


@pytest.fixture
def chain(tmp_path: Path) -> Path:
    path = tmp_path / "chain.yaml"
    path.write_text(CHAIN)
    return path


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["run", "a.xlsx", "-c", "c.yaml", "--out", ""], "argument -o/--out: the name of a file or folder is empty"),
        (["runs", "--journal", ""], "argument --journal: the name of a file or folder is empty"),
        (["run", "a.xlsx", "--chain", "c.yaml", "--rows", "0"], "there is no row 0"),
        (["serve-demo", "--port", "99999"], '"99999" is not a port'),
        (["serve-demo", "--latency", "x"], '"x" is not a number'),
        (["bench", "--latency", "1e9"], '"1e9" is not a number from 0 to 86,400'),
        (
            ["keys", "set", "lab", "--base-url", "http://llm.example.org"],
            "--base-url is http:// and not on this",
        ),
        (["keys", "set", "lab", "--base-url", "http://llm.example.org"], "or add --allow-http"),
        (["keys", "set", "lab", "--base-url", "nonsense"], "--base-url is not a web address"),
    ],
)
def test_what_is_wrong_with_an_option_is_told_in_its_own_words(
    words: list[str], reason: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("c.yaml").write_text(CHAIN)
    assert main(words) == 2
    err = capsys.readouterr().err
    assert reason in err
    assert "usage:" not in err
    assert "base_url" not in err


def test_no_help_shows_pythons_own_spelling(capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("bench", "serve-demo"):
        assert main([name, "--help"]) == 0
    told = capsys.readouterr().out
    assert "('" not in told
    assert "writer,researcher," in told


def test_a_sheet_without_jobs_makes_no_copy(
    chain: Path, books: WorkbookMaker, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    book = books.table([["Topic"]])
    assert main(["run", str(book), "--chain", str(chain), "--quiet"]) == 0
    assert "the sheet has no jobs below its headers" in capsys.readouterr().out
    assert not list(tmp_path.glob("**/*.completed.xlsx"))


def test_where_no_row_has_failed_that_is_told(
    chain: Path, books: WorkbookMaker, capsys: pytest.CaptureFixture[str]
) -> None:
    book = books.table([["Topic"], ["Cats"]])
    assert main(["run", str(book), "--chain", str(chain), "--quiet", "--rows", "failed"]) == 0
    assert "Nothing to run: no row has failed." in capsys.readouterr().out


def test_a_path_is_told_without_its_detours(
    chain: Path, books: WorkbookMaker, capsys: pytest.CaptureFixture[str]
) -> None:
    book = books.table([["Topic"], ["Cats"]])
    (book.parent / "rd").mkdir()
    winding = book.parent / "rd" / ".." / book.name
    assert main(["run", str(winding), "--chain", str(chain), "--quiet"]) == 0
    assert f"Result: {book.parent / book.stem}.completed.xlsx" in capsys.readouterr().out


def test_the_benchmark_is_headed_by_what_it_measures(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "--batch", "3", "--concurrency", "2", "--latency-scale", "0.001"]) == 0
    out = capsys.readouterr().out
    assert "3 calls one after another" in out
    assert "10 calls" not in out


def test_a_command_in_a_hint_runs_as_it_stands() -> None:
    done = subprocess.run(shlex.split(command("--version")), capture_output=True, text=True, check=True)
    assert done.stdout.startswith("chaindesk ")


def test_the_demo_advises_lines_that_can_be_pasted(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["demo", "--rows", "1", "--latency", "0", "--out", str(tmp_path / "x.xlsx"), "--quiet"]) == 0
    (line,) = [line for line in capsys.readouterr().err.splitlines() if "--example" in line]
    made = tmp_path / "CHAIN.yaml"
    subprocess.run(line.partition("     (")[0], shell=True, cwd=tmp_path, check=True)  # noqa: S602 - what the user is to do
    assert "name: articles" in made.read_text()


def test_the_first_line_of_the_version_is_its_own_and_the_others_name_what_it_stands_on(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["--version"]) == 0
    first, *others = capsys.readouterr().out.splitlines()
    assert first.split() == ["chaindesk", first.split()[1]]
    assert f"Python {'.'.join(map(str, sys.version_info[:3]))}" in others[0]
    assert any(line.startswith("PySide6-Essentials 6.") for line in others)


def test_the_paths_are_told_and_nothing_is_made(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CHAINDESK_HOME", str(tmp_path / "home"))
    assert main(["paths", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["journal"] == str(home_path() / "journal.sqlite3")
    assert found["templates"] == str(home_path() / "templates")
    assert Path(found["schema"]).is_file()
    assert main(["paths"]) == 0
    assert "journal.sqlite3  (not yet)" in capsys.readouterr().out
    assert not (tmp_path / "home").exists()
