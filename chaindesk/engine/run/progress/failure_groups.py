"""The failed rows of a run by reason: the same kind of failure, in the same words but for names and numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from chaindesk.domain.errors import FailureKind
from chaindesk.domain.records import Failure

_VARYING = re.compile(r'"[^"]*"|“[^”]*”|‘[^’]*’|`[^`]*`|[\w.-]*\d[\w.-]*')  # what is quoted, and all with a digit in it
_MAX_COMPARED = 120


@dataclass(frozen=True, slots=True)
class FailureGroup:
    """Rows that failed for one reason.

    Attributes:
        kind: of their failures.
        message: what the first of them was told.
        rows: their sheet numbers, in the order in which they failed.
    """

    kind: FailureKind
    message: str
    rows: tuple[int, ...]

    @property
    def reason(self) -> str:
        """Such as ``answer refused: The model would not answer.``"""
        return f"{self.kind.value}: {' '.join(self.message.split())}"


class FailureGroups:
    """Groups failures as they come."""

    def __init__(self) -> None:
        self._rows: dict[tuple[FailureKind, str], list[int]] = {}
        self._messages: dict[tuple[FailureKind, str], str] = {}

    def add(self, row: int, failure: Failure) -> int:
        """Take note of a row that failed; return how many have failed for its reason."""
        reason = (failure.kind, alike(failure.message))
        rows = self._rows.setdefault(reason, [])
        rows.append(row)
        self._messages.setdefault(reason, failure.message)
        return len(rows)

    def group_of(self, failure: Failure) -> FailureGroup:
        """Return the group of a failure that was added."""
        return self._group((failure.kind, alike(failure.message)))

    def largest_first(self) -> Sequence[FailureGroup]:
        """Return all groups."""
        return sorted(map(self._group, self._rows), key=lambda group: -len(group.rows))

    def _group(self, reason: tuple[FailureKind, str]) -> FailureGroup:
        return FailureGroup(reason[0], self._messages[reason], tuple(self._rows[reason]))


def alike(message: str) -> str:
    """Return what a message has in common with others of its reason: nothing quoted, no number, no id."""
    return " ".join(_VARYING.sub("…", message[: 4 * _MAX_COMPARED]).casefold().split())[:_MAX_COMPARED]
