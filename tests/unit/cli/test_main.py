"""The entry point: help, what it loads, exit statuses, errors at the edge."""

from __future__ import annotations

import re
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from chaindesk.cli import options
from chaindesk.cli.exit_status import Exit
from chaindesk.cli.main import COMMANDS, main

ROOT = Path(__file__).parents[3]
HEAVY = ("aiohttp", "openpyxl", "keyring", "rich", "PySide6", "pydantic", "ruamel", "sqlite3", "platformdirs")


def loaded_by(*words: str) -> set[str]:
    """The heavy packages in sys.modules after the command line has run these words."""
    code = (
        "import sys\nfrom chaindesk.cli.main import main\n"
        f"main({list(words)!r})\n"
        f"print('LOADED', *(name for name in {HEAVY!r} if name in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.splitlines()[-1].split()[1:])


@pytest.mark.parametrize("words", [["--help"], ["--version"], ["nonsense"]])
def test_help_loads_nothing_heavy(words: list[str]) -> None:
    assert loaded_by(*words) == set()


def test_help_needs_nothing_but_argparse() -> None:
    """The import budget: what help loads beyond an empty program with argparse, package by package."""
    code = (
        "import argparse, importlib, os, sys\nargparse.ArgumentParser().format_help()\n"
        "import __future__, collections.abc, contextlib, enum, io, re, shutil, time\nbefore = set(sys.modules)\n"
        "from chaindesk.cli.main import main\nmain(['--help'])\nprint('LOADED', *(set(sys.modules) - before))"
    )
    done = subprocess.run([sys.executable, "-S", "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    ours = {"", ".cli", ".cli.main", ".cli.exit_status", ".cli.printing", ".cli.printing.output", ".formatting"}
    assert set(done.stdout.splitlines()[-1].split()[1:]) <= {f"chaindesk{name}" for name in ours}


def test_no_commands_help_loads_io() -> None:
    code = (
        "import sys\nfrom chaindesk.cli.main import main\n"
        f"for command in {list(COMMANDS)!r}:\n    main([command, '--help'])\n"
        f"    print('LOADED', command, *(name for name in {HEAVY!r} if name in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    told = [line.split()[1:] for line in done.stdout.splitlines() if line.startswith("LOADED ")]
    assert [command for command, *_ in told] == list(COMMANDS)
    guilty = [command for command, *loaded in told if not set(loaded) <= {"pydantic"}]
    assert guilty == []  # the first is; those behind it have what it has loaded


def test_help_names_every_command_and_the_exit_statuses_on_one_screen(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    told = capsys.readouterr().out
    assert len(told.splitlines()) <= 23, "a terminal of 24 lines shows a prompt, too"
    assert max(map(len, told.splitlines())) <= 80
    assert all(f"  {command} " in told for command in COMMANDS)
    statuses = told[told.index("exit status:") :]
    assert [int(number) for number in re.findall(r"\b\d+\b", statuses)] == list(map(int, Exit))


def test_an_unknown_command_is_told_with_the_nearest_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["chek"]) == 2
    assert "Did you mean chaindesk check?" in capsys.readouterr().err


def test_a_workbook_that_is_not_there_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["nowhere.xlsx"]) == 2
    assert capsys.readouterr().err == "There is no workbook nowhere.xlsx.\n"


@pytest.mark.parametrize("more", [["--chain", "chain.yaml"], ["chain.yaml"]])
def test_what_the_window_does_not_take_is_told(more: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["jobs.xlsx", *more]) == 2
    assert f'The window takes a workbook alone, not "{more[0]}".' in capsys.readouterr().err


def test_a_workbook_may_be_called_like_a_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "runs").write_bytes(b"")
    assert main(["runs"]) == 0
    assert capsys.readouterr().out == "There is no run yet.\n"
    monkeypatch.setitem(sys.modules, "PySide6", None)
    monkeypatch.setitem(sys.modules, "chaindesk.desktop.app", None)
    assert main(["./runs"]) == 2
    assert "The window cannot be opened here" in capsys.readouterr().err


def test_without_qt_the_window_says_what_works(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "chaindesk.desktop.app", None)
    assert main([]) == 2
    told = capsys.readouterr().err
    assert "Qt does not load" in told
    assert "chaindesk --help" in told


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["run"], "required: WORKBOOK\n"),
        (["run", "a.xlsx", "--chain", "c.yaml", "--concurrency", "0"], "whole number of at least 1"),
        (["run", "a.xlsx", "--chain", "c.yaml", "--concurrency", "5000"], "1000 is the most"),
        (["run", "a.xlsx", "--chain", "c.yaml", "--budget", "free"], "not a sum in US dollars"),
        (["run", "a.xlsx", "--chain", "c.yaml", "--budget", "1e5"], "not a sum in US dollars"),
        (["run", "a.xlsx", "--chain", "c.yaml", "--budget", "$0.00"], "more than nothing"),
        (["run", "a.xlsx", "--chain", "c.yaml", "--rows", "some"], "Write all, failed, flagged, doubtful, first:10"),
        (["run", "a.xlsx", "--chain", "none.yaml"], "none.yaml: There is no such chain file."),
        (["bench", "--batch", "1,x"], "whole number"),
        (["bench", "--workbook", "a.xlsx"], "--workbook and --chain together"),
        (["keys", "set", "nobody"], "is not built in"),
        (["keys", "set", "openai", "sk-secret"], "A key is never an argument"),
        (["keys", "set", "ollama"], "takes no key"),
        (["report", "x"], '"x" is not a run'),
        (["report", "7"], "There is no run 7"),
        (["report", "last"], "There is no run yet"),
        (["--what"], "unrecognized arguments"),
        (["run", "a.xlsx", "--chian", "c.yaml"], "unrecognized arguments: --chian c.yaml. Did you mean --chain?"),
    ],
)
def test_bad_usage_is_status_2_and_plain_words(words: list[str], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 2
    heard = capsys.readouterr()
    assert heard.out == ""
    assert told in heard.err
    assert "Traceback" not in heard.err
    assert "sk-secret" not in heard.err


@pytest.mark.parametrize(
    ("words", "amount"), [("5", "5"), ("$5", "5"), ("0.50", "0.5"), (" $ 1,200.5 ", "1200.5"), (".25", "0.25")]
)
def test_a_budget_is_written_as_people_write_money(words: str, amount: str) -> None:
    assert options.dollars(words) == Decimal(amount)
