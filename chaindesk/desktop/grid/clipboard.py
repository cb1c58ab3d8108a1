"""Rows for the clipboard: tab-separated cells, and an HTML table whose cells a spreadsheet takes as text."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence

from PySide6.QtCore import QMimeData

_QUOTED = ("\t", "\n", "\r", '"')


def to_mime(rows: Iterable[Sequence[str]]) -> QMimeData:
    """Return the cells as plain text and as HTML."""
    listed = [tuple(row) for row in rows]
    made = QMimeData()
    made.setText("\n".join("\t".join(map(_quoted, row)) for row in listed))
    lines = ("".join(f"<td>{_escaped(cell)}</td>" for cell in row) for row in listed)
    table = "".join(f"<tr>{line}</tr>" for line in lines)
    # Of an answer such as "=1+1" a spreadsheet would make a formula: this format says that it is text.
    made.setHtml(f"<style>td {{mso-number-format:'\\@'; white-space:pre-wrap}}</style><table>{table}</table>")
    return made


def _quoted(cell: str) -> str:
    """As spreadsheets write a cell that has line breaks or tabs in it."""
    return '"{}"'.format(cell.replace('"', '""')) if any(mark in cell for mark in _QUOTED) else cell


def _escaped(cell: str) -> str:
    return html.escape(cell).replace("\n", '<br style="mso-data-placement:same-cell">')
