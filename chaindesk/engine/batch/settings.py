"""How batch jobs are cut, followed and looked for."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

LISTED_BEFORE = timedelta(minutes=5)
"""How long before it was kept a job is looked for: the clocks of two machines differ."""
MAX_UNPROCESSED = 2
"""How often a request is sent in a job that expires before it fails."""


def new_nonce() -> str:
    """Return a word by which a job is known, here and at the provider."""
    return secrets.token_hex(6)


@dataclass(frozen=True, slots=True)
class BatchSettings:
    """How batch jobs are cut, followed and looked for.

    Attributes:
        min_shard: a step's requests are sent in jobs of at least so many, as long as more come.
        shards: into how many jobs the rows of a step are cut at the most, so that the first one's next step can begin
            while the others still run.
        hold_s: seconds after which a smaller job is sent, although more may come.
        poll_s: seconds from one question how a job stands to the next.
        poll_share: of a job's age, what the seconds are at the least; so old jobs are asked for less often.
        max_poll_s: and at the most.
        look_again_s: seconds between the two looks for a job whose creation nobody knows of.
        retry_s: seconds before a job is sent again that could not be; they double with each failure.
        submit_tries: how often that is tried.
        lines_at_once: how many lines of results are stored together.
        nonce: makes the word by which a job is known.
        sleep: waits for seconds.
    """

    min_shard: int = 500
    shards: int = 8
    hold_s: float = 300.0
    poll_s: float = 60.0
    poll_share: float = 0.05
    max_poll_s: float = 600.0
    look_again_s: float = 60.0
    retry_s: float = 60.0
    submit_tries: int = 6
    lines_at_once: int = 500
    nonce: Callable[[], str] = new_nonce
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep

    def shard(self, rows: int) -> int:
        """Return how many requests a job of a run over so many rows holds."""
        return max(self.min_shard, -(-rows // self.shards))

    def poll_after(self, age: float) -> float:
        """Return the seconds until a job of an age is asked for again."""
        return min(max(self.poll_s, age * self.poll_share), max(self.max_poll_s, self.poll_s))
