"""Many kinds of rate-limited servers on a clock that jumps: what the limiter is measured against, in no time at all."""

from __future__ import annotations

import asyncio
import math
import random
import selectors
from collections import deque
from collections.abc import Callable, Coroutine, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from chaindesk.domain.completion import Usage
from chaindesk.engine.ratelimit.permit import Permit
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


class Changing:
    """A meter until some moment, and another from then on."""

    def __init__(self, before: Meter, after: Meter, at: float) -> None:
        self.before, self.after, self.at = before, after, 1000.0 + at
        self.now = self.at - 1

    @property
    def _meter(self) -> Meter:
        return self.before if self.now < self.at else self.after

    @property
    def limit(self) -> float:
        return self._meter.limit

    def wait(self, amount: float, now: float) -> float:
        self.now = now
        return self._meter.wait(amount, now)

    def charge(self, amount: float, now: float) -> None:
        self.now = now
        self._meter.charge(amount, now)

    def remaining(self, now: float) -> float:
        self.now = now
        return self._meter.remaining(now)

    def reset(self, now: float) -> float:
        self.now = now
        return self._meter.reset(now)


class Meter(Protocol):
    """One allowance as a server keeps it."""

    @property
    def limit(self) -> float: ...
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

    def _start_window(self, now: float) -> None:
        window = math.floor((now + self.phase) / self.seconds)
        if window != self.window:
            self.window, self.used = window, min(0.0, self.used)

    def wait(self, amount: float, now: float) -> float:
        self._start_window(now)
        return self.reset(now) if self.used + min(amount, self.allowed) > self.allowed + 1e-9 else 0.0

    def charge(self, amount: float, now: float) -> None:
        self._start_window(now)
        self.used += amount

    def remaining(self, now: float) -> float:
        self._start_window(now)
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


class Client(Protocol):
    """What a world's rows ask before and after each call: our limiter, or another client's way."""

    async def acquire(self, estimate: Usage, on_wait: Callable[[float], None]) -> Permit: ...
    def succeeded(self, permit: Permit, usage: Usage | None) -> None: ...
    def throttled(self, permit: Permit, retry_after: float | None) -> None: ...
    def learn(self, permit: Permit, hint: RateHint) -> None: ...


class PlainBackoff:
    """A client without a limiter: each refused call waits alone."""

    async def acquire(self, estimate: Usage, on_wait: Callable[[float], None]) -> Permit:
        return Permit(estimate)

    def succeeded(self, permit: Permit, usage: Usage | None) -> None:
        pass

    def throttled(self, permit: Permit, retry_after: float | None) -> None:
        permit.backs_off_alone = True

    def learn(self, permit: Permit, hint: RateHint) -> None:
        pass


class Paced(PlainBackoff):
    """A client that sends so many calls a second, whatever comes back."""

    def __init__(self, rate: float) -> None:
        self.rate = rate
        self.due = 0.0

    async def acquire(self, estimate: Usage, on_wait: Callable[[float], None]) -> Permit:
        now = asyncio.get_running_loop().time()
        self.due = max(self.due + 1 / self.rate, now)
        await asyncio.sleep(self.due - now)
        return Permit(estimate)


@dataclass
class Logged:
    """One call as the server saw it: when, whose, whether it was let in, and what it took of each meter by its end."""

    at: float
    who: str
    let_in: bool


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
        refusal_s: seconds that a refusal takes.
        error_429: the share of calls refused for nothing.
        noise_retry_after: what such refusals ask to wait, in seconds.
        most_in_flight: calls that the server works on at once; it refuses more.
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
    refusal_s: float = 0.002
    call: Callable[[random.Random], Call] = field(default=lambda rng: Call())
    seed: int = 1
    error_429: float = 0.0
    noise_retry_after: float | None = None
    most_in_flight: float = math.inf
    log: list[Logged] = field(default_factory=list)
    charged: dict[str, list[tuple[float, float, str]]] = field(default_factory=dict)
    in_flight: int = 0
    most_refusals: int = 0

    def __post_init__(self) -> None:
        self.rng = random.Random(self.seed)

    def limiter(self, requests: float | None = None, tokens: float | None = None) -> RateLimiter:
        own = {"requests": requests, "tokens": tokens}
        named = {name: limit for name, limit in own.items() if limit}
        clock = asyncio.get_running_loop().time
        return RateLimiter(lambda now: Quotas(named, now), random.Random(2), clock)

    async def run(self, seconds: float, calls: int | None = None, limiter: Client | None = None) -> None:
        """Call as much as the limiter lets, for so long or until so many are answered."""
        client: Client = limiter or self.limiter()
        await self.run_all({"we": (client, 0.0, seconds)}, calls)

    async def run_all(self, clients: dict[str, tuple[Client, float, float]], calls: int | None = None) -> None:
        """Run clients side by side, each from one second to another, or until each has so many answers."""
        loop = asyncio.get_running_loop()
        self.began = loop.time()
        self.ended: dict[str, float] = {}

        async def run_one(who: str, client: Client, since: float, until: float) -> None:
            await asyncio.sleep(since)
            left = iter(range(calls if calls is not None else 10**12))
            try:
                async with asyncio.timeout(until - since), asyncio.TaskGroup() as rows:
                    for _ in range(self.at_once):
                        rows.create_task(self._row(client, left, who))
            except TimeoutError:
                pass
            self.ended[who] = loop.time() - self.began

        async with asyncio.TaskGroup() as group:
            for who, (client, since, until) in clients.items():
                group.create_task(run_one(who, client, since, until))

    async def _row(self, client: Client, left: Iterator[int], who: str) -> None:
        for _ in left:
            call = self.call(self.rng)
            refusals = 0
            while (wait := await self._once(client, call, who, refusals)) is not None:
                refusals += 1
                self.most_refusals = max(self.most_refusals, refusals)
                await asyncio.sleep(wait)

    async def _once(self, client: Client, call: Call, who: str, refusals: int) -> float | None:
        """None where it was answered, else the seconds after which the row may try again."""
        loop = asyncio.get_running_loop()
        permit = await client.acquire(Usage(call.guessed, call.most), lambda until: None)
        await asyncio.sleep(self.rng.uniform(0, self.jitter))
        wait = self._arrive(call, loop.time(), who)
        if wait is None:
            self.in_flight += 1
            hint = self._hint(loop.time(), refused=False)
            latency = self.rng.lognormvariate(math.log(max(self.latency, 1e-9)) - self.sigma**2 / 2, self.sigma)
            try:
                await asyncio.sleep(latency)
            finally:
                self.in_flight -= 1
            if self.counts == "answered":
                self._count(call, loop.time(), who)
            self._settle(call, loop.time(), who)
            if hint is not None:
                client.learn(permit, hint)
            client.succeeded(permit, Usage(call.prompt, call.answer))
            return None
        hint = self._hint(loop.time(), refused=True)
        await asyncio.sleep(self.refusal_s)
        if hint is not None:
            client.learn(permit, hint)
        seconds = self._retry_after(wait)
        client.throttled(permit, seconds)
        if not permit.backs_off_alone:
            return 0.0
        if seconds is not None:
            return seconds + self.rng.uniform(0, 0.25)
        return self.rng.uniform(0, min(60.0, 2.0**refusals))

    def _retry_after(self, wait: float) -> float | None:
        if wait == math.inf:  # for nothing
            return self.noise_retry_after
        told = {"exact": wait, "seconds": float(max(1, math.ceil(wait))), "ms": math.ceil(wait * 1000) / 1000}
        return told.get(self.retry_after)

    # --- the server ---------------------------------------------------------------------------------------------

    def _amount(self, name: str, call: Call) -> float:
        if name == "requests":
            return 1.0
        if name == "input":
            return call.prompt
        out = {"real": 0.0, "most": call.most, "estimate": call.most}[self.charge]
        return out + (call.prompt if name == "tokens" else 0.0)

    def _arrive(self, call: Call, now: float, who: str) -> float | None:
        """None where it is let in, else the seconds to wait."""
        waits = [meter.wait(max(self._amount(name, call), 1.0), now) for name, meter in self.meters.items()]
        wait = max(waits, default=0.0)
        crowded = self.in_flight >= self.most_in_flight
        noise = self.rng.random() < self.error_429
        refused = wait > 0 or noise or crowded
        self.log.append(Logged(now, who, not refused))
        if self.counts == "arrives" and (not refused or self.refused_count):
            self._count(call, now, who)
        if not refused:
            return None
        return math.inf if wait == 0 else max(wait, 0.001)

    def _count(self, call: Call, now: float, who: str) -> None:
        for name, meter in self.meters.items():
            meter.charge(self._amount(name, call), now)
            self._charged(name, self._amount(name, call), now, who)

    def _settle(self, call: Call, now: float, who: str) -> None:
        for name, meter in self.meters.items():
            if name in ("tokens", "output"):
                more = {"real": call.answer, "most": 0, "estimate": call.answer - call.most}[self.charge]
                meter.charge(more, now)
                self._charged(name, more, now, who)

    def _charged(self, name: str, amount: float, now: float, who: str) -> None:
        self.charged.setdefault(name, []).append((now, amount, who))

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

    def share(self, since: float, until: float, who: str | None = None) -> float:
        """What was used of the tightest allowance, in the time given in seconds from the beginning."""
        shares = []
        for name, meter in self.meters.items():
            used = sum(
                amount
                for at, amount, whose in self.charged.get(name, [])
                if since <= at - self.began < until and who in (None, whose)
            )
            shares.append(used / (meter.limit / 60 * (until - since)))
        return max(shares)

    def rate(self, since: float, until: float, who: str = "we") -> float:
        """The calls a second that were let in."""
        return sum(one.let_in for one in self._logged(since, until, who)) / (until - since)

    def refused(self, since: float, until: float, who: str = "we") -> float:
        """The share of calls refused in that time."""
        logged = self._logged(since, until, who)
        return sum(not one.let_in for one in logged) / max(len(logged), 1)

    def refusals(self, since: float = 0.0, until: float = 1e9, who: str = "we") -> int:
        return sum(not one.let_in for one in self._logged(since, until, who))

    def _logged(self, since: float, until: float, who: str) -> list[Logged]:
        return [one for one in self.log if one.who == who and since <= one.at - self.began < until]
