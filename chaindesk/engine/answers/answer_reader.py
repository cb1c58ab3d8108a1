"""Reads answers of many rows: those of some rows at once, in the rows' order, and no more of them than that."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import TypeVar

from chaindesk.domain.records import Answer
from chaindesk.journal.protocol import Journal

T = TypeVar("T")
_ROWS_AT_ONCE = 300  # one query for each answer takes five times as long; the texts of so many rows fit anywhere


class AnswerReader:
    """Reads answers by their numbers.

    Args:
        journal: where they are.
    """

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._ahead: Mapping[int, Answer] = {}

    def answer(self, number: int | None) -> Answer | None:
        """Return one answer, if there is a number."""
        if not number:
            return None
        return self._ahead.get(number) or self._journal.answer(number)

    def sweep(self, rows: Iterable[T], numbers: Callable[[T], Iterable[int | None]]) -> Iterator[T]:
        """Yield rows, or whatever stands for them; while one is looked at, the answers that it needs are at hand.

        Args:
            rows: in the order in which they are looked at.
            numbers: the numbers of the answers that one of them needs.
        """
        rest = iter(rows)
        try:
            while some := list(islice(rest, _ROWS_AT_ONCE)):
                self.read_ahead(number for row in some for number in numbers(row))
                yield from some
        finally:
            self._ahead = {}

    def read_ahead(self, numbers: Iterable[int | None]) -> None:
        """Have these answers at hand, in the place of those before."""
        wanted = {number for number in numbers if number}
        self._ahead = self._journal.answers_by_number(wanted) if wanted else {}
