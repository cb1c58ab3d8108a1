"""What checks found of an answer, and what may be doubted about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType

from chaindesk.domain.answer_fields import FieldValue


class AnswerPath(Enum):
    """How a row came by its answer to a step that has checks or votes."""

    AT_ONCE = ""
    ASKED_AGAIN = "asked again"
    ESCALATED = "escalated"
    REVIEW = "review"  # it still fails: it is for the reader


@dataclass(frozen=True, slots=True)
class CheckedAnswer:
    """What the checks of a step see of one answer.

    Attributes:
        text: the answer's text as it is shown.
        fields: its fields.
        values: the row's columns and the outputs before it, by name.
    """

    text: str
    fields: Mapping[str, FieldValue] = field(default_factory=lambda: MappingProxyType({}))
    values: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the checks of a step found of one answer, as the journal keeps it.

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


def doubt(
    failed: int = 0,
    agreement: float | None = None,
    *,
    cut: bool = False,
    refused: bool = False,
    escalated: bool = False,
) -> float:
    """Return how much an answer is to be doubted, 0 (nothing speaks against it) to 1, for the order of a review.

    Each reason takes its share of the certainty that is left, so that several count more than one and none hides
    another: a refusal 0.9, an answer that was cut 0.8, a failed check 0.6 each, votes apart their missing share, and
    having needed a larger model 0.1. The figures order rows; they are no probabilities.

    Args:
        failed: how many checks it fails.
        agreement: the share of votes that agree with it; None without votes.
        cut: whether it was cut at the output limit.
        refused: whether the model refused to answer.
        escalated: whether it passed only with a larger model.
    """
    sure = 0.4**failed
    sure *= 1.0 if agreement is None else max(agreement, 0.0)
    sure *= 0.2 if cut else 1.0
    sure *= 0.1 if refused else 1.0
    sure *= 0.9 if escalated else 1.0
    return 1.0 - sure
