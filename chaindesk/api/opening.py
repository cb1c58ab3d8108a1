"""Opens what the public API works on: a workbook or a data frame, a chain, and the journal."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Unpack, cast

from chaindesk.api.choices import AllChoices, OpenChoices, Rows, RunChoices
from chaindesk.api.frames import is_frame, manifest_of
from chaindesk.api.session import Session
from chaindesk.api.values import Check, Result
from chaindesk.chain_file import load_chain, locate, parse_chain
from chaindesk.credentials import KeyStore
from chaindesk.domain.chains.chain import Chain
from chaindesk.domain.errors import ChainError, InputError, Problem, UsageError
from chaindesk.domain.manifest import Manifest
from chaindesk.engine.session import Session as EngineSession
from chaindesk.journal.sqlite.journal import open_journal
from chaindesk.settings import journal_path
from chaindesk.workbook import ReadOptions, open_manifest

ChainSource = str | Path | Mapping[str, Any]
"""A chain file, the text of one (YAML of several lines), or what stands in one as a mapping."""


def open_session(
    source: Any,
    chain: ChainSource,
    *,
    sheet: str | None = None,
    id_column: str | None = None,
    header_row: int | None = None,
    password: str | None = None,
    name: str | None = None,
    journal: str | Path | None = None,
    keys: Mapping[str, str] | None = None,
    allow_key_env: bool = False,
) -> Session:
    """Open a workbook or a data frame with a chain. No call is made.

    Args:
        source: the path of a workbook (.xlsx, .csv and others), a data frame of pandas or polars, or a list of dicts.
        chain: the chain.
        sheet: the workbook's sheet; None for the active one, or else the first that has jobs.
        id_column: the column whose texts name the rows; None for the chain's own.
        header_row: of the sheet; None where it is to be found.
        password: of an encrypted workbook.
        name: by which the journal knows a data frame; None for the chain's name. Two frames that run at the same time
            under one chain need a name each.
        journal: the journal's file; None for the user's own.
        keys: API keys by provider, such as ``{"openai": "sk-…"}``, held in memory alone; else the environment's and
            the keyring's are used, as on the command line.
        allow_key_env: whether a variable that the chain names in ``api_key_env`` may be sent to its ``base_url``.

    Raises:
        ChainError: the chain has mistakes or does not fit the columns; ``problems`` has each.
        InputError: the workbook or the frame cannot be used as it is.
        JournalError: the journal cannot be opened.
    """
    path = journal_path() if journal is None else Path(journal)
    read = _chain(chain)
    if id_column is not None:
        read = read.model_copy(update={"id_column": id_column})
    if is_frame(source):
        if sheet is not None or header_row is not None or password is not None:
            raise UsageError("sheet, header_row and password are for a workbook; this is a data frame.")
        manifest = manifest_of(source, read, path.parent, name or read.name)
    else:
        if name is not None:
            raise UsageError("name is for a data frame: the journal knows a workbook by its file.")
        options = ReadOptions(header_row=header_row, id_column=read.id_column)
        manifest = open_manifest(Path(source), options, sheet=sheet, password=password)
    opened = open_journal(path)
    try:
        engine = _engine(manifest, read, opened, chain, password)
        _give_keys(engine, keys or {})
    except BaseException:
        opened.close()
        raise
    return Session(engine, source if is_frame(source) else None, allow_key_env=allow_key_env)


def _give_keys(engine: EngineSession, keys: Mapping[str, str]) -> None:
    for provider, value in keys.items():
        if provider not in engine.endpoints:
            raise InputError(f'keys: no step of the chain uses a provider called "{provider}".')
        engine.keys.set_for_session(provider, engine.endpoints[provider].base_url, value)


def check(source: Any, chain: ChainSource, *, rows: Rows = "all", **choices: Unpack[OpenChoices]) -> Check:
    """Return what a run would do and cost, or every mistake in chain and sheet. No call is made.

    ``choices`` are those of ``open_session``.
    """
    try:
        with open_session(source, chain, **choices) as session:
            return session.estimate(rows)
    except ChainError as error:
        return Check(ok=False, problems=error.problems)
    except InputError as error:
        return Check(ok=False, problems=(Problem(str(error)),))


def run(
    source: Any,
    chain: ChainSource,
    *,
    rows: Rows = "all",
    out: str | Path | None = None,
    **choices: Unpack[AllChoices],
) -> Result:
    """Run a chain over a workbook or a data frame, and return its rows when it has ended.

    Args:
        source: the workbook or the data frame; see ``open_session``.
        chain: the chain.
        rows: which rows, as on the command line, or by number.
        out: where the completed workbook is saved; None saves none.
        choices: those of ``open_session`` and of ``Session.run``.

    Raises:
        ChainError: the chain has mistakes or does not fit the columns; ``problems`` has each.
        InputError: nothing was run; the message says why.
    """
    opening, running = _parted(choices)
    with open_session(source, chain, **opening) as session:
        result = session.run(rows, **running)
        if out is not None:
            session.export(out)
        return result


async def run_async(source: Any, chain: ChainSource, *, rows: Rows = "all", **choices: Unpack[AllChoices]) -> Result:
    """Run a chain over a workbook or a data frame in the loop that is running; see ``run``."""
    opening, running = _parted(choices)
    with open_session(source, chain, **opening) as session:
        return await session.run_async(rows, **running)


def _parted(choices: AllChoices) -> tuple[OpenChoices, RunChoices]:
    """Return the keywords of opening and those of running."""
    opening = {name: value for name, value in choices.items() if name in OpenChoices.__annotations__}
    running = {name: value for name, value in choices.items() if name in RunChoices.__annotations__}
    if unknown := choices.keys() - opening.keys() - running.keys():
        raise TypeError(f"run() has no keyword {sorted(unknown)[0]!r}")
    return cast(OpenChoices, opening), cast(RunChoices, running)


def _chain(source: ChainSource) -> Chain:
    if isinstance(source, Mapping):
        return parse_chain(json.dumps(source), "chain")
    if isinstance(source, str) and "\n" in source:
        return parse_chain(source, "chain")
    return load_chain(Path(source))


def _engine(manifest: Manifest, chain: Chain, journal: Any, source: ChainSource, password: str | None) -> EngineSession:
    try:
        return EngineSession(manifest, chain, journal, KeyStore(), password=password)
    except ChainError as error:
        if isinstance(source, Mapping) or "\n" in str(source):
            raise ChainError([replace(one, file="chain") for one in error.problems]) from None
        raise ChainError(locate(Path(source), error.problems)) from None
