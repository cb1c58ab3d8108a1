"""How long to wait before a failed call is made again, and when to give up."""

from __future__ import annotations

import random

from chaindesk.domain.chains.retry_settings import RetrySettings
from chaindesk.domain.errors import CallError, Disposition, FailureKind
from chaindesk.engine.ratelimit.backoff import FIRST_BACKOFF_S, MAX_BACKOFF_S, MAX_RETRY_AFTER_S

REFUSALS_PER_ATTEMPT = 4
"""A refusal for the rate alone says nothing against a call, so that it uses up just a part of its attempts."""
MAX_PAID_CALLS = 3
"""Calls that may be paid for, although each gave nothing usable: the next one is likely to give nothing either."""
MIN_FAILURES_ALIKE = 5
"""Failures alike in a row, at the least, after which a call whose row is at fault is given up early."""
FLEX_TRIES = 5
"""Refusals for want of flex capacity after which a call that may fall back goes out at the standard price."""
MAX_CHANCE = 1e-6
"""How likely they may be to be mere chance, by what other rows' calls met."""
_SPREAD_S = 0.25
_BUSY_STATUSES = frozenset({429, 503, 529})


class RetryPolicy:
    """When one call is made again: a cap on calls and on seconds, full jitter below a ceiling from 1 to 60 s."""

    def __init__(self, settings: RetrySettings, rng: random.Random) -> None:
        self._settings = settings
        self._rng = rng
        self._failures = 0
        self._refusals = 0
        self._paid = 0
        self._last: tuple[FailureKind, int | None] | None = None
        self._alike = 0
        self._no_capacity = 0

    @property
    def gives_up_flex(self) -> bool:
        """Return whether the call was refused for want of flex capacity so often that it should be asked otherwise."""
        return self._no_capacity >= FLEX_TRIES

    def next_delay(self, error: CallError, elapsed: float, chance: float = 1.0) -> float | None:
        """Return the seconds to wait before the call is made again, or None where it is time to give up.

        A delay that the server asks for is kept to, up to two minutes, with a little on top so that not all rows come
        back in the same instant.

        Args:
            error: how the last call failed.
            elapsed: seconds that the call has taken so far, its waits for limits left out.
            chance: how likely a call is to fail whatever its row, where the row is known to be at fault; else 1.0.
        """
        if error.kind is FailureKind.CAPACITY:  # it was not billed and says nothing of the call: it fails no row
            self._no_capacity += 1
            return self._delay(error, self._no_capacity)
        if error.kind is FailureKind.RATE_LIMIT:
            self._refusals += 1
        else:
            self._failures += 1
        if self._is_hopeless(error, chance):
            return None
        self._paid += error.billed or error.kind is FailureKind.EMPTY
        if self._paid >= MAX_PAID_CALLS:
            return None
        spent = self._failures + self._refusals // REFUSALS_PER_ATTEMPT
        if spent >= self._settings.attempts:
            return None
        delay = self._delay(error, self._failures + self._refusals)
        return None if elapsed + delay > self._settings.seconds else delay

    def _delay(self, error: CallError, failures: int) -> float:
        """Return the seconds to wait after so many failures, or what the server asks for."""
        if error.retry_after is not None:
            return min(max(error.retry_after, 0.0), MAX_RETRY_AFTER_S) + self._rng.uniform(0, _SPREAD_S)
        # The exponent is bounded: calls that wait for flex capacity may fail any number of times.
        return self._rng.uniform(0, min(MAX_BACKOFF_S, FIRST_BACKOFF_S * 2.0 ** min(failures - 1, 16)))

    def _is_hopeless(self, error: CallError, chance: float) -> bool:
        """Return whether the call failed alike so often, while others were answered, that its text is at fault."""
        met = (error.kind, error.http_status)
        self._alike = self._alike + 1 if met == self._last else 1
        self._last = met
        if error.kind is FailureKind.RATE_LIMIT or self._alike < MIN_FAILURES_ALIKE:
            return False
        return chance**self._alike < MAX_CHANCE


def all_rows_wait(error: CallError, *, is_bad_row: bool) -> bool:
    """Return whether all rows of the key are to wait after a failure, rather than the one that met it alone."""
    if error.kind is FailureKind.RATE_LIMIT:
        return True
    retried = error.kind.disposition is Disposition.RETRY and error.retry_after is not None
    return retried and error.http_status in _BUSY_STATUSES and not is_bad_row
