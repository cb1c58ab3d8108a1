"""One allowance a minute, as a bucket that fills evenly: how much may be used now, and when more may."""

from __future__ import annotations

_MARGIN = 0.5
_BURST_SECONDS = 1.0


class Bucket:
    """An allowance of requests or tokens a minute. Times are seconds of any one clock.

    Attributes:
        per_minute: the allowance.
        used: all that was ever taken.
    """

    def __init__(self, per_minute: float, now: float) -> None:
        self.per_minute = per_minute
        self.used = 0.0
        self._capacity = max(1.0, self._rate * _BURST_SECONDS)
        self._level = self._capacity
        self._at = now
        self._told = False

    @property
    def _rate(self) -> float:
        return self.per_minute / 60

    def delay(self, amount: float, now: float) -> float:
        """Seconds until ``amount`` may be taken; 0 or less: now. More than a whole minute's worth waits for that."""
        need = min(amount, self._capacity)
        slack = min(_MARGIN, self._capacity / 2) if amount else 0.0
        return (min(need + slack, self._capacity) - self.level(now)) / self._rate

    def take(self, amount: float, now: float) -> None:
        """Use some of it."""
        self._level = self.level(now) - amount
        self._at = max(now, self._at)
        self.used += amount

    def give_back(self, amount: float) -> None:
        """Return what was taken too much (or, if negative, take what was taken too little)."""
        self._level = min(self._level + amount, self._capacity)
        self.used -= amount

    def level(self, now: float) -> float:
        """How much may be used now."""
        return min(self._capacity, self._level + max(now - self._at, 0.0) * self._rate)

    def learn(self, limit: float, remaining: float | None, used_then: float, sent_at: float, now: float) -> None:
        """Take in what a reply told of the server's own count.

        Args:
            limit: the allowance a minute.
            remaining: what the server had left when it counted the call, or None where it did not say.
            used_then: what was ``used`` here when that call went out, itself included.
            sent_at: when it went out.
            now: the time.
        """
        before = self.level(now)
        self.per_minute = limit
        if remaining is None:
            return
        since = (now - sent_at) * self._rate - (self.used - used_then)
        least = remaining + min(since, 0.0)  # true whether the server counted when the call came or when it answered
        most = remaining + since  # true only if it counted when the call came
        known, self._told = self._told, True
        self._capacity = max(limit, 1.0)
        self._level = min(max(before if known else least, least), max(most, least), self._capacity)
        self._at = max(now, self._at)

    def drain(self, until: float) -> None:
        """Nothing may be used before ``until``, and from then on it fills from nothing."""
        self._level = min(0.0, self._level)
        self._at = until
