"""The pause of all calls of a key."""

from __future__ import annotations

import random

from chaindesk.engine.ratelimit.shared_pause import SharedPause


def test_it_lasts_as_long_as_the_provider_asks_but_two_minutes() -> None:
    pause = SharedPause(random.Random(1))
    pause.start(100.0, 30.0, new=True, known_rate=None)
    assert 130.0 <= pause.until <= 130.1
    pause.start(100.0, 9999.0, new=True, known_rate=None)
    assert pause.until <= 220.1


def test_it_doubles_where_the_provider_names_no_time_and_an_answer_ends_that() -> None:
    pause = SharedPause(random.Random(1))
    lengths = []
    for _ in range(5):
        now = pause.until
        pause.start(now, None, new=True, known_rate=None)
        lengths.append(pause.until - now)
    assert lengths == sorted(lengths)
    assert lengths[-1] > 5
    pause.observe_success(pause.count)
    now = pause.until
    pause.start(now, None, new=True, known_rate=None)
    assert pause.until - now <= 1.0


def test_the_first_call_after_it_goes_ahead_of_the_others() -> None:
    pause = SharedPause(random.Random(1))
    pause.observe_refusal(100.0, 100.5)
    pause.start(100.5, 1.0, new=True, known_rate=None)
    pause.sent(102.0)
    assert pause.until == 102.75
