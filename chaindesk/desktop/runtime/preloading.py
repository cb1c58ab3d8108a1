"""Loads in a thread what a run needs first, so that the loop does not wait for it when somebody presses Run."""

from __future__ import annotations

import asyncio
import gc
import importlib

_FOR_RUNS = ("chaindesk.providers.http.client", "chaindesk.providers.http.transport", "chaindesk.providers.pricing")


async def load(*modules: str) -> None:
    """Load modules in a thread; loaded ones cost nothing."""
    await asyncio.to_thread(lambda: [importlib.import_module(module) for module in modules])


async def load_for_runs() -> None:
    """Load what calls over HTTP need.

    What is loaded by then stays until the end: it is left out when garbage is collected from here on, which else
    stops the window for a tenth of a second now and then. Nothing of a session may be there yet.
    """
    await load(*_FOR_RUNS)
    if not gc.get_freeze_count():
        gc.freeze()
