"""How long a failing call is tried, as a chain file says it."""

from __future__ import annotations

from pydantic import Field

from chaindesk.domain.chains.provider_settings import StrictModel


class RetrySettings(StrictModel):
    """How long a failing call is tried: calls in all, and seconds from the first one.

    A refusal for the provider's rate counts a quarter: all rows wait it out together, and none is to fail for it.
    What a provider's outage fails counts nothing; it is waited out for ``outage_minutes``, then the user is asked.
    A row that fails alike where others are answered may end earlier: see docs/rows-at-fault.md.

    Nine attempts bring 3,000 calls through a storm in which a fifth of all calls fail and another tenth are refused for
    the rate: of the tries that count 0.2 / 0.9 fail, so that one call fails for good with a chance of (2/9)^9, which is
    1.3 in a million, and all 3,000 come through in 99.6 % of runs (with eight attempts in 98 %, with six in 70 %).
    """

    attempts: int = Field(default=9, ge=1, le=50, description="Calls in all; of answers that are of no use, three.")
    seconds: float = Field(default=1800.0, gt=0, description="Seconds from the first call on.")
    outage_minutes: float = Field(
        default=60.0, ge=0, description="Minutes that a provider's outage is waited out before the user is asked."
    )
