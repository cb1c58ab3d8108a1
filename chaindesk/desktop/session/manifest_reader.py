"""Reads a sheet off the UI thread, as its chain and the user's choices say."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from chaindesk import settings
from chaindesk.desktop.runtime.loop_idle import LoopIdle
from chaindesk.domain.chains.chain import Chain
from chaindesk.domain.chains.chain_binding import bind
from chaindesk.domain.errors import PasswordNeeded, WorkbookError
from chaindesk.domain.manifest import Manifest, ReadOptions

if TYPE_CHECKING:
    from chaindesk.workbook.reading.row_batches import RowBatch


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


async def read_manifest(
    path: Path,
    sheet: str | None,
    chain: Chain | None,
    password: str | None,
    show: Callable[[RowBatch], Awaitable[None]] | None = None,
) -> Manifest:
    """Return the sheet, with the chain's ID column where it has that one.

    ``show`` is awaited with the rows of a long sheet as they are read. Whoever cancels this ends the reading.

    Raises:
        WorkbookError: it cannot be read.
        PasswordNeeded: it is encrypted.
    """
    encoding, delimiter = settings.load_preferences().text_reading.get(str(path), (None, None))
    options = ReadOptions(encoding=encoding, delimiter=delimiter)
    batches: asyncio.Queue[RowBatch | None] = asyncio.Queue()
    loop, ended, idle = asyncio.get_running_loop(), threading.Event(), LoopIdle()

    def tell(batch: RowBatch) -> None:
        if ended.is_set():
            raise asyncio.CancelledError  # which is no error to the readers
        loop.call_soon_threadsafe(batches.put_nowait, batch)

    def read() -> Manifest:
        from chaindesk.workbook import open_manifest  # its libraries take a third of a second

        again = partial(open_manifest, path, sheet=sheet, password=password, on_rows=tell, pause=idle.give_way)
        if chain is None or chain.id_column is None:
            return again(options)
        try:
            return again(replace(options, id_column=chain.id_column))
        except PasswordNeeded:
            raise
        except WorkbookError:
            # The sheet may lack that column; binding the chain then says so beside the rows.
            return again(options)

    reading = asyncio.ensure_future(asyncio.to_thread(read))
    reading.add_done_callback(lambda _: batches.put_nowait(None))
    try:
        while (batch := await batches.get()) is not None:
            if show is not None:
                await show(batch)
        return await reading
    finally:
        ended.set()
        idle.close()
        reading.cancel()


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
