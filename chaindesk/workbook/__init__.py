"""Workbooks as manifests, in two calls that need nothing else of ChainDesk.

``open_manifest`` reads one sheet of any workbook as a header row and rows of texts. ``write_columns`` makes a copy of a
workbook in which some columns of some rows hold given texts, numbers and dates, and in which nothing else has changed:
the package is patched, not rebuilt, so charts, pivots, macros, slicers and cached formula values stay as they are.

    manifest = open_manifest("topics.xlsx")
    texts = {row.number: [row.values["Topic"].upper()] for row in manifest.rows}
    columns = ColumnWrite(manifest.sheet, manifest.header_row, headers=["Loud topic"], rows=texts)
    report = write_columns(manifest.path, "topics.completed.xlsx", columns)

Importing this package is cheap: the modules of the calls, and the libraries behind them, are loaded at the first use.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from chaindesk.domain.manifest import ReadOptions
from chaindesk.workbook.naming import continued_columns, export_name
from chaindesk.workbook.types import CellValue, ColumnWrite, Filled, PlainValue, WriteReport

if TYPE_CHECKING:
    from chaindesk.workbook.reading.open_manifest import open_manifest, reread
    from chaindesk.workbook.writing.cell_writer import is_as_written
    from chaindesk.workbook.writing.export_checks import check_export, check_target
    from chaindesk.workbook.writing.write_columns import write_columns

__all__ = [
    "CellValue",
    "ColumnWrite",
    "Filled",
    "PlainValue",
    "ReadOptions",
    "WriteReport",
    "check_export",
    "check_target",
    "continued_columns",
    "export_name",
    "is_as_written",
    "open_manifest",
    "reread",
    "write_columns",
]

_MODULES = {
    "check_export": "writing.export_checks",
    "check_target": "writing.export_checks",
    "is_as_written": "writing.cell_writer",
    "open_manifest": "reading.open_manifest",
    "reread": "reading.open_manifest",
    "write_columns": "writing.write_columns",
}

if not TYPE_CHECKING:  # with it, every misspelt name would pass for one of this package

    def __getattr__(name: str) -> object:
        """Load the module of a call when the call is first asked for (PEP 562)."""
        if name not in _MODULES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(importlib.import_module(f"{__name__}.{_MODULES[name]}"), name)
