"""Makes the session of a workbook, a chain and a journal, and reads how each row stands: off the window's thread."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from chaindesk.chain_file import locate
from chaindesk.credentials import KeyStore
from chaindesk.desktop.runtime import preloading
from chaindesk.domain.chains.chain import Chain
from chaindesk.domain.errors import ChainError
from chaindesk.domain.manifest import Manifest, Notice
from chaindesk.domain.row_state import RowState
from chaindesk.engine.session import Session
from chaindesk.journal.protocol import Journal


@dataclass(frozen=True, slots=True)
class MadeSession:
    """A session with what it was found to have.

    Attributes:
        session: ties workbook, chain and journal together.
        states: of each row that is known.
        notices: what the user should know of the edits in the sheet that were taken in.
    """

    session: Session
    states: Mapping[int, RowState]
    notices: tuple[Notice, ...]


async def make_session(
    manifest: Manifest,
    chain: Chain,
    path: Path,
    journal: Journal,
    keys: KeyStore,
    addresses: Mapping[str, str],
    password: str | None,
) -> MadeSession:
    """Return the session of a workbook and the chain of a file.

    Raises:
        ChainError: they do not fit; with the lines of the file.
    """
    await preloading.load_for_runs()
    try:
        session = await asyncio.to_thread(
            Session, manifest, chain, journal, keys, addresses=addresses, password=password
        )
    except ChainError as error:
        raise ChainError(await asyncio.to_thread(locate, path, error.problems)) from error
    imported = await session.import_sheet_edits()
    await session.judge()
    return MadeSession(session, await asyncio.to_thread(session.statuses), tuple(imported))
