"""What a chain says of how calls are made, beside what they ask: what replaces a refused speed, who shares a call."""

from __future__ import annotations

from collections.abc import Collection
from enum import Enum

from chaindesk.domain.completion import Speed

_TWICE_SHARE = 0.02  # of a run's calls that may be made twice at its end


def most_made_twice(calls: int) -> int:
    """Return how many calls of a run may be made a second time at its end, where the chain asks for that."""
    return int(calls * _TWICE_SHARE)


class SpeedFallback(Enum):
    """What a flex call does that is refused again and again, because the provider has no capacity at that price."""

    NONE = "none"  # it waits
    STANDARD = "standard"  # it goes out at the standard price


class SameRequest(Enum):
    """What rows do whose requests are the same to the letter."""

    OWN_ANSWER = "own_answer"  # each makes a call of its own
    ONE_ANSWER = "one_answer"  # one makes the call, and the others get its answer


def refuse_unfit_calls(
    speed: Speed | None, parameters: Collection[str], same_request: SameRequest, *, checked: bool
) -> None:
    """Refuse choices of a step that do not go together.

    Raises:
        ValueError: the speed is said twice, or rows are to share answers that are judged row by row.
    """
    own = [name for name in ("service_tier", "serviceTier") if name in parameters]
    if own and speed is not None:
        raise ValueError(f"speed says how soon answers are wanted: take {own[0]} out of parameters")
    if checked and same_request is SameRequest.ONE_ANSWER:
        raise ValueError("answers with checks or votes are settled row by row: take same_request out of this step")
