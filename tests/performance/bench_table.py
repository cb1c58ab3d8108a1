"""The window's table over 100,000 rows: CPU of opening, search and sort, each against a floor taken in the same run.

    .venv/bin/python tests/performance/bench_table.py [--rows 100000]

The floor of an opening is to read all of the sheet; of a search and a sort, what Python's own ``in`` and ``sorted``
take over the same texts. Shares of the floor do not depend on the machine.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import xlsxwriter
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from chaindesk.desktop.grid.model import RowTableModel
from chaindesk.desktop.grid.previews import Previews
from chaindesk.desktop.ui.row_filter import RowFilter
from chaindesk.engine.run.progress.snapshot import Snapshot
from chaindesk.workbook import open_manifest
from chaindesk.workbook.reading.row_batches import RowBatch

COLUMNS = 15


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def make(path: Path, rows: int) -> None:
    """A workbook of ID, topic and thirteen columns of words and numbers."""
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("Jobs")
    sheet.write_row(0, 0, ["ID", "Topic", *(f"Column {place}" for place in range(3, COLUMNS + 1))])
    for row in range(1, rows + 1):
        values = [f"value {row * 7 % 9973} in {place}" if place % 2 else row * place for place in range(3, COLUMNS + 1)]
        sheet.write_row(row, 0, [f"J-{row}", f"topic number {row} of the list", *values])
    book.close()


def cpu(work: Callable[[], object]) -> float:
    """Seconds of CPU that a piece of work takes."""
    begun = time.process_time()
    work()
    return time.process_time() - begun


def first_rows(path: Path) -> float:
    """Seconds of CPU until the first rows can be shown."""

    def stop(_: RowBatch) -> None:
        raise asyncio.CancelledError

    def read() -> None:
        try:
            open_manifest(path, on_rows=stop)
        except asyncio.CancelledError:
            return

    return cpu(read)


def main() -> None:
    """Measure, and print each figure with its share of the floor."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    rows = parser.parse_args().rows
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    app = QApplication([])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "jobs.xlsx"
        make(path, rows)
        begin = first_rows(path)
        begun = time.process_time()
        manifest = open_manifest(path)
        whole = time.process_time() - begun
    say(f"first rows {begin:.2f} s of CPU, the whole sheet {whole:.2f} s: {begin / whole:.1%}")
    model = RowTableModel()
    shown = cpu(lambda: model.show_rows(manifest, Snapshot(), Previews()))
    say(f"into the table {shown:.2f} s: {shown / whole:.1%} of the reading")
    texts = ["\n".join(row.values.cells).casefold() for row in manifest.rows]
    floor = cpu(lambda: [text for text in texts if "number 999" in text])
    for words in ("number 999", "number 9999"):
        taken = cpu(lambda words=words: model.set_filter(RowFilter(text=words)))  # type: ignore[misc]
        say(f"search for “{words}” {taken:.3f} s: {taken / floor:.1f} times a plain look at each row's text")
    model.set_filter(RowFilter())
    for column in (2, 3, 4):
        name = model.columns[column].name
        keys = [row.values[name] for row in manifest.rows]
        floor = cpu(lambda keys=keys: sorted(keys))  # type: ignore[misc]
        taken = cpu(lambda column=column: model.sort(column, Qt.SortOrder.DescendingOrder))  # type: ignore[misc]
        say(f"sort by {name} {taken:.3f} s: {taken / floor:.1f} times sorted() of its texts")
    app.quit()


if __name__ == "__main__":
    main()
