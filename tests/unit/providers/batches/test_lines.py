"""Each request as it stands in a job: the body of the live call, as far as jobs take it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from chaindesk.domain.completion import CompletionRequest, Message, Speed
from chaindesk.domain.errors import CallError
from chaindesk.providers.batches.gemini_schema import response_schema
from chaindesk.providers.batches.lines import unreadable
from chaindesk.providers.batches.protocol import JobPhase
from tests.support.batches import ENDPOINTS, NAMES, NONCE, answered, jobs_of

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "title": {"type": "string"},
        "grade": {"type": ["string", "null"], "enum": ["good", "bad", None]},
        "day": {"type": "string", "format": "date", "description": "a date as YYYY-MM-DD"},
        "words": {"type": "array", "items": {"type": "string"}},
        "count": {"type": ["integer", "null"]},
        "sure": {"type": "boolean"},
    },
    "required": ["title", "grade", "day", "words", "count", "sure"],
    "additionalProperties": False,
}


def test_a_json_schema_becomes_the_subset_that_gemini_obeys_in_jobs() -> None:
    assert response_schema(SCHEMA) == {
        "type": "OBJECT",
        "properties": {
            "title": {"type": "STRING"},
            "grade": {"type": "STRING", "nullable": True, "format": "enum", "enum": ["good", "bad"]},
            "day": {"type": "STRING", "description": "a date as YYYY-MM-DD"},
            "words": {"type": "ARRAY", "items": {"type": "STRING"}},
            "count": {"type": "INTEGER", "nullable": True},
            "sure": {"type": "BOOLEAN"},
        },
        "propertyOrdering": ["title", "grade", "day", "words", "count", "sure"],
        "required": ["title", "grade", "day", "words", "count", "sure"],
    }
    assert response_schema({"anyOf": [{"type": "number"}, {"type": "null"}]}) == {"type": "NUMBER", "nullable": True}
    assert response_schema({"const": "x"}) == {"type": "STRING", "format": "enum", "enum": ["x"]}


@pytest.mark.parametrize("name", NAMES)
async def test_structured_answers_have_their_fields_in_jobs_too(name: str) -> None:
    async with jobs_of(name) as jobs:
        job = await jobs.created(3, schema=SCHEMA)
        jobs.pass_time(61)
        found = answered(await jobs.lines(job))
    assert len(found) == 3
    for one in found.values():
        assert set(json.loads(one.text)) == set(SCHEMA["properties"])


@pytest.mark.parametrize("name", NAMES)
async def test_a_line_is_one_line_without_stream_speed_or_a_models_second_name(name: str) -> None:
    async with jobs_of(name) as jobs:
        request = jobs.request(1, parameters={"stream": True, "temperature": 0.5}, speed=Speed.FLEX)
        line = json.loads(jobs.api.line("n-1", request))
        assert b"\n" not in jobs.api.line("n-1", jobs.request(1))
    text = json.dumps(line)
    assert "stream" not in text
    assert "flex" not in text
    assert "0.5" in text
    assert line.get("custom_id", line.get("key")) == "n-1"
    asked = {"openai": "/v1/chat/completions", "responses": "/v1/responses", "azure": "/v1/chat/completions"}
    assert line.get("url") == asked.get(name)
    assert ('"model"' in text) is (name not in ("gemini", "mistral"))


async def test_geminis_file_has_its_key_on_top_and_the_raw_body_below() -> None:
    async with jobs_of("gemini") as jobs:
        line = json.loads(jobs.api.line("n-1", jobs.request(1, parameters={"max_output_tokens": 9})))
    assert line == {
        "key": "n-1",
        "request": {
            "contents": [{"role": "user", "parts": [{"text": "Say 1."}]}],
            "generationConfig": {"maxOutputTokens": 9},
        },
    }


async def test_a_shared_system_text_stays_in_anthropics_cache_for_an_hour() -> None:
    said = (Message("system", "Rules. " * 1000), Message("user", "Say it."))
    request = CompletionRequest(ENDPOINTS["anthropic"], "m", said, shared_system=True)
    async with jobs_of("anthropic") as jobs:
        params = json.loads(jobs.api.line("n-1", request))["params"]
    assert params["system"][0]["cache_control"] == {"type": "ephemeral", "ttl": "1h"}
    assert params["max_tokens"] >= 1


@pytest.mark.parametrize(
    ("raw", "whose"), [(b'{"id":"b","custom_id":"n-3","resp', "n-3"), (b"\xff\xfe", ""), (b"[1]", ""), (b"{}", "")]
)
def test_whose_a_broken_line_is_may_still_be_seen(raw: bytes, whose: str) -> None:
    line = unreadable(ENDPOINTS["openai"], raw)
    assert line.custom_id == whose
    assert isinstance(line.outcome, CallError)


async def test_what_a_live_call_taught_of_a_model_holds_in_jobs() -> None:
    async with jobs_of("openai") as jobs:
        jobs.server.options = replace(jobs.server.options, unsupported=("temperature",))
        request = jobs.request(1, parameters={"temperature": 0.5})
        assert "temperature" in json.loads(jobs.api.line("n-1", request))["body"]
        await jobs.provider.complete(request)
        assert "temperature" not in json.loads(jobs.api.line("n-1", request))["body"]


async def test_answers_that_stand_in_geminis_job_itself_are_paired_by_their_keys() -> None:
    async with jobs_of("gemini", inline=True, refused=0.3) as jobs:
        remote = await jobs.created(12)
        jobs.pass_time(100)
        state = await jobs.api.state(remote)
        lines = await jobs.lines(remote)
        assert state.phase is JobPhase.ENDED
        assert not jobs.server.batches.store.downloads
    assert sorted(line.custom_id for line in lines) == sorted(f"{NONCE}-{number}" for number in range(12))
    assert set(answered(lines)) == set(jobs.billed)
    for custom_id, completion in answered(lines).items():
        assert f"“Say {custom_id.rpartition('-')[2]}”" in completion.text


async def test_an_azure_job_names_a_path_without_a_version_and_its_lines_one_with_it() -> None:
    async with jobs_of("azure") as jobs:
        await jobs.created(2)
        (job,) = jobs.server.batches.store._jobs.values()
    assert job.about["endpoint"] == "/chat/completions"
    assert {line.path for line in job.lines} == {"/v1/chat/completions"}
