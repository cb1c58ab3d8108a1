"""Many kinds of rate-limited servers on a clock that jumps: what the limiter is measured against, in no time at all."""

from __future__ import annotations

import asyncio
import math
import random
import selectors
from collections import deque
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from chaindesk.domain.completion import Usage
from chaindesk.engine.ratelimit.quotas import Quotas
from chaindesk.engine.ratelimit.registry import RateLimiter
from chaindesk.providers.base import RateHint

_TOLD = {"input": "input_tokens", "output": "output_tokens"}


class _Jumping(selectors.SelectSelector):
    """Never waits: the loop's clock jumps to the next timer instead."""

    loop: VirtualLoop

    def select(self, timeout: float | None = None) -> list[Any]:
        if timeout is None:
            raise RuntimeError("everybody waits and no timer is set")
        self.loop.now += max(timeout, 1e-6)
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    """An asyncio loop whose seconds take no time."""

    def __init__(self) -> None:
        self.now = 1000.0
        selector = _Jumping()
        super().__init__(selector)
        selector.loop = self

    def time(self) -> float:
        return self.now


def run_virtual(main: Coroutine[Any, Any, Any]) -> Any:
    """Run a coroutine on a clock that jumps."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(main)


class Meter(Protocol):
    """One allowance as a server keeps it."""

    limit: float

    def wait(self, amount: float, now: float) -> float: ...
    def charge(self, amount: float, now: float) -> None: ...
    def remaining(self, now: float) -> float: ...
    def reset(self, now: float) -> float: ...


class EvenBucket:
    """Refills evenly; ``burst`` seconds' worth fit in."""

    def __init__(self, limit: float, burst: float) -> None:
        self.limit = limit
        self.rate = limit / 60
        self.capacity = max(1.0, self.rate * burst)
        self.level = self.capacity
        self.at = 1000.0

    def _refill(self, now: float) -> None:
        self.level = min(self.capacity, self.level + (now - self.at) * self.rate)
        self.at = now

    def wait(self, amount: float, now: float) -> float:
        self._refill(now)
        missing = min(amount, self.capacity) - self.level
        return missing / self.rate if missing > 1e-9 else 0.0

    def charge(self, amount: float, now: float) -> None:
        self._refill(now)
        self.level = min(self.capacity, self.level - amount)

    def remaining(self, now: float) -> float:
        self._refill(now)
        return self.level

    def reset(self, now: float) -> float:
        return (self.capacity - self.remaining(now)) / self.rate


class FixedWindow:
    """So much in each window; a new one begins at full multiples of its length."""

    def __init__(self, limit: float, seconds: float = 60.0, phase: float = 17.0) -> None:
        self.limit = limit
        self.seconds = seconds
        self.allowed = limit * seconds / 60
        self.phase = phase
        self.window = -1
        self.used = 0.0

    def _turn(self, now: float) -> None:
        window = math.floor((now + self.phase) / self.seconds)
        if window != self.window:
            self.window, self.used = window, min(0.0, self.used)

    def wait(self, amount: float, now: float) -> float:
        self._turn(now)
        return self.reset(now) if self.used + min(amount, self.allowed) > self.allowed + 1e-9 else 0.0

    def charge(self, amount: float, now: float) -> None:
        self._turn(now)
        self.used += amount

    def remaining(self, now: float) -> float:
        self._turn(now)
        return self.allowed - self.used

    def reset(self, now: float) -> float:
        return (self.window + 1) * self.seconds - now - self.phase


class SlidingLog:
    """So much in any stretch of its length."""

    def __init__(self, limit: float, seconds: float = 60.0) -> None:
        self.limit = limit
        self.seconds = seconds
        self.allowed = limit * seconds / 60
        self.log: deque[tuple[float, float]] = deque()
        self.used = 0.0

    def _forget(self, now: float) -> None:
        while self.log and self.log[0][0] <= now - self.seconds + 1e-9:
            self.used -= self.log.popleft()[1]

    def wait(self, amount: float, now: float) -> float:
        self._forget(now)
        left = self.used + min(amount, self.allowed) - self.allowed
        if left <= 1e-9:
            return 0.0
        for at, one in self.log:
            left -= one
            if left <= 1e-9:
                return at + self.seconds - now
        return self.seconds

    def charge(self, amount: float, now: float) -> None:
        self._forget(now)
        self.log.append((now, amount))
        self.used += amount

    def remaining(self, now: float) -> float:
        self._forget(now)
        return self.allowed - self.used

    def reset(self, now: float) -> float:
        return self.log[-1][0] + self.seconds - now if self.log else 0.0


@dataclass
class Call:
    """One call: its prompt's tokens as we guess and as they are, the most it may answer, and what it does answer."""

    guessed: int = 300
    prompt: int = 300
    most: int = 500
    answer: int = 200


@dataclass
class World:
    """A server, and many rows that call it.

    Attributes:
        meters: by what they count: ``requests``, ``tokens``, ``input``, ``output``.
        headers: where limits are told: ``all``, ``refused`` or ``none``.
        retry_after: as ``exact``, ``seconds`` (whole, rounded up), ``ms`` or ``none``.
        counts: a call counts when it ``arrives`` or when it is ``answered``.
        charge: tokens count as ``real`` ones at the end, as the ``most`` up front, as an ``estimate`` corrected then.
        refused_count: refused calls count, too.
        at_once: calls that are out at once.
        latency: mean seconds of a call, log-normal.
        jitter: seconds by which a call's way to the server varies.
        trip: seconds that a refusal takes.
        error_429: the share of calls refused for nothing.
    """

    meters: Mapping[str, Meter]
    headers: str = "all"
    retry_after: str = "seconds"
    counts: str = "arrives"
    charge: str = "real"
    refused_count: bool = False
    at_once: int = 25
    latency: float = 0.5
    sigma: float = 0.5
    jitter: float = 0.0002
    trip: float = 0.002
    call: Callable[[random.Random], Call] = field(default=lambda rng: Call())
    seed: int = 1
    error_429: float = 0.0
    log: list[tuple[float, bool, float]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.rng = random.Random(self.seed)

    def limiter(self, requests: float | None = None, tokens: float | None = None) -> RateLimiter:
        own = {"requests": requests, "tokens": tokens}
        named = {name: limit for name, limit in own.items() if limit}
        clock = asyncio.get_running_loop().time
        return RateLimiter(lambda now: Quotas(named, now), random.Random(2), clock)

    async def run(self, seconds: float, calls: int | None = None, limiter: RateLimiter | None = None) -> None:
        """Call as much as the limiter lets, for so long or until so many are answered."""
        limiter = limiter or self.limiter()
        self.began = asyncio.get_running_loop().time()
        self.left = calls if calls is not None else 10**12
        try:
            async with asyncio.timeout(seconds), asyncio.TaskGroup() as group:
                for _ in range(self.at_once):
                    group.create_task(self._row(limiter))
        except TimeoutError:
            pass

    async def _row(self, limiter: RateLimiter) -> None:
        while self.left > 0:
            self.left -= 1
            call = self.call(self.rng)
            while not await self._once(limiter, call):
                pass

    async def _once(self, limiter: RateLimiter, call: Call) -> bool:
        loop = asyncio.get_running_loop()
        permit = await limiter.acquire(Usage(call.guessed, call.most), lambda until: None)
        await asyncio.sleep(self.rng.uniform(0, self.jitter))
        wait = self._arrive(call, loop.time())
        if wait is None:
            hint = self._hint(loop.time(), refused=False)
            latency = self.rng.lognormvariate(math.log(max(self.latency, 1e-9)) - self.sigma**2 / 2, self.sigma)
            await asyncio.sleep(latency)
            if self.counts == "answered":
                self._count(call, loop.time())
            self._settle(call, loop.time())
            if hint is not None:
                limiter.learn(permit, hint)
            limiter.succeeded(permit, Usage(call.prompt, call.answer))
            return True
        await asyncio.sleep(self.trip)
        hint = self._hint(loop.time(), refused=True)
        if hint is not None:
            limiter.learn(permit, hint)
        told = {"exact": wait, "seconds": float(max(1, math.ceil(wait))), "ms": math.ceil(wait * 1000) / 1000}
        limiter.throttled(permit, told.get(self.retry_after))
        return False

    # --- the server ---------------------------------------------------------------------------------------------

    def _amount(self, name: str, call: Call) -> float:
        if name == "requests":
            return 1.0
        if name == "input":
            return call.prompt
        out = {"real": 0.0, "most": call.most, "estimate": call.most}[self.charge]
        return out + (call.prompt if name == "tokens" else 0.0)

    def _arrive(self, call: Call, now: float) -> float | None:
        """None where it is let in, else the seconds to wait."""
        wait = max(meter.wait(max(self._amount(name, call), 1.0), now) for name, meter in self.meters.items())
        noise = self.rng.random() < self.error_429
        refused = wait > 0 or noise
        self.log.append((now, not refused, 0.0))
        if self.counts == "arrives" and (not refused or self.refused_count):
            self._count(call, now)
        return max(wait, 0.001) if refused else None

    def _count(self, call: Call, now: float) -> None:
        for name, meter in self.meters.items():
            meter.charge(self._amount(name, call), now)
            self._charged(name, self._amount(name, call), now)

    def _settle(self, call: Call, now: float) -> None:
        for name, meter in self.meters.items():
            if name in ("tokens", "output"):
                more = {"real": call.answer, "most": 0, "estimate": call.answer - call.most}[self.charge]
                meter.charge(more, now)
                self._charged(name, more, now)

    def _charged(self, name: str, amount: float, now: float) -> None:
        self.charged = getattr(self, "charged", {})
        self.charged.setdefault(name, []).append((now, amount))

    def _hint(self, now: float, *, refused: bool) -> RateHint | None:
        if self.headers == "none" or (self.headers == "refused" and not refused):
            return None
        told: dict[str, Any] = {}
        for name, meter in self.meters.items():
            told[f"{_TOLD.get(name, name)}_limit"] = meter.limit
            told[f"{_TOLD.get(name, name)}_remaining"] = float(max(math.floor(meter.remaining(now)), 0))
            told[f"{_TOLD.get(name, name)}_reset"] = max(round(meter.reset(now), 2), 0.0)
        return RateHint(**told, refused=refused)

    # --- what came of it ------------------------------------------------------------------------------------------

    def share(self, since: float, until: float) -> float:
        """What was used of the tightest allowance, in the time given in seconds from the beginning."""
        shares = []
        for name, meter in self.meters.items():
            used = sum(amount for at, amount in self.charged[name] if since <= at - self.began < until)
            shares.append(used / (meter.limit / 60 * (until - since)))
        return max(shares)

    def refused(self, since: float, until: float) -> float:
        """The share of calls refused in that time."""
        said = [let_in for at, let_in, _ in self.log if since <= at - self.began < until]
        return said.count(False) / max(len(said), 1)

    def refusals(self, since: float = 0.0, until: float = 1e9) -> int:
        return sum(not let_in for at, let_in, _ in self.log if since <= at - self.began < until)
