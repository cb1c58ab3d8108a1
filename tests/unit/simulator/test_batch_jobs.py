"""What the simulated provider says of batch jobs, checked by the vendors' own types."""

from __future__ import annotations

import json
from typing import Any

import aiohttp
import pytest
from anthropic.types.messages import MessageBatch, MessageBatchIndividualResponse
from google.genai import batches, types
from openai.types import Batch

from tests.support.batches import Jobs, jobs_of

STATES: list[dict[str, Any]] = [
    {"pass_time": 0.0},
    {"pass_time": 30.0},
    {"pass_time": 61.0},
    {"pass_time": 61.0, "refused": 0.5},
    {"pass_time": 90_000.0, "answered": 0.5},
    {"pass_time": 1.0, "queue_tokens": 1},
]


async def _get(jobs: Jobs, path: str) -> Any:
    async with aiohttp.ClientSession() as session, session.get(f"{jobs.server.base_url}{path}") as reply:
        assert reply.status == 200
        text = await reply.text()
    return [json.loads(line) for line in text.splitlines()] if path.endswith("results") else json.loads(text)


@pytest.mark.parametrize("state", STATES)
async def test_openais_types_take_its_jobs(state: dict[str, Any]) -> None:
    options = dict(state)
    seconds = options.pop("pass_time")
    async with jobs_of("openai", **options) as jobs:
        job = await jobs.created()
        jobs.pass_time(seconds)
        batch = Batch.model_validate(await _get(jobs, f"/batches/{job}"), strict=True)
        listed = await _get(jobs, "/batches?limit=100")
    assert batch.metadata == {"chaindesk": "n0nce", "rows": "5"}
    assert [Batch.model_validate(one).id for one in listed["data"]] == [job]


@pytest.mark.parametrize("state", STATES[:5])
async def test_anthropics_types_take_its_jobs_and_results(state: dict[str, Any]) -> None:
    options = dict(state)
    seconds = options.pop("pass_time")
    async with jobs_of("anthropic", **options) as jobs:
        job = await jobs.created()
        jobs.pass_time(seconds)
        batch = MessageBatch.model_validate(await _get(jobs, f"/messages/batches/{job}"))
        counts = batch.request_counts
        results = await _get(jobs, f"/messages/batches/{job}/results") if batch.results_url else []
    assert counts.processing + counts.succeeded + counts.errored + counts.canceled + counts.expired == 5
    assert len([MessageBatchIndividualResponse.model_validate(one) for one in results]) in (0, 5)


@pytest.mark.parametrize("state", STATES)
async def test_googles_types_take_its_jobs(state: dict[str, Any]) -> None:
    options = dict(state)
    seconds = options.pop("pass_time")
    async with jobs_of("gemini", **options) as jobs:
        job = await jobs.created()
        jobs.pass_time(seconds)
        told = await _get(jobs, f"/{job}")
        found = types.BatchJob.model_validate(batches._BatchJob_from_mldev(told))
        listed = await _get(jobs, "/batches?pageSize=10")
    assert found.name == job
    assert found.display_name == "chaindesk-n0nce"
    assert found.state is not None
    assert found.done is ("done" in told)
    assert [one["name"] for one in listed["operations"]] == [job]


async def test_the_clock_is_moved_and_the_counters_are_told_over_http() -> None:
    async with jobs_of("mistral") as jobs:
        await jobs.created(3)
        async with aiohttp.ClientSession() as session:
            async with session.post(f"{jobs.server.root_url}/batch-clock", json={"advance": 61}) as reply:
                assert reply.status == 200
            async with session.get(f"{jobs.server.root_url}/counters") as reply:
                told = (await reply.json())["batch"]
    assert told["jobs"] == 1
    assert told["billed"] == told["lines"] == {"n0nce-0": 1, "n0nce-1": 1, "n0nce-2": 1}
