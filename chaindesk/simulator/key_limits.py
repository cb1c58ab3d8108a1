"""The simulated provider's limits: a bucket for requests and one for tokens for each key, in OpenAI's headers."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field

from chaindesk.simulator.options import SimulatorOptions

_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0}


@dataclass(slots=True)
class Bucket:
    """Refills steadily at ``per_minute``, up to ``capacity``; may go below zero, and then has to be waited for."""

    per_minute: float
    capacity: float
    level: float = field(init=False)
    at: float = 0.0

    def __post_init__(self) -> None:
        self.level = self.capacity

    def refill(self, now: float) -> None:
        """Bring the level up to ``now`` (seconds of any steady clock)."""
        self.level = min(self.level + max(now - self.at, 0.0) * self.per_minute / 60, self.capacity)
        self.at = max(self.at, now)

    def wait_for(self, amount: float) -> float:
        """Seconds until ``amount`` may be taken; more than fits may be taken from a full bucket."""
        return max(min(amount, self.capacity) - self.level, 0.0) * 60 / self.per_minute

    @property
    def until_full(self) -> float:
        """Seconds until it is full again."""
        return (self.capacity - self.level) * 60 / self.per_minute


@dataclass(frozen=True, slots=True)
class Refusal:
    """A request that came too early: which limit, and how long to wait, in seconds."""

    limit: str
    allowed: float
    requested: int
    wait: float


class KeyLimits:
    """The two limits of one key."""

    def __init__(self, options: SimulatorOptions, now: float) -> None:
        self._requests = _bucket(options.rpm, options.burst, now)
        self._tokens = _bucket(options.tpm, options.burst, now)
        self._reports_limits = options.limits_told

    def acquire(self, tokens: int, now: float) -> Refusal | None:
        """Let a request of so many tokens in, or say why not; a refused one uses nothing up."""
        for bucket in (self._requests, self._tokens):
            if bucket is not None:
                bucket.refill(now)
        wanted = (("RPM", self._requests, 1), ("TPM", self._tokens, tokens))
        for name, bucket, amount in wanted:
            if bucket is not None and (wait := bucket.wait_for(amount)) > 0:
                return Refusal(name, bucket.per_minute, amount, wait)
        for _, bucket, amount in wanted:
            if bucket is not None:
                bucket.level -= amount
        return None

    def headers(self) -> dict[str, str]:
        """OpenAI's headers for what is left; none where the limits are not reported."""
        told: dict[str, str] = {}
        for name, bucket in (("requests", self._requests), ("tokens", self._tokens)):
            if bucket is not None and self._reports_limits:
                told[f"x-ratelimit-limit-{name}"] = f"{bucket.per_minute:.0f}"
                told[f"x-ratelimit-remaining-{name}"] = str(max(math.floor(bucket.level), 0))
                told[f"x-ratelimit-reset-{name}"] = as_duration(bucket.until_full)
        return told


def as_duration(seconds: float) -> str:
    """Seconds as OpenAI writes them: ``120ms``, ``7.66s``, ``6m0s``."""
    if seconds < 1:
        return f"{math.ceil(seconds * 1000)}ms"
    minutes, rest = divmod(math.ceil(seconds * 100) / 100, 60)
    return f"{minutes:.0f}m{rest:.0f}s" if minutes else f"{rest:.2f}".rstrip("0").rstrip(".") + "s"


def seconds_of(duration: str) -> float:
    """The seconds of a duration that ``as_duration`` wrote."""
    return sum(float(amount) * _UNITS[unit] for amount, unit in re.findall(r"([\d.]+)(ms|m|s)", duration))


def _bucket(per_minute: float | None, burst: float, now: float) -> Bucket | None:
    if per_minute is None:
        return None
    bucket = Bucket(per_minute, max(per_minute * burst / 60, 1.0))
    bucket.at = now
    return bucket
