"""What the report of a past run works out from its record."""

from __future__ import annotations

from decimal import Decimal

from chaindesk.domain.chains.chain import Chain
from chaindesk.domain.completion import Usage
from chaindesk.engine.reports.savings import savings


def definition(model: str) -> str:
    chain = Chain.model_validate({"name": "c", "steps": [{"name": "draft", "model": model, "prompt": "Hi"}]})
    return chain.model_dump_json(exclude_defaults=True)


def test_a_past_run_tells_what_its_cache_saved() -> None:
    saved = savings(definition("anthropic/claude-sonnet-4-5"))
    assert saved("draft", Usage(10_000, 100, 8000)) == Decimal("0.0216")
    assert saved("draft", Usage(10_000, 100, 0, 8000)) == Decimal("-0.006")
    assert saved("other", Usage(10_000, 100, 8000)) is None
    unknown = savings(definition("openai/no-such-model"))
    assert unknown("draft", Usage(10_000, 100, 8000)) is None
    assert savings("")("draft", Usage(1, 1, 1)) is None
