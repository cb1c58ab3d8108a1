"""Which rows and columns an export writes, chosen by what the user asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chaindesk.domain.chains.chain import Chain
from chaindesk.domain.chains.template import nearest_name
from chaindesk.domain.errors import UsageError
from chaindesk.domain.manifest import Manifest, Row
from chaindesk.domain.status import Review
from chaindesk.engine.exports.cells import output_headers
from chaindesk.engine.exports.options import ExportFormat, ExportOptions
from chaindesk.engine.exports.source import ExportSource


@dataclass(frozen=True, slots=True)
class ChosenColumns:
    """The columns of an export.

    Attributes:
        inputs: names of the sheet's own columns.
        headers: of our columns, as the chain calls them.
        names: what all of them are called in the export, each name once.
    """

    inputs: tuple[str, ...]
    headers: tuple[str, ...]
    names: tuple[str, ...]


def column_names(manifest: Manifest, chain: Chain) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return what the sheet's own columns and ours are called in an export: no name twice."""
    from chaindesk.workbook.naming import folded_header, free_header

    inputs = tuple(column.name for column in manifest.inputs)
    taken = {folded_header(name) for name in inputs}
    return inputs, tuple(free_header(header, taken) for header in output_headers(chain))


def choose_columns(manifest: Manifest, chain: Chain, options: ExportOptions) -> ChosenColumns:
    """Return the columns that the options name, in the sheet's order and then in the chain's.

    Raises:
        UsageError: there is no column of that name, or none is left.
    """
    inputs, outputs = column_names(manifest, chain)
    headers = output_headers(chain)
    if options.columns:
        wanted = {_known(name, inputs, outputs, headers) for name in options.columns}
    elif options.format is ExportFormat.FILES:
        wanted = {outputs[headers.index(header)] for header in chain.steps[-1].columns}
    else:
        wanted = {*inputs, *outputs}
    ours = [(header, name) for header, name in zip(headers, outputs, strict=True) if name in wanted]
    if options.format is ExportFormat.WORKBOOK and not ours:
        raise UsageError(f"None of our columns is chosen. A workbook can get: {', '.join(headers)}.")
    own = tuple(name for name in inputs if name in wanted)
    return ChosenColumns(own, tuple(header for header, _ in ours), (*own, *(name for _, name in ours)))


def choose_rows(source: ExportSource, options: ExportOptions) -> list[Row]:
    """Return the rows that the options name, top to bottom.

    Raises:
        UsageError: none is left.
    """
    rows = [row for row in source.manifest.rows if options.rows is None or row.number in options.rows]
    if not rows:
        raise UsageError("There is no row to export.")
    if options.only_approved:
        rows = [row for row in rows if source.ledger.entries[row.number].review is Review.APPROVED]
    if not rows:
        raise UsageError("None of these rows is approved yet. Approve rows first, or export all.")
    return rows


def _known(name: str, inputs: Sequence[str], outputs: Sequence[str], headers: Sequence[str]) -> str:
    """Return the export's own name of a column: ours may also be called as the chain calls them."""
    if name in outputs or name in inputs:
        return name
    if name in headers:
        return outputs[headers.index(name)]
    every = [*inputs, *outputs]
    nearest = nearest_name(name, every)
    hint = f'Did you mean "{nearest}"?' if nearest else f"There are: {', '.join(every)}."
    raise UsageError(f'There is no column "{name}" to export. {hint}')
