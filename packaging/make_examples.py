#!/usr/bin/env python3
"""Writes the example workbooks of ``resources/examples`` from the tables beside it, and the JSON Schema beside them.

Run it after a change of these tables or of the chain model: ``.venv/bin/python packaging/make_examples.py``.
All companies and people in them are invented.
"""

from __future__ import annotations

import datetime
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import xlsxwriter

from chaindesk.chain_file import chain_json_schema

FOLDER = Path(__file__).resolve().parent.parent / "resources" / "examples"
sys.path.insert(0, str(Path(__file__).resolve().parent))

from example_tables import ARTICLES, LEADS, TEXTS  # noqa: E402
from example_texts import (  # noqa: E402
    COMMENTS,
    MAILS,
    MINUTES,
    PRODUCTS,
    QUALITY,
    RESEARCH,
    REWRITES,
    TICKETS,
)

Cell = str | int | float | bool | datetime.date | None


@dataclass(frozen=True)
class Column:
    """A column: its header, its width in characters, and its number format."""

    header: str
    width: float
    format: str = ""


@dataclass(frozen=True)
class Example:
    """A workbook with one sheet."""

    name: str
    sheet: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]


EXAMPLES = (
    Example(
        "articles",
        "Articles",
        (
            Column("ID", 8),
            Column("Topic", 46),
            Column("Audience", 24),
            Column("Tone", 14),
            Column("Words", 8, "#,##0"),
            Column("Language", 10),
            Column("Due", 12, "d mmm yyyy"),
            Column("Fee", 11, "€#,##0.00"),
            Column("Notes", 40),
        ),
        ARTICLES,
    ),
    Example(
        "leads",
        "Leads",
        (
            Column("Lead", 9),
            Column("Company", 28),
            Column("Contact", 22),
            Column("Role", 26),
            Column("Country", 14),
            Column("Employees", 11, "#,##0"),
            Column("Revenue", 14, "$#,##0"),
            Column("Growth", 9, "0.0%"),
            Column("First contact", 14, "yyyy-mm-dd"),
            Column("Source", 14),
            Column("Message", 60),
            Column("Do not contact", 15),
        ),
        LEADS,
    ),
    Example(
        "translate",
        "Interface texts",
        (
            Column("Key", 26),
            Column("Screen", 16),
            Column("English", 62),
            Column("Max characters", 15, "0"),
            Column("Translate", 10),
            Column("Changed", 12, "yyyy-mm-dd"),
            Column("Note for translators", 40),
        ),
        TEXTS,
    ),
    Example(
        "products",
        "Products",
        (
            Column("SKU", 9),
            Column("Name", 26),
            Column("Category", 14),
            Column("Features", 54),
            Column("Material", 20),
            Column("Audience", 24),
            Column("Price", 10, "€#,##0.00"),
            Column("Language", 11),
            Column("Words", 8, "0"),
        ),
        PRODUCTS,
    ),
    Example(
        "classify",
        "Tickets",
        (
            Column("Ticket", 9),
            Column("Subject", 30),
            Column("Customer", 24),
            Column("Channel", 10),
            Column("Received", 12, "yyyy-mm-dd"),
            Column("Message", 64),
        ),
        TICKETS,
    ),
    Example(
        "extract",
        "Mails",
        (Column("Mail", 8), Column("Sender", 30), Column("Received", 12, "yyyy-mm-dd"), Column("Text", 76)),
        MAILS,
    ),
    Example(
        "summarise",
        "Texts",
        (
            Column("No", 6, "0"),
            Column("Kind", 15),
            Column("Title", 34),
            Column("Date", 12, "yyyy-mm-dd"),
            Column("Reader", 18),
            Column("Text", 84),
        ),
        MINUTES,
    ),
    Example(
        "rewrite",
        "Texts",
        (
            Column("ID", 7),
            Column("Text", 64),
            Column("Reader", 24),
            Column("Tone", 22),
            Column("Length", 16),
            Column("Avoid", 26),
        ),
        REWRITES,
    ),
    Example(
        "research",
        "Companies",
        (
            Column("Company", 28),
            Column("City", 14),
            Column("Industry", 18),
            Column("Website", 28),
            Column("Notes", 42),
            Column("Our offer", 40),
        ),
        RESEARCH,
    ),
    Example(
        "moderate",
        "Comments",
        (Column("Comment ID", 11), Column("Article", 34), Column("Author", 14), Column("Comment", 76)),
        COMMENTS,
    ),
    Example(
        "quality",
        "Texts",
        (Column("Text ID", 9), Column("Reader", 20), Column("Purpose", 18), Column("Text", 84)),
        QUALITY,
    ),
)


def main() -> None:
    """Write all files anew."""
    for example in EXAMPLES:
        write(example, FOLDER / f"{example.name}.xlsx")
    schema = json.dumps(chain_json_schema(), indent=2, ensure_ascii=False)
    (FOLDER / "chain.schema.json").write_text(schema + "\n", encoding="utf-8")


def write(example: Example, path: Path) -> None:
    """Write one workbook: a frozen, filtered header, set widths, and a format for each column."""
    with xlsxwriter.Workbook(path) as book:
        # A fixed date keeps the file the same byte for byte until the table changes.
        book.set_properties({"title": example.sheet, "created": datetime.datetime(2026, 11, 2, 9, 0)})
        sheet = book.add_worksheet(example.sheet)
        base = {"font_name": "Calibri", "font_size": 11, "valign": "top", "text_wrap": True}
        header = book.add_format(base | {"bold": True, "bg_color": "#1F3A5F", "font_color": "#FFFFFF", "bottom": 1})
        formats = [book.add_format(base | ({"num_format": c.format} if c.format else {})) for c in example.columns]
        for place, column in enumerate(example.columns):
            sheet.set_column(place, place, column.width, formats[place])
            sheet.write_string(0, place, column.header, header)
        for number, row in enumerate(example.rows, 1):
            for place, value in enumerate(row):
                if isinstance(value, datetime.date):
                    sheet.write_datetime(number, place, value, formats[place])
                elif value is not None:
                    sheet.write(number, place, value, formats[place])
        sheet.set_row(0, 22)
        sheet.freeze_panes(1, 1)
        sheet.autofilter(0, 0, len(example.rows), len(example.columns) - 1)
        sheet.set_landscape()
        sheet.repeat_rows(0)


if __name__ == "__main__":
    main()
