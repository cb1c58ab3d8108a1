"""Saves what the journal knows: into the workbook, or into files that other programs read."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

from chaindesk.domain.chains.chain import STATUS_HEADER, Chain
from chaindesk.domain.manifest import Manifest
from chaindesk.engine.exports.cells import ExportCells, output_headers
from chaindesk.engine.exports.choice import choose_columns, choose_rows
from chaindesk.engine.exports.options import ExportFormat, ExportOptions, ExportPreview, default_target
from chaindesk.engine.exports.source import ExportReport, ExportSource
from chaindesk.engine.exports.text_files import preview_texts, write_texts
from chaindesk.formatting import count
from chaindesk.logging_setup import KNOWN

_STATUS_WIDTH = 12.0
_log = logging.getLogger(__name__)
_DEFAULTS = ExportOptions()


async def export(
    source: ExportSource, target: Path | None, options: ExportOptions = _DEFAULTS, *, overwrite_source: bool = False
) -> ExportReport:
    """Save what the options name; the journal recognises a workbook that was saved.

    Args:
        source: where the cells are from.
        target: the file, or the folder of the rows' files; None for the default place.
        options: what is written.
        overwrite_source: allow a workbook to be written into itself.

    Raises:
        UsageError: it cannot be written so.
        SaveError: it could not be saved; whatever was there is as before.
    """
    workbook = source.manifest.path
    if target is None:
        target = default_target(workbook, options.format)
        overwrite_source = overwrite_source or _same(target, workbook)  # it is a completed copy already: ours
    if options.format is ExportFormat.WORKBOOK:
        report = await asyncio.to_thread(_write, source, target, options, overwrite_source=overwrite_source)
        await source.journal.add_path(source.workbook_id, report.path)
    else:
        report = await asyncio.to_thread(write_texts, source, target, options)
    _log.info("Exported %s", report.path.name, extra=KNOWN)
    return report


def preview_export(
    source: ExportSource, target: Path | None, options: ExportOptions, *, overwrite_source: bool = False
) -> ExportPreview:
    """Return what an export would do. May take seconds for a very long sheet: use a thread.

    Raises:
        UsageError: it cannot be written so; the message says why.
        SaveError: nothing can be saved there.
    """
    from chaindesk.workbook import check_target

    target = target or default_target(source.manifest.path, options.format)
    if options.format is not ExportFormat.WORKBOOK:
        return preview_texts(source, target, options)
    check_target(source.manifest.path, target, overwrite_source=overwrite_source)
    rows = choose_rows(source, options)
    choose_columns(source.manifest, source.chain, options)
    return ExportPreview(target, len(rows), (), (target.name,) if target.exists() else ())


def check_export(manifest: Manifest, chain: Chain, password: str | None) -> None:
    """Find out, before anything is paid for, whether the outputs of a chain could be written beside a sheet's rows.

    The workbook is gone through once: call it in a thread. A manifest that was made without a file has no export.

    Raises:
        InputError: they could not; the message says why, and what to do.
    """
    from chaindesk.workbook import check_export as check

    if manifest.reading is not None and manifest.path.exists():
        check(manifest, output_headers(chain), password=password)


def _write(source: ExportSource, target: Path, options: ExportOptions, *, overwrite_source: bool) -> ExportReport:
    from chaindesk.workbook import ColumnWrite, continued_columns, write_columns

    manifest = source.manifest
    headers = choose_columns(manifest, source.chain, options).headers
    chosen = frozenset(row.number for row in choose_rows(source, options)) if options.partial else None
    untouched = source.journal.is_own_export(target)  # else somebody may have worked on it since
    columns = ColumnWrite(
        manifest.sheet,
        manifest.header_row,
        headers,
        ExportCells(source, headers, chosen),
        into=continued_columns(manifest, headers),
        widths={STATUS_HEADER: _STATUS_WIDTH},
        source=manifest.source,
    )
    written = write_columns(
        manifest.path,
        target,
        columns,
        overwrite_source=overwrite_source,
        keep_target=not untouched,
        password=source.password,
    )
    notices = [notice.message for notice in written.notices]
    if written.backup is not None:
        notices.append(f'What "{target.name}" was before is kept as "{written.backup.name}".')
    total = len(manifest.rows)
    if chosen is not None and len(chosen) < total:
        notices.append(
            f"{count(len(chosen), 'row')} got outputs; the other {count(total - len(chosen))} are as they were."
        )
    rows = total if chosen is None else len(chosen)
    return ExportReport(written.path, tuple(dict.fromkeys(notices)), dict(written.columns), rows)


def _same(one: Path, other: Path) -> bool:
    return one.absolute().resolve() == other.absolute().resolve()
