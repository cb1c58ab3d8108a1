"""Several servers behind one provider's name: how calls are spread over them, and what becomes of one that is away."""

from __future__ import annotations

import heapq
import random
from collections import deque
from dataclasses import replace

import pytest

from chaindesk.domain.completion import Endpoint, ProviderKind
from chaindesk.domain.errors import CallError, FailureKind
from chaindesk.engine.calls.server_choice import SentCall, ServerChoice


def endpoint(servers: int) -> Endpoint:
    one = Endpoint("lab", ProviderKind.OPENAI_CHAT, "http://lab-0/v1")
    several = tuple(
        replace(one, name=f"lab ({number})", base_url=f"http://lab-{number}/v1") for number in range(servers)
    )
    return replace(one, servers=several)


def throughput(speeds: tuple[int, ...], slots: int, at_once: int, calls: int = 3000) -> float:
    """Spread calls over servers that work on so many at once and queue the others.

    Returns:
        The answers a second between the first tenth and the last, as a share of what all servers could give.
    """
    rng = random.Random(1)
    provider = endpoint(len(speeds))
    choice = ServerChoice(provider, is_there=lambda server: True, may_probe=lambda server: False)
    place = {server.name: number for number, server in enumerate(provider.servers)}
    busy = [0] * len(speeds)
    queued: list[deque[tuple[float, float, SentCall]]] = [deque() for _ in speeds]
    out: list[tuple[float, int, float, SentCall]] = []
    now, sent, waiting = 0.0, 0, 0
    ends: list[float] = []
    while len(ends) < calls:
        while len(out) + waiting < at_once and sent < calls:
            sent += 1
            call = choice.send()
            number = place[call.endpoint.name]
            seconds = rng.lognormvariate(-0.125, 0.5) / speeds[number]
            if busy[number] < slots:
                busy[number] += 1
                heapq.heappush(out, (now + seconds, sent, now, call))
            else:
                queued[number].append((seconds, now, call))
                waiting += 1
        now, which, began, call = heapq.heappop(out)
        ends.append(now)
        number = place[call.endpoint.name]
        if queued[number]:
            seconds, since, following = queued[number].popleft()
            waiting -= 1
            heapq.heappush(out, (now + seconds, -which, since, following))
        else:
            busy[number] -= 1
        choice.ended(call, "step", now - began)
    first, last = calls // 10, calls * 9 // 10
    return (last - first) / (ends[last] - ends[first]) / (slots * sum(speeds))


@pytest.mark.parametrize(("slots", "at_once"), [(1, 4), (1, 16), (4, 16), (4, 32), (4, 128), (16, 96), (16, 256)])
def test_servers_of_very_different_speed_are_all_kept_busy(slots: int, at_once: int) -> None:
    assert throughput((1, 2, 4, 8), slots, at_once) >= 0.95


@pytest.mark.parametrize(("slots", "at_once"), [(1, 4), (1, 16), (4, 24), (16, 128)])
def test_equal_servers_are_all_kept_busy(slots: int, at_once: int) -> None:
    assert throughput((1, 1, 1, 1), slots, at_once) >= 0.95


def choice(away: set[str], due: set[str] | None = None) -> ServerChoice:
    return ServerChoice(
        endpoint(3),
        is_there=lambda server: server.name not in away,
        may_probe=lambda server: server.name in (due or set()),
    )


def test_a_server_that_is_away_gets_no_call_until_it_is_to_be_probed() -> None:
    away, due = {"lab (0)"}, set[str]()
    one = choice(away, due)
    assert {one.send().endpoint.name for _ in range(6)} == {"lab (1)", "lab (2)"}
    due.add("lab (0)")
    assert one.send().endpoint.name == "lab (0)"


def test_a_call_that_failed_at_a_server_goes_to_another() -> None:
    one = choice(set())
    assert {one.send({"lab (1)"}).endpoint.name for _ in range(6)} == {"lab (0)", "lab (2)"}


def test_a_call_is_taken_over_until_it_has_failed_everywhere() -> None:
    one, servers = choice(set()), endpoint(3).servers
    broken = CallError(FailureKind.SERVER, "It broke.")
    assert one.takes_over(servers[0], set(), broken)
    assert not one.takes_over(servers[0], {"lab (1)", "lab (2)"}, broken), "the row may be at fault"
    unreachable = CallError(FailureKind.UNREACHABLE, "Nobody there.")
    assert one.takes_over(servers[0], {"lab (1)", "lab (2)"}, unreachable), "no row is at fault for that"
    assert not choice({"lab (1)", "lab (2)"}).takes_over(servers[0], set(), unreachable)
    assert not one.takes_over(servers[0], set(), CallError(FailureKind.REFUSED, "No."))
