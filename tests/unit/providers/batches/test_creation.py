"""The call that creates a batch job is made once: a lost reply is reconciled by the list, never by a second call."""

from __future__ import annotations

from typing import Any

import pytest

from chaindesk.domain.errors import CallError, FailureKind
from chaindesk.providers.batches.openai import OpenAIBatches
from chaindesk.providers.batches.protocol import CreationLost, InputNotFound, JobOrder
from chaindesk.providers.http.client import open_providers
from chaindesk.providers.registry import resolve
from tests.support.batches import KEY, NAMES, NONCE, jobs_of, long_ago
from tests.support.http_server import http_reply, scripted_server


@pytest.mark.parametrize("name", NAMES)
async def test_an_accepted_job_whose_reply_was_lost_is_found_and_not_created_again(name: str) -> None:
    async with jobs_of(name, lost_replies=1) as jobs:
        with pytest.raises(CreationLost):
            await jobs.created(7)
        store = jobs.server.batches.store
        assert (store.created_calls, store.counters.jobs) == (1, 1)
        (found,) = await jobs.api.find(NONCE, long_ago(), 7)
        assert found.certain is jobs.api.limits.tags_jobs
        jobs.pass_time(61)
        assert len(await jobs.lines(found.remote_id)) == 7


@pytest.mark.parametrize("name", NAMES)
async def test_a_job_that_was_never_accepted_is_not_found(name: str) -> None:
    async with jobs_of(name, lost_before=1) as jobs:
        with pytest.raises(CreationLost):
            await jobs.created()
        assert list(await jobs.api.find(NONCE, long_ago(), 5)) == []


@pytest.mark.parametrize("name", NAMES)
async def test_a_job_is_found_on_a_later_page_of_the_list(name: str) -> None:
    async with jobs_of(name, page=3) as jobs:
        wanted = await jobs.created(4, "wanted")
        for number in range(10):
            await jobs.created(2, f"other{number}")
        found = await jobs.api.find("wanted", long_ago(), 4)
    assert [one.remote_id for one in found] == [wanted]


async def test_anthropics_jobs_are_told_apart_by_their_counts_alone() -> None:
    async with jobs_of("anthropic") as jobs:
        first, second = await jobs.created(5, "a"), await jobs.created(5, "b")
        await jobs.created(6, "c")
        found = await jobs.api.find("a", long_ago(), 5)
    assert {one.remote_id for one in found} == {first, second}
    assert not any(one.certain for one in found)


async def test_a_file_that_is_not_found_yet_is_asked_for_again_and_nothing_is_created_twice() -> None:
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    for delay in (2, 99):
        async with jobs_of("openai", input_delay=delay) as jobs:
            assert isinstance(jobs.api, OpenAIBatches)
            jobs.api._sleep = sleep
            waits.clear()
            if delay == 2:
                await jobs.created()
                assert waits == [1.0, 2.0]
                assert jobs.server.batches.store.counters.jobs == 1
            else:
                with pytest.raises(InputNotFound):
                    await jobs.created()
                assert waits == [1.0, 2.0, 4.0, 8.0]
                assert jobs.server.batches.store.counters.jobs == 0


REFUSED: dict[str, Any] = {"error": {"message": "No.", "type": "invalid_request_error"}}


@pytest.mark.parametrize(
    ("status", "body", "lost"),
    [
        (400, REFUSED, False),
        (401, REFUSED, False),
        (413, REFUSED, False),
        (429, REFUSED, False),
        (500, REFUSED, True),
        (502, REFUSED, True),
        (504, REFUSED, True),
        (200, {"object": "batch"}, True),
    ],
)
async def test_what_may_have_been_accepted_is_lost_and_what_was_refused_is_not(
    status: int, body: dict[str, Any], lost: bool
) -> None:
    server = scripted_server(http_reply(status, body))
    endpoint = resolve("openai")
    async with server, open_providers({"openai": KEY}, 1, addresses={endpoint.base_url: server.url}) as provider:
        api = provider.batches(endpoint)
        assert api is not None
        with pytest.raises(CallError) as failed:
            await api.create(JobOrder(NONCE, "m", [], "file-1", 1))
    assert isinstance(failed.value, CreationLost) is lost
    assert KEY not in str(failed.value)
    assert len(server.received) == 1


async def test_what_was_never_sent_is_not_lost() -> None:
    endpoint = resolve("openai")
    async with open_providers({"openai": KEY}, 1, addresses={endpoint.base_url: "http://127.0.0.1:9/v1"}) as provider:
        api = provider.batches(endpoint)
        assert api is not None
        with pytest.raises(CallError) as failed:
            await api.create(JobOrder(NONCE, "m", [], "file-1", 1))
    assert failed.value.kind is FailureKind.UNREACHABLE
    assert not isinstance(failed.value, CreationLost)


async def test_a_file_goes_to_the_provider_itself_and_nowhere_else() -> None:
    reply = http_reply(200, {}, headers={"X-Goog-Upload-URL": "https://elsewhere.example.org/upload"})
    server = scripted_server(reply)
    endpoint = resolve("gemini")
    async with server, open_providers({"gemini": KEY}, 1, addresses={endpoint.base_url: server.url}) as provider:
        api = provider.batches(endpoint)
        assert api is not None
        with pytest.raises(CallError, match="another server") as failed:
            await api.upload(NONCE, [b"{}"])
    assert failed.value.kind is FailureKind.UNTRUSTED


async def test_providers_without_batch_jobs_have_none() -> None:
    async with open_providers({}, 1) as provider:
        for name in ("groq", "ollama", "openrouter"):
            assert provider.batches(resolve(name)) is None
