"""What was found of answers: by a step's checks, and by people who read a sample of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from types import MappingProxyType
from typing import NamedTuple

from chaindesk.domain.chains.answer_fields import FieldValue


class AnswerPath(Enum):
    """How a row came by its answer to a step that has checks or votes."""

    AT_ONCE = ""
    ASKED_AGAIN = "asked again"
    ESCALATED = "escalated"
    REVIEW = "review"  # it still fails: it is for the reader


class CheckedAnswer(NamedTuple):
    """What the checks of a step see of one answer: a tuple, since one is made for each answer of a long sheet.

    Attributes:
        text: the answer's text as it is shown.
        fields: its fields.
        values: the row's columns and the outputs before it, by name.
    """

    text: str
    fields: Mapping[str, FieldValue] = MappingProxyType({})
    values: Mapping[str, str] = MappingProxyType({})


class Verdict(NamedTuple):
    """What the checks of a step found of one answer, as the journal keeps it: a tuple, since there are so many.

    Attributes:
        answer_id: the answer's number.
        key: a hash of what the checks want and of the inputs they compare with: another one makes this out of date.
        failed: each failed check in words; empty where all passed.
        path: how the row came by the answer.
        agreement: the share of the votes that agree with it, 0 to 1; None without votes.
    """

    answer_id: int
    key: str
    failed: tuple[str, ...] = ()
    path: AnswerPath = AnswerPath.AT_ONCE
    agreement: float | None = None


@dataclass(frozen=True, slots=True)
class AuditedRow:
    """A row of an audit's sample.

    Attributes:
        row_key: its key when it was drawn.
        answer_id: the number of its last answer then, of which a review says whether it is right.
        group: its class, or "".
        extra: whether it was drawn beside the sample of all rows, so that its class has enough.
    """

    row_key: str
    answer_id: int
    group: str = ""
    extra: bool = False


@dataclass(frozen=True, slots=True)
class Audit:
    """A random sample of the rows of which nothing was doubted and that nobody had read, as the journal keeps it.

    Attributes:
        workbook_id: the journal's number of the workbook and sheet.
        seed: of the random numbers: with the same rows it draws the same.
        made_at: when it was drawn (UTC).
        groups: how many rows it was drawn from, by class; of one group "" where rows have no class.
        rows: those to be read, in random order.
        id: the journal's number for it; 0 while it is not stored.
    """

    workbook_id: int
    seed: int
    made_at: datetime
    groups: Mapping[str, int]
    rows: tuple[AuditedRow, ...]
    id: int = 0

    @property
    def population(self) -> int:
        """How many rows it was drawn from."""
        return sum(self.groups.values())
