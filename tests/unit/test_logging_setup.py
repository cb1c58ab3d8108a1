"""The log file: its lines, its redaction, several processes in one file."""

from __future__ import annotations

import logging
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from chaindesk.domain.errors import EnvironmentFailure, FailureKind
from chaindesk.domain.events import Event, PauseCause, RowFinished, RunFinished, RunPaused, RunResumed, RunStarted
from chaindesk.domain.records import Failure, RunState
from chaindesk.domain.status import Status
from chaindesk.engine.run.event_log import EventLog
from chaindesk.logging_setup import open_log

KEY = "sk-proj-0123456789abcdefghij"


def test_an_error_is_logged_with_its_place_and_without_its_key(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = open_log(lambda: tmp_path)
    assert path is not None
    assert not path.exists(), "no line, no file"
    log = logging.getLogger("chaindesk.engine.run.rows.row_task")
    try:
        raise ValueError(f"refused {KEY}")
    except ValueError:
        log.exception("Row %s failed", 7)
    logged = path.read_text("utf-8")
    assert "Row 7 failed: ValueError (its words are left out" in logged
    assert "test_logging_setup.py" in logged
    assert KEY not in logged
    assert f"refused {KEY[:4]}" not in logged, "what could not be read may be a cell or an answer"
    log.error("It said %s", KEY, exc_info=OSError(f"no room for {KEY}"))
    logged = path.read_text("utf-8")
    assert "It said •••: OSError: no room for •••" in logged
    assert KEY not in logged
    assert capsys.readouterr().err == "", "the terminal is for plain words"


def test_without_a_folder_nothing_is_logged_and_nothing_fails(capsys: pytest.CaptureFixture[str]) -> None:
    def refused() -> Path:
        raise EnvironmentFailure("The folder cannot be made.")

    assert open_log(refused) is None
    logging.getLogger("chaindesk").error("nobody hears it")
    assert capsys.readouterr().err == ""


WRITER = """
import logging, sys
from pathlib import Path
from chaindesk.logging_setup import SharedLogFile
log = logging.getLogger("x")
log.addHandler(SharedLogFile(Path(sys.argv[1]), 2000, 500))
for number in range(300):
    log.warning("%s-%s %s", sys.argv[2], number, "." * 40)
"""


def test_several_processes_share_a_log_and_no_line_is_lost_or_torn(tmp_path: Path) -> None:
    path = tmp_path / "chaindesk.log"
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, str(path), name]) for name in "abc"]
    assert [writer.wait(60) for writer in writers] == [0, 0, 0]
    files = [file for file in tmp_path.iterdir() if file.suffix != ".lock"]
    assert len(files) > 10
    lines = Counter(line for file in files for line in file.read_text("utf-8").splitlines())
    assert lines == Counter(f"{name}-{number} {'.' * 40}" for name in "abc" for number in range(300))


def test_a_disk_that_refuses_a_log_disturbs_nobody(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "logs"
    folder.mkdir()
    open_log(lambda: folder)
    folder.rmdir()
    logging.getLogger("chaindesk").error("nobody hears it")
    assert capsys.readouterr().err == ""


def test_a_run_is_logged_by_names_and_figures_alone(tmp_path: Path) -> None:
    path = open_log(lambda: tmp_path)
    assert path is not None
    log = EventLog()
    request = "req_0123456789abcdefghijklmnop"
    failure = Failure("draft", FailureKind.SERVER, "You sent: my secret novel", 4, 503, request)
    steps, rows = ("notes", "draft"), (2, 3)
    told: list[Event] = [
        RunStarted(0.0, 5, "/home/me/a long name of a workbook.xlsx", "Jobs", "article", steps, rows, 10, 4, 1),
        RunPaused(0.0, PauseCause.KEY, f"The key {KEY} was refused."),
        RunResumed(0.0),
        RowFinished(0.0, 2, "my secret row", Status.FAILED, failure, 1.0),
        RowFinished(0.0, 3, "my secret row", Status.DONE, None, 1.0),
        RunFinished(0.0, 5, RunState.FINISHED, "my secret message"),
    ]
    for event in told:
        log.handle(event)
    logged = path.read_text("utf-8")
    assert "Run 5 begun over a long name of a workbook.xlsx with chain article of 2 steps: 2 rows, 4 calls" in logged
    assert "Run held: key" in logged
    assert f"Row 2 failed in step draft: server error, HTTP 503, request {request}, 4 calls" in logged
    assert "Run 5 ended: finished; 1 failed, 1 done; server error 1" in logged
    assert "secret" not in logged
    assert KEY not in logged


def test_a_storm_of_failures_does_not_flood_the_log(tmp_path: Path) -> None:
    path = open_log(lambda: tmp_path)
    assert path is not None
    log = EventLog()
    for row in range(1000):
        log.handle(RowFinished(0.0, row, "", Status.FAILED, Failure("draft", FailureKind.TIMEOUT, ""), 1.0))
    log.handle(RunFinished(0.0, 1, RunState.FINISHED))
    logged = path.read_text("utf-8")
    assert logged.count("failed in step") == 200
    assert "timeout 1000" in logged
