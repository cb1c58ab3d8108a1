"""What a step asks for a row, and the two shorter ways to its fingerprint and its size."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from chaindesk.domain.chains.chain import Chain
from chaindesk.domain.chains.chain_binding import bind
from chaindesk.domain.completion import CompletionRequest
from chaindesk.domain.manifest import Column, Manifest, Row, RowValues, link_name
from chaindesk.engine.endpoints import endpoints_of
from chaindesk.engine.prompting.request_builder import RequestBuilder, tokens_of

_STEPS: list[dict[str, object]] = [
    {
        "name": "research",
        "model": "demo/researcher",
        "system": "You know {{Field|everything}}.",
        "prompt": "Facts on \\{{{{Topic}}: {{Topic}}?",
        "temperature": 0.25,
        "stop": ["Ende", "ß"],
    },
    {
        "name": "rate",
        "model": "demo/classifier",
        "system": "  ",
        "prompt": "Rate {{research}} for {{Field}}.",
        "fields": {"score": "integer", "reason": "string"},
    },
    {"name": "edit", "model": "demo/editor", "system": "{{rate.reason}}", "prompt": "{{research}} ({{rate.score}})"},
]
_TEXTS = [("Bees", "biology"), ('Über "Bäume" 木\n\t', ""), ("x" * 500, "  "), ("\ud83d\ude00 😀", "a|b")]


def _builder() -> tuple[RequestBuilder, list[Row]]:
    index = {"Topic": 0, "Field": 1}
    rows = [Row(number, str(number), RowValues(index, texts)) for number, texts in enumerate(_TEXTS, 2)]
    columns = (Column("Topic", 1, "Topic"), Column("Field", 2, "Field"))
    manifest = Manifest(Path("jobs.xlsx"), "Jobs", ("Jobs",), 1, columns, tuple(rows), ())
    chain = Chain.model_validate({"name": "three", "steps": _STEPS})
    bound, problems = bind(chain, manifest)
    assert not problems
    return RequestBuilder(bound, endpoints_of(chain, [])), rows


_OUTPUTS = {"research": "Viel über Bäume. {{Topic}}", "rate": "{}", "rate.score": "7", "rate.reason": ""}


def _canonical_hash(request: CompletionRequest) -> str:
    """The fingerprint as it has always been: of the whole request as canonical JSON."""
    decisive = {
        "kind": request.endpoint.kind.value,
        "base_url": request.endpoint.base_url,
        "model": request.model,
        "messages": [[message.role, message.content] for message in request.messages],
        "parameters": dict(request.parameters),
        "schema": None if request.schema is None else dict(request.schema),
    }
    canonical = json.dumps(decisive, sort_keys=True, separators=(",", ":"), ensure_ascii=True, default=str)
    return hashlib.sha256(canonical.encode("ascii")).hexdigest()


@pytest.mark.parametrize("index", range(3))
def test_the_fingerprint_of_a_row_is_that_of_its_request(index: int) -> None:
    builder, rows = _builder()
    for row in rows:
        request = builder.request(index, row, _OUTPUTS)
        assert builder.fingerprint(index, row, _OUTPUTS) == (_canonical_hash(request), tokens_of(request))
        assert request.fingerprint == _canonical_hash(request)


@pytest.mark.parametrize("index", range(3))
@pytest.mark.parametrize("there", [(), ("research",), ("rate", "rate.score"), tuple(_OUTPUTS)])
def test_likely_tokens_count_missing_outputs_as_long_as_is_likely(index: int, there: tuple[str, ...]) -> None:
    builder, rows = _builder()
    lengths = {"research": 400, "rate": 90, "rate.score": 1, "rate.reason": 30}
    outputs = {name: _OUTPUTS[name] for name in there}
    missing: Mapping[str, int] = {name: lengths[name] for name in builder.dependencies(index)}
    for row in rows:
        filled = {name: "x" * 4 * tokens for name, tokens in missing.items()} | outputs
        expected = tokens_of(builder.request(index, row, filled))
        assert builder.likely_tokens(index, row, outputs, missing) == expected


def test_values_of_a_row_can_be_asked_for_with_a_default() -> None:
    values = RowValues({"Url": 0}, ["here"], {link_name("Url"): "https://example.org"})
    assert values.get("Url") == "here"
    assert values.get(link_name("Url"), "") == "https://example.org"
    assert values.get("Nope") is None
    assert values.get("Nope", "none") == "none"
    assert RowValues({"Url": 0}, ["here"]).get(link_name("Url"), "") == ""
