"""Reads a sheet off the UI thread, as its chain and the user's choices say."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from pathlib import Path

from chaindesk import settings
from chaindesk.domain.chain import Chain
from chaindesk.domain.chain_binding import bind
from chaindesk.domain.errors import PasswordNeeded, WorkbookError
from chaindesk.domain.manifest import Manifest, ReadOptions


@dataclass(frozen=True, slots=True)
class LockedWorkbook:
    """A workbook that needs a password, and what was to be opened with it.

    Attributes:
        path: its file.
        sheet: the requested sheet, or None for the first.
        chain: the requested chain, or None.
        refused: whether a password was given that does not open it.
    """

    path: Path
    sheet: str | None
    chain: Path | None
    refused: bool


async def read_manifest(path: Path, sheet: str | None, chain: Chain | None, password: str | None) -> Manifest:
    """Return the sheet, with the chain's ID column where it has that one.

    Raises:
        WorkbookError: it cannot be read.
        PasswordNeeded: it is encrypted.
    """
    from chaindesk.workbook import open_manifest  # openpyxl takes a third of a second

    encoding, delimiter = settings.load_preferences().text_reading.get(str(path), (None, None))
    options = ReadOptions(encoding=encoding, delimiter=delimiter)

    def read() -> Manifest:
        if chain is not None and chain.id_column is not None:
            try:
                named = replace(options, id_column=chain.id_column)
                return open_manifest(path, named, sheet=sheet, password=password)
            except PasswordNeeded:
                raise
            except WorkbookError:
                # The sheet may lack that column; binding the chain then says so beside the rows.
                return open_manifest(path, options, sheet=sheet, password=password)
        return open_manifest(path, options, sheet=sheet, password=password)

    return await asyncio.to_thread(read)


def fits(chain: Chain, manifest: Manifest) -> bool:
    """Return whether a chain can run over a sheet: every column that it names is there."""
    return not bind(chain, manifest)[1]


async def preview_text(path: Path, options: ReadOptions) -> Manifest:
    """Return a text file as these options read it.

    Raises:
        WorkbookError: they do not fit it.
    """
    from chaindesk.workbook import open_manifest

    return await asyncio.to_thread(open_manifest, path, options)
