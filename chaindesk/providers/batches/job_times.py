"""The time of day around batch jobs, and how long a job is believed to be on its way to its results."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Now = Callable[[], datetime]
MAX_FINISHING = timedelta(minutes=30)
"""So long after its end a job is asked again whose results are not there yet; after that there are none."""


def utc_now() -> datetime:
    """The time of day, in UTC."""
    return datetime.now(UTC)
