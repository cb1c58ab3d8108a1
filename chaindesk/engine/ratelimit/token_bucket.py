"""One quota a minute, as a token bucket that mirrors the server's own: how much may be used now, and when more may."""

from __future__ import annotations

from collections import deque

_BURST_S = 1.0  # seconds' worth that may be saved up where nobody reported what is left
_SLACK_S = 0.002  # seconds' worth that is waited for beyond what is needed: clocks and network latencies differ
_CLOSE_REFUSALS_TO_YIELD = 2
_CLOSE_REFUSALS_S = 5.0  # a refusal so soon after another is no matter of a few milliseconds: others use the key, too
_YIELD_STEP, _MAX_YIELD, _YIELD_S = 0.25, 0.6, 8.0  # what is left to others after each, at most, and for how long
_FAIR_SHARE = 0.5  # whoever is let have less than that of a quota asks more often …
_PUSH_GROWTH, _MAX_PUSH = 2.0, 6.0  # … so many times as often after each second, and at most
_PUSH_S = 2.0  # … and for so long after the last refusal
_FIRST_STEP, _MAX_STEP, _MAX_MARGIN = 0.003, 0.05, 0.3  # what a refusal adds to the margin
_CALM_S = 20.0  # a refusal sooner than that after another doubles the step
_MARGIN_HALF_LIFE_S, _MARGIN_HALF_LIFE_SIZED_S = 180.0, 600.0
_TREND_S, _MIN_TREND_S, _MIN_RISE = 3.0, 1.0, 2.0  # over which the reported remainder is watched
_MAX_REPORT_AGE_S = 15.0  # a report that is older says nothing about now


class TokenBucket:
    """A quota of requests or tokens a minute. Times are seconds of any one clock.

    It mirrors the server's own count where replies report it. Calls that it let out and that were refused all the same
    make it ``tighten``: first it saves up less, then nothing. What it holds back from then on falls with time, and at
    once where replies report that more is left than it uses.

    Args:
        per_minute: the quota.
        now: the time.
        sized: whether calls take different amounts of it, which are but estimated.

    Attributes:
        per_minute: the quota.
        used: all that was ever used.
    """

    def __init__(self, per_minute: float, now: float, *, sized: bool = False) -> None:
        self.per_minute = per_minute
        self.used = 0.0
        self._sized = sized
        self._capacity = self._burst  # what may be saved up
        self._level = self._capacity
        self._at = now
        self._reports: deque[tuple[float, float, float]] = deque()  # when, what was left, what had been used here
        self._remaining: float | None = None  # as reported last
        self._largest = 0.0  # the most that was reported to be left
        self._margin = 0.0  # share of the rate that is kept back for good measure …
        self._yield = 0.0  # … and that is left to other clients of the key, both as of ``_held_at``
        self._held_at = now
        self._push = 1.0  # times the rate, against clients that leave less than a fair share
        self._pushed_at = now
        self._step = _FIRST_STEP / 2
        self._refused_at = -1e9
        self._close_refusals = 0  # refusals in a row that each came soon after the one before

    def rate_per_s(self, now: float) -> float:
        """What it gives in a second."""
        margin, left = self._held(now)
        return self.per_minute / 60 * (1 - margin) * (1 - left) * self._push_at(now)

    @property
    def _burst(self) -> float:
        return max(1.0, self.per_minute / 60 * _BURST_S)

    def delay(self, amount: float, now: float) -> float:
        """Seconds until ``amount`` may be used; 0 or less: now. More than fits waits for as much as fits."""
        rate_per_s = self.rate_per_s(now)
        need = min(amount + (rate_per_s * _SLACK_S if amount else 0.0), self._capacity)
        return (need - self.level(now)) / rate_per_s

    def use(self, amount: float, now: float) -> None:
        """Use some of it."""
        self._level = self.level(now) - amount
        self._at = max(now, self._at)
        self.used += amount

    def give_back(self, amount: float) -> None:
        """Return what was taken too much (or, if negative, take what was taken too little)."""
        self._level = min(self._level + amount, self._capacity)
        self.used -= amount

    def level(self, now: float) -> float:
        """How much may be used now. Never is more than a minute's worth owed: no server remembers it for longer."""
        return min(self._capacity, max(self._level, -self.per_minute) + max(now - self._at, 0.0) * self.rate_per_s(now))

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
            limit: the quota a minute.
            remaining: what the server had left when it counted the call, rounded down, or None where it did not say.
            used_then: what was ``used`` here when that call went out, itself included.
            sent_at: when it went out.
            now: the time.
            in_flight: what calls that are out may still use up, where the server counts calls when they end.
        """
        before, known = self.level(now), self._is_reported
        if not known:
            self._capacity = max(limit if remaining is not None else self.per_minute / 60 * _BURST_S, 1.0)
        elif limit != self.per_minute:
            self._capacity = min(self._capacity * limit / self.per_minute, limit)
            self._capacity = max(self._capacity, 1.0)
        self.per_minute = limit
        if remaining is None:
            return
        self._remaining = remaining
        self._largest = max(self._largest, remaining)
        since = (now - sent_at) * self.rate_per_s(now) - (self.used - used_then)
        least = remaining + min(since, 0.0)  # true whether the server counted when the call came or when it answered
        most = remaining + since + 1.0  # true only if it counted when the call came
        if known:
            least = before if self._capacity <= self._burst else max(before, least - in_flight)
        self._level = min(least, most, self._capacity)
        self._at = max(now, self._at)
        self._follow(remaining, now)

    def drain(self, until: float) -> None:
        """Nothing may be used before ``until``, and from then on it fills from nothing."""
        self._level = min(0.0, self._level)
        self._at = until

    def empty(self, now: float) -> None:
        """The server refused a call for it: nothing is left, whatever was counted here."""
        self._level = min(self.level(now), 0.0)
        self._at = max(now, self._at)

    def was_short(self, amount: float, now: float) -> bool:
        """Return whether the newest report leaves too little for that."""
        fresh = bool(self._reports) and now - self._reports[-1][0] <= _MAX_REPORT_AGE_S
        return fresh and self._remaining is not None and self._remaining < amount

    def tighten(self, sent_at: float, now: float) -> None:
        """A call that kept to it was refused all the same. Of a burst only the first says something new."""
        if sent_at <= self._refused_at:
            return
        margin, left = self._held(now)
        since = now - self._refused_at
        self._refused_at = now
        if self._capacity > self._burst and self._largest + 1 >= self._burst / 2:
            self._capacity = self._burst
        else:
            self._capacity = self._burst if self._sized else 1.0  # what was given back must have room
            self._close_refusals = self._close_refusals + 1 if since < _CLOSE_REFUSALS_S else 0
            if self._close_refusals >= (1 if self._sized else _CLOSE_REFUSALS_TO_YIELD):
                self._compete(now)
                left = min(left + _YIELD_STEP * (1 - left), _MAX_YIELD)
            else:
                self._step = min(self._step * 2, _MAX_STEP) if since < _CALM_S else _FIRST_STEP
                margin = min(margin + self._step * (1 - margin), _MAX_MARGIN)
        self._margin, self._yield, self._held_at = margin, left, now
        self._level = min(self._level, self._capacity)

    # --- within ------------------------------------------------------------------------------------------------

    @property
    def _is_reported(self) -> bool:
        return self._remaining is not None

    def _held(self, now: float) -> tuple[float, float]:
        """The margin and the yield of this moment."""
        seconds = max(now - self._held_at, 0.0)
        half_life = _MARGIN_HALF_LIFE_SIZED_S if self._sized else _MARGIN_HALF_LIFE_S
        return self._margin * 0.5 ** (seconds / half_life), self._yield * max(1 - (seconds / _YIELD_S) ** 2, 0.0)

    def _push_at(self, now: float) -> float:
        return self._push if now - self._refused_at < _PUSH_S else 1.0

    def _compete(self, now: float) -> None:
        """Ask more often while others leave less than a fair share, and less often when they leave it."""
        if not self._reports or now - self._reports[0][0] < _MIN_TREND_S:
            return
        then, _, used = self._reports[0]
        share = (self.used - used) / (now - then) / (self.per_minute / 60)
        push = self._push_at(now)
        if share >= _FAIR_SHARE:
            self._push = max(push / _PUSH_GROWTH, 1.0)
        elif now - self._pushed_at >= 1.0:
            self._push, self._pushed_at = min(push * _PUSH_GROWTH, _MAX_PUSH), now

    def _follow(self, remaining: float, now: float) -> None:
        """Hold nothing back that the replies contradict: if more and more is left, use as much as it fills by."""
        reports = self._reports
        reports.append((now, remaining, self.used))
        while now - reports[0][0] > _TREND_S:
            reports.popleft()
        then, least, used = min(reports, key=lambda report: report[1])
        seconds, rise = now - then, remaining - least
        rate = self.per_minute / 60
        if seconds < _MIN_TREND_S or rise < max(_MIN_RISE, 0.1 * rate) or rise > 1.5 * rate * seconds + 2:
            return
        share = min((rise + self.used - used) / seconds / rate, 1.0)
        if share * rate > self.rate_per_s(now):
            self._margin, self._yield, self._held_at = min(self._held(now)[0], 1 - share), 0.0, now
            self._push = 1.0
