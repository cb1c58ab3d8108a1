"""Clocks that neither sleep nor jump: how long the machine was asleep, and a time of day that only moves on.

``time.monotonic`` stands still while a Linux machine or a Mac sleeps and goes on under Windows, and the time of day may
be set at any moment; a run must come through both.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

LONG_SLEEP = 20.0
"""Seconds of sleep after which connections may be dead, so that a call that was out then failed for that."""


def seconds_since_boot() -> float:
    """Seconds since some moment, those asleep included."""
    if sys.platform == "linux":
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    if sys.platform == "darwin":
        return time.clock_gettime(time.CLOCK_MONOTONIC)  # Apple's goes on in sleep
    return time.monotonic()


def seconds_asleep() -> float:
    """Seconds that the machine has been asleep since some moment; always 0 where that cannot be known."""
    if sys.platform == "linux":
        return time.clock_gettime(time.CLOCK_BOOTTIME) - time.clock_gettime(time.CLOCK_MONOTONIC)
    if sys.platform == "darwin":
        return time.clock_gettime(time.CLOCK_MONOTONIC) - time.clock_gettime(time.CLOCK_UPTIME_RAW)
    if sys.platform == "win32":
        import ctypes

        awake = ctypes.c_ulonglong()  # in units of 100 ns
        ctypes.windll.kernel32.QueryUnbiasedInterruptTime(ctypes.byref(awake))
        return time.monotonic() - awake.value / 10_000_000
    return 0.0


class SteadyTime:
    """The time of day (UTC) at its making, carried on by a clock that nobody sets: what it returns never goes back."""

    def __init__(
        self,
        since_boot: Callable[[], float] = seconds_since_boot,
        today: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._since_boot = since_boot
        self._began = since_boot()
        self._day = today()

    def __call__(self) -> datetime:
        """The time of day now."""
        return self._day + timedelta(seconds=max(self._since_boot() - self._began, 0.0))
