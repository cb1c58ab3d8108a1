"""How many calls at once a server is asked where nobody tells: before simulated servers of many capacities."""

from __future__ import annotations

import asyncio
import heapq
import math
import random
import statistics
from collections import deque
from dataclasses import dataclass, field, replace

import pytest

from chaindesk.domain.completion import CompletionRequest, Endpoint, ProviderKind, Usage
from chaindesk.engine.ratelimit.knee_finder import KneeFinder
from chaindesk.engine.ratelimit.limiter import RateLimiter
from chaindesk.engine.ratelimit.quotas import Quotas
from chaindesk.engine.ratelimit.registry import RateLimiters
from chaindesk.providers.base import RateHint

_STEPS = (3.0, 9.0, 2.0)  # mean seconds of their calls, log-normal
_WORLDS = 4


@dataclass
class SharingServer:
    """Works on so many calls as fast as on one; beyond that all get slower. Rows of three steps ask it.

    Attributes:
        capacity: how many.
        overload: the power of the crowd by which each gets slower; more than 1 lowers the answers a second.
        sigma: the spread of the seconds.
        seed: of the seconds.
        stall: when half of the calls that are out get no reply any more, and how many seconds later they fail and are
            made again; None: they never do.
    """

    capacity: int
    overload: float = 1.0
    sigma: float = 0.5
    seed: int = 1
    stall: tuple[float, float] | None = None
    sizes: list[float] = field(default_factory=list)

    def seconds(self, calls: int, at_once: int, finder: KneeFinder | None = None) -> float:
        """Answer so many calls of so many rows at once; return the seconds that it takes."""
        rng = random.Random(self.seed)
        rows_left, rows = calls // len(_STEPS), 0
        wanted: deque[int] = deque()  # the steps whose calls may go out
        out: list[tuple[float, int, int]] = []
        lost: list[tuple[float, int, int]] = []
        stall_at, lasts = self.stall or (math.inf, 0.0)
        now = work = 0.0
        number = 0
        while rows_left or rows:
            while rows < at_once and rows_left:
                rows, rows_left = rows + 1, rows_left - 1
                wanted.append(0)
            while wanted and len(out) + len(lost) < (finder.size if finder else at_once):
                step, number = wanted.popleft(), number + 1
                heapq.heappush(out, (work + self._draw(rng, step), number, step))
                if finder:
                    finder.sent(number, str(step), now)
            if now >= stall_at and out:
                stall_at, lost, out = math.inf, out[::2], out[1::2]
                lost_until = now + lasts
                heapq.heapify(out)
            if lost and (now >= lost_until or not out):
                now = max(now, lost_until)
                for _, ended, step in lost:
                    wanted.appendleft(step)
                    if finder:
                        finder.ended(ended, now, answered=False)
                lost.clear()
                continue
            speed = min(1.0, self.capacity / len(out)) ** self.overload
            until, ended, step = heapq.heappop(out)
            now, work = now + (until - work) / speed, until
            if finder:
                finder.ended(ended, now, answered=True)
                self.sizes.append(finder.size)
            if step + 1 < len(_STEPS):
                wanted.append(step + 1)
            else:
                rows -= 1
        return now

    def _draw(self, rng: random.Random, step: int) -> float:
        return rng.lognormvariate(math.log(_STEPS[step]) - self.sigma**2 / 2, self.sigma)


def share_of_best(
    capacity: int, at_once: int, calls: int, overload: float = 1.0, stall: tuple[float, float] | None = None
) -> float:
    """Return the seconds with the finder as a share of those at the best fixed number, in the mean of some worlds."""
    shares = []
    for seed in range(_WORLDS):
        server = SharingServer(capacity, overload, seed=seed, stall=stall)
        best = min(server.seconds(calls, number) for number in {min(capacity, at_once), at_once})
        shares.append(server.seconds(calls, at_once, KneeFinder(calls, at_once)) / best)
    return statistics.mean(shares)


@pytest.mark.parametrize("overload", [1.0, 1.25])
@pytest.mark.parametrize("capacity", [4, 16, 64])
def test_it_comes_within_a_tenth_of_the_best_fixed_number(capacity: int, overload: float) -> None:
    assert share_of_best(capacity, 100, 12_000, overload) <= 1.10


def test_a_server_that_chokes_is_found_out_although_its_calls_take_many_times_as_long() -> None:
    assert share_of_best(4, 100, 12_000, overload=2.0) <= 1.35


@pytest.mark.parametrize("at_once", [10, 25, 64])
@pytest.mark.parametrize("calls", [300, 1_200, 6_000])
def test_nothing_is_lost_where_the_users_number_is_right(calls: int, at_once: int) -> None:
    assert share_of_best(at_once, at_once, calls) <= 1.05
    assert share_of_best(1_000, at_once, calls) <= 1.05


@pytest.mark.parametrize(("stall", "share"), [((30.0, 90.0), 1.05), ((150.0, 90.0), 1.05), ((150.0, 300.0), 1.15)])
def test_calls_without_a_reply_are_not_taken_for_a_crowded_server(stall: tuple[float, float], share: float) -> None:
    assert share_of_best(1_000, 64, 6_000, stall=stall) <= share


def test_it_never_asks_more_at_once_than_the_user_allows() -> None:
    server = SharingServer(1_000)
    server.seconds(6_000, 25, KneeFinder(6_000, 25))
    assert max(server.sizes) == 25
    assert min(server.sizes) >= 1


def test_a_short_run_is_not_experimented_with() -> None:
    server = SharingServer(4)
    server.seconds(300, 25, KneeFinder(300, 25))
    assert set(server.sizes) == {25.0}


def test_the_number_that_it_settles_on_is_told() -> None:
    finder = KneeFinder(12_000, 100)
    SharingServer(16, 1.5).seconds(12_000, 100, finder)
    assert finder.works_at is not None
    assert 11 <= finder.works_at <= 22


def test_nothing_is_told_where_the_users_number_stands() -> None:
    finder = KneeFinder(6_000, 25)
    SharingServer(100).seconds(6_000, 25, finder)
    assert finder.works_at is None


def test_a_smaller_number_of_the_users_counts_at_once() -> None:
    finder = KneeFinder(300, 25)
    finder.set_ceiling(5, 1.0)
    assert finder.size == 5
    finder.set_ceiling(40, 2.0)
    assert finder.size == 40


def limiter(finder: KneeFinder) -> RateLimiter:
    return RateLimiter(lambda now: Quotas({}, now), random.Random(1), lambda: 0.0, finder)


class _Low(KneeFinder):
    """Lets two calls out."""

    def __init__(self) -> None:
        super().__init__(0, 2)


async def _two_out(finder: KneeFinder) -> RateLimiter:
    one = limiter(finder)
    one._sent = 1000  # the first calls of a run are spaced
    for _ in range(2):
        await one.acquire(Usage(1), lambda until: None, "s1")
    return one


async def test_calls_beyond_the_number_wait_for_an_answer() -> None:
    one = limiter(_Low())
    one._sent = 1000
    first = [await one.acquire(Usage(1), lambda until: None, "s1") for _ in range(2)]
    waiting = asyncio.ensure_future(one.acquire(Usage(1), lambda until: None, "s1"))
    await asyncio.sleep(0)
    assert not waiting.done()
    one.succeeded(first[0], None)
    await waiting


async def test_limits_that_are_told_take_its_place() -> None:
    one = await _two_out(_Low())
    waiting = asyncio.ensure_future(one.acquire(Usage(1), lambda until: None, "s1"))
    await asyncio.sleep(0)
    assert not waiting.done()
    told = await limiter(_Low()).acquire(Usage(1), lambda until: None)
    one.learn(told, RateHint(requests_limit=6000.0, requests_remaining=5999.0))
    await waiting


async def test_a_refusal_takes_its_place() -> None:
    one = limiter(_Low())
    permits = [await one.acquire(Usage(1), lambda until: None, "s1")]
    one.throttled(permits[0], None)
    assert one._knee is None


async def test_after_an_outage_the_search_begins_anew() -> None:
    finder = KneeFinder(12_000, 100)
    SharingServer(16, 1.5).seconds(12_000, 100, finder)
    assert finder.works_at is not None
    limiter(finder).slow_start()
    assert finder.works_at is None
    assert finder.size == 100, "a run as good as over begins with no few"


def test_an_outage_counts_for_all_models_of_its_server_and_for_no_other() -> None:
    endpoint = Endpoint("lab", ProviderKind.OPENAI_CHAT, "http://lab/v1", adaptive=True)
    elsewhere = replace(endpoint, name="other", base_url="http://other/v1")
    limits = RateLimiters({}, random.Random(1), lambda: 0.0, at_once=lambda: 10)
    asked = [(endpoint, "small"), (endpoint, "large"), (elsewhere, "small")]
    small, large, other = (limits.limiter_for(CompletionRequest(where, model, ())) for where, model in asked)
    limits.slow_start(small)
    assert [one._window.delay(0.0) for one in (small, large, other)] == [0.0, 0.0, 0.0]
    for one in (small, large, other):
        one._window.sent(0.0)
    assert [one._window.delay(0.0) for one in (small, large, other)] == [math.inf, math.inf, 0.0]
