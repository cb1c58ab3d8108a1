"""The rate limiters of a run, one for each (base URL, key, model), and the permit of each call in flight."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Mapping

from chaindesk.domain.completion import CompletionRequest
from chaindesk.engine.ratelimit.knee_finder import KneeFinder
from chaindesk.engine.ratelimit.limiter import RateLimiter
from chaindesk.engine.ratelimit.permit import Permit
from chaindesk.engine.ratelimit.quotas import Quotas
from chaindesk.providers.base import RateHint

_LOOK_INTERVAL_S = 1.0
_TOLD_AGAIN = 0.05  # share by which a limit must have changed
_ADAPTED_AGAIN = 0.5  # … and a number of calls at once

__all__ = ["Permit", "RateLimiter", "RateLimiters"]


class RateLimiters:
    """The rate limiters of a run.

    Args:
        identities: for each endpoint's name whose key it shares: names with the same key share their limits. Never
            the key itself.
        rng: for the spread of pauses.
        clock: seconds.
        calls: how many calls the run will make about.
        at_once: returns how many rows may be at work at once.
        on_adapted: told, in words for the user, at how many calls at once a server works where more make it slower.
    """

    def __init__(
        self,
        identities: Mapping[str, str],
        rng: random.Random,
        clock: Callable[[], float] = time.monotonic,
        *,
        calls: int = 0,
        at_once: Callable[[], int] = lambda: 1,
        on_adapted: Callable[[str], None] = lambda message: None,
    ) -> None:
        self._calls = calls
        self._at_once = at_once
        self._on_adapted = on_adapted
        self._told_at_once: dict[RateLimiter, int] = {}
        self._identities = identities
        self._rng = rng
        self._clock = clock
        self._limiters: dict[tuple[str, str, str], RateLimiter] = {}
        self._permits: dict[int, tuple[RateLimiter, Permit]] = {}
        self._told: dict[tuple[RateLimiter, str], float] = {}
        self._looked_at = -_LOOK_INTERVAL_S

    def limiter_for(self, request: CompletionRequest) -> RateLimiter:
        """Return the limiter of a request's base URL, key and model."""
        endpoint = request.endpoint
        place = (endpoint.base_url, self._identities.get(endpoint.name, endpoint.name), request.model)
        limiter = self._limiters.get(place)
        if limiter is None:
            knee = None
            if endpoint.adaptive and not Quotas.named_by(endpoint, self._clock()):
                knee = KneeFinder(self._calls, self._at_once())
            limiter = RateLimiter(lambda now: Quotas.named_by(endpoint, now), self._rng, self._clock, knee)
            self._limiters[place] = limiter
        return limiter

    def slow_start(self, limiter: RateLimiter) -> None:
        """The server that a limiter is of is back after an outage: the calls of all its models come back bit by bit."""
        place = next(place for place, one in self._limiters.items() if one is limiter)
        for (base_url, *_), one in self._limiters.items():
            if base_url == place[0]:
                one.slow_start()

    def changed_limits(self, request: CompletionRequest) -> Iterator[tuple[str, float]]:
        """Yield the limits of a request's key and model that differ from those yielded before, at most once a second.

        Yields:
            What is counted, and how many pass in a minute.
        """
        now = self._clock()
        if now - self._looked_at < _LOOK_INTERVAL_S:
            return
        self._looked_at = now
        limiter = self.limiter_for(request)
        self._look_at_knee(limiter, request.endpoint.name)
        for name, limit in limiter.limits().items():
            before = self._told.get((limiter, name))
            if before is None or abs(limit - before) > _TOLD_AGAIN * before:
                self._told[limiter, name] = limit
                yield name, limit

    def _look_at_knee(self, limiter: RateLimiter, provider: str) -> None:
        limiter.set_ceiling(self._at_once())
        works_at = limiter.works_at
        if works_at is None:
            return
        before = self._told_at_once.get(limiter)
        if before is None or abs(works_at - before) > _ADAPTED_AGAIN * before:
            self._told_at_once[limiter] = works_at
            self._on_adapted(f"{provider} is asked {works_at} at once: more made it slower.")

    def track(self, request: CompletionRequest, limiter: RateLimiter, permit: Permit) -> None:
        """Remember the permit of a request, for what its reply reports."""
        self._permits[id(request)] = (limiter, permit)

    def untrack(self, request: CompletionRequest) -> None:
        """Forget it."""
        self._permits.pop(id(request), None)

    def on_rate_hint(self, request: CompletionRequest, hint: RateHint) -> None:
        """Take in what a reply reports of limits; see ``providers.base.RateListener``."""
        found = self._permits.get(id(request))
        if found is not None:
            limiter, permit = found
            limiter.learn(permit, hint)
