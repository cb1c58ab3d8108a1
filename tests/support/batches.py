"""The batch jobs of each provider, over real HTTP against the simulated provider, by the provider's own name."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from chaindesk.domain.chains.provider_settings import ProviderSettings
from chaindesk.domain.completion import Completion, CompletionRequest, Endpoint, Message, ProviderKind
from chaindesk.providers.batches.protocol import BatchApi, BatchLine, BatchProvider, JobOrder
from chaindesk.providers.http.client import open_providers
from chaindesk.providers.registry import resolve
from chaindesk.simulator.batches.options import BatchOptions
from chaindesk.simulator.options import SimulatorOptions
from chaindesk.simulator.server import SimulatorServer

ENDPOINTS = {
    "openai": resolve("openai"),
    "responses": resolve("openai", ProviderSettings(kind=ProviderKind.OPENAI_RESPONSES)),
    "azure": resolve("azure", ProviderSettings(base_url="https://lab.openai.azure.com")),
    "anthropic": resolve("anthropic"),
    "gemini": resolve("gemini"),
    "mistral": resolve("mistral"),
}
NAMES = tuple(ENDPOINTS)
KEY = "sk-test-0123456789abcdef"
NONCE = "n0nce"


@dataclass(frozen=True)
class Jobs:
    """A provider's batch jobs, the provider itself, and the server behind both."""

    server: SimulatorServer
    api: BatchApi
    endpoint: Endpoint
    provider: BatchProvider

    def request(self, number: int, **rest: Any) -> CompletionRequest:
        return CompletionRequest(self.endpoint, "writer", (Message("user", f"Say {number}."),), **rest)

    async def order(self, count: int = 5, nonce: str = NONCE, **rest: Any) -> JobOrder:
        lines = [self.api.line(f"{nonce}-{number}", self.request(number, **rest)) for number in range(count)]
        return JobOrder(nonce, "writer", lines, await self.api.upload(nonce, lines), count)

    async def created(self, count: int = 5, nonce: str = NONCE, **rest: Any) -> str:
        return await self.api.create(await self.order(count, nonce, **rest))

    async def lines(self, remote_id: str) -> list[BatchLine]:
        return [line async for line in self.api.results(remote_id)]

    def pass_time(self, seconds: float) -> None:
        self.server.batches.store.advance(seconds)

    @property
    def billed(self) -> dict[str, int]:
        return dict(self.server.batches.store.counters.billed)


@asynccontextmanager
async def jobs_of(name: str, **batch: Any) -> AsyncIterator[Jobs]:
    """Open the batch jobs of a provider by one of ``NAMES``."""
    endpoint = ENDPOINTS[name]
    async with SimulatorServer(SimulatorOptions(latency=0, batch=BatchOptions(**batch))) as server:
        addresses = {endpoint.base_url: server.base_url}
        async with open_providers({endpoint.name: KEY}, 4, addresses=addresses) as provider:
            api = provider.batches(endpoint)
            assert api is not None
            yield Jobs(server, api, endpoint, provider)


def answered(lines: Sequence[BatchLine]) -> dict[str, Completion]:
    """Return the answers among lines, by id."""
    return {line.custom_id: line.outcome for line in lines if isinstance(line.outcome, Completion)}


def long_ago() -> datetime:
    """Return a time before every job."""
    return datetime.now(UTC) - timedelta(minutes=5)
