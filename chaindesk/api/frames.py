"""Data frames in and out, of pandas, of polars, or a list of mappings; none of these libraries is imported here.

A frame has no file, so the journal knows it by a name: the chain's, unless another is given. A row is known by its ID
column, or else by its place. Its answers are found by what is asked, so the same rows in another order, in a longer
frame or in another process are not paid for again.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from chaindesk.api.values import Row
from chaindesk.domain.chains.chain import STATUS_HEADER, Chain
from chaindesk.domain.errors import InputError
from chaindesk.domain.manifest import Column, Manifest, RowValues
from chaindesk.domain.manifest import Row as ManifestRow
from chaindesk.engine.exports.cells import output_headers

SHEET = "Frame"
FIRST_ROW = 2
"""The number of a frame's first row: that of a sheet below its header."""
_WHOLE = {int, type(None)}


def is_frame(value: object) -> bool:
    """Return whether a value is a frame or a list of mappings, and no path."""
    return hasattr(value, "columns") or (isinstance(value, Sequence) and not isinstance(value, str))


def records_of(frame: Any) -> tuple[list[str], list[Mapping[Any, Any]]]:
    """Return the column names and the rows of a frame.

    Raises:
        InputError: it is no frame, or two of its columns have one name.
    """
    if hasattr(frame, "to_dicts"):  # polars
        names, rows = list(frame.columns), frame.to_dicts()
    elif hasattr(frame, "columns") and hasattr(frame, "to_dict"):  # pandas
        names = list(frame.columns)
        rows = frame.to_dict("records") if len(set(names)) == len(names) else []
    elif isinstance(frame, Sequence) and all(isinstance(row, Mapping) for row in frame):
        names, rows = list(dict.fromkeys(name for row in frame for name in row)), list(frame)
    else:
        raise InputError(
            f"A {type(frame).__name__} is no data frame. Give one of pandas or polars, or a list of dicts."
        )
    texts = [str(name) for name in names]
    twice = [name for name in dict.fromkeys(texts) if texts.count(name) > 1]
    if twice:
        raise InputError(f'The frame has two columns called "{twice[0]}". Rename one of them.')
    return texts, [{str(name): value for name, value in row.items()} for row in rows]


def manifest_of(frame: Any, chain: Chain, folder: Path, name: str) -> Manifest:
    """Return the rows of a frame as the jobs of a sheet.

    Args:
        frame: the frame.
        chain: the chain: its ID column names the rows, and columns that an earlier run of it added are its own.
        folder: where the journal is: the name stands there, without a file.
        name: by which the journal knows the frame.

    Raises:
        InputError: it is no frame, lacks the ID column, or two rows have one ID.
    """
    names, records = records_of(frame)
    ours = _own(names, chain)
    columns = tuple(Column(one, place, one, one in ours) for place, one in enumerate(names, 1))
    index = {one: place for place, one in enumerate(names)}
    texts = [[text_of(record.get(one)) for one in names] for record in records]
    keys = _keys(texts, index, chain.id_column)
    taken = set(keys)
    rows = tuple(
        ManifestRow(number, key or _number_as_key(number, taken), RowValues(index, cells), named=bool(key))
        for number, (key, cells) in enumerate(zip(keys, texts, strict=True), FIRST_ROW)
    )
    return Manifest(folder / "frames" / name, SHEET, (SHEET,), 1, columns, rows)


def with_outputs(frame: Any, rows: Sequence[Row], chain: Chain) -> Any:
    """Return the frame with the columns that the chain adds, in a copy; its own columns are as they were."""
    from chaindesk.workbook.naming import folded_header, free_header

    names, _ = records_of(frame)
    taken = {folded_header(name) for name in set(names) - _own(names, chain)}
    values: dict[str, list[Any]] = {}
    for header in output_headers(chain):
        free = free_header(header, taken)
        values[free] = [row.outputs[header] for row in rows]
        taken.add(folded_header(free))
    if hasattr(frame, "to_dicts"):
        return frame.with_columns(type(frame)(values, strict=False).get_columns())
    if hasattr(frame, "columns"):
        # Whole numbers with a missing one among them would become floats: pandas has a type of its own for those.
        whole = {name: "Int64" for name, cells in values.items() if set(map(type, cells)) == _WHOLE}
        return frame.assign(**values).astype(whole)
    return [{**record, **{name: cells[place] for name, cells in values.items()}} for place, record in enumerate(frame)]


def text_of(value: Any) -> str:
    """Return a cell of a frame as a sheet would show it; "" for what is missing."""
    if hasattr(value, "item") and not isinstance(value, (str, bytes)):  # a scalar of numpy
        value = value.item()
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return "" if value != value else repr(int(value) if value.is_integer() and abs(value) < 1e15 else value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def no_frame() -> InputError:
    """Return the error of whoever wants a workbook's run as a data frame."""
    return InputError("A workbook was run, not a data frame. Its rows are in .rows, and .export() saves the workbook.")


def _own(names: Collection[str], chain: Chain) -> set[str]:
    """Return the columns that an earlier run of the chain added: all of them are there, or none is taken for one."""
    headers = set(output_headers(chain))
    return headers if STATUS_HEADER in names and headers <= set(names) else set()


def _number_as_key(number: int, taken: Collection[str]) -> str:
    """Return how a row without an ID is known: by its number, unless that is the ID of another."""
    return f"row {number}" if str(number) in taken else str(number)


def _keys(texts: Sequence[Sequence[str]], index: Mapping[str, int], id_column: str | None) -> list[str]:
    if id_column is None:
        return [""] * len(texts)
    if id_column not in index:
        raise InputError(f'The frame has no column "{id_column}", which the chain names as its ID column.')
    keys = [cells[index[id_column]] for cells in texts]
    seen: set[str] = set()
    for key in keys:
        if key and key in seen:
            raise InputError(f'Two rows of the frame have the ID "{key}" in "{id_column}". Each row needs its own.')
        seen.add(key)
    return keys
