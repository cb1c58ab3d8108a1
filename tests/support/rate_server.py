"""A chat server with the rate regimes that the simulated provider does not have, in a process of its own.

python tests/support/rate_server.py NAME prints its address. ``/counters`` tells what it answered.
"""

from __future__ import annotations

import asyncio
import math
import random
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import web

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.support.rate_world import Changing, EvenBucket, Meter, SlidingLog


@dataclass(frozen=True, slots=True)
class Regime:
    """How a server limits.

    Attributes:
        title: what it does.
        meter: of its requests, or None.
        told: whether replies report the limit.
        noise: the share of calls refused for nothing.
        retry_after: seconds that those ask to wait.
        most_in_flight: calls that it works on at once.
        latency: seconds of an answer.
        rate: calls a second that a client may make at best, where that is known.
    """

    title: str
    meter: Callable[[], Meter] | None = None
    told: bool = False
    noise: float = 0.0
    retry_after: float | None = None
    most_in_flight: float = math.inf
    latency: float = 0.3
    rate: float | None = None


REGIMES = {
    "noise-5": Regime("5 % refused for nothing", noise=0.05, latency=1.0),
    "noise-10": Regime("10 % refused for nothing, Retry-After 1", noise=0.1, retry_after=1.0, latency=1.0),
    "noise-20": Regime("20 % refused for nothing", noise=0.2, latency=1.0),
    "drop": Regime(
        "600, then after 15 s 300 requests a minute, told nowhere",
        lambda: Changing(EvenBucket(600, 1), EvenBucket(300, 1), 15.0),
        rate=5.0,
    ),
    "second": Regime("10 in any second, told nowhere", lambda: SlidingLog(600, 1.0), rate=10.0),
    "ten-seconds": Regime("100 in any ten seconds, told nowhere", lambda: SlidingLog(600, 10.0), rate=10.0),
    "cap": Regime("5 calls in flight, told nowhere", most_in_flight=5, rate=5 / 0.3),
    "shared": Regime(
        "600 requests a minute, told, shared with a second client", lambda: EvenBucket(600, 1), told=True, rate=10.0
    ),
}


@dataclass
class Server:
    """Answers chat completions within a regime."""

    regime: Regime
    rng: random.Random = field(default_factory=lambda: random.Random(1))
    statuses: Counter[int] = field(default_factory=Counter)
    in_flight: int = 0
    began: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        self.meter = self.regime.meter() if self.regime.meter else None

    async def complete(self, request: web.Request) -> web.Response:
        """One call."""
        await request.read()
        now = 1000.0 + time.monotonic() - self.began
        regime = self.regime
        wait = self.meter.wait(1.0, now) if self.meter else 0.0
        for_nothing = self.rng.random() < regime.noise
        if wait > 0 or for_nothing or self.in_flight >= regime.most_in_flight:
            seconds = float(max(1, math.ceil(wait))) if wait > 0 else regime.retry_after
            headers = self.headers(now) | ({} if seconds is None else {"retry-after": f"{seconds:.0f}"})
            self.statuses[429] += 1
            error = {"message": "Too many requests", "type": "rate_limit_error", "code": "rate_limit_exceeded"}
            return web.json_response({"error": error}, status=429, headers=headers)
        if self.meter:
            self.meter.charge(1.0, now)
        headers = self.headers(now)
        self.in_flight += 1
        try:
            await asyncio.sleep(self.rng.lognormvariate(math.log(regime.latency) - 0.125, 0.5))
        finally:
            self.in_flight -= 1
        self.statuses[200] += 1
        message = {"role": "assistant", "content": f"Answer {self.statuses[200]}."}
        choice = {"index": 0, "message": message, "finish_reason": "stop"}
        usage = {"prompt_tokens": 20, "completion_tokens": 5, "total_tokens": 25}
        body = {"id": "x", "object": "chat.completion", "created": 0, "model": "writer", "choices": [choice]}
        return web.json_response(body | {"usage": usage}, headers=headers)

    def headers(self, now: float) -> dict[str, str]:
        """What a reply reports of the limit."""
        if not self.regime.told or self.meter is None:
            return {}
        return {
            "x-ratelimit-limit-requests": f"{self.meter.limit:.0f}",
            "x-ratelimit-remaining-requests": f"{max(math.floor(self.meter.remaining(now)), 0)}",
            "x-ratelimit-reset-requests": f"{max(self.meter.reset(now), 0.0):.2f}s",
        }

    async def counters(self, request: web.Request) -> web.Response:
        """What it answered so far."""
        by_status = {str(status): calls for status, calls in self.statuses.items()}
        return web.json_response({"delivered": self.statuses[200], "by_status": by_status, "tokens": 0})


async def serve(name: str) -> None:
    """Serve until the process is ended."""
    server = Server(REGIMES[name])
    app = web.Application()
    app.router.add_post("/v1/chat/completions", server.complete)
    app.router.add_get("/counters", server.counters)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    sys.stdout.write(f"http://{host}:{port}/v1\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1]))
