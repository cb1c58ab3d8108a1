"""The circuit breakers of a run: one for each address; those of one provider's servers know of each other."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from chaindesk.domain.completion import Endpoint
from chaindesk.engine.calls.outages.circuit_breaker import CircuitBreaker
from chaindesk.engine.calls.outages.outage import BreakerHooks, BreakerSettings
from chaindesk.engine.calls.row_slots import RowSlots


class CircuitBreakers:
    """The breakers of a run: one for each provider's address.

    Args:
        settings: how outages are waited out.
        hooks: whom breakers turn to.
        slots: the slots of the run's rows.
        rng: for the spread of probes.
        clock: seconds.
    """

    def __init__(
        self,
        settings: BreakerSettings,
        hooks: BreakerHooks,
        slots: RowSlots,
        rng: random.Random,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings = settings
        self._hooks = hooks
        self._slots = slots
        self._rng = rng
        self._clock = clock
        self._breakers: dict[str, CircuitBreaker] = {}
        self._by_address: dict[str, CircuitBreaker] = {}
        self._together: dict[str, tuple[Endpoint, ...]] = {}  # the servers of an address's provider

    def for_endpoint(self, endpoint: Endpoint) -> CircuitBreaker:
        """Return the breaker of a provider's address."""
        found = self._by_address.get(endpoint.base_url)
        if found is None:
            found = self._by_address[endpoint.base_url] = self._of_origin(endpoint, _origin(endpoint))
        return found

    def _of_origin(self, endpoint: Endpoint, origin: str) -> CircuitBreaker:
        breaker = self._breakers.get(origin)
        if breaker is None:
            hooks = replace(
                self._hooks,
                is_alone=lambda: self._is_alone(origin),
                on_closed=lambda: self._on_closed(origin),
            )
            breaker = CircuitBreaker(endpoint, self._settings, hooks, self._slots, self._rng, self._clock)
            self._breakers[origin] = breaker
        return breaker

    def join(self, servers: Sequence[Endpoint]) -> None:
        """Let one of these servers take the calls of another that is away."""
        for server in servers:
            self._together[_origin(server)] = tuple(servers)

    def _others(self, origin: str) -> Iterator[CircuitBreaker]:
        for other in {_origin(server): server for server in self._together.get(origin, ())}.values():
            if _origin(other) != origin:
                yield self.for_endpoint(other)

    def _is_alone(self, origin: str) -> bool:
        return all(breaker.is_open for breaker in self._others(origin))

    def _on_closed(self, origin: str) -> None:
        for breaker in self._others(origin):
            breaker.another_is_back()

    def try_now(self) -> None:
        """Probe all that are open at once."""
        for breaker in self._breakers.values():
            breaker.try_now()

    def close(self) -> None:
        """Cancel all timers."""
        for breaker in self._breakers.values():
            breaker.close()


def _origin(endpoint: Endpoint) -> str:
    parts = urlsplit(endpoint.base_url)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else endpoint.base_url
