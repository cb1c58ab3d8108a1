"""What a held run says."""

from __future__ import annotations

import pytest

from chaindesk.domain.completion import CompletionRequest
from chaindesk.domain.errors import CallError, FailureKind
from tests.support.engine import EngineHarness, make_chain, make_topics


@pytest.mark.parametrize("said", ["The key was refused.", "Set a good one, then go on."])
async def test_a_held_run_says_what_to_do_just_once(said: str) -> None:
    def refuse(request: CompletionRequest) -> str:
        raise CallError(FailureKind.KEY, said)

    bench = EngineHarness(make_topics(1), make_chain({"prompt": "{{Topic}}"}))
    bench.provider.behave = refuse
    assert (await bench.run()).message.count("go on") == 1
