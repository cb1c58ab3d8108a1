"""Loads in a thread what a run needs first, so that the loop does not wait for it when somebody presses Run."""

from __future__ import annotations

import asyncio
import importlib

_FOR_RUNS = ("chaindesk.providers.http.client", "chaindesk.providers.http.transport", "chaindesk.providers.pricing")


async def load(*modules: str) -> None:
    """Load modules in a thread; loaded ones cost nothing."""
    await asyncio.to_thread(lambda: [importlib.import_module(module) for module in modules])


async def load_for_runs() -> None:
    """Load what calls over HTTP need."""
    await load(*_FOR_RUNS)
