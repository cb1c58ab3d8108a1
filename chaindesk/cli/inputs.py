"""Opens what a command works on: the chain, the sheet and the journal."""

from __future__ import annotations

import argparse
import getpass
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from chaindesk.cli.printing.output import note
from chaindesk.cli.program import command
from chaindesk.domain.chains.chain import Chain
from chaindesk.domain.chains.chain_binding import bind
from chaindesk.domain.chains.template import nearest_name
from chaindesk.domain.completion import DEMO_BASE_URL, Endpoint, Speed
from chaindesk.domain.errors import ChainError, InputError, PasswordNeeded, Problem, UsageError, WorkbookError
from chaindesk.domain.manifest import Manifest
from chaindesk.formatting import listed, visible

if TYPE_CHECKING:
    from chaindesk.engine.comparison.comparison import Comparison
    from chaindesk.engine.session import Session
    from chaindesk.journal.protocol import Journal
    from chaindesk.key_permissions import KeyPermission

_PASSWORD_TRIES = 3
_NEW_JOURNAL = "A run makes a new one, and no answer from before is known."


def find_chain(arguments: argparse.Namespace) -> None:
    """Name the chain that lies beside the workbook where ``--chain`` names none, and say which.

    Raises:
        UsageError: there is none, or there are several and none has the workbook's name.
    """
    if arguments.chain is not None:
        return
    try:
        beside = sorted(one for one in arguments.workbook.parent.iterdir() if one.suffix in (".yaml", ".yml"))
    except OSError:
        beside = []
    named = [one for one in beside if one.stem == arguments.workbook.stem]
    found = named or beside
    if len(found) == 1:
        arguments.chain = found[0]
        note(f"Chain: {found[0]}, found beside the workbook.")
        return
    if found:
        raise UsageError(f"Which chain? Name it with --chain: {listed([one.name for one in found], 5)}.")
    raise UsageError("No chain is beside the workbook. Name it with --chain FILE, or begin with: chaindesk init")


def read_chain(arguments: argparse.Namespace) -> Chain:
    """Return the chain that ``--chain`` names, with what the command line says otherwise.

    Raises:
        ChainError: it has mistakes, unknown providers among them.
    """
    from chaindesk.chain_file import load_chain

    chain = load_chain(arguments.chain)
    chain = with_options(chain, arguments)
    problems = located(arguments, provider_problems(chain))
    if problems:
        raise ChainError(problems)
    return chain


def with_options(chain: Chain, arguments: argparse.Namespace) -> Chain:
    """Return the chain with the ID column and the speed that the command line names, if it names them."""
    changed: dict[str, object] = {}
    if arguments.id_column:
        changed["id_column"] = arguments.id_column
    if speed := getattr(arguments, "speed", None):
        changed["speed"] = Speed(speed)
    chain = chain.model_copy(update=changed) if changed else chain
    return chain.without_batch_jobs() if getattr(arguments, "finish_live", False) else chain


def provider_problems(chain: Chain) -> Iterator[Problem]:
    """Yield a problem for each step whose provider nobody knows, whose settings make no endpoint, or that lacks its
    speed."""
    from chaindesk.engine.endpoints import speed_problems
    from chaindesk.providers.registry import resolve

    seen: set[str] = set()
    endpoints: dict[str, Endpoint] = {}
    for index, step in enumerate(chain.steps):
        if not step.enabled:
            continue
        try:
            endpoints[step.provider] = resolve(step.provider, chain.providers.get(step.provider))
        except InputError as error:
            if str(error) not in seen:
                seen.add(str(error))
                field = f"providers.{step.provider}" if step.provider in chain.providers else f"steps[{index}].model"
                yield Problem(str(error), field=field)
    yield from speed_problems(chain, endpoints)


def read_manifest(arguments: argparse.Namespace, id_column: str | None) -> Manifest:
    """Return the sheet that the arguments name. An encrypted one's password is asked for and kept in ``arguments``.

    Raises:
        WorkbookError: it cannot be read.
    """
    from chaindesk.workbook import ReadOptions, open_manifest

    if not hasattr(arguments, "password_text"):
        if arguments.password and str(getattr(arguments, "chain", None)) == "-":
            raise UsageError("--password and --chain - both read standard input. Name the chain by its file.")
        arguments.password_text = _asked_password(arguments.workbook) if arguments.password else None
    options = ReadOptions(
        arguments.header_row, id_column, arguments.skip_hidden, arguments.delimiter, arguments.encoding
    )
    for attempt in range(1, _PASSWORD_TRIES + 1):
        try:
            return open_manifest(arguments.workbook, options, sheet=arguments.sheet, password=arguments.password_text)
        except PasswordNeeded as error:
            unattended = getattr(arguments, "unattended", False)
            if attempt == _PASSWORD_TRIES or unattended or not sys.stdin.isatty():
                raise
            note(str(error))
            arguments.password_text = _asked_password(arguments.workbook)
    raise AssertionError("unreachable")


def read_fitting_manifest(arguments: argparse.Namespace, chain: Chain) -> Manifest:
    """Return the sheet, its rows called by the chain's ID column.

    Raises:
        ChainError: the sheet lacks the ID column: reported with every other misfit of the chain, by file and line.
        WorkbookError: it cannot be read.
    """
    try:
        return read_manifest(arguments, chain.id_column)
    except WorkbookError:
        if chain.id_column is None:
            raise
        _, problems = bind(chain, read_manifest(arguments, None))
        if problems:
            raise ChainError(located(arguments, problems)) from None
        raise


def _asked_password(workbook: Path) -> str:
    if sys.stdin.isatty():
        return getpass.getpass(visible(f"Password of {workbook.name}: "))
    return sys.stdin.readline().rstrip("\r\n")


@contextmanager
def opened_journal(arguments: argparse.Namespace, usual: Path | None = None) -> Iterator[Journal]:
    """The journal that ``--journal`` names, else the usual one, which is the user's own; closed at the end.

    Raises:
        JournalError: it cannot be opened.
    """
    from chaindesk.journal.sqlite.journal import open_journal
    from chaindesk.settings import journal_path

    if arguments.journal and not arguments.journal.exists():
        note(f"{no_journal(arguments.journal)} {_NEW_JOURNAL}")
    journal = open_journal(arguments.journal or usual or journal_path())
    for line in journal.notices:
        note(line)
    try:
        yield journal
    finally:
        journal.close()


@contextmanager
def journal_to_read(arguments: argparse.Namespace, missing: Callable[[str], None] | None = None) -> Iterator[Journal]:
    """The journal for a command that only reads: an empty one in memory where the user has none yet.

    Args:
        arguments: the command's, with ``journal``.
        missing: called where ``--journal`` names one that is not there; without it that is refused.

    Raises:
        JournalError: it cannot be opened.
        UsageError: ``--journal`` names one that is not there.
    """
    from chaindesk.journal.memory import MemoryJournal
    from chaindesk.settings import journal_path

    if arguments.journal and not arguments.journal.exists():
        if missing is None:
            raise UsageError(no_journal(arguments.journal))
        missing(f"{no_journal(arguments.journal)} {_NEW_JOURNAL}")
    if (arguments.journal or journal_path()).exists():
        with opened_journal(arguments) as journal:
            yield journal
    else:
        yield MemoryJournal()


def no_journal(path: Path) -> str:
    """Return that there is no such journal, and which one may be meant."""
    try:
        beside = [one.name for one in path.absolute().parent.iterdir() if one.suffix == (path.suffix or ".sqlite3")]
    except OSError:
        beside = []
    nearest = nearest_name(path.name, beside)
    return f"There is no journal {path}." + (f" Did you mean {path.with_name(nearest)}?" if nearest else "")


def newest_chain(arguments: argparse.Namespace, journal: Journal, manifest: Manifest) -> Chain:
    """Return the chain of the newest run over a sheet, changed as the command line says.

    Raises:
        UsageError: the journal knows no run over it.
    """
    number = journal.workbook_id(manifest.path, manifest.sheet)
    for run in journal.runs():
        if run.workbook_id == number and run.definition:
            return with_options(Chain.model_validate_json(run.definition), arguments)
    raise UsageError(
        f'The journal knows no run over sheet "{manifest.sheet}" of {manifest.path.name}. '
        "Run a chain over it first; name the journal with --journal if it is another."
    )


def open_session(
    manifest: Manifest,
    chain: Chain,
    journal: Journal,
    *,
    chain_path: Path | None = None,
    addresses: Mapping[str, str] | None = None,
    password: str | None = None,
) -> Session:
    """Tie the chain to the sheet.

    Raises:
        ChainError: they do not fit; each problem has file and line where ``chain_path`` is given.
    """
    from chaindesk.credentials import KeyStore
    from chaindesk.engine.session import Session

    keys = KeyStore()
    keys.on_wait = lambda words: note(words) if words else None
    try:
        return Session(manifest, chain, journal, keys, addresses=addresses, password=password)
    except ChainError as error:
        raise ChainError(_in_file(chain_path, error.problems)) from None


def allow_keys(session: Session | Comparison, *, allowed: bool) -> None:
    """Let no variable go to a host for which the user has not allowed it.

    Args:
        session: what is to run.
        allowed: whether the user allows what the chain asks for, this once.

    Raises:
        UsageError: a variable waits for the user's word. Nothing was sent.
    """
    pending = session.keys.pending_permissions(session.endpoints.values())
    if not allowed and pending:
        raise UsageError("\n".join(permission_hint(one) for one in pending))
    for one in pending:
        note(f"{one.variable} is sent to {one.host}, as the key of {one.provider}.")
        session.keys.allow(one, remember=False)


def permission_hint(permission: KeyPermission) -> str:
    """Return what the user is asked, and the command that agrees."""
    return f"{permission.question} If so: {command('keys', 'allow', permission.variable, permission.host)}"


def located(arguments: argparse.Namespace, problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Return the problems with the chain's file and line, or with the option that they come from."""
    given = {name: f"--{name.replace('_', '-')}" for name in ("id_column", "speed") if getattr(arguments, name, None)}
    return _in_file(
        arguments.chain,
        (replace(one, file=given[one.field], field="") if one.field in given else one for one in problems),
    )


def _in_file(chain_path: Path | None, problems: Iterable[Problem]) -> tuple[Problem, ...]:
    if chain_path is None:
        return tuple(problems)
    from chaindesk.chain_file import locate

    return tuple(sorted(locate(chain_path, problems), key=lambda problem: problem.line))


def uses_demo(chain: Chain) -> bool:
    """Return whether a step asks the embedded simulated provider."""
    from chaindesk.providers.registry import resolve

    names = {step.provider for step in chain.steps}
    return any(resolve(name, chain.providers.get(name)).base_url == DEMO_BASE_URL for name in names)
