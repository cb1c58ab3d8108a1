"""The options of ``chaindesk export`` that say what is written and where."""

from __future__ import annotations

import argparse
from pathlib import Path

from chaindesk.cli.printing.output_paths import is_same, target_of
from chaindesk.domain.errors import UsageError
from chaindesk.engine.exports.options import ExportFormat, ExportOptions, default_target
from chaindesk.workbook import check_target

_NAMES = {
    "xlsx": ExportFormat.WORKBOOK,
    "csv": ExportFormat.CSV,
    "md": ExportFormat.MARKDOWN,
    "html": ExportFormat.HTML,
}
_ENDINGS = {".csv": "csv", ".tsv": "csv", ".md": "md", ".html": "html", ".htm": "html"}
_DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t"}


def add_export_options(parser: argparse.ArgumentParser) -> None:
    """What is written: format, rows, columns."""
    parser.add_argument("--format", choices=list(_NAMES), help="the format (the ending of --out, else xlsx)")
    parser.add_argument("--only", choices=["approved"], help="leave out rows that nobody has approved")
    parser.add_argument(
        "--columns", metavar="A,B", help="columns of the sheet and outputs, by name; a workbook keeps its own (all)"
    )
    parser.add_argument(
        "--per-row",
        metavar="NAME",
        help='a file for each row in the folder --out, named such as "{{ID}}-{{Title}}.md" (.md, .txt or .html)',
    )
    parser.add_argument("--csv-delimiter", choices=list(_DELIMITERS), help="what stands between the cells (comma)")
    parser.add_argument(
        "--keep-formulas",
        action="store_true",
        help="put no apostrophe before cells of a .csv that begin with =, +, - or @",
    )


def export_options(arguments: argparse.Namespace) -> ExportOptions:
    """Return what the arguments ask for.

    Raises:
        UsageError: they contradict each other.
    """
    ending = arguments.out.suffix.lower() if arguments.out is not None else ""
    if arguments.per_row is not None:
        if arguments.format is not None:
            raise UsageError("--per-row and --format do not go together: the ending of --per-row is the format.")
        chosen = ExportFormat.FILES
    else:
        chosen = _NAMES[arguments.format or _ENDINGS.get(ending, "xlsx")]
    tab = "tab" if ending == ".tsv" else "comma"
    return ExportOptions(
        chosen,
        only_approved=arguments.only == "approved",
        columns=tuple(name.strip() for name in (arguments.columns or "").split(",") if name.strip()),
        file_name=arguments.per_row or "",
        delimiter=_DELIMITERS[arguments.csv_delimiter or tab],
        guard_formulas=not arguments.keep_formulas,
        replace=arguments.overwrite,
    )


def export_target(arguments: argparse.Namespace, options: ExportOptions, usual: Path | None = None) -> Path:
    """Return where the export goes; a workbook's place is checked, as it may take long to make.

    Args:
        arguments: of the command line.
        options: what is exported.
        usual: where the workbook goes without ``--out``; None for beside the original.

    Raises:
        UsageError: it cannot go there.
        SaveError: nothing can be saved there.
    """
    workbook = arguments.workbook
    if options.format is ExportFormat.WORKBOOK:
        target = target_of(workbook, arguments.out or usual, overwrite=arguments.overwrite and usual is None)
        check_target(workbook, target, overwrite_source=is_same(workbook, target))
        return target
    if usual is None:
        usual = default_target(workbook, options.format)
    elif options.format is ExportFormat.FILES:
        usual = usual.with_suffix(".rows")
    else:
        usual = usual.with_suffix(options.format.value)
    out: Path = arguments.out or usual
    return out / usual.name if options.format is not ExportFormat.FILES and out.is_dir() else out
