"""What the export dialog is given, and what it returns."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from chaindesk.desktop.ui.translation import tr_noop
from chaindesk.engine.exports.options import ExportFormat, ExportOptions


class ExportKind(Enum):
    """What a person can choose; the value is how it is remembered."""

    COPY = "copy"
    SAME_FILE = "same-file"
    CSV = "csv"
    MARKDOWN = "md"
    HTML = "html"
    FILES = "files"

    @property
    def format(self) -> ExportFormat:
        """What the engine makes."""
        return _FORMATS[self]


_FORMATS = {
    ExportKind.COPY: ExportFormat.WORKBOOK,
    ExportKind.SAME_FILE: ExportFormat.WORKBOOK,
    ExportKind.CSV: ExportFormat.CSV,
    ExportKind.MARKDOWN: ExportFormat.MARKDOWN,
    ExportKind.HTML: ExportFormat.HTML,
    ExportKind.FILES: ExportFormat.FILES,
}
KIND_TEXTS = {
    ExportKind.COPY: tr_noop("Excel workbook: a completed copy"),
    ExportKind.SAME_FILE: tr_noop("Excel workbook: into this file"),
    ExportKind.CSV: tr_noop("CSV table"),
    ExportKind.MARKDOWN: tr_noop("Markdown document"),
    ExportKind.HTML: tr_noop("HTML page"),
    ExportKind.FILES: tr_noop("One file for each row"),
}


class RowChoice(Enum):
    """Which rows are exported; the value is how it is remembered."""

    ALL = "all"
    APPROVED = "approved"
    SELECTED = "selected"


@dataclass(frozen=True, slots=True)
class ExportOffer:
    """What there is to export.

    Attributes:
        workbook: its file.
        inputs: names of the sheet's own columns.
        outputs: names of ours, as exports call them.
        final: the outputs of the last step, which are what a file of one row is for.
        rows: how many rows the sheet has.
        approved: how many of them are approved.
        selected: the sheet row numbers of those that are selected in the table.
        file_name: the template of the files' names that is suggested.
        no_same_file: why it cannot be written into the workbook itself, "" where it can.
    """

    workbook: Path
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    final: tuple[str, ...]
    rows: int
    approved: int
    selected: frozenset[int]
    file_name: str
    no_same_file: str = ""


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """What the user asks for.

    Attributes:
        target: the file, or the folder of the rows' files.
        options: what is written.
        into_itself: whether it goes into the workbook itself.
    """

    target: Path
    options: ExportOptions
    into_itself: bool = False
