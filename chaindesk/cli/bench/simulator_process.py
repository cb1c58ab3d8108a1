"""The simulated provider in a process of its own, so that what is measured does not share its processor time."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from chaindesk.domain.errors import EnvironmentFailure
from chaindesk.simulator.options import SimulatorOptions

_PATIENCE = 60.0  # seconds; on a busy machine Python alone may need ten to start


@asynccontextmanager
async def demo_process(options: SimulatorOptions) -> AsyncIterator[str]:
    """The base URL of a simulated provider that lives as long as this is open, and never longer than this process.

    Raises:
        EnvironmentFailure: it did not start.
    """
    frozen = bool(getattr(sys, "frozen", False))
    command = [sys.executable] if frozen else [sys.executable, "-m", "chaindesk"]
    words = ["serve-demo", "--json", "--until-stdin-ends", "--options", options.to_json()]
    process = await asyncio.create_subprocess_exec(
        *command, *words, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    try:
        yield await _address(process)
    finally:
        if process.stdin is not None:
            process.stdin.close()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(2.0):
                await process.wait()
        if process.returncode is None:
            process.kill()
            await process.wait()


async def _address(process: asyncio.subprocess.Process) -> str:
    if process.stdout is not None:
        with contextlib.suppress(TimeoutError, ValueError, KeyError):
            async with asyncio.timeout(_PATIENCE):
                return str(json.loads(await process.stdout.readline())["base_url"])
    raise EnvironmentFailure("The simulated provider did not start in a process of its own. Is the machine very busy?")
