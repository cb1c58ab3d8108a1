"""What passed, and in how long."""

from __future__ import annotations

from chaindesk.engine.ratelimit.throughput import Throughput


def sent(seconds: int, a_second: int) -> Throughput:
    throughput = Throughput()
    for call in range(seconds * a_second):
        throughput.sent(call / a_second)
    return throughput


def test_refused_calls_did_not_pass() -> None:
    throughput = sent(10, 10)
    throughput.refused(99, 9.8)
    throughput.refused(100, 9.9)
    assert throughput.in_cycle(100, 10.0) == (98, 10.0)


def test_a_refusal_of_a_call_of_the_cycle_before_does_not_count_in_this_one() -> None:
    throughput = sent(10, 10)
    throughput.end_cycle(10.0, 100, 100)
    throughput.refused(100, 9.9)
    assert throughput.cycle_before == (0.0, 100)
    assert throughput.in_cycle(120, 12.0) == (20, 2.0)


def test_the_last_minute_is_known_once_a_minute_has_passed() -> None:
    assert sent(30, 10).last_minute(30.0) == 0.0
    assert abs(sent(90, 10).last_minute(90.0) - 10.0) < 0.1
    assert abs(sent(90, 10).sent_lately(90.0) - 10.0) < 0.1
