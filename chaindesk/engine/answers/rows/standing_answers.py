"""Answers that stay a row's own whatever its steps ask now: a person wrote over them, or approved them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

_NONE: Mapping[int, int] = MappingProxyType({})


class StandingAnswers:
    """The numbers of such answers, by row and step. What was written goes before what was approved."""

    def __init__(self) -> None:
        self._written: dict[int, dict[int, int]] = {}
        self._approved: dict[int, dict[int, int]] = {}
        self._approvals: dict[int, int] = {}

    def __bool__(self) -> bool:
        """Return whether there are any."""
        return bool(self._written or self._approved)

    def answer(self, row: int, index: int) -> int | None:
        """Return the answer that stands for a step of a row, if one does."""
        return self._written.get(row, _NONE).get(index, self._approved.get(row, _NONE).get(index))

    def is_written(self, row: int, index: int) -> bool:
        """Return whether the text that stands is a person's own."""
        return index in self._written.get(row, _NONE)

    def is_approved(self, row: int, index: int) -> bool:
        """Return whether the answer stands only because a person approved it."""
        return index in self._approved.get(row, _NONE) and not self.is_written(row, index)

    def approval(self, row: int) -> int:
        """Return the answer whose approval keeps others of the row; 0 where none does."""
        return self._approvals.get(row, 0)

    def write(self, row: int, index: int, answer: int) -> None:
        """Note that a person wrote over this answer."""
        self._written.setdefault(row, {})[index] = answer

    def take_back(self, row: int, index: int, answer: int) -> None:
        """Note that a person took the text back that was written over this answer."""
        written = self._written.get(row, {})
        if written.get(index) == answer:
            del written[index]

    def approve(self, row: int, approval: int, answers: Mapping[int, int]) -> None:
        """Note that the approval of an answer keeps these answers, by step."""
        self._approvals[row] = approval
        self._approved.setdefault(row, {}).update(answers)

    def forget(self, row: int, index: int) -> None:
        """Let a step of a row ask as though nobody had written or approved anything."""
        self._written.get(row, {}).pop(index, None)
        self._approved.get(row, {}).pop(index, None)

    def drop_approved(self, row: int) -> None:
        """A row with a new answer is another one than the person approved; what was written stands."""
        self._approved.pop(row, None)
