"""Rows as texts: what CSV, Markdown and HTML make of them."""

from __future__ import annotations

import csv
import html
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from chaindesk.domain.chains.answer_fields import field_text
from chaindesk.domain.manifest import Row
from chaindesk.engine.exports.cells import ExportCells
from chaindesk.engine.exports.choice import ChosenColumns
from chaindesk.engine.exports.source import ExportSource

if TYPE_CHECKING:
    from chaindesk.workbook import CellValue

_FORMULA_STARTS = tuple("=+-@\t\r")  # https://owasp.org/www-community/attacks/CSV_Injection
_NUMBER = re.compile(r"[+-]?\d[\d,. ]*%?")
_STYLE = """body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem; color: #1d2330; background: #fff; }
table { border-collapse: collapse; }
th, td { border: 1px solid #c9ced8; padding: .45rem .6rem; text-align: left; vertical-align: top; }
td { white-space: pre-wrap; }
th { background: #eef1f6; position: sticky; top: 0; }
section { max-width: 46rem; white-space: pre-wrap; }
@media (prefers-color-scheme: dark) { body { color: #e4e7ee; background: #171a21; } th { background: #252a35; }
th, td { border-color: #434a59; } }
"""


class RowTexts:
    """The texts of chosen columns, row by row."""

    def __init__(self, source: ExportSource, columns: ChosenColumns) -> None:
        self.names = columns.names
        self._inputs = columns.inputs
        self._headers = columns.headers
        self._cells = ExportCells(source, columns.headers)
        self._known = _sheet_columns(source, columns.headers)

    def of(self, row: Row) -> list[str]:
        """Return a row's texts in the order of ``names``. What nobody knows is as the sheet says."""
        own = [row.values[name] for name in self._inputs]
        pairs = zip(self._headers, self._cells[row.number], strict=True)
        return own + [
            cell_text(value) if value is not None else row.values[self._known[header]] if header in self._known else ""
            for header, value in pairs
        ]


@dataclass(slots=True)
class FormulaGuard:
    """Puts an apostrophe before texts that a spreadsheet program would take for formulas; numbers stay.

    Attributes:
        active: whether it does.
        guarded: how many texts got one.
    """

    active: bool
    guarded: int = 0

    def safe(self, text: str) -> str:
        """Return the text as it goes into a cell."""
        if not self.active or not text.startswith(_FORMULA_STARTS) or _NUMBER.fullmatch(text.strip()):
            return text
        self.guarded += 1
        return f"'{text}"


def cell_text(value: CellValue) -> str:
    """Return what a person sees in a cell of ours."""
    from chaindesk.workbook import Filled

    plain = value.value if isinstance(value, Filled) else value
    match plain:
        case datetime():
            return plain.isoformat(" ", "seconds")
        case date():
            return plain.isoformat()
        case bool() | int() | float() | str() | None:
            return field_text(plain)
        case _:
            return f"{plain:f}"


def csv_lines(texts: RowTexts, rows: Iterable[Row], delimiter: str, guard: FormulaGuard) -> Iterator[str]:
    """Yield the records of a CSV (RFC 4180), the names first."""
    record = io.StringIO()
    writer = csv.writer(record, delimiter=delimiter, lineterminator="\r\n")
    for cells in _with_names(texts, rows):
        writer.writerow([guard.safe(cell) for cell in cells])
        yield record.getvalue()
        record.seek(0)
        record.truncate()


def markdown_lines(texts: RowTexts, rows: Iterable[Row], title: str) -> Iterator[str]:
    """Yield a document with a section for each row, its columns one below the other."""
    yield f"# {_one_line(title)}\n"
    for row in rows:
        yield f"\n## {_one_line(row.key)}\n"
        for name, text in zip(texts.names, texts.of(row), strict=True):
            if text.strip():
                yield f"\n**{_one_line(name)}**\n\n{text.strip()}\n"


def html_lines(texts: RowTexts, rows: Iterable[Row], title: str) -> Iterator[str]:
    """Yield a page with a table of the rows."""
    yield _html_head(title)
    cells = "".join(f"<th>{html.escape(name)}</th>" for name in texts.names)
    yield f"<table>\n<thead><tr>{cells}</tr></thead>\n<tbody>\n"
    for row in rows:
        cells = "".join(f"<td>{html.escape(text)}</td>" for text in texts.of(row))
        yield f"<tr>{cells}</tr>\n"
    yield "</tbody>\n</table>\n</body>\n</html>\n"


def row_document(ending: str, title: str, texts: Mapping[str, str]) -> str:
    """Return the file of one row: the text alone of one column, else a section for each column."""
    sections = [(name, text.strip()) for name, text in texts.items()]
    if ending == ".html":
        parts = [f"<section>{html.escape(text)}</section>" for _, text in sections]
        if len(sections) > 1:
            headed = zip(sections, parts, strict=True)
            parts = [f"<h2>{html.escape(name)}</h2>\n{part}" for (name, _), part in headed]
        return _html_head(title) + "\n".join(parts) + "\n</body>\n</html>\n"
    if len(sections) == 1:
        return f"{sections[0][1]}\n"
    if ending == ".md":
        return "\n".join(f"## {_one_line(name)}\n\n{text}\n" for name, text in sections)
    return "\n".join(f"{_one_line(name)}\n{'-' * len(_one_line(name))}\n\n{text}\n" for name, text in sections)


def _with_names(texts: RowTexts, rows: Iterable[Row]) -> Iterator[Sequence[str]]:
    yield texts.names
    for row in rows:
        yield texts.of(row)


def _html_head(title: str) -> str:
    return (
        '<!DOCTYPE html>\n<html>\n<head>\n<meta charset="utf-8">\n'
        f"<title>{html.escape(title)}</title>\n<style>\n{_STYLE}</style>\n</head>\n<body>\n"
    )


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _sheet_columns(source: ExportSource, headers: Sequence[str]) -> dict[str, str]:
    """Return the name of the sheet's column of an earlier export for each header that has one."""
    from chaindesk.workbook import continued_columns

    by_index = {column.index: column.name for column in source.manifest.columns}
    return {header: by_index[index] for header, index in continued_columns(source.manifest, headers).items()}
