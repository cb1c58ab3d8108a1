"""Time and memory of adding four long columns to a workbook: the patch against openpyxl's load-and-save.

    .venv/bin/python tests/performance/bench_workbook.py [--rows 1000,10000,100000] [--length 500] [--inline]

Each measurement is a process of its own. The texts are made when they are asked for, so what memory is shown is
what the work itself needs.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

COLUMNS = 12
OUTPUTS = ("Research", "Draft", "Edit", "Title")
WORDS = (Path(__file__).read_text(encoding="utf-8") * 40).split()


class LazyRows(Mapping[int, list[str]]):
    """Four long texts for each row, made when they are asked for."""

    def __init__(self, rows: int, length: int) -> None:
        self._rows = rows
        self._length = length

    def __getitem__(self, number: int) -> list[str]:
        return [text(number * 31 + place, self._length) for place in range(len(OUTPUTS))]

    def __iter__(self) -> Iterator[int]:
        return iter(range(2, self._rows + 2))

    def __len__(self) -> int:
        return self._rows

    def __contains__(self, number: object) -> bool:
        return isinstance(number, int) and 2 <= number < self._rows + 2


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def text(seed: int, length: int) -> str:
    """Words that do not repeat from cell to cell, about as hard to pack as prose."""
    chosen = random.Random(seed).choices(WORDS, k=length // 5)
    return " ".join(chosen)[:length]


def make(path: Path, rows: int, *, inline: bool) -> None:
    """A workbook of twelve columns of 200 characters."""
    import xlsxwriter

    workbook = xlsxwriter.Workbook(path, {"constant_memory": inline})
    sheet = workbook.add_worksheet("Jobs")
    sheet.write_row(0, 0, [f"Input {column}" for column in range(1, COLUMNS + 1)])
    for row in range(1, rows + 1):
        sheet.write_row(row, 0, [text(row * 97 + column, 200) for column in range(COLUMNS)])
    workbook.close()


def by_patch(source: Path, target: Path, rows: int, length: int) -> None:
    """What ChainDesk does."""
    from chaindesk.workbook import ColumnWrite, write_columns

    write_columns(source, target, ColumnWrite("Jobs", 1, OUTPUTS, LazyRows(rows, length)))


def by_openpyxl(source: Path, target: Path, rows: int, length: int) -> None:
    """Load, fill in, save."""
    import openpyxl

    workbook = openpyxl.load_workbook(source)
    sheet = workbook["Jobs"]
    for number, texts in LazyRows(rows, length).items():
        for place, value in enumerate(texts):
            sheet.cell(number, COLUMNS + 1 + place, value)
    workbook.save(target)


def by_reading(source: Path, _: Path, __: int, ___: int) -> None:
    """Open the manifest."""
    from chaindesk.workbook import open_manifest

    open_manifest(source)


def by_nothing(_: Path, __: Path, rows: int, length: int) -> None:
    """Make the texts, which is no part of either."""
    for _texts in LazyRows(rows, length).values():
        pass


def measured(work: Callable[[], None]) -> tuple[float, float, float]:
    """CPU seconds, seconds, and the most memory in MB, of some work in a child process."""
    started = time.monotonic()
    child = os.fork()
    if child == 0:
        try:
            work()
        except BaseException as exc:
            sys.stderr.write(f"{exc!r}\n")
            os._exit(1)
        os._exit(0)
    _, status, usage = os.wait4(child, 0)
    if status:
        raise SystemExit("a measurement failed")
    return usage.ru_utime + usage.ru_stime, time.monotonic() - started, usage.ru_maxrss / 1024


def main() -> None:
    """Print the table."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--rows", default="1000,10000,100000")
    asked.add_argument("--length", type=int, default=500, help="characters of each new text")
    asked.add_argument("--inline", action="store_true", help="the source holds its texts in the sheet, not shared")
    asked.add_argument("--skip-openpyxl", action="store_true")
    words = asked.parse_args()
    idle = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    say(f"memory of a process that does nothing: {idle:.0f} MB")
    with tempfile.TemporaryDirectory() as folder:
        for rows in map(int, words.rows.split(",")):
            _compare(Path(folder), rows, words.length, inline=words.inline, openpyxl=not words.skip_openpyxl)


def _compare(folder: Path, rows: int, length: int, *, inline: bool, openpyxl: bool) -> None:
    source = folder / f"{rows}.xlsx"
    measured(lambda: make(source, rows, inline=inline))
    texts, _, _ = measured(lambda: by_nothing(source, source, rows, length))
    say(f"\n{rows:,} rows ({source.stat().st_size / 1e6:.1f} MB)   CPU s  seconds  most MB   file MB")
    spent = {}
    ways = {"open_manifest": by_reading, "write_columns": by_patch, "openpyxl": by_openpyxl}
    for name, way in ways.items():
        if name == "openpyxl" and not openpyxl:
            continue
        target = folder / "target.xlsx"
        cpu, seconds, memory = measured(lambda way=way, target=target: way(source, target, rows, length))
        own = cpu if name == "open_manifest" else cpu - texts
        size = target.stat().st_size / 1e6 if target.exists() else 0.0
        spent[name] = own
        say(f"{name:<24}{own:>12.2f}{seconds:>9.2f}{memory:>9.0f}{size:>10.1f}")
    if openpyxl:
        say(f"the patch takes {spent['write_columns'] / spent['openpyxl']:.3f} of openpyxl's CPU")


if __name__ == "__main__":
    main()
