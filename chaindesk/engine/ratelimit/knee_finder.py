"""Finds how many calls at once a server works best with, where nobody tells: local servers send no limits.

Up to its capacity a server answers each call as fast as if it were alone; beyond it all calls get slower, and some
servers then answer fewer in all. The user's number is the ceiling. Now and then another number is tried, and the speed
of a call at both is compared; speed times calls at once is the throughput (Little's law). Gradient limiters do the
same (Netflix concurrency-limits, Gradient2; TCP Vegas), except that they take the fastest calls for those without load,
which says nothing where answers are of very different length.
"""

from __future__ import annotations

import math

from chaindesk.engine.ratelimit.call_speed import CallSpeed

_STEADY_CALLS = 20  # answered calls at one number before another is tried
_LEAST_CALLS, _MOST_CALLS = 10, 80  # answered calls of a trial
_SURE = 2.0  # standard errors from the half of what saturation does to the speed
_SETTLED_AFTER = 2.0  # after an outage calls come back bit by bit, and the first answers are the short ones
_COST = 0.025  # share of the run's calls that trials of fewer may cost where the user's number is right
_FIRST_SHARES = (16, 8, 4, 2)  # begin at 1/n of the ceiling, in a run so long that this costs no more
_UP, _DOWN = 1.25, 0.5
_AS_FAST = 0.87  # speed at the greater number against that at the lesser
_NEAR, _HEADROOM = 1.15, 1.05  # times the lesser number; times the capacity that was measured
_DISTINCT = 1.1  # times as many calls out, without which nothing is compared
_AGAIN_AFTER, _LONGER, _LONGEST = 1000.0, 2.0, 5000.0  # answered calls between two trials


class KneeFinder:
    """Tries numbers of calls at once, and keeps to the least that loses nothing.

    Args:
        calls: how many calls the run will make about.
        ceiling: the user's number.

    Attributes:
        size: so many calls may be out now.
        found: so many it works with between trials.
    """

    def __init__(self, calls: int, ceiling: int) -> None:
        self._calls = calls
        self._ceiling = float(ceiling)
        self._speed = CallSpeed()
        self._steady_at_once = 0.0
        self._answered = 0
        self._lost = 0.0  # calls that trials of fewer have cost
        self._target: float | None = None  # what is tried next
        self.found = self.size = self._ceiling
        self._begin_search()

    @property
    def works_at(self) -> int | None:
        """What it has settled on below the ceiling; None at the ceiling, or while it still searches."""
        is_settled = self.found < self._ceiling and self._target is None and not self._in_trial
        return int(self.found) if is_settled else None

    def sent(self, call: object, step: str, now: float) -> None:
        """A call of a step goes out."""
        self._speed.sent(call, step, now)

    def ended(self, call: object, now: float, *, answered: bool) -> None:
        """A call has come back, or is given up."""
        counts = self._speed.ended(call, now, answered=answered)
        self._answered += answered
        if answered and self.size < self._ceiling and (self._in_trial or self._target == self._ceiling):
            self._lost += self._ceiling / self.size - 1
        if not self._in_trial:
            if self._answered >= self._next_trial and self._speed.answered >= _STEADY_CALLS:
                self._begin_trial(now)
        elif not self._settled:
            self._settle(now)
        elif counts and self._speed.answered >= _LEAST_CALLS:
            self._judge(now)

    def restart(self, now: float) -> None:
        """The server was away: search anew, since calls that met this say nothing of how many it works with."""
        self._speed.forget(now)
        self._begin_search(_SETTLED_AFTER)

    def set_ceiling(self, ceiling: int, now: float) -> None:
        """The user's number is another."""
        if ceiling == self._ceiling:
            return
        was_free = self.found >= self._ceiling
        self._ceiling = float(ceiling)
        self.found = self._ceiling if was_free else min(self.found, self._ceiling)
        self._target = None
        self._end_trial(1.0, now)

    # --- within ------------------------------------------------------------------------------------------------

    def _begin_search(self, settled_after: float = 0.0) -> None:
        """Begin with few calls where the run is so long that this costs little.

        Args:
            settled_after: times as many answers as calls out, before which another number is not tried.
        """
        self._in_trial = self._settled = False
        self._interval = _AGAIN_AFTER
        self._target = None
        self._try_fewer = self._start = True
        self.found = self._ceiling
        may_cost = min(_COST * (self._calls - self._answered), self._may_lose)
        for share in _FIRST_SHARES:
            few = self._ceiling // share
            steady = max(_STEADY_CALLS, settled_after * few)
            if few >= 2 and (share - 1) * (steady + _LEAST_CALLS) <= may_cost:
                self.found, self._target = few, self._ceiling
                break
        self.size = self.found
        self._next_trial = self._answered + settled_after * self.found  # not before so many calls are answered

    @property
    def _may_lose(self) -> float:
        return _COST * max(self._calls, self._answered) - self._lost

    def _begin_trial(self, now: float) -> None:
        target, self._target = self._target, None
        if target is None and self._try_fewer:
            target = self.found * _DOWN
            if self.found <= 1 or (self.found >= self._ceiling and self._may_lose < 2 * _LEAST_CALLS):
                self._try_fewer = self.found > 1
                return
        elif target is None:
            target = self.found * _UP
        self.size = self._whole(target)
        self._in_trial, self._settled = True, False
        self._steady_at_once = self._speed.at_once(now)
        self._settle(now)

    def _whole(self, target: float) -> float:
        """Return a number of calls other than the present one, as near to the target as can be."""
        whole = math.ceil(target) if target > self.found else math.floor(target)
        return float(min(max(whole, 1), self._ceiling))

    def _settle(self, now: float) -> None:
        """Begin to measure once no more calls are out than the trial has."""
        if self._speed.in_flight <= self.size:
            self._settled = True
            self._speed.begin_trial(now)

    def _judge(self, now: float) -> None:
        """Compare the two numbers as soon as their difference is sure enough."""
        speed, here = self._speed.speed(now), self._speed.at_once(now)
        fewer = self.size < self.found
        lesser, greater = sorted((here, self._steady_at_once))
        if (here < self._steady_at_once) != fewer or greater < _DISTINCT * lesser:
            self._decide(max(self.size, self.found), 1.0, now, is_gain=False)  # the rows keep fewer calls out
            return
        slowed = 1 / speed if fewer else speed  # the speed at the greater number against that at the lesser
        beyond_half = -math.log(slowed) - math.log(greater / lesser) / 2
        if abs(beyond_half) < _SURE * self._speed.error:
            too_long = self._speed.answered >= _MOST_CALLS
            too_costly = fewer and self.found >= self._ceiling and self._may_lose <= 0
            if not (too_long or too_costly):
                return
            if fewer:  # in doubt as many as before
                slowed = 1.0
        low, high = sorted((self.size, self.found))
        capacity = greater * slowed
        if slowed >= _AS_FAST:
            self._decide(high, 1.0 if fewer else speed, now, is_gain=not fewer)
        elif capacity <= _NEAR * lesser:
            first = self._start and not fewer
            self._decide(low, speed if fewer else 1.0, now, is_gain=fewer or first)
            if fewer or first:
                self._try_fewer = True
                self._target = min(low * _DOWN, capacity) if low > 1 else None
        else:
            self._decide(low, speed if fewer else 1.0, now, is_gain=True)
            self._target = min(max(capacity * _HEADROOM, low + 1), high)
            self._try_fewer = False
        self._start = False

    def _decide(self, found: float, speed: float, now: float, *, is_gain: bool) -> None:
        """Work with a number from now on; go on in the same direction where that was a gain, later in the other."""
        self._next_trial = self._answered
        if is_gain:
            self._interval = _AGAIN_AFTER
        else:
            self._next_trial += self._interval
            self._interval = min(self._interval * _LONGER, _LONGEST)
            self._try_fewer = not self._try_fewer
        self.found = found
        if found >= self._ceiling:
            self._try_fewer = True
            self._next_trial = self._answered + self._interval
        elif found <= 1:
            self._try_fewer = False
        self._end_trial(speed, now)

    def _end_trial(self, speed: float, now: float) -> None:
        if self._in_trial and self._settled:
            self._speed.begin_steady(now, speed)
        self._in_trial = False
        self.size = self.found
