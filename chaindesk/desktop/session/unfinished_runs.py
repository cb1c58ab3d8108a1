"""Notes of unfinished runs, one small file for each workbook and sheet, which are there after a crash.

A note is written when a run begins and deleted when it ends. One that is found later is of an interrupted run.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path

from chaindesk import settings
from chaindesk.domain.errors import ChainDeskError
from chaindesk.domain.events import RunStarted
from chaindesk.domain.manifest import Manifest
from chaindesk.domain.row_selection import RowSelection
from chaindesk.engine.run.options import RunOptions
from chaindesk.files.atomic_write import replace_file

_SUFFIX = ".json"


@dataclass(frozen=True, slots=True)
class UnfinishedRun:
    """A run that was begun.

    Attributes:
        workbook: its file.
        sheet: the sheet's name.
        chain: the chain's file.
        run_id: the journal's number of the run.
        choice: the rows that it took.
        fresh: whether it paid again for what was there.
        budget: US dollars that it might spend, or None.
        concurrency: rows at once when it began.
        begun_at: UTC.
    """

    workbook: Path
    sheet: str
    chain: Path
    run_id: int
    choice: RowSelection
    fresh: bool
    budget: Decimal | None
    concurrency: int
    begun_at: datetime


def begun_now(manifest: Manifest, chain: Path, options: RunOptions, event: RunStarted) -> UnfinishedRun:
    """Return the note of a run that has just begun."""
    whole = options.choice == RowSelection()
    return UnfinishedRun(
        workbook=manifest.path,
        sheet=manifest.sheet,
        chain=chain,
        run_id=event.run_id,
        choice=RowSelection() if whole else same_rows(event.rows),
        fresh=options.fresh,
        budget=options.budget,
        concurrency=event.concurrency,
        begun_at=datetime.now(UTC),
    )


def save(run: UnfinishedRun) -> None:
    """Write a run's note before its first call. A disk that refuses is no reason not to run."""
    with contextlib.suppress(OSError, ChainDeskError):
        path = _path(run.workbook, run.sheet)
        replace_file(path, lambda file: file.write(_to_json(run).encode("utf-8")))


def delete(workbook: Path, sheet: str) -> None:
    """Delete the note of the run over this sheet."""
    with contextlib.suppress(OSError, ChainDeskError):
        _path(workbook, sheet).unlink(missing_ok=True)


def load(workbook: Path, sheet: str) -> UnfinishedRun | None:
    """Return the run over this sheet that was begun and never ended, or None."""
    with contextlib.suppress(OSError, ChainDeskError):
        return _read(_path(workbook, sheet))
    return None


def load_all() -> list[UnfinishedRun]:
    """Return all unfinished runs whose files are still there, the newest first."""
    runs: Iterable[UnfinishedRun | None] = ()
    with contextlib.suppress(OSError, ChainDeskError):
        runs = [_read(path) for path in _folder().glob(f"*{_SUFFIX}")]
    there = [run for run in runs if run is not None and run.workbook.is_file() and run.chain.is_file()]
    return sorted(there, key=lambda run: run.begun_at, reverse=True)


def same_rows(numbers: Iterable[int]) -> RowSelection:
    """Return the selection of these sheet rows, which are in order, in as few ranges as possible."""
    ranges: list[tuple[int, int]] = []
    for number in numbers:
        if ranges and ranges[-1][1] == number - 1:
            ranges[-1] = (ranges[-1][0], number)
        else:
            ranges.append((number, number))
    return RowSelection(ranges=tuple(ranges))


def _folder() -> Path:
    return settings.data_folder("under-way")


def _path(workbook: Path, sheet: str) -> Path:
    name = f"{workbook.absolute()}\n{sheet}".encode("utf-8", "surrogatepass")
    return _folder() / f"{hashlib.sha256(name).hexdigest()[:24]}{_SUFFIX}"


def _to_json(run: UnfinishedRun) -> str:
    choice = run.choice
    return json.dumps(
        {
            "workbook": str(run.workbook.absolute()),
            "sheet": run.sheet,
            "chain": str(run.chain.absolute()),
            "run_id": run.run_id,
            "failed_only": choice.failed_only,
            "first": choice.first,
            "ranges": choice.ranges,
            "fresh": run.fresh,
            "budget": None if run.budget is None else str(run.budget),
            "concurrency": run.concurrency,
            "begun_at": run.begun_at.isoformat(),
        }
    )


def _read(path: Path) -> UnfinishedRun | None:
    """Return a note, or None where there is none or it is damaged, which costs no more than an offer."""
    try:
        kept = json.loads(path.read_text("utf-8"))
        ranges = kept["ranges"]
        return UnfinishedRun(
            workbook=Path(kept["workbook"]),
            sheet=str(kept["sheet"]),
            chain=Path(kept["chain"]),
            run_id=int(kept["run_id"]),
            choice=RowSelection(
                failed_only=bool(kept["failed_only"]),
                first=None if kept["first"] is None else int(kept["first"]),
                ranges=None if ranges is None else tuple((int(low), int(high)) for low, high in ranges),
            ),
            fresh=bool(kept["fresh"]),
            budget=None if kept["budget"] is None else Decimal(kept["budget"]),
            concurrency=int(kept["concurrency"]),
            begun_at=datetime.fromisoformat(kept["begun_at"]).astimezone(UTC),
        )
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError, InvalidOperation):
        return None
