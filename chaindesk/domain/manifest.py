"""What a manifest is once it has been read: columns, rows with their values as text, and what was noticed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from pathlib import Path
from typing import TypeVar, overload

from chaindesk.domain.row_places import RowDigests, RowPlaces

_Default = TypeVar("_Default")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a manifest.

    Attributes:
        name: the word that templates use for it, unique in its manifest.
        index: its number in the sheet, 1 for column A.
        header: the header cell's own text, which differs from ``name`` where headers repeat or are blank.
        ours: whether an earlier ChainDesk run added it.
    """

    name: str
    index: int
    header: str
    ours: bool = False


class RowValues(Mapping[str, str]):
    """The texts of one row by column name. All rows of a manifest share one index of names, so a row costs a tuple.

    Where cells of the row are links, their addresses can be asked for by ``link_name``; they are none of the columns.
    """

    __slots__ = ("_cells", "_index", "_links")

    def __init__(self, index: Mapping[str, int], cells: Sequence[str], links: Mapping[str, str] | None = None) -> None:
        self._index = index
        self._cells = tuple(cells)
        self._links = links

    @property
    def index(self) -> Mapping[str, int]:
        """The place of each column's text in ``cells``, which all rows of a manifest share."""
        return self._index

    @property
    def cells(self) -> tuple[str, ...]:
        """The texts in the order of the columns."""
        return self._cells

    def __getitem__(self, name: str) -> str:
        place = self._index.get(name)
        if place is not None:
            return self._cells[place]
        if self._links is None:
            raise KeyError(name)
        return self._links[name]

    @overload
    def get(self, name: str, /) -> str | None: ...
    @overload
    def get(self, name: str, /, default: str | _Default) -> str | _Default: ...

    def get(self, name: str, /, default: object = None) -> object:
        """Return the text of a column, or ``default`` where there is no such column."""
        place = self._index.get(name)
        if place is not None:
            return self._cells[place]
        return default if self._links is None else self._links.get(name, default)

    def __iter__(self) -> Iterator[str]:
        return iter(self._index)

    def __len__(self) -> int:
        return len(self._index)

    def __repr__(self) -> str:
        return f"RowValues({dict(self)!r})"


def link_name(column: str) -> str:
    """Return the name by which templates use the addresses of a column's links."""
    return f"{column}.link"


@dataclass(frozen=True, slots=True)
class Row:
    """One job.

    Attributes:
        number: its row number in the sheet (2 is the usual first job).
        key: how the row is known to people: its ID where the user names an ID column, else its row number as text; no
            other row of the sheet has it.
        values: its texts, as a person sees them in the sheet, by column name.
        hidden: whether the sheet hides it (by hand or by a filter).
        named: whether the key is an ID that this row alone has, so that it is the same row wherever it stands.
    """

    number: int
    key: str
    values: RowValues
    hidden: bool = False
    named: bool = False


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that the user should know and that stops nothing.

    Attributes:
        message: a whole sentence.
        rows: the sheet rows that it is about, where it is about rows.
    """

    message: str
    rows: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How a sheet is to be read.

    Attributes:
        header_row: the row that holds the headers; None where it is to be looked for.
        id_column: the column whose texts become the rows' keys.
        skip_hidden: leave out rows that the sheet hides.
        delimiter: of a text file, what stands between its cells; None where it is to be found out.
        encoding: of a text file; None where it is to be found out.
    """

    header_row: int | None = None
    id_column: str | None = None
    skip_hidden: bool = False
    delimiter: str | None = None
    encoding: str | None = None


@dataclass(frozen=True, slots=True)
class SourceReading:
    """How a text file (.csv, .tsv) was read.

    Attributes:
        encoding: such as ``utf-8`` or ``cp1252``.
        delimiter: what stands between its cells.
        guessed: which of the two, ``encoding`` and ``delimiter``, were found out and could be otherwise.
        sample: some of its text by which a person can judge the two.
    """

    encoding: str
    delimiter: str
    guessed: frozenset[str] = frozenset()
    sample: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """How a sheet was read, so that it can be read again when its file has changed.

    Attributes:
        stamp: the file's time and size just before.
        options: what was asked for.
    """

    stamp: tuple[int, int]
    options: ReadOptions


@dataclass(frozen=True, slots=True)
class Manifest:
    """The sheet that holds the jobs, as it was read.

    Attributes:
        path: the workbook's file.
        sheet: the sheet's name.
        sheets: the names of all the workbook's sheets that can be a manifest.
        header_row: the sheet row that holds the headers.
        columns: every column with a header or a value, left to right.
        rows: the jobs, top to bottom; rows without any value in the user's columns are none.
        notices: what was handled on the way, in words for the user.
        reading: how it was read; None where it was made without a file.
        source: how its text was decoded and cut into cells; None of a workbook.
        linked: the names of columns in which cells are links.
        sheet_guessed: whether the sheet was chosen because the active one has no jobs; a notice says so.
    """

    path: Path
    sheet: str
    sheets: tuple[str, ...]
    header_row: int
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    notices: tuple[Notice, ...] = field(default=())
    reading: Reading | None = None
    source: SourceReading | None = None
    linked: frozenset[str] = frozenset()
    sheet_guessed: bool = False

    @property
    def inputs(self) -> tuple[Column, ...]:
        """The user's own columns."""
        return tuple(column for column in self.columns if not column.ours)

    def column(self, name: str) -> Column | None:
        """Return the column of that name, or None."""
        return next((column for column in self.columns if column.name == name), None)

    def digest(self, row: Row) -> str:
        """Return a hash of the row's texts in the user's own columns, which recognises a moved row (hex, SHA-256)."""
        return next(self._digests((row,))).hex()

    def digests(self) -> RowDigests:
        """Return the ``digest`` of every row, by sheet number."""
        return RowDigests(self.rows, RowPlaces(self.rows), self._digests)

    @property
    def jobs(self) -> list[tuple[int, str, str]]:
        """The number, key and digest of each row: by these two readings of a sheet have the same jobs or not."""
        return [(row.number, row.key, one.hex()) for row, one in zip(self.rows, self._digests(self.rows), strict=True)]

    def _digests(self, rows: Sequence[Row]) -> Iterator[bytes]:
        names = [column.name for column in self.inputs]
        said = "\x1e".join([f"{name.replace('%', '%%')}\x1f%s" for name in names])
        index: Mapping[str, int] | None = None
        for row in rows:
            values = row.values
            if values.index is not index:
                index = values.index
                pick = _picker([index[name] for name in names])
            yield hashlib.sha256((said % pick(values.cells)).encode("utf-8", "surrogatepass")).digest()


def _picker(places: Sequence[int]) -> Callable[[tuple[str, ...]], object]:
    """Return what takes the texts at some places out of a row's cells: for all rows it costs a tenth of asking each."""
    return itemgetter(*places) if places else lambda cells: ()
