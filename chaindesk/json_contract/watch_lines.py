"""The lines of ``watch`` and of ``worker``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from chaindesk.json_contract.run_lines import ResultLine


@dataclass(frozen=True, slots=True)
class WorkbookStartedLine:
    """A workbook of the folder is run.

    Attributes:
        time: when it was begun.
        workbook: its name.
    """

    time: datetime
    workbook: str


@dataclass(frozen=True, slots=True)
class WorkbookWaitingLine:
    """A workbook stays where it is for now.

    Attributes:
        time: when that was seen.
        workbook: its name.
        message: why it waits.
    """

    time: datetime
    workbook: str
    message: str


@dataclass(frozen=True, slots=True)
class WorkbookFinishedLine:
    """A workbook has left the folder.

    Attributes:
        time: when.
        workbook: its name.
        outcome: what became of it.
        folder: where it is now.
        message: all of it in words.
        path: the completed workbook; null where none was saved.
        result: the last line of its run; null where nothing was run.
    """

    time: datetime
    workbook: str
    outcome: str
    folder: Path
    message: str
    path: Path | None
    result: ResultLine | None


@dataclass(frozen=True, slots=True)
class ConnectedLine:
    """Workers have found their scheduler.

    Attributes:
        workers: their addresses.
    """

    workers: tuple[str, ...]
