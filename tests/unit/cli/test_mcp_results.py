"""What an agent is told of a long sheet: its bytes do not grow with the rows."""

from __future__ import annotations

import json

from chaindesk.cli.mcp_server.results import end_result, listed_short, running_result, short
from chaindesk.domain.errors import FailureKind
from chaindesk.domain.events import RowFinished, RunStarted
from chaindesk.domain.records import Failure
from chaindesk.domain.status import Status
from chaindesk.engine.run.progress.snapshot import Snapshot
from chaindesk.json_contract.encoding import members
from chaindesk.json_contract.report_lines import ReportLine
from chaindesk.json_contract.run_lines import ProgressLine, ResultLine

ROWS = 100_000


def test_a_hundred_thousand_failed_rows_are_told_in_a_kilobyte() -> None:
    shot = Snapshot()
    rows = tuple(range(2, ROWS + 2))
    shot.fold(RunStarted(0.0, 1, "jobs.xlsx", "Jobs", "c", ("note",), rows, 25, calls=ROWS, reused=0))
    kinds = tuple(FailureKind)
    for row in rows:
        failure = Failure("note", kinds[row % len(kinds)], f"Row {row} was refused: {'because ' * 100}")
        shot.fold(RowFinished(1.0, row, str(row), Status.FAILED, failure, 1.0))
    told = end_result(shot, "Most rows fail. " * 100)
    assert told["counts"] == {"failed": ROWS}
    assert sum(told["failures"].values()) == ROWS
    assert [one["row"] for one in told["failed"]] == [2, 3, 4]
    assert len(json.dumps(told).encode()) < 1500


def test_what_json_has_too_has_its_names() -> None:
    shot = Snapshot()
    shot.fold(RunStarted(0.0, 1, "jobs.xlsx", "Jobs", "c", ("note",), (2, 3), 25, calls=2, reused=0))
    shot.fold(RowFinished(1.0, 2, "A", Status.FAILED, Failure("note", FailureKind.TIMEOUT, "Too late.", 4), 1.0))
    ended = end_result(shot, "")
    names = {one.name for one in members(ResultLine)} | {one.name for one in members(ReportLine)}
    assert ended.keys() <= names
    assert (ended["calls"], ended["answers"]) == (4, 0)
    assert running_result(shot).keys() <= {one.name for one in members(ProgressLine)}


def test_texts_and_lists_are_cut_and_say_so() -> None:
    assert short("a  b\nc") == "a b c"
    assert len(short("x" * 500)) == 160
    assert short("x" * 500).endswith("…")
    assert listed_short("abcde", 3) == ["a", "b", "c", "and 2 more"]
