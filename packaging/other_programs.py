"""What other programs make of a workbook: openpyxl's reading beside ours, and LibreOffice's opening."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl

from chaindesk.domain.errors import ChainDeskError
from chaindesk.workbook.opc.file_type import opened
from chaindesk.workbook.reading.xlsx.sheet_reader import read_sheet

_Cells = dict[tuple[int, int], object]
_PACKAGES = frozenset({".xlsx", ".xlsm", ".xltx", ".xltm"})
_SECONDS = 90
_SHOWN = 40  # characters of a cell


def compare_with_openpyxl(path: Path) -> dict[str, str]:
    """Whether openpyxl (read-only, values) sees the same filled cells with the same words as our own reader.

    Numbers are compared by place only, since ours are as a person sees them; error values count as blank.

    Returns:
        The verdict (agrees, misses, differs, crashes or not compared) and its detail.
    """
    if path.suffix.lower() not in _PACKAGES:
        return {"verdict": "not compared", "detail": "no package"}
    try:
        ours = dict(_ours(path))
    except ChainDeskError as exc:
        return {"verdict": "not compared", "detail": f"we refuse it: {exc}"}
    try:
        theirs = dict(_theirs(path))
    except Exception as exc:  # whatever it is, it is the verdict
        return {"verdict": "crashes", "detail": f"{type(exc).__name__}: {exc}"[:150]}
    for name, cells in ours.items():
        others = theirs.get(name, {})
        missed = sorted(cells.keys() - others.keys())
        if missed:
            return {"verdict": "misses", "detail": f"{len(missed)} values of {name}, first {_shown(cells, missed[0])}"}
        more = sorted(others.keys() - cells.keys())
        if more:
            return {"verdict": "differs", "detail": f"{len(more)} more in {name}, first {_shown(others, more[0])}"}
        for place, value in others.items():
            if isinstance(value, str) and value != cells[place]:
                return {"verdict": "differs", "detail": f"{_shown(cells, place)} is {value[:_SHOWN]!r} to openpyxl"}
    return {"verdict": "agrees", "detail": ""}


def _ours(path: Path) -> Iterator[tuple[str, _Cells]]:
    with opened(path, None) as (_, book, _, _):
        if book is None:
            return
        for sheet in book.worksheets:
            rows = read_sheet(book, sheet).rows
            yield (
                sheet.name,
                {(row.number, c): text for row in rows for c, text in zip(row.columns, row.texts, strict=True)},
            )


def _theirs(path: Path) -> Iterator[tuple[str, _Cells]]:
    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    with contextlib.closing(book):
        for sheet in book.worksheets:
            sheet.reset_dimensions()
            yield sheet.title, {(cell.row, cell.column): cell.value for cell in _filled(sheet)}


def _filled(sheet: Any) -> Iterator[Any]:
    for row in sheet.iter_rows():
        yield from (cell for cell in row if cell.value not in {None, ""} and cell.data_type != "e")


def _shown(cells: _Cells, place: tuple[int, int]) -> str:
    return f"row {place[0]}, column {place[1]}: {str(cells[place])[:_SHOWN]!r}"


class LibreOffice:
    """Opens workbooks without a window, with a profile of its own, so that it meets no other LibreOffice."""

    def __init__(self, program: str, scratch: Path) -> None:
        self._program = program
        self._scratch = scratch
        self._profiles = 1

    @property
    def is_there(self) -> bool:
        """Whether it is installed."""
        return shutil.which(self._program) is not None

    def opens(self, path: Path) -> bool:
        """Whether it opens the workbook and can save its first sheet."""
        out = self._scratch / "converted"
        shutil.rmtree(out, ignore_errors=True)
        profile = (self._scratch / f"profile{self._profiles}").as_uri()
        command = [self._program, f"-env:UserInstallation={profile}", "--headless", "--convert-to", "csv"]
        process = subprocess.Popen(
            [*command, "--outdir", str(out), str(path)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            process.wait(_SECONDS)
        except subprocess.TimeoutExpired:
            self._profiles += 1  # the old one may be left locked
            return False
        finally:
            _end(process)
        return any(out.glob("*.csv"))


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a program and all that it has started: its first process is but a starter."""
    if sys.platform == "win32":
        process.kill()
    else:
        with contextlib.suppress(ProcessLookupError):  # it has ended by itself
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()
