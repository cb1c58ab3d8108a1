"""Where each row of a sheet stands among its jobs, and the hashes of their inputs: a few bytes a row."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import count
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chaindesk.domain.manifest import Row

_DIGEST_BYTES = hashlib.sha256().digest_size


class RowPlaces(Mapping[int, int]):
    """The place of each row from the top, 0 for the first, by its sheet number. Rows without a gap take no memory."""

    __slots__ = ("_count", "_first", "_places")

    def __init__(self, rows: Sequence[Row]) -> None:
        self._first = rows[0].number if rows else 0
        self._count = len(rows)
        self._places: dict[int, int] | None = None
        if any(row.number != number for row, number in zip(rows, count(self._first), strict=False)):
            self._places = {row.number: place for place, row in enumerate(rows)}

    def __getitem__(self, number: int) -> int:
        if self._places is not None:
            return self._places[number]
        place = number - self._first
        if 0 <= place < self._count:
            return place
        raise KeyError(number)

    def __iter__(self) -> Iterator[int]:
        return iter(range(self._first, self._first + self._count) if self._places is None else self._places)

    def __len__(self) -> int:
        return self._count


class RowDigests(Mapping[int, str]):
    """The hash of each row's inputs (hex) by its sheet number, computed when it is asked for.

    Args:
        rows: the rows.
        places: where they are.
        digests: returns the hashes of rows.
    """

    def __init__(
        self, rows: Sequence[Row], places: RowPlaces, digests: Callable[[Sequence[Row]], Iterator[bytes]]
    ) -> None:
        self._rows = rows
        self._places = places
        self._digests = digests
        self._packed = b""

    def __getitem__(self, number: int) -> str:
        place = self._places[number]
        if not self._packed:
            return next(self._digests((self._rows[place],))).hex()
        return self._packed[_DIGEST_BYTES * place : _DIGEST_BYTES * (place + 1)].hex()

    def compute_all(self) -> None:
        """Compute the hashes of all rows at once, since most of them will be asked for."""
        if not self._packed:
            self._packed = b"".join(self._digests(self._rows))

    def beginnings(self, length: int) -> list[str]:
        """Return the first characters of the hash of each row in sheet order; computes all."""
        self.compute_all()
        whole, each = self._packed.hex(), 2 * _DIGEST_BYTES
        return [whole[at : at + length] for at in range(0, len(whole), each)]

    def __iter__(self) -> Iterator[int]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)
