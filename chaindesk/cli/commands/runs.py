"""``chaindesk runs``: past runs, newest first; and cleaning old ones up."""

from __future__ import annotations

import argparse
import asyncio
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from chaindesk.cli import options
from chaindesk.cli.inputs import journal_to_read
from chaindesk.cli.printing.output import note, say, say_json, table
from chaindesk.domain.errors import JournalError, JournalTrouble, UsageError
from chaindesk.domain.records import RunRecord
from chaindesk.engine.reports.json_line import row_outcomes
from chaindesk.engine.reports.row_tally import row_tally
from chaindesk.formatting import count, duration, money, size
from chaindesk.journal.protocol import Cleanable, Journal, RunTotals
from chaindesk.json_contract.history_lines import CleanedLine, RepairedLine, RunLine

DESCRIPTION = """List past runs, newest first, and tell how much room the journal takes.

chaindesk report RUN tells more of one; chaindesk export WORKBOOK --run RUN saves its workbook. --clean DAYS takes the
runs away that ended longer ago than that, with their answers. It says what would go, and asks first: what is gone would
have to be paid for if it were run again. Nothing is ever cleaned up by itself."""
_HEADS = ["run", "started", "took", "state", "rows", "done", "failed", "other", "reused", "cost", "chain", "workbook"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--last", metavar="N", type=options.positive, default=20, help="at most so many (%(default)s)")
    parser.add_argument("--clean", metavar="DAYS", type=options.days, help="take away what is older; it asks first")
    parser.add_argument("--repair", action="store_true", help="keep a damaged journal aside, and save what can be read")
    parser.add_argument("--yes", action="store_true", help="with --clean: agree in advance")
    options.add_journal(parser)
    options.add_json(parser, "one JSON object for each run on standard output; with --clean, one of what went")


def execute(arguments: argparse.Namespace) -> int:
    """List them, or clean up."""
    if arguments.yes and arguments.clean is None:
        raise UsageError("--yes belongs to --clean DAYS.")
    if arguments.repair:
        return _repair(arguments)
    with journal_to_read(arguments) as journal:
        if arguments.clean is not None:
            return _clean(arguments, journal)
        runs, totals, size_now = list(journal.runs()), journal.run_totals(), journal.size()
    shown = runs[: arguments.last]
    if arguments.json:
        for record in shown:
            say_json(_run_line(record, totals.get(record.id, RunTotals()), size_now))
        return 0
    if not runs:
        say("There is no run yet.")
        return 0
    cells = [_cells(record, totals.get(record.id, RunTotals())) for record in shown]
    for line in table([_HEADS, *cells], right="r r rrrrrr"):
        say(line)
    more = f"{len(shown):,} of {count(len(runs), 'run')} shown. " if len(shown) < len(runs) else ""
    answers = sum(one.answers for one in totals.values())
    say(f"{more}The journal has {count(answers, 'answer')} and takes {size(size_now)}.")
    return 0


def _repair(arguments: argparse.Namespace) -> int:
    from chaindesk.journal.sqlite.repair import repair
    from chaindesk.settings import journal_path

    path = arguments.journal or journal_path()
    try:
        saved = repair(path)
    except JournalError as error:
        if error.trouble is not JournalTrouble.SOUND:
            raise
        if arguments.json:
            say_json(RepairedLine(None, 0, 0, whole=True))
        else:
            say(str(error))
        return 0
    if arguments.json:
        say_json(RepairedLine(saved.kept, saved.answers, saved.runs, saved.whole))
        return 0
    say(f"The damaged journal is kept, as it was, as {saved.kept}.")
    say(f"{count(saved.answers, 'answer')} of {count(saved.runs, 'run')} could be read: they are in the new {path}.")
    if not saved.whole:
        say("Some of it could not be read. A run asks again for what is missing, and for nothing else.")
    return 0


def _clean(arguments: argparse.Namespace, journal: Journal) -> int:
    before = datetime.now(UTC) - timedelta(days=arguments.clean)
    found = journal.cleanable(before)
    was = journal.size()
    if found == Cleanable():
        if arguments.json:
            say_json(_cleaned_line(found, was, was))
        else:
            say(f"No run ended more than {count(arguments.clean, 'day')} ago. The journal takes {size(was)}.")
        return 0
    if not (arguments.yes or _agreed(found, arguments.clean, was)):
        note("Nothing was taken away.")
        if arguments.json:
            say_json(_cleaned_line(Cleanable(), was, was))
        return 0
    gone = asyncio.run(journal.clean(before))
    now = journal.size()
    if arguments.json:
        say_json(_cleaned_line(gone, was, now))
    else:
        say(f"Gone: {_cleanable_text(gone)}. The journal took {size(was)} and takes {size(now)} now.")
        if gone.runs < found.runs:
            say("A run is going on over a workbook: what belongs to it was left. Clean up again after its end.")
    return 0


def _agreed(found: Cleanable, days: int, was: int) -> bool:
    """Say what would go, and ask whoever sits there."""
    note(f"Older than {count(days, 'day')}: {_cleanable_text(found)}. The journal takes {size(was)}.")
    note("These answers were paid for: if their rows are run again, they have to be paid for again.")
    note("This cannot be undone. What was exported stays in its files.")
    if not sys.stdin.isatty():
        raise UsageError("Nothing was taken away, because nobody can be asked here. Add --yes to agree.")
    try:
        return input("Take them away? [y/N] ").strip().lower() in ("y", "yes")
    except EOFError:
        return False


def _cleanable_text(found: Cleanable) -> str:
    words = f"{count(found.runs, 'run')} with {count(found.answers, 'answer')}"
    return words + (f" (nothing is left of {count(found.workbooks, 'workbook')})" if found.workbooks else "")


def _cleaned_line(gone: Cleanable, was: int, now: int) -> CleanedLine:
    return CleanedLine(gone.runs, gone.answers, gone.workbooks, was, now)


def _cells(record: RunRecord, totals: RunTotals) -> list[str]:
    started = record.started_at.astimezone().strftime("%Y-%m-%d %H:%M")
    took = duration((record.finished_at - record.started_at).total_seconds()) if record.finished_at else "–"
    tally = row_tally(record, totals.rows)
    other = tally.chosen - tally.done - tally.failed  # stopped, skipped, complete before, not run: --json tells which
    ended = [f"{number:,}" for number in (tally.done, tally.failed, other)]
    numbers = [f"{record.rows:,}", *ended, f"{record.reused:,}", "–" if totals.cost is None else money(totals.cost)]
    return [str(record.id), started, took, record.state.value, *numbers, record.chain, Path(record.workbook).name]


def _run_line(record: RunRecord, totals: RunTotals, journal_bytes: int) -> RunLine:
    return RunLine(
        run_id=record.id,
        workbook=record.workbook,
        sheet=record.sheet,
        chain=record.chain,
        step_names=record.steps,
        state=record.state,
        started_at=record.started_at,
        finished_at=record.finished_at,
        concurrency=record.concurrency,
        row_count=record.rows,
        outcomes=row_outcomes(row_tally(record, totals.rows)),
        stored_answers=totals.answers,
        retries=record.retries,
        reused=record.reused,
        total_tokens=totals.tokens,
        cost=totals.cost,
        budget=record.budget,
        held_seconds=record.held_seconds,
        journal_bytes=journal_bytes,
    )
