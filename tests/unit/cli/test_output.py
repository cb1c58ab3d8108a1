"""Tables and texts in a terminal, which nothing that is printed can command."""

from __future__ import annotations

import pytest

from chaindesk.cli.main import main
from chaindesk.cli.printing.output import note, say, table
from chaindesk.cli.printing.progress import Progress, ProgressStyle
from chaindesk.domain.errors import FailureKind
from chaindesk.domain.events import PauseCause, RowFinished, RunPaused, RunStarted
from chaindesk.domain.records import Failure
from chaindesk.domain.status import Status

ESCAPE = "\x1b[2J\x1b]8;;http://evil.example\x07"


def test_a_table_is_aligned() -> None:
    assert table([["a", "1"], ["bcd", "20"]], right=" r") == ["a     1", "bcd  20"]


def test_what_is_printed_cannot_command_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    say(f"Result: {ESCAPE}")
    note(f"Note: {ESCAPE}")
    assert main(["check", f"{ESCAPE}.xlsx"]) == 2
    assert main([f"{ESCAPE}.xlsx"]) == 2
    out, err = capsys.readouterr()
    assert not {"\x1b", "\x07"} & set(out + err)
    assert r"Result: \x1b[2J" in out


def test_a_live_display_cannot_be_commanded_by_a_server_or_a_cell() -> None:
    from rich.console import Console

    progress = Progress(f"chain {ESCAPE}", ProgressStyle.LIVE)
    failure = Failure("draft", FailureKind.SERVER, f"The server said {ESCAPE}")
    progress.handle(RunStarted(0.0, 1, "b.xlsx", "Jobs", "chain", ("draft",), (2,), 1, 1, 0))
    progress.handle(RowFinished(0.0, 2, f"key {ESCAPE}", Status.FAILED, failure, 1.0))
    progress.handle(RunPaused(0.0, PauseCause.KEY, f"refused: {ESCAPE}"))
    console = Console(force_terminal=True, color_system=None, record=True, width=200)
    with console.capture() as captured:
        for line in progress._drain():
            console.print(line, markup=False, highlight=False)
        console.print(progress._picture())
    shown = captured.get()
    assert r"\x1b[2J" in shown
    assert "\x1b[2J" not in shown
    assert "\x1b]8" not in shown
