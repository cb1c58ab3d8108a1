"""The rate limiters of a run, one for each (base URL, key, model), and the permit of each call in flight."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Mapping

from chaindesk.domain.completion import CompletionRequest
from chaindesk.engine.ratelimit.limiter import RateLimiter
from chaindesk.engine.ratelimit.permit import Permit
from chaindesk.engine.ratelimit.quotas import Quotas
from chaindesk.providers.base import RateHint

_LOOK_INTERVAL_S = 1.0
_TOLD_AGAIN = 0.05  # share by which a limit must have changed

__all__ = ["Permit", "RateLimiter", "RateLimiters"]


class RateLimiters:
    """The rate limiters of a run.

    Args:
        identities: for each endpoint's name whose key it shares: names with the same key share their limits. Never
            the key itself.
        rng: for the spread of pauses.
        clock: seconds.
    """

    def __init__(
        self, identities: Mapping[str, str], rng: random.Random, clock: Callable[[], float] = time.monotonic
    ) -> None:
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
            limiter = RateLimiter(lambda now: Quotas.named_by(endpoint, now), self._rng, self._clock)
            self._limiters[place] = limiter
        return limiter

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
        for name, limit in limiter.limits().items():
            before = self._told.get((limiter, name))
            if before is None or abs(limit - before) > _TOLD_AGAIN * before:
                self._told[limiter, name] = limit
                yield name, limit

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
