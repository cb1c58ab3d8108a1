"""Counts what the simulated provider was asked and answered, for tests and benchmarks."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Counters:
    """Counts since the server opened, or since they were reset.

    Attributes:
        connections: sockets that clients opened.
        requests: calls for an answer, whatever became of them.
        delivered: answers that went out whole.
        tokens: tokens of the calls that the limits let in.
        by_status: replies by HTTP status; a request that was reset or hangs has none.
        running: calls that are being answered now.
        peak: the most that were being answered at once.
        answers: whole answers by the request's digest: more than one means that somebody paid twice.
        attempts: calls by the request's digest.
        tokens_in: of the answers that went out whole.
        tokens_out: the same.
        flex: of the answers that went out whole, those at the flex price.
        flex_tokens_in: their tokens.
        flex_tokens_out: the same.
        cache_writes: calls that wrote a beginning to the prompt cache.
        cache_reads: calls that read one from it.
        flex_refused: flex calls that were refused for want of capacity.
    """

    connections: int = 0
    requests: int = 0
    delivered: int = 0
    tokens: int = 0
    by_status: Counter[int] = field(default_factory=Counter)
    running: int = 0
    peak: int = 0
    answers: Counter[str] = field(default_factory=Counter)
    attempts: Counter[str] = field(default_factory=Counter)
    tokens_in: int = 0
    tokens_out: int = 0
    flex: int = 0
    flex_tokens_in: int = 0
    flex_tokens_out: int = 0
    flex_refused: int = 0
    cache_writes: int = 0
    cache_reads: int = 0

    def began(self, digest: str) -> int:
        """A call came in; which attempt of its request it is, from 1."""
        self.requests += 1
        self.running += 1
        self.peak = max(self.peak, self.running)
        self.attempts[digest] += 1
        return self.attempts[digest]

    def ended(self) -> None:
        """A call is over, however it ended."""
        self.running -= 1

    def answered(self, digest: str, spent: int = 0, made: int = 0, *, flex: bool = False) -> None:
        """An answer went out whole, for so many tokens in and out."""
        if flex:
            self.flex += 1
            self.flex_tokens_in += spent
            self.flex_tokens_out += made
        self.delivered += 1
        self.answers[digest] += 1
        self.tokens_in += spent
        self.tokens_out += made

    def reset(self) -> None:
        """Reset all counts; calls and connections that are open stay counted as running."""
        self.connections = self.requests = self.delivered = self.tokens = 0
        self.tokens_in = self.tokens_out = 0
        self.cache_writes = self.cache_reads = 0
        self.flex = self.flex_tokens_in = self.flex_tokens_out = self.flex_refused = 0
        self.peak = self.running
        for counts in (self.by_status, self.answers, self.attempts):
            counts.clear()

    def as_json(self) -> dict[str, Any]:
        """All counts as JSON values."""
        return {
            "connections": self.connections,
            "requests": self.requests,
            "delivered": self.delivered,
            "tokens": self.tokens,
            "by_status": {str(status): count for status, count in sorted(self.by_status.items())},
            "running": self.running,
            "peak": self.peak,
            "answers": dict(self.answers),
            "attempts": dict(self.attempts),
            "tokens_in": self.tokens_in,
            "tokens_out": self.tokens_out,
            "flex": self.flex,
            "flex_tokens_in": self.flex_tokens_in,
            "flex_tokens_out": self.flex_tokens_out,
            "flex_refused": self.flex_refused,
            "cache_writes": self.cache_writes,
            "cache_reads": self.cache_reads,
        }
