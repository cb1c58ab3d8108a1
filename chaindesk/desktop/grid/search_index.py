"""Finds words in the inputs of 100,000 rows: their texts lie in blocks, and a block without the word costs one look."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from chaindesk.domain.manifest import Row

_BLOCK_ROWS = 256
_BETWEEN_ROWS = "\x00"  # which no search holds


class SearchIndex:
    """The casefolded number, key and inputs of each row of a list that may grow.

    Attributes:
        rows_read: rows whose texts were read for the index.
    """

    def __init__(self, rows: Sequence[Row]) -> None:
        self._rows = rows
        self._blocks: list[tuple[str, list[int]]] = []
        self.rows_read = 0

    def find(self, word: str) -> set[int]:
        """Return the places of the rows that have a casefolded word."""
        self._read()
        found: set[int] = set()
        for block, (text, starts) in enumerate(self._blocks):
            at = text.find(word)
            while at >= 0:
                row = bisect_right(starts, at) - 1
                found.add(block * _BLOCK_ROWS + row)
                at = text.find(word, starts[row + 1]) if row + 1 < len(starts) else -1
        return found

    def _read(self) -> None:
        """Read the rows that came since; the last block may have grown."""
        if self.rows_read == len(self._rows):
            return
        full = self.rows_read // _BLOCK_ROWS
        del self._blocks[full:]
        for first in range(full * _BLOCK_ROWS, len(self._rows), _BLOCK_ROWS):
            texts = [_text(row) for row in self._rows[first : first + _BLOCK_ROWS]]
            starts = [0]
            for text in texts[:-1]:
                starts.append(starts[-1] + len(text) + 1)
            self._blocks.append((_BETWEEN_ROWS.join(texts), starts))
        self.rows_read = len(self._rows)


def _text(row: Row) -> str:
    return "\n".join((str(row.number), row.key, *row.values.cells)).casefold()
