"""Steps at batch speed: rows in jobs at half price, over real HTTP against the simulated provider."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace

import pytest

from chaindesk.domain.batch_jobs import JobStage
from chaindesk.domain.completion import Speed
from chaindesk.domain.events import BatchJobChanged, Event, StepSubmitted
from chaindesk.domain.manifest import Row
from chaindesk.domain.records import AnswerKind, RunState
from chaindesk.domain.status import Status
from tests.support.batch_runs import CENT, QUICK, BatchWorkbook, batch_chain, batch_workbook
from tests.support.batches import NAMES


def fingerprint_of(book: BatchWorkbook, row: Row, step: int) -> str:
    return book.builder.fingerprint(step, row, book.ledger.outputs_before(row, step))[0]


@pytest.mark.parametrize("kind", NAMES)
async def test_every_row_is_answered_once_at_half_price_after_one_live_call(kind: str) -> None:
    async with batch_workbook(batch_chain({"prompt": "Say {{Topic}}."}), 12, kind) as book, book.time_passing():
        result = await book.run()
        assert {status.value: number for status, number in result.counts.items()} == {"done": 12}
        assert book.live_calls == 1
        assert sorted(book.billed.values()) == [1] * 11
        answers = list(book.journal.run_answers(result.run_id))
        assert sorted(answer.speed.value for answer in answers) == ["batch"] * 11 + ["standard"]
        assert sum(answer.cost or 0 for answer in answers) == CENT + 11 * CENT * Speed.BATCH.price_share
        assert {job.stage for job in book.jobs} == {JobStage.COLLECTED}
        assert len(book.of(StepSubmitted)) == 11
        for row in book.manifest.rows:
            assert row.values["Topic"] in book.text(row.number)


async def test_three_steps_over_four_shards_end_with_every_row_paired() -> None:
    chain = batch_chain({"prompt": "A {{Topic}}."}, {"prompt": "B {{s1}}."}, {"prompt": "C {{s2}}."})
    async with batch_workbook(chain, 23, seconds=7200) as book, book.time_passing(600):
        result = await book.run()
        assert result.counts == {Status.DONE: 23}
        assert set(book.billed.values()) == {1}
        assert len(book.billed) + book.live_calls == 3 * 23
        assert Counter(job.step_name for job in book.jobs) == {"s1": 4, "s2": 4, "s3": 4}
        for row in book.manifest.rows:
            for step in range(3):
                (answer,) = book.journal.answers(book.workbook_id, f"s{step + 1}", fingerprint_of(book, row, step))
                assert answer.row_number == row.number


async def test_a_shard_goes_on_with_its_second_step_while_another_still_runs_its_first() -> None:
    chain = batch_chain({"prompt": "A {{Topic}}."}, {"prompt": "B {{s1}}."})
    settings = replace(QUICK, min_shard=4, shards=9)
    began: list[tuple[str, JobStage]] = []
    async with batch_workbook(chain, 17, settings=settings, seconds=3600) as book:
        first, next_step = asyncio.Event(), asyncio.Event()

        def listen(event: Event) -> None:
            if isinstance(event, BatchJobChanged):
                began.append((event.step, event.stage))
                if event.step == "s1" and event.stage is JobStage.SUBMITTED and len(began) == 1:
                    # the first job alone grows old; those behind it are younger by an hour
                    book.server.batches.store.advance(3600)
                    first.set()
                if event.step == "s2":
                    next_step.set()

        run = asyncio.ensure_future(book.run(listen))
        await first.wait()
        await next_step.wait()
        assert any(job.step_name == "s1" and job.stage is JobStage.SUBMITTED for job in book.jobs)
        async with book.time_passing():
            assert (await run).counts == {Status.DONE: 17}


async def test_live_and_batch_steps_are_mixed_in_one_chain() -> None:
    chain = batch_chain(
        {"prompt": "A {{Topic}}.", "speed": "standard"},
        {"prompt": "B {{s1}}."},
        {"prompt": "C {{s2}}.", "speed": "standard"},
    )
    async with batch_workbook(chain, 8) as book, book.time_passing():
        assert (await book.run()).counts == {Status.DONE: 8}
        assert (book.live_calls, len(book.billed)) == (8 + 1 + 8, 7)


async def test_one_wrong_body_does_not_fail_a_job() -> None:
    chain = batch_chain({"prompt": "A {{Topic}}."})
    async with batch_workbook(chain, 9) as book:
        book.server.options = replace(book.server.options, fail_containing="A ", fail_status=400)
        result = await book.run(brake=True)
        assert book.jobs == []
        assert not book.billed
        assert result.counts.get(Status.FAILED, 0) >= 1


async def test_a_job_that_expires_at_60_percent_keeps_what_was_answered() -> None:
    chain = batch_chain({"prompt": "A {{Topic}}."})
    async with batch_workbook(chain, 11, answered=0.6, settings=replace(QUICK, min_shard=10)) as book:
        async with book.time_passing(90_000):
            result = await book.run(brake=False)
        assert [(job.count, job.phase) for job in book.jobs] == [(10, "expired"), (4, "expired")]
        assert (set(book.billed.values()), len(book.billed)) == ({1}, 6 + 2)
        assert result.counts == {Status.DONE: 1 + 6 + 2, Status.FAILED: 2}


async def test_a_row_that_expires_twice_fails_without_a_cost() -> None:
    async with batch_workbook(batch_chain({"prompt": "A {{Topic}}."}), 3, answered=0.0) as book:
        async with book.time_passing(90_000):
            result = await book.run(brake=False)
        assert result.counts == {Status.DONE: 1, Status.FAILED: 2}
        assert not book.billed


@pytest.mark.parametrize("kind", NAMES)
async def test_what_a_provider_refuses_fails_that_row_alone(kind: str) -> None:
    chain = batch_chain({"prompt": "A {{Topic}}."})
    async with batch_workbook(chain, 20, kind, refused=0.3, file_delay=600) as book, book.time_passing():
        result = await book.run(brake=False)
        assert sum(result.counts.values()) == 20
        assert 1 <= result.counts[Status.FAILED] <= 12
        assert result.counts[Status.DONE] == 1 + len(book.billed)


async def test_lines_that_cannot_be_read_concern_their_rows_alone() -> None:
    async with batch_workbook(batch_chain({"prompt": "A {{Topic}}."}), 20, garbled=0.2) as book, book.time_passing():
        result = await book.run(brake=False)
        assert result.counts[Status.DONE] > 10
        assert sum(result.counts.values()) == 20


async def test_a_download_that_breaks_off_is_read_again() -> None:
    chain = batch_chain({"prompt": "A {{Topic}}."})
    async with batch_workbook(chain, 12, broken_downloads=3) as book, book.time_passing():
        assert (await book.run()).counts == {Status.DONE: 12}
        assert len(list(book.journal.answer_index(book.workbook_id, "s1"))) == 12
        assert set(book.billed.values()) == {1}


@pytest.mark.parametrize("kind", NAMES)
async def test_a_lost_reply_to_the_call_that_creates_a_job_pays_for_nothing_twice(kind: str) -> None:
    chain = batch_chain({"prompt": "A {{Topic}}."})
    async with batch_workbook(chain, 16, kind, lost_replies=2) as book, book.time_passing():
        assert (await book.run()).counts == {Status.DONE: 16}
        assert (set(book.billed.values()), len(book.billed)) == ({1}, 15)
        assert {job.stage for job in book.jobs} == {JobStage.COLLECTED}


@pytest.mark.parametrize("kind", NAMES)
async def test_a_job_that_never_arrived_is_sent_again(kind: str) -> None:
    chain = batch_chain({"prompt": "A {{Topic}}."})
    async with batch_workbook(chain, 16, kind, lost_before=2) as book, book.time_passing():
        assert (await book.run()).counts == {Status.DONE: 16}
        assert (set(book.billed.values()), len(book.billed)) == ({1}, 15)


async def test_a_full_queue_at_the_provider_is_answered_by_smaller_jobs_later() -> None:
    chain = batch_chain({"prompt": "A {{Topic}}."})
    async with batch_workbook(chain, 21, queue_tokens=100) as book, book.time_passing():
        assert (await book.run()).counts == {Status.DONE: 21}
        assert set(book.billed.values()) == {1}
        refused = [job.count for job in book.jobs if job.phase == "failed"]
        assert refused
        assert max(refused) == 6
        assert min(job.count for job in book.jobs) < 6


async def test_rows_do_not_wait_for_a_job_that_the_chain_cannot_follow_any_more() -> None:
    async with batch_workbook(batch_chain({"prompt": "A {{Topic}}."}), 6) as book:
        await book.run(detach=True)
        book.endpoint = replace(book.endpoint, name="renamed")
        book.reopen()
        result = await book.run()
        assert result.counts == {Status.DONE: 1, Status.SUBMITTED: 5}
        assert "collect" in book.of(BatchJobChanged)[-1].message


async def test_an_empty_account_holds_the_run_and_fails_no_row() -> None:
    chain = batch_chain({"prompt": "A {{Topic}}."})
    async with batch_workbook(chain, 12, empty_account=0.4) as book, book.time_passing():
        result = await book.run()
        assert result.state is RunState.HALTED
        assert Status.FAILED not in result.counts


async def test_a_stopped_run_leaves_its_jobs_and_the_next_one_takes_what_they_bring() -> None:
    chain = batch_chain({"prompt": "A {{Topic}}."}, {"prompt": "B {{s1}}."})
    async with batch_workbook(chain, 16) as book:

        def listen(event: Event) -> None:
            if len(book.of(StepSubmitted)) == 15:
                book.control.stop()

        result = await book.run(listen)
        assert (result.state, result.counts[Status.SUBMITTED]) == (RunState.STOPPED, 15)
        book.reopen()
        assert book.statuses()["submitted"] == 15
        plan = book.plan()
        assert (plan.submitted, plan.calls) == (15, 15)  # the second step's
        async with book.time_passing():
            assert (await book.run()).counts == {Status.DONE: 16}
        assert set(book.billed.values()) == {1}
        assert len(book.billed) + book.live_calls == 32


async def test_a_run_that_does_not_wait_ends_once_its_jobs_are_sent() -> None:
    chain = batch_chain({"prompt": "A {{Topic}}."}, {"prompt": "B {{s1}}."})
    async with batch_workbook(chain, 12) as book:
        result = await book.run(detach=True)
        assert (result.state, result.counts[Status.SUBMITTED]) == (RunState.FINISHED, 11)
        for _ in range(2):
            book.server.batches.store.advance(3600)
            book.reopen()
            result = await book.run(detach=True)
        assert result.counts == {Status.DONE: 12}
        assert set(book.billed.values()) == {1}


async def test_what_is_left_is_asked_at_once_after_the_jobs_were_cancelled() -> None:
    chain = batch_chain({"prompt": "A {{Topic}}."})
    settings = replace(QUICK, min_shard=20)
    async with batch_workbook(chain, 21, settings=settings, seconds=100, cancel_seconds=10) as book:
        half = False

        def listen(event: Event) -> None:
            nonlocal half
            if isinstance(event, StepSubmitted) and len(book.of(StepSubmitted)) == 20 and not half:
                half = True
                book.server.batches.store.advance(50)
                book.control.finish_live()

        async with book.time_passing(5):
            result = await book.run(listen)
        assert result.counts == {Status.DONE: 21}
        assert 9 <= len(book.billed) <= 12
        assert len(book.billed) + book.live_calls == 21


async def test_rows_of_cancelled_jobs_are_pending_again() -> None:
    async with batch_workbook(batch_chain({"prompt": "A {{Topic}}."}), 9) as book:

        def listen(event: Event) -> None:
            if isinstance(event, StepSubmitted) and len(book.of(StepSubmitted)) == 8:
                book.control.cancel_jobs()

        result = await book.run(listen)
        assert result.counts == {Status.DONE: 1, Status.PENDING: 8}


async def test_answers_that_do_not_fit_their_fields_are_asked_again_at_once() -> None:
    chain = batch_chain({"prompt": "A {{Topic}}.", "fields": {"kind": ["retail", "food"], "why": "string"}})
    async with batch_workbook(chain, 10) as book, book.time_passing():
        assert (await book.run()).counts == {Status.DONE: 10}
        answers = list(book.journal.run_answers(1))
        assert all(answer.fields for answer in answers if answer.kind is AnswerKind.USABLE)


async def test_votes_and_checks_are_asked_in_jobs_too() -> None:
    chain = batch_chain({"prompt": "A {{Topic}}.", "fields": {"kind": ["retail", "food"]}, "votes": 3})
    async with batch_workbook(chain, 6) as book, book.time_passing():
        assert (await book.run()).counts == {Status.DONE: 6}
        assert len(book.billed) + book.live_calls == 18
        assert set(book.billed.values()) == {1}


async def test_rows_that_ask_the_same_share_one_line() -> None:
    chain = batch_chain({"prompt": "Always the same, {{Topic|x}}"[:16], "same_request": "one_answer"})
    async with batch_workbook(chain, 6) as book, book.time_passing():
        assert (await book.run()).counts == {Status.DONE: 6}
        assert len(book.billed) + book.live_calls == 1


async def test_a_budget_counts_what_is_out_at_half_price() -> None:
    async with batch_workbook(batch_chain({"prompt": "A {{Topic}}.", "max_output_tokens": 100}), 12) as book:
        async with book.time_passing():
            result = await book.run(budget=CENT * 4)
        assert result.counts[Status.DONE] == 1 + 6  # one at a cent, six at half a cent
        assert sum(answer.cost or 0 for answer in book.journal.run_answers(result.run_id)) == CENT * 4


async def test_a_changed_prompt_asks_anew_and_the_old_answer_stays_in_the_history() -> None:
    async with batch_workbook(batch_chain({"prompt": "A {{Topic}}."}), 6) as book:
        await book.run(detach=True)
        book.chain = batch_chain({"prompt": "Other {{Topic}}."})
        book.reopen()
        assert book.plan().submitted == 0
        async with book.time_passing():
            assert (await book.run()).counts == {Status.DONE: 6}
        history = book.journal.history(book.workbook_id, "7")
        assert len({answer.fingerprint for answer in history}) == 2


async def test_another_speed_pays_for_nothing_that_is_out() -> None:
    async with batch_workbook(batch_chain({"prompt": "A {{Topic}}."}), 6) as book:
        await book.run(detach=True)
        book.chain = batch_chain({"prompt": "A {{Topic}}."}, speed="standard")
        book.reopen()
        async with book.time_passing():
            assert (await book.run()).counts == {Status.DONE: 6}
        assert (book.live_calls, len(book.billed)) == (1, 5)


async def test_answers_that_a_judge_refuses_later_are_asked_again_in_jobs_also_when_the_run_leaves_them() -> None:
    step = {"prompt": "A {{Topic}}."}
    async with batch_workbook(batch_chain(step), 12) as book:
        async with book.time_passing():
            await book.run()
        before = len(book.billed) + book.live_calls
        judge = {"judge": "Is it right?", "model": "lab/judge"}
        book.chain = batch_chain(step | {"checks": [judge], "on_fail": ["ask_again"]})
        book.reopen()
        plan = book.plan()
        assert plan.judge_calls == 12
        await book.run(detach=True)
        book.reopen()
        assert book.plan().judge_calls == 0
        async with book.time_passing():
            await book.run()
        made = len(book.billed) + book.live_calls - before
        assert set(book.billed.values()) == {1}
        assert plan.judge_calls < made <= plan.judge_calls + plan.follow_ups
        book.reopen()
        assert not book.plan().asks
        kept = [answer for run in (1, 2, 3) for answer in book.journal.run_answers(run)]
        assert len(kept) == len({answer.request_id or answer.id for answer in kept}) == before + made
