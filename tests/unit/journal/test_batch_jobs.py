"""Batch jobs in both journals: kept whole before they are sent, and every result stored once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from chaindesk.domain.batch_jobs import BatchItem, BatchJob, ItemResult, ItemState, JobMoney, JobStage
from chaindesk.domain.completion import Finish, Speed, Usage
from chaindesk.domain.errors import FailureKind
from chaindesk.domain.records import Answer
from chaindesk.journal.protocol import Journal

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
JOB = BatchJob("n1", 1, 7, '{"name": "s1"}', "openai", "https://api.openai.com/v1", "gpt", 3, 900, NOW)
ITEMS = [BatchItem(f"n1-{n}", str(n + 2), n + 2, "s1", f"f{n}") for n in range(3)]


def answer(number: int) -> Answer:
    return Answer(
        *(7, 1, str(number + 2), number + 2, "s1", f"f{number}", f"Text {number}.", "gpt-1", Usage(10, 20)),
        *(Decimal("0.5"), 0.0, 1, Finish.STOP, "", NOW),
        speed=Speed.BATCH,
    )


def answered(number: int) -> ItemResult:
    return ItemResult(f"n1-{number}", ItemState.ANSWERED, answer(number))


async def test_a_job_is_kept_with_its_requests_and_what_is_learnt_of_it(journal: Journal) -> None:
    await journal.batch_jobs.begin(JOB, ITEMS)
    assert journal.batch_jobs.jobs(1) == [JOB]
    assert journal.batch_jobs.items("n1") == ITEMS
    assert journal.batch_jobs.rows_out(1) == {
        "2": [("s1", "f0")],
        "3": [("s1", "f1")],
        "4": [("s1", "f2")],
    }
    later = replace(
        JOB,
        stage=JobStage.SUBMITTED,
        remote_id="batch_1",
        phase="running",
        succeeded=1,
        expires_at=NOW + timedelta(days=1),
        results_until=NOW + timedelta(days=30),
        checked_at=NOW,
        cancelling=True,
        message="It goes on.",
    )
    await journal.batch_jobs.update(later)
    assert journal.batch_jobs.jobs() == [later]
    assert journal.batch_jobs.jobs(2) == []


async def test_the_job_of_a_question_is_the_rows_own_and_an_open_one(journal: Journal) -> None:
    await journal.batch_jobs.begin(JOB, ITEMS)
    other = replace(JOB, nonce="n2", created_at=NOW - timedelta(hours=1))
    await journal.batch_jobs.begin(other, [replace(ITEMS[0], custom_id="n2-0", row_key="another")])
    assert journal.batch_jobs.job_of(1, "2", "s1", "f0") == JOB
    assert journal.batch_jobs.job_of(1, "unknown", "s1", "f0") == other
    assert journal.batch_jobs.job_of(1, "2", "s2", "f0") is None
    assert journal.batch_jobs.job_of(2, "2", "s1", "f0") is None
    await journal.batch_jobs.store_results("n1", [answered(0)])
    assert journal.batch_jobs.job_of(1, "2", "s1", "f0") == other
    await journal.batch_jobs.close(replace(other, stage=JobStage.COLLECTED))
    assert journal.batch_jobs.job_of(1, "2", "s1", "f0") is None


async def test_results_that_come_twice_are_stored_once(journal: Journal) -> None:
    await journal.batch_jobs.begin(JOB, ITEMS)
    first = await journal.batch_jobs.store_results("n1", [answered(0), answered(2)])
    refused = ItemResult("n1-1", ItemState.FAILED, None, FailureKind.REJECTED, "No.")
    again = await journal.batch_jobs.store_results("n1", [answered(0), refused, answered(2)])
    assert again == [first[0], 0, first[1]]
    assert [one.text for one in journal.run_answers(7)] == ["Text 0.", "Text 2."]
    assert [item.state for item in journal.batch_jobs.items("n1")] == [
        ItemState.ANSWERED,
        ItemState.FAILED,
        ItemState.ANSWERED,
    ]
    assert journal.batch_jobs.money() == {"n1": JobMoney(2, Decimal("1.0"))}
    assert [one.speed for one in journal.answers(1, "s1", "f0")] == [Speed.BATCH]


async def test_a_result_that_no_job_asked_for_is_left_alone(journal: Journal) -> None:
    await journal.batch_jobs.begin(JOB, ITEMS)
    strange = replace(answered(0), custom_id="other-1")
    assert await journal.batch_jobs.store_results("n1", [strange]) == [0]
    assert list(journal.run_answers(7)) == []


async def test_what_never_came_is_free_once_the_job_is_over(journal: Journal) -> None:
    await journal.batch_jobs.begin(JOB, ITEMS)
    await journal.batch_jobs.store_results("n1", [answered(0)])
    await journal.batch_jobs.close(replace(JOB, stage=JobStage.COLLECTED))
    states = [item.state for item in journal.batch_jobs.items("n1")]
    assert states == [ItemState.ANSWERED, ItemState.UNPROCESSED, ItemState.UNPROCESSED]
    assert journal.batch_jobs.jobs(1) == []
    assert len(journal.batch_jobs.jobs(1, only_open=False)) == 1
    assert journal.batch_jobs.rows_out(1) == {}


async def test_readers_notice_that_a_job_was_submitted(journal: Journal) -> None:
    before = journal.change_token(1)
    await journal.batch_jobs.begin(JOB, ITEMS)
    await journal.batch_jobs.update(replace(JOB, stage=JobStage.SUBMITTED, remote_id="batch_1"))
    assert journal.change_token(1) != before
