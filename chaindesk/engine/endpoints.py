"""The providers of a chain: where they are, which keys they need, and the one session over which a run calls them.

Concrete providers are known here and in the model catalogue alone, so that the rest of the engine needs no HTTP.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol

from chaindesk.domain.chains.chain import MAX_CONCURRENCY, Chain
from chaindesk.domain.completion import DEMO_BASE_URL, CompletionRequest, Endpoint, Speed, Usage
from chaindesk.domain.errors import InputError, Problem
from chaindesk.domain.estimate import OutputLimit, Price
from chaindesk.domain.records import Answer
from chaindesk.providers.base import NoticeListener, Provider, RateListener
from chaindesk.providers.batches.protocol import BatchLimits, BatchProvider

if TYPE_CHECKING:
    from chaindesk.credentials import KeyStore


class Access(Protocol):
    """How a run gets at its providers: from this machine, or by others."""

    @property
    def keys(self) -> Mapping[str, str]:
        """The API keys that are on this machine, by endpoint name."""
        ...

    async def read_keys(self) -> str:
        """Read the keys again; return what keeps the endpoints from being called, in words for the user, or ""."""
        ...

    def open(self, on_rate: RateListener, on_notice: NoticeListener) -> AbstractAsyncContextManager[Provider]:
        """Open what the calls of a run go over; see ``open_provider``."""
        ...

    def stored(self, answer: Answer) -> None:
        """Handle that the journal has an answer."""
        ...


class DirectAccess:
    """Calls providers from this machine; see ``Access``."""

    def __init__(self, endpoints: Iterable[Endpoint], store: KeyStore, addresses: Mapping[str, str]) -> None:
        self._keys: dict[str, str] = {}
        self._endpoints = tuple(endpoints)
        self._store = store
        self._addresses = addresses

    @property
    def keys(self) -> Mapping[str, str]:
        """The keys that were found."""
        return self._keys

    async def read_keys(self) -> str:
        """Read the keys of this machine again."""
        return await read_keys(self._endpoints, self._store, self._keys)

    def open(self, on_rate: RateListener, on_notice: NoticeListener) -> AbstractAsyncContextManager[Provider]:
        """Open the run's one HTTP session."""
        return open_provider(self._endpoints, self._keys, self._addresses, on_rate, on_notice)

    def stored(self, answer: Answer) -> None:
        """Nothing is kept elsewhere."""


def endpoints_of(chain: Chain, problems: list[Problem]) -> dict[str, Endpoint]:
    """Return each provider that the chain uses, by name; unknown ones are added to ``problems``."""
    from chaindesk.providers.registry import resolve

    endpoints: dict[str, Endpoint] = {}
    refused: set[str] = set()
    for number, step in enumerate(chain.steps):
        for field, reference in (("model", step.model), *step.other_models):
            provider = reference.partition("/")[0]
            if not step.enabled or provider in endpoints or provider in refused:
                continue
            try:
                endpoints[provider] = resolve(provider, chain.providers.get(provider))
            except InputError as error:
                refused.add(provider)
                problems.append(Problem(str(error), field=f"steps[{number}].{field}"))
    problems.extend(speed_problems(chain, endpoints))
    return endpoints


def speed_problems(chain: Chain, endpoints: Mapping[str, Endpoint]) -> Iterator[Problem]:
    """Yield a problem for each step that is to be asked at a speed that its provider does not have."""
    for number, step in enumerate(chain.steps):
        endpoint = endpoints.get(step.provider)
        if step.enabled and endpoint is not None and (why := _speed_problem(endpoint, step.speed or chain.speed)):
            yield Problem(why, field="speed" if step.speed is None else f"steps[{number}].speed")


def _speed_problem(endpoint: Endpoint, speed: Speed) -> str:
    if speed in endpoint.speeds:
        return ""
    has = " or ".join(sorted(one.value for one in endpoint.speeds))
    return (
        f'The provider "{endpoint.name}" has no speed "{speed.value}". Write speed: {has}. If its server at '
        f"{endpoint.base_url} has it, write speeds: [{speed.value}] under this provider."
    )


def price(endpoint: Endpoint, model: str, usage: Usage) -> Decimal | None:
    """Return what tokens cost in US dollars, or None where no price is known; the first call loads the price list."""
    return _cost()(endpoint, model, usage)


@lru_cache(maxsize=1)
def _cost() -> Price:
    """The function that knows prices; an import within a function takes as long as a price, for every call of a run."""
    from chaindesk.providers.pricing import cost

    return cost


def batch_limits(endpoint: Endpoint) -> BatchLimits | None:
    """Return what one batch job of an endpoint may hold, or None where it has none."""
    from chaindesk.providers.batches import by_endpoint

    return by_endpoint.batch_limits(endpoint)


def output_limit(request: CompletionRequest) -> OutputLimit:
    """Return the output limit that a call is sent with."""
    from chaindesk.providers.wire_formats import by_kind

    return by_kind.output_limit(request)


async def read_keys(endpoints: Iterable[Endpoint], store: KeyStore, keys: dict[str, str]) -> str:
    """Read the keys of endpoints into ``keys``, by endpoint name.

    Returns:
        What keeps the endpoints from being called, in words for the user, or "".
    """
    from chaindesk.providers.proxies import unusable_proxy

    asked = [one for endpoint in endpoints for one in endpoint.asked]
    found, missing = await store.find_all(asked)
    keys.update(found)
    blocked = {unusable_proxy(endpoint) for endpoint in asked} - {""}
    pending = {one.provider: one.question for one in store.pending_permissions(missing)}
    without = [pending.get(endpoint.name) or _no_key(endpoint) for endpoint in missing]
    return "\n".join([*without, *sorted(blocked)])


def _no_key(endpoint: Endpoint) -> str:
    from chaindesk.providers.registry import key_command

    variable = f" Set {endpoint.key_variable}, or" if endpoint.key_variable else ""
    way = f"{variable} run `{key_command(endpoint)}`, or give it in the window under Keys."
    return f"{endpoint.name} needs an API key, and none was found.{way if variable else ' R' + way[2:]}"


@asynccontextmanager
async def open_provider(
    endpoints: Iterable[Endpoint],
    keys: Mapping[str, str],
    addresses: Mapping[str, str],
    on_rate: RateListener,
    on_notice: NoticeListener,
) -> AsyncIterator[BatchProvider]:
    """Open a run's one HTTP session, and start the simulated provider where an endpoint is it and has no address.

    Args:
        endpoints: whom the run calls.
        keys: API keys by endpoint name.
        addresses: where to find a base URL really.
        on_rate: called with each rate hint of a reply.
        on_notice: called with each notice of the session.
    """
    from chaindesk.providers.http.client import open_providers

    async with AsyncExitStack() as stack:
        found = dict(addresses)
        if DEMO_BASE_URL not in found and any(endpoint.base_url == DEMO_BASE_URL for endpoint in endpoints):
            from chaindesk.simulator.server import SimulatorServer

            found[DEMO_BASE_URL] = (await stack.enter_async_context(SimulatorServer())).base_url
        opened = open_providers(keys, MAX_CONCURRENCY, on_rate, addresses=found, on_notice=on_notice)
        yield await stack.enter_async_context(opened)
