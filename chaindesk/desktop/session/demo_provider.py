"""The window's simulated provider: started where a chain asks it, and then answering until the window closes."""

from __future__ import annotations

import asyncio
import importlib
from contextlib import AsyncExitStack

from chaindesk.domain.chains.chain import Chain
from chaindesk.domain.completion import DEMO_BASE_URL
from chaindesk.simulator.options import SimulatorOptions

DEMO_PROVIDER = "demo"


class DemoProvider:
    """Knows where it answers.

    Attributes:
        addresses: where providers really are, by the address that chains give; empty until it was needed.
    """

    def __init__(self, options: SimulatorOptions | None = None) -> None:
        self.addresses: dict[str, str] = {}
        self._options = options or SimulatorOptions()
        self._open = AsyncExitStack()

    async def addresses_of(self, chain: Chain) -> dict[str, str]:
        """Return where the providers of a chain really are; it is started where the chain asks it."""
        if DEMO_BASE_URL not in self.addresses and any(step.provider == DEMO_PROVIDER for step in chain.steps):
            module = await asyncio.to_thread(importlib.import_module, "chaindesk.simulator.server")
            server = await self._open.enter_async_context(module.SimulatorServer(self._options))
            self.addresses[DEMO_BASE_URL] = server.base_url
        return dict(self.addresses)

    async def close(self) -> None:
        """Answer no more."""
        await self._open.aclose()
