"""One allowance a minute, as a bucket that fills evenly: how much may be used now, and when more may."""

from __future__ import annotations

_BURST_SECONDS = 1.0  # seconds' worth that may be saved up where nobody told what is left
_SLACK_SECONDS = 0.002  # seconds' worth that is waited for beyond what is needed: clocks and ways differ
_MARGIN_STEP, _LARGEST_STEP = 0.003, 0.1  # what a refusal adds to the margin at first, and at most
_MOST_MARGIN = 0.9
_SOON = 200  # answered calls; refused sooner than that, the margin is far too small
_FORGIVEN, _FORGIVEN_SIZED = 0.9995, 0.9999  # what each answered call leaves of the margin


class TokenBucket:
    """An allowance of requests or tokens a minute. Times are seconds of any one clock.

    It mirrors the server's own count where replies tell that. Calls that it let out and that were refused all the same
    make it ``tighten``: first it saves up less, then nothing and keeps a margin, which grows fast while it is too small
    and shrinks slowly.

    Args:
        per_minute: the allowance.
        now: the time.
        sized: whether calls take different amounts of it, which are but guessed.

    Attributes:
        per_minute: the allowance.
        used: all that was ever taken.
    """

    def __init__(self, per_minute: float, now: float, *, sized: bool = False) -> None:
        self.per_minute = per_minute
        self.used = 0.0
        self._sized = sized
        self._margin = 0.0
        self._step = _MARGIN_STEP / 2
        self._calm = 0  # calls answered since it was refused last
        self._most = self._burst  # what may be saved up
        self._level = self._most
        self._at = now
        self._told = False
        self._largest = 0.0  # the most that a reply told to be left

    @property
    def pace(self) -> float:
        """What it gives in a second."""
        return self.per_minute / 60 * (1 - self._margin)

    @property
    def _burst(self) -> float:
        return max(1.0, self.per_minute / 60 * _BURST_SECONDS)

    def delay(self, amount: float, now: float) -> float:
        """Seconds until ``amount`` may be taken; 0 or less: now. More than fits waits for as much as fits."""
        need = min(amount + (self.pace * _SLACK_SECONDS if amount else 0.0), self._most)
        return (need - self.level(now)) / self.pace

    def use(self, amount: float, now: float) -> None:
        """Use some of it."""
        self._level = self.level(now) - amount
        self._at = max(now, self._at)
        self.used += amount

    def give_back(self, amount: float) -> None:
        """Return what was taken too much (or, if negative, take what was taken too little)."""
        self._level = min(self._level + amount, self._most)
        self.used -= amount

    def level(self, now: float) -> float:
        """How much may be used now. Never is more than a minute's worth owed: no server remembers it for longer."""
        return min(self._most, max(self._level, -self.per_minute) + max(now - self._at, 0.0) * self.pace)

    def learn(
        self,
        limit: float,
        remaining: float | None,
        used_then: float,
        sent_at: float,
        now: float,
        in_flight: float = 0.0,
    ) -> None:
        """Take in what a reply told of the server's own count.

        Args:
            limit: the allowance a minute.
            remaining: what the server had left when it counted the call, rounded down, or None where it did not say.
            used_then: what was ``used`` here when that call went out, itself included.
            sent_at: when it went out.
            now: the time.
            in_flight: what calls that are out may still use up, where the server counts calls when they end.
        """
        before, known = self.level(now), self._told
        self._told = self._told or remaining is not None
        if not known:
            self._most = max(limit if self._told else self.per_minute / 60 * _BURST_SECONDS, 1.0)
        elif limit != self.per_minute:
            self._most = min(self._most * limit / self.per_minute, limit)
            self._most = max(self._most, 1.0)
        self.per_minute = limit
        if remaining is None:
            return
        self._largest = max(self._largest, remaining)
        since = (now - sent_at) * self.pace - (self.used - used_then)
        least = remaining + min(since, 0.0)  # true whether the server counted when the call came or when it answered
        most = remaining + since + 1.0  # true only if it counted when the call came
        if known:
            least = before if self._tight else max(before, least - in_flight)
        self._level = min(least, most, self._most)
        self._at = max(now, self._at)

    def drain(self, until: float) -> None:
        """Nothing may be used before ``until``, and from then on it fills from nothing."""
        self._level = min(0.0, self._level)
        self._at = until

    def tighten(self) -> None:
        """A call that kept to it was refused all the same."""
        if self._most > self._burst and self._largest + 1 >= self._burst / 2:
            self._most = self._burst
        else:
            self._most = self._burst if self._sized else 1.0  # what was given back must have room
            self._step = min(self._step * 2, _LARGEST_STEP) if self._calm < _SOON else _MARGIN_STEP
            self._margin = min(self._margin + self._step * (1 - self._margin), _MOST_MARGIN)
            self._calm = 0
        self._level = min(self._level, self._most)

    @property
    def _tight(self) -> bool:
        """Whether it proved that what is told to be left cannot be used at once."""
        return self._told and self._most <= self._burst

    def relax(self) -> None:
        """A call that kept to it was answered."""
        if self._margin:
            self._calm += 1
            self._margin *= _FORGIVEN_SIZED if self._sized else _FORGIVEN
