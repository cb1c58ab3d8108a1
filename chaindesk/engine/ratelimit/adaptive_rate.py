"""The pace that a provider allows where it tells no limits: felt out from how many calls pass between refusals."""

from __future__ import annotations

from bisect import bisect_left
from collections import deque

_FIRST_PACE = 2.0  # calls a second after the first refusal …
_DOUBLED_IN = 0.5  # … doubled every so many seconds until the next one
_LONG, _SLOWER_FIRST = 2.0, 8.0  # what passed for so many seconds before it passes at an eighth of that at once
_SAVED_SECONDS = 2.0  # calls that could not go out in time are made up for, up to so many seconds' worth
_FEWEST, _MOST, _MOST_OF_ALL = 8.0, 400.0, 2000.0  # calls between two tries of a faster pace: least, most …
_WORTH_A_LOST_CALL = 100.0  # … and more where a refusal costs many calls: so many for each of them
_SURE = 20.0  # calls that a pace is founded on before others go by it
_SOON = 20  # calls; refused sooner, time and again, it has nothing to do with the pace:
_TRY_HALF, _GIVE_UP = 4, 6  # after so many times it is halved, then given up
_LOOKED_BACK = 12_000  # calls remembered: a minute's, up to 200 a second
_MINUTE = 60.0  # what most servers count over
_CLEARLY = 1.03  # times as much as else found


class AdaptiveRate:
    """Calls a second that pass. Times are seconds of any one clock.

    As long as nothing was refused it lets everything out. After the first refusal it starts slowly and doubles its
    pace until it is refused again. From then on it knows: an allowance that was empty at two refusals gave in between
    just as much as it filled by. It goes by that, and grows beyond it a little, the more slowly the surer it is, so
    that it is refused once in some hundreds of calls and notices when more is allowed.

    Refusals that come as often at a much slower pace have nothing to do with it: then it gives up.

    Attributes:
        given_up: whether it lets everything out because going slower did not help.
    """

    def __init__(self) -> None:
        self.given_up = False
        self._refused = False  # ever
        self._sent = 0  # calls let out
        self._began = 0.0  # when the first went out
        self._from = 0  # calls let out before the last pause
        self._strays = 0  # of them, those that passed after the one that was refused
        self._stray_from = 0
        self._first_emptied = 0.0  # when it was empty for the first time
        self._emptied = 0.0  # when the call went out with which it was empty
        self._resumed: float | None = None  # when calls went out again
        self._burst = 0.0  # calls that may pass at once
        self._calls = 0.0  # what the pace is founded on: so many calls …
        self._seconds = 0.0  # … in so many seconds
        self._growing = _FEWEST  # calls after which it has grown by about one
        self._due = 0.0
        self._short = 0  # times in a row that it was refused soon
        self._times: deque[float] = deque(maxlen=_LOOKED_BACK)  # when the last calls went out
        self._lost: deque[float] = deque(maxlen=_LOOKED_BACK)  # of them, those that were refused

    @property
    def limits(self) -> bool:
        """Whether calls may have to wait for it."""
        return self._refused and not self.given_up

    @property
    def known(self) -> float | None:
        """The calls a second that pass, once that is known well, else None."""
        return self._calls / self._seconds if self.limits and self._calls >= _SURE else None

    def delay(self, now: float) -> float:
        """Seconds until the next call may go out; 0 or less: now."""
        return self._due - now if self.limits else 0.0

    def sent(self, now: float) -> int:
        """A call goes out; gives its number."""
        if not self._sent:
            self._began = now
        self._sent += 1
        self._times.append(now)
        if self.limits:
            if self._resumed is None:
                self._resumed = now
            pace = self.at(now)
            saved = 0.0
            if self._seconds:
                saved = (min(self._burst, pace * _SAVED_SECONDS) - 1) / pace
            self._due = max(self._due, now - max(saved, 0.0)) + 1 / pace
        return self._sent

    def at(self, now: float) -> float:
        """The calls a second of this moment."""
        if not self._seconds:
            long = self._emptied - self._began
            first = max(_FIRST_PACE, self._burst / long / _SLOWER_FIRST) if long > _LONG else _FIRST_PACE
            return float(min(first * 2.0 ** min((now - (self._resumed or now)) / _DOUBLED_IN, 20.0), 1e6))
        calls = self._sent - self._from
        share = calls / self._growing
        grown = 2 / self._growing * (share if share < 1 else share**4)
        return self._calls / self._seconds * (1 + grown)

    def refused(self, number: int, sent_at: float, until: float, *, new: bool) -> None:
        """A call was refused.

        Args:
            number: its number.
            sent_at: when it went out.
            until: when calls go out again.
            new: whether it went out after the last pause, so that it tells something new.
        """
        self._lost.append(sent_at)
        if not new:
            self._strays -= number > self._stray_from
        else:
            passed = number - self._from - 1 + self._strays
            if not self._refused:
                self._refused = True
                self._burst = float(passed)
                self._first_emptied = self._emptied = sent_at
            elif passed > 0 and self._resumed is not None:
                self._found(passed, number, sent_at, max(until - sent_at, 0.0))
                self._emptied = sent_at
            self._strays, self._stray_from = self._sent - number, number
            self._from, self._resumed = self._sent, None
        pace = self._calls / self._seconds if self._seconds else None
        self._due = until if pace is None else self._emptied + 1 / pace

    def _found(self, passed: int, number: int, at: float, pause: float) -> None:
        """So many calls passed since it was empty, and now it is empty again."""
        resumed = at if self._resumed is None else self._resumed
        whole = at - self._emptied
        if not self._seconds:
            self._burst = max(1.0, self._burst - (self._emptied - self._began) * passed / whole)
        elif passed < min(self._burst, (resumed - self._emptied) * self._calls / self._seconds):
            self._burst = float(max(passed, 1))
        pace = max(passed / whole, self._recent(passed, number, at))
        kept = min(0.5, passed / self._growing)  # refused too soon: what it was founded on does not hold
        self._calls = self._calls * kept + passed
        self._seconds = self._seconds * kept + passed / pace
        minute = self._last_minute(number, at)
        if minute * self._seconds > self._calls * _CLEARLY:
            self._seconds = self._calls / minute
        lost = max(pause * pace - self._burst, 0.0)
        most = min(max(_MOST, lost * _WORTH_A_LOST_CALL), _MOST_OF_ALL)
        self._growing = min(max(self._calls, _FEWEST), most)
        self._doubt(passed)

    def _recent(self, passed: int, number: int, at: float) -> float:
        """The most that it surely filled by in a second, shortly before ``at``, when it was empty.

        What passed from any earlier moment on is at most what was saved up then and what came in since.
        """
        fastest, back = 0.0, len(self._times) - 1 - (self._sent - number)
        calls = 4
        while calls <= min(passed, back):
            seconds = at - self._times[back - calls]
            if seconds > 0:
                fastest = max(fastest, (calls + 0.5 - self._burst) / seconds)
            calls *= 2
        return fastest

    def _last_minute(self, number: int, at: float) -> float:
        """The calls a second that passed in the last minute; 0 where what was saved up at first is among them.

        A server that counts the calls of the last minute lets in just so many, however they came.
        """
        if at - self._first_emptied < _MINUTE:
            return 0.0
        since = at - _MINUTE
        let_out = len(self._times) - 1 - (self._sent - number) - bisect_left(self._times, since)
        return (let_out - sum(lost > since for lost in self._lost)) / _MINUTE

    def _doubt(self, passed: int) -> None:
        """Refused soon, time and again: try at half the pace, and give up where that does not help."""
        self._short = self._short + 1 if passed <= _SOON else 0
        if self._short == _TRY_HALF:
            self._seconds *= 2
        self.given_up = self._short >= _GIVE_UP
