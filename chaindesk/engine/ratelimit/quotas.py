"""The limits of one key that are known, side by side: requests, tokens, and tokens in and out apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from chaindesk.domain.completion import Endpoint, Usage
from chaindesk.engine.ratelimit.permit import Permit
from chaindesk.engine.ratelimit.token_bucket import TokenBucket
from chaindesk.providers.base import RateHint

_CALIBRATION_DECAY = 0.9  # what each new call leaves of the weight of those before
_LARGEST = 1e15  # a minute; whoever tells more, or less than one, or no number, tells nothing
NAMES = ("requests", "tokens", "input_tokens", "output_tokens")


class Quotas:
    """A bucket for each limit that the chain names or that replies told; a call needs something of each.

    Args:
        own: the limits a minute that the chain names, by name.
        now: seconds of any one clock.
    """

    def __init__(self, own: Mapping[str, float], now: float) -> None:
        self._own = dict(own)
        self._buckets = {name: TokenBucket(limit, now, sized=name != "requests") for name, limit in self._own.items()}
        self._in_flight = dict.fromkeys(NAMES, 0.0)  # what the calls in flight were given

    @classmethod
    def named_by(cls, endpoint: Endpoint, now: float) -> Quotas:
        """Those that the chain names."""
        own = {name: getattr(endpoint, f"{name}_per_minute") for name in NAMES}
        return cls({name: limit for name, limit in own.items() if limit}, now)

    def limits(self) -> dict[str, float]:
        """Return how much of each passes in a minute."""
        return {name: bucket.per_minute for name, bucket in self._buckets.items()}

    def __bool__(self) -> bool:
        return bool(self._buckets)

    def delay(self, amounts: Mapping[str, float], now: float) -> float:
        """Seconds until a call may go out; 0 or less: now."""
        if not self._buckets:
            return 0.0
        return max((bucket.delay(amounts[name], now) for name, bucket in self._buckets.items()), default=0.0)

    def full_delay(self, amounts: Mapping[str, float], now: float) -> float:
        """Seconds that so much takes in all, however much fits at once."""
        return max(
            ((amounts[name] - bucket.level(now)) / bucket.rate_per_s(now) for name, bucket in self._buckets.items()),
            default=0.0,
        )

    def use(self, amounts: Mapping[str, float], now: float) -> dict[str, float]:
        """Count a call that is sent; return all that was used of each until then, itself included."""
        for name, amount in amounts.items():
            self._in_flight[name] += amount
        if not self._buckets:
            return {}
        for name, bucket in self._buckets.items():
            bucket.use(amounts[name], now)
        return {name: bucket.used for name, bucket in self._buckets.items()}

    def give_back(self, amounts: Mapping[str, float]) -> None:
        """The call did not go out, or was refused."""
        for name, bucket in self._buckets.items():
            bucket.give_back(amounts[name])

    def returned(self, amounts: Mapping[str, float]) -> None:
        """The call is in flight no more."""
        for name, amount in amounts.items():
            self._in_flight[name] -= amount

    def settle(self, amounts: Mapping[str, float], usage: Usage) -> None:
        """Replace the estimate of an answered call by its real usage."""
        if not self._buckets:
            return
        for name, real in _real_amounts(usage):
            bucket = self._buckets.get(name)
            if bucket is not None:
                bucket.give_back(amounts[name] - real)

    def learn(self, hint: RateHint, used: Mapping[str, float], sent_at: float, now: float) -> None:
        """Take in what a reply told. A smaller limit that the chain names stays in force."""
        for name in NAMES:
            limit, remaining = getattr(hint, f"{name}_limit"), getattr(hint, f"{name}_remaining")
            own = self._own.get(name)
            if limit is None or not 1 <= limit <= _LARGEST or (own and own < limit):
                continue
            if remaining is not None and not 0 <= remaining <= _LARGEST:
                remaining = None
            bucket = self._buckets.get(name)
            if bucket is None:
                bucket = self._buckets[name] = TokenBucket(limit, now, sized=name != "requests")
                bucket.used = self._in_flight[name]
            bucket.learn(limit, remaining, used.get(name, 0.0), sent_at, now, self._in_flight[name])

    def drain(self, until: float) -> None:
        """Nothing may be used before ``until``."""
        for bucket in self._buckets.values():
            bucket.drain(until)

    def explain(self, permit: Permit, now: float) -> list[str]:
        """Return the names of the quotas that a call was refused for, as far as replies tell."""
        most = _estimated_amounts(permit.estimate)  # some servers ask for all that a call may use
        needed = {name: max(amount, most[name], 1.0) for name, amount in permit.amounts.items()}
        told = [name for name in self._buckets if _remaining(permit.hint, name) is not None]
        if told:
            return [name for name in told if (_remaining(permit.hint, name) or 0.0) < needed[name]]
        return [name for name, bucket in self._buckets.items() if bucket.was_short(needed[name], now)]

    def refused(self, names: Sequence[str], sent_at: float, now: float) -> None:
        """A call that was sent then was refused for these."""
        for name in names:
            self._buckets[name].empty(now)
            self._buckets[name].tighten(sent_at, now)


def _amounts(sent: float, made: float) -> dict[str, float]:
    return {"requests": 1.0, "tokens": sent + made, "input_tokens": sent, "output_tokens": made}


def _estimated_amounts(estimate: Usage) -> dict[str, float]:
    return _amounts(estimate.input, estimate.output)


def _remaining(hint: RateHint | None, name: str) -> float | None:
    value: float | None = None if hint is None else getattr(hint, f"{name}_remaining")
    return value


class UsageCalibration:
    """How many tokens a model's calls really use of what they were estimated to, in and out apart."""

    def __init__(self) -> None:
        self._input = _Share()
        self._output = _Share()

    def estimate(self, likely: Usage) -> dict[str, float]:
        """What a call will take of each allowance by its name."""
        return _amounts(likely.input * self._input.value, likely.output * self._output.value)

    def learn(self, likely: Usage, usage: Usage) -> None:
        """Take in what a call took."""
        self._input.learn(usage.input, likely.input)
        self._output.learn(usage.output, likely.output)


def _real_amounts(usage: Usage) -> Iterator[tuple[str, float]]:
    """What an answered call took of each allowance by its name; those who count apart leave out what was cached."""
    yield "tokens", float(usage.total)
    yield "input_tokens", float(usage.input - usage.cached_input)
    yield "output_tokens", float(usage.output)


class _Share:
    """Sums of what calls took and of what they were likely to, the newest counting most: short ones weigh little."""

    def __init__(self) -> None:
        self._real = self._likely = 0.0

    @property
    def value(self) -> float:
        return self._real / self._likely if self._likely else 1.0

    def learn(self, real: int, likely: int) -> None:
        self._real = self._real * _CALIBRATION_DECAY + real
        self._likely = self._likely * _CALIBRATION_DECAY + likely
