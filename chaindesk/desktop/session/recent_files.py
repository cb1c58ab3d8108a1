"""Remembers what was opened for the next start."""

from __future__ import annotations

import asyncio
from pathlib import Path

from chaindesk import settings


def chain_of(workbook: Path) -> Path | None:
    """Return the chain that was last used with a workbook, or None."""
    remembered = settings.load_preferences().chain_of_workbook.get(str(workbook))
    return Path(remembered) if remembered else None


async def remember(workbook: Path | None, chain: Path | None) -> None:
    """Put these first among what was opened.

    Raises:
        EnvironmentFailure: the preferences cannot be written.
    """
    preferences = settings.load_preferences().with_recent(workbook=workbook, chain=chain)
    await asyncio.to_thread(settings.save_preferences, preferences)


def remember_text_reading(workbook: Path, encoding: str, delimiter: str) -> None:
    """Read a text file with this encoding and delimiter whenever it is opened.

    Raises:
        EnvironmentFailure: the preferences cannot be written.
    """
    settings.save_preferences(settings.load_preferences().with_text_reading(workbook, encoding, delimiter))
