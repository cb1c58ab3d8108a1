"""Checks that compare rows: what they say of answers beside those of the other rows."""

from __future__ import annotations

from typing import Any

from chaindesk.domain.completion import CompletionRequest
from chaindesk.journal.memory import MemoryJournal
from tests.support.engine import EngineHarness, ScriptedProvider, make_chain, make_manifest

ROWS = 14


async def flags_of(check: dict[str, Any], odd: str) -> dict[int, tuple[str, ...]]:
    """Return the flags of rows that answer alike, each in words of its own, but for one in the middle."""

    def behave(request: CompletionRequest) -> str:
        topic = request.messages[-1].content.removeprefix("Write on ")
        return odd if topic == "T7." else f"{topic} " + "word " * 20

    chain = make_chain({"model": "lab/cheap", "prompt": "Write on {{Topic}}.", "checks": [check]})
    manifest = make_manifest([{"Topic": f"T{number}"} for number in range(ROWS)])
    harness = EngineHarness(manifest, chain, MemoryJournal(), ScriptedProvider(behave))
    await harness.run()
    ledger = harness.read_ledger()
    ledger.checks.judge(ledger, manifest.rows)
    return {row.number: ledger.state(row.number).flags for row in manifest.rows if ledger.state(row.number).flags}


async def test_an_answer_of_another_length_than_its_neighbours_is_flagged_and_no_other() -> None:
    long = "word " * 80
    assert await flags_of({"similar_length": 3}, long) == {
        9: ("s1: it has 399 characters, those of the rows around it about 103",)
    }
    assert await flags_of({"similar_length": 3}, "word") == {
        9: ("s1: it has 4 characters, those of the rows around it about 103",)
    }
    assert await flags_of({"similar_length": 5}, long) == {}


async def test_the_answer_of_another_row_is_flagged_in_both() -> None:
    same = "it is the same as in 1 other row"
    assert await flags_of({"unique": True}, " t3. " + "WORD " * 20) == {5: (f"s1: {same}",), 9: (f"s1: {same}",)}
    assert await flags_of({"unique": True}, "its own") == {}
