"""``chaindesk runs``: past runs, newest first."""

from __future__ import annotations

import argparse
from pathlib import Path

from chaindesk.cli import options
from chaindesk.cli.opening import opened_journal
from chaindesk.cli.output import duration, say, say_json, table
from chaindesk.domain.answer import RunRecord

DESCRIPTION = """List past runs, newest first. chaindesk report RUN tells more of one."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--last", metavar="N", type=options.positive, default=20, help="at most so many (%(default)s)")
    options.add_journal(parser)
    options.add_json(parser, "one JSON object for each run on standard output")


def execute(arguments: argparse.Namespace) -> int:
    """List them."""
    with opened_journal(arguments) as journal:
        records = list(journal.runs())[: arguments.last]
    if arguments.json:
        for record in records:
            say_json(_as_json(record))
        return 0
    if not records:
        say("There is no run yet.")
        return 0
    rows = [["run", "started", "took", "state", "rows", "reused", "chain", "workbook"]]
    for line in table(rows + [_cells(record) for record in records], right="r r rr"):
        say(line)
    return 0


def _cells(record: RunRecord) -> list[str]:
    started = record.started_at.astimezone().strftime("%Y-%m-%d %H:%M")
    took = duration((record.finished_at - record.started_at).total_seconds()) if record.finished_at else "–"
    numbers = [f"{record.rows:,}", f"{record.reused:,}"]
    return [str(record.id), started, took, record.state.value, *numbers, record.chain, Path(record.workbook).name]


def _as_json(record: RunRecord) -> dict[str, object]:
    return {
        "run_id": record.id,
        "started_at": record.started_at.isoformat(),
        "finished_at": record.finished_at.isoformat() if record.finished_at else None,
        "state": record.state.value,
        "rows": record.rows,
        "retries": record.retries,
        "reused": record.reused,
        "concurrency": record.concurrency,
        "chain": record.chain,
        "steps": record.steps,
        "workbook": record.workbook,
        "sheet": record.sheet,
    }
