"""A batch job of each provider from its requests to its results: what is billed is read, whatever ends the job."""

from __future__ import annotations

import pytest

from chaindesk.domain.completion import Speed
from chaindesk.domain.errors import CallError, FailureKind
from chaindesk.providers.batches.protocol import BatchLine, JobPhase, JobUnknown, Unprocessed
from tests.support.batches import NAMES, NONCE, Jobs, answered, jobs_of

pytestmark = pytest.mark.parametrize("name", NAMES)
DAYS = 86_400.0


async def _read_into(came: list[BatchLine], jobs: Jobs, job: str) -> None:
    async for line in jobs.api.results(job):
        came.append(line)  # noqa: PERF401 - what came is kept where reading fails


async def test_every_request_is_answered_once_at_the_batch_price(name: str) -> None:
    async with jobs_of(name) as jobs:
        job = await jobs.created(20)
        assert (await jobs.api.state(job)).phase in (JobPhase.QUEUED, JobPhase.RUNNING)
        jobs.pass_time(61)
        state = await jobs.api.state(job)
        lines = await jobs.lines(job)
        found = answered(lines)
    assert (state.phase, state.counts.total, state.counts.succeeded) == (JobPhase.ENDED, 20, 20)
    assert set(found) == {f"{NONCE}-{number}" for number in range(20)} == set(jobs.billed)
    assert [line.custom_id for line in lines] != sorted(line.custom_id for line in lines)  # in no order
    assert {one.speed for one in found.values()} == {Speed.BATCH}
    assert all(one.usage is not None and one.usage.output and one.text for one in found.values())


async def test_a_job_that_expires_keeps_what_was_answered(name: str) -> None:
    if name == "azure":
        pytest.skip("its jobs do not expire")
    async with jobs_of(name, answered=0.6) as jobs:
        job = await jobs.created(10)
        jobs.pass_time(DAYS + 1)
        state = await jobs.api.state(job)
        lines = await jobs.lines(job)
    assert state.phase is JobPhase.EXPIRED
    assert set(answered(lines)) == set(jobs.billed)
    assert len(answered(lines)) == 6
    rest = [line.outcome for line in lines if line.custom_id not in jobs.billed]
    assert rest == [Unprocessed.EXPIRED] * len(rest)


async def test_a_job_that_is_cancelled_keeps_what_was_answered(name: str) -> None:
    async with jobs_of(name, cancel_seconds=10) as jobs:
        job = await jobs.created(10)
        jobs.pass_time(30)
        await jobs.api.cancel(job)
        assert (await jobs.api.state(job)).phase is JobPhase.CANCELLING
        jobs.pass_time(11)
        state = await jobs.api.state(job)
        lines = await jobs.lines(job)
        await jobs.api.cancel(job)  # once more: nothing is left to be cancelled, and that is no failure
    assert state.phase is JobPhase.CANCELLED
    assert set(answered(lines)) == set(jobs.billed)
    assert 0 < len(jobs.billed) < 10
    assert all(line.outcome is Unprocessed.CANCELLED for line in lines if line.custom_id not in jobs.billed)


async def test_a_job_that_has_ended_is_asked_again_until_its_results_are_named(name: str) -> None:
    async with jobs_of(name, file_delay=120) as jobs:
        job = await jobs.created()
        jobs.pass_time(61)
        assert (await jobs.api.state(job)).phase is JobPhase.FINISHING
        jobs.pass_time(120)
        assert (await jobs.api.state(job)).phase is JobPhase.ENDED
        assert len(answered(await jobs.lines(job))) == 5


async def test_a_refused_request_fails_alone(name: str) -> None:
    async with jobs_of(name, refused=0.3) as jobs:
        job = await jobs.created(30)
        jobs.pass_time(61)
        lines = await jobs.lines(job)
    failed = {line.custom_id: line.outcome for line in lines if isinstance(line.outcome, CallError)}
    assert set(answered(lines)) == set(jobs.billed)
    assert len(lines) == 30
    assert failed
    assert {error.kind for error in failed.values()} == {FailureKind.REJECTED}
    assert not any(error.billed or error.perhaps_billed for error in failed.values())


async def test_a_job_of_which_every_request_is_refused_has_results_too(name: str) -> None:
    async with jobs_of(name, refused=1.0) as jobs:
        job = await jobs.created()
        jobs.pass_time(61)
        assert (await jobs.api.state(job)).phase is JobPhase.ENDED
        assert len(await jobs.lines(job)) == 5


async def test_an_empty_account_is_told_from_a_request_at_fault(name: str) -> None:
    async with jobs_of(name, empty_account=1.0) as jobs:
        job = await jobs.created()
        jobs.pass_time(61)
        kinds = {line.outcome.kind for line in await jobs.lines(job) if isinstance(line.outcome, CallError)}
    assert kinds == {FailureKind.QUOTA}


async def test_a_line_that_cannot_be_read_is_the_failure_of_that_line_alone(name: str) -> None:
    async with jobs_of(name, garbled=0.3) as jobs:
        job = await jobs.created(30)
        jobs.pass_time(61)
        lines = await jobs.lines(job)
    broken = [line for line in lines if isinstance(line.outcome, CallError)]
    assert broken
    assert len(lines) == 30
    assert {line.custom_id for line in lines} == set(jobs.billed)  # whose it is can still be seen
    assert all(isinstance(one.outcome, CallError) and one.outcome.perhaps_billed for one in broken)


async def test_results_read_twice_are_the_same(name: str) -> None:
    async with jobs_of(name) as jobs:
        job = await jobs.created()
        jobs.pass_time(61)
        assert answered(await jobs.lines(job)) == answered(await jobs.lines(job))
        assert set(jobs.billed.values()) == {1}


async def test_a_download_that_breaks_off_gives_what_came_and_then_fails(name: str) -> None:
    async with jobs_of(name, broken_downloads=1) as jobs:
        job = await jobs.created(30)
        jobs.pass_time(61)
        came: list[BatchLine] = []
        with pytest.raises(CallError):
            await _read_into(came, jobs, job)
        assert 0 < len(answered(came)) < 30
        assert len(answered(await jobs.lines(job))) == 30


async def test_a_job_that_is_not_known_any_more_is_told_from_one_that_failed(name: str) -> None:
    async with jobs_of(name) as jobs:
        known = await jobs.created()
        with pytest.raises(JobUnknown):
            await jobs.api.state(known.replace("simulated1", "simulated999"))


async def test_more_tokens_than_may_wait_are_told_as_such(name: str) -> None:
    if name in ("anthropic", "mistral"):
        pytest.skip("it counts requests")
    async with jobs_of(name, queue_tokens=10) as jobs:
        state = await jobs.api.state(await jobs.created())
    assert (state.phase, state.queue_full) == (JobPhase.FAILED, True)
    assert "Enqueued token limit" in state.error
    assert not jobs.billed


async def test_how_long_results_wait_is_told(name: str) -> None:
    async with jobs_of(name) as jobs:
        job = await jobs.created()
        jobs.pass_time(61)
        state = await jobs.api.state(job)
    days = jobs.api.limits.results_days
    assert (state.results_until is None) == (days is None)
    if state.results_until is not None and days is not None:
        assert state.created_at is not None
        assert abs((state.results_until - state.created_at).total_seconds() - days * DAYS) < 3600
