"""``chaindesk show``: one row as it stands, or of all rows what to read first and what the rest is worth."""

from __future__ import annotations

import argparse
import asyncio

from chaindesk.cli import options
from chaindesk.cli.inputs import journal_to_read, newest_chain, open_session, read_chain, read_manifest
from chaindesk.cli.printing.output import say, say_json
from chaindesk.domain.chains.template import nearest_name
from chaindesk.domain.errors import UsageError
from chaindesk.domain.manifest import Manifest, Row
from chaindesk.engine.answers.row_history import StepOutput, Version
from chaindesk.engine.session import Session
from chaindesk.formatting import duration, money
from chaindesk.json_contract.history_lines import OutputVersion, RowLine, RowOutput

DESCRIPTION = """Show one row: how it stands, the output of each step, the checks that it fails, and why it failed. No
call is made.

Without a row: which rows to read first and why, what the newest audit says of those that nobody has read, and
whether each check agrees with your reviews. --audit N draws a random sample of N rows that nothing speaks against.

The chain is that of the workbook's newest run, unless --chain names another."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    options.add_workbook(parser)
    parser.add_argument("row", metavar="ROW", nargs="?", help="its ID, or its sheet row number (all rows)")
    options.add_chain(parser, required=False)
    parser.add_argument("--versions", action="store_true", help="every version of each output, the newest first")
    parser.add_argument(
        "--first", metavar="N", type=options.positive, default=20, help="so many of the most doubtful rows (20)"
    )
    parser.add_argument(
        "--audit", metavar="N", type=options.positive, help="draw N of the rows that nothing speaks against"
    )
    parser.add_argument("--seed", metavar="N", type=int, help="draw the same rows again: the seed of an audit before")
    options.add_journal(parser)
    options.add_json(parser, "one JSON object on standard output")


def execute(arguments: argparse.Namespace) -> int:
    """Show it."""
    if arguments.row is not None and arguments.audit is not None:
        raise UsageError("--audit is for all rows: leave the row out.")
    if arguments.seed is not None and arguments.audit is None:
        raise UsageError("--seed belongs to --audit N.")
    chain = read_chain(arguments) if arguments.chain else None
    manifest = read_manifest(arguments, chain.id_column if chain else arguments.id_column)
    with journal_to_read(arguments) as journal:
        if chain is None:
            chain = newest_chain(arguments, journal, manifest)
            if chain.id_column != arguments.id_column:
                manifest = read_manifest(arguments, chain.id_column)
        session = open_session(manifest, chain, journal, chain_path=arguments.chain)
        if arguments.row is None:
            _show_all(session, arguments)
            return 0
        row = _row_called(manifest, arguments.row)
        asyncio.run(session.judge())
        if arguments.json:
            say_json(_row_line(session, row))
        else:
            _say_row(session, row, versions=arguments.versions)
    return 0


def _show_all(session: Session, arguments: argparse.Namespace) -> None:
    """Show what the queue, the audit and the checks say of all rows."""
    from chaindesk.cli.show.quality import show_quality

    show_quality(session, first=arguments.first, audit=arguments.audit, seed=arguments.seed, json=arguments.json)


def _row_called(manifest: Manifest, words: str) -> Row:
    """Return the row with this key, else with this sheet number.

    Raises:
        UsageError: there is none.
    """
    by_key = {row.key: row for row in manifest.rows}
    by_number = {str(row.number): row for row in manifest.rows}
    found = by_key.get(words) or by_number.get(words)
    if found is not None:
        return found
    nearest = nearest_name(words, by_key)
    hint = f" Did you mean {nearest}?" if nearest else ""
    raise UsageError(f'The sheet "{manifest.sheet}" has no row "{words}".{hint}')


def _say_row(session: Session, row: Row, *, versions: bool) -> None:
    state = session.ledger.state(row.number)
    name = f"Row {row.number}" if row.key == str(row.number) else f"{row.key} (row {row.number})"
    say(f"{name}: {state.status.value}, {state.review.value}" + (f" ({state.reason})" if state.reason else ""))
    for column in session.manifest.inputs:
        if row.values[column.name]:
            say(f"  {column.name}: {row.values[column.name]}")
    for output in session.outputs(row):
        say(f"\n{output.step}: {output.state.value}{_origin(output)}")
        shown = output.text or "\n".join(f"{field}: {text}" for field, text in output.fields.items())
        if shown:
            say(shown)
        for words in output.flags:
            say(f"  fails: {words}")
        if versions:
            for version in session.versions(row, output.step):
                say(_version_line(version))
    if state.failure is not None:
        say(f"\nFailed in {state.failure.step}: {state.failure.message}")


def _origin(output: StepOutput) -> str:
    answer = output.answer
    if answer is None:
        return ""
    edited = ", edited by hand" if answer.edited_text is not None else ""
    cost = "cost unknown" if answer.cost is None else money(answer.cost)
    return f" by {answer.model} in {duration(answer.seconds)}, {cost}, run {answer.run_id}{edited}"


def _version_line(version: Version) -> str:
    by = "by hand" if version.by_hand else f"by {version.answer.model}, run {version.answer.run_id}"
    shown = ", shown" if version.shown else ""
    return f"  – {version.at:%Y-%m-%d %H:%M} {by}{shown}: {version.text}"


def _row_line(session: Session, row: Row) -> RowLine:
    state = session.ledger.state(row.number)
    return RowLine(
        row=row.number,
        key=row.key,
        status=state.status,
        review=state.review,
        reason=state.reason,
        inputs={column.name: row.values[column.name] for column in session.manifest.inputs},
        outputs=tuple(_row_output(session, row, output) for output in session.outputs(row)),
        failure=state.failure,
    )


def _row_output(session: Session, row: Row, output: StepOutput) -> RowOutput:
    answer = output.answer
    return RowOutput(
        step=output.step,
        state=output.state.value,
        text=output.text,
        fields=output.fields,
        model=answer.model if answer else None,
        run_id=answer.run_id if answer else None,
        cost=answer.cost if answer else None,
        flags=output.flags,
        versions=tuple(
            OutputVersion(version.text, version.at, version.by_hand, version.shown)
            for version in session.versions(row, output.step)
        ),
    )
