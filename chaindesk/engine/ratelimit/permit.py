"""Leave for one call, kept until it has come back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from chaindesk.domain.completion import Usage
from chaindesk.providers.base import RateHint


@dataclass(slots=True, eq=False)
class Permit:
    """Leave for one call, and the state in which it was sent.

    Attributes:
        estimate: the tokens that the call was expected to use at most.
        amounts: what it was given of each quota, by name.
        step: the step of the chain, whose calls are alike.
        sent_at: when it was sent.
        number: which call of its limiter it is.
        in_flight: how many calls were in flight then, itself included.
        pauses: how many pauses there had been by then.
        used: what had been used of each quota, itself included.
        from_refusals: it kept to limits that nothing but refusals had reported.
        hint: what its reply reported of the limits.
        backs_off_alone: it was refused, and no other call waits for that: whoever made it is to wait by itself.
    """

    estimate: Usage
    amounts: Mapping[str, float] = field(default_factory=dict)
    step: str = ""
    sent_at: float = 0.0
    number: int = 0
    in_flight: int = 0
    pauses: int = 0
    used: Mapping[str, float] = field(default_factory=dict)
    from_refusals: bool = False
    hint: RateHint | None = None
    backs_off_alone: bool = False
