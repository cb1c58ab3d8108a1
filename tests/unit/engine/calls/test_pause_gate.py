"""What a held run says."""

from __future__ import annotations

from typing import Any

import pytest

from chaindesk.domain.completion import CompletionRequest
from chaindesk.domain.errors import CallError, FailureKind


@pytest.mark.parametrize("said", ["The key was refused.", "Set a good one, then go on."])
async def test_a_held_run_says_what_to_do_just_once(bench_of: Any, topics: Any, steps_of: Any, said: str) -> None:
    def refuse(request: CompletionRequest) -> str:
        raise CallError(FailureKind.KEY, said)

    bench = bench_of(topics(1), steps_of({"prompt": "{{Topic}}"}))
    bench.provider.behave = refuse
    assert (await bench.run()).message.count("go on") == 1
