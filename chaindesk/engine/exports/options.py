"""What an export writes: its format, its rows, its columns, and what it may replace."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path


class ExportFormat(Enum):
    """What is made of the rows; the value is the ending of the file, "" where each row has a file of its own."""

    WORKBOOK = ".xlsx"
    CSV = ".csv"
    MARKDOWN = ".md"
    HTML = ".html"
    FILES = ""


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """What is exported, and how.

    Attributes:
        format: what is made.
        rows: sheet row numbers; None for all. A workbook keeps its other rows, and gets no outputs in them.
        only_approved: leave out rows that nobody has approved.
        columns: names of the sheet's columns and headers of ours; empty for all, of files for the last step's outputs.
            A workbook always keeps its own columns.
        file_name: the template of the name of each row's file, such as ``{{ID}}-{{Title}}.md``; "" for the row's key.
        delimiter: what stands between the cells of a CSV.
        guard_formulas: put an apostrophe before cells of a CSV that a spreadsheet program would take for formulas.
        replace: replace files that are there. Without it, nothing is written where one is.
    """

    format: ExportFormat = ExportFormat.WORKBOOK
    rows: frozenset[int] | None = None
    only_approved: bool = False
    columns: tuple[str, ...] = ()
    file_name: str = ""
    delimiter: str = ","
    guard_formulas: bool = True
    replace: bool = False

    @property
    def partial(self) -> bool:
        """Return whether rows may be left out."""
        return self.rows is not None or self.only_approved


@dataclass(frozen=True, slots=True)
class ExportPreview:
    """What an export would do.

    Attributes:
        target: the file, or the folder of the rows' files.
        rows: how many rows get into it.
        files: the names of the rows' files; empty for one file.
        existing: the names of files that are there already, and would be replaced.
    """

    target: Path
    rows: int
    files: tuple[str, ...] = field(default=())
    existing: tuple[str, ...] = field(default=())


def default_target(workbook: Path, format_: ExportFormat) -> Path:
    """Where an export goes by default: ``NAME.completed.xlsx`` and its like beside the workbook, or ``NAME.rows``."""
    from chaindesk.workbook import export_name

    usual = export_name(workbook)
    match format_:
        case ExportFormat.WORKBOOK:
            return usual
        case ExportFormat.FILES:
            return usual.with_name(f"{usual.stem.removesuffix('.completed')}.rows")
        case _:
            return usual.with_suffix(format_.value)


def past_name(workbook: Path, run_id: int) -> Path:
    """Where the export of a past run goes by default: ``NAME.run-N.xlsx`` beside the workbook."""
    from chaindesk.workbook import export_name

    return workbook.with_name(f"{workbook.stem.removesuffix('.completed')}.run-{run_id}{export_name(workbook).suffix}")
