"""What may happen while requests are out in batch jobs: refused keys, a full disk, a workbook that changes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from chaindesk.domain.batch_jobs import JobStage
from chaindesk.domain.events import Event, PauseCause, RunNoticed, RunPaused, RunResumed, StepSubmitted
from chaindesk.domain.records import RunState
from chaindesk.domain.status import Status
from chaindesk.journal.protocol import Journal
from chaindesk.journal.sqlite.journal import open_journal
from tests.support.batch_runs import QUICK, batch_chain, batch_workbook
from tests.support.batches import KEY, NAMES

ONE_STEP = {"prompt": "A {{Topic}}."}


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    opened = open_journal(tmp_path / "journal.sqlite3")
    yield opened
    opened.close()


@pytest.mark.parametrize("kind", NAMES)
async def test_a_key_refused_while_jobs_are_out_loses_nothing_and_sends_nothing_again(
    kind: str, journal: Journal
) -> None:
    async with batch_workbook(batch_chain(ONE_STEP), 12, kind, journal) as book:

        def listen(event: Event) -> None:
            if isinstance(event, StepSubmitted) and len(book.of(StepSubmitted)) == 11:
                book.server.options = replace(book.server.options, require_key="another")

        result = await book.run(listen)
        assert (result.state, result.counts) == (RunState.HALTED, {Status.DONE: 1, Status.SUBMITTED: 11})
        assert "key" in result.message
        assert {job.stage for job in book.jobs} == {JobStage.SUBMITTED}
        book.server.options = replace(book.server.options, require_key=KEY)
        sent = len(book.jobs)
        book.reopen()
        async with book.time_passing():
            assert (await book.run()).counts == {Status.DONE: 12}
        assert (len(book.jobs), set(book.billed.values()), len(book.billed)) == (sent, {1}, 11)
        assert {job.message for job in book.jobs} == {""}


async def test_a_run_that_waits_for_its_user_goes_on_with_a_mended_key(journal: Journal) -> None:
    async with batch_workbook(batch_chain(ONE_STEP), 12, journal=journal) as book:

        def listen(event: Event) -> None:
            match event:
                case StepSubmitted() if len(book.of(StepSubmitted)) == 11:
                    book.server.options = replace(book.server.options, require_key="another")
                case RunPaused(cause=PauseCause.KEY):
                    book.server.options = replace(book.server.options, require_key=KEY)
                    book.control.resume()

        async with book.time_passing():
            result = await book.run(listen, on_pause="wait")
        assert result.counts == {Status.DONE: 12}
        assert book.of(RunResumed)
        assert (set(book.billed.values()), len(book.billed)) == ({1}, 11)


def limit_pages(journal: Journal, most: int) -> None:
    """Let the database grow no further, as a full disk does, or as far as it wants."""
    journal._writer.submit(  # type: ignore[attr-defined]
        lambda connection: connection.execute(f"PRAGMA max_page_count = {most}").fetchone()[0]
    )


@pytest.mark.parametrize("kind", ["openai", "anthropic", "gemini"])
async def test_a_disk_that_is_full_in_the_download_stores_each_result_once_it_is_free(
    kind: str, journal: Journal
) -> None:
    settings = replace(QUICK, lines_at_once=2)
    chain = batch_chain({"prompt": "In 900 words: {{Topic}}."})
    async with batch_workbook(chain, 12, kind, journal, settings) as book:
        downloads = 0

        def on_request(method: str, path: str) -> None:
            nonlocal downloads
            if method == "GET" and path.endswith(("/content", "/results", ":download")):
                downloads += 1
                if downloads == 1:
                    limit_pages(journal, 1)  # never below what there is already

        def listen(event: Event) -> None:
            if isinstance(event, RunPaused) and event.cause is PauseCause.DISK:
                limit_pages(journal, 1_000_000)

        book.server.on_request = on_request
        async with book.time_passing():
            result = await book.run(listen, on_pause="wait")
        assert result.counts == {Status.DONE: 12}
        assert any(event.cause is PauseCause.DISK for event in book.of(RunPaused))
        assert (set(book.billed.values()), len(book.billed)) == ({1}, 11)
        assert len(list(journal.run_answers(result.run_id))) == 12


async def test_a_row_that_a_job_refuses_asks_the_fallback_at_once(journal: Journal) -> None:
    chain = batch_chain(ONE_STEP | {"fallback": "lab/editor"})
    async with batch_workbook(chain, 20, journal=journal, refused=0.3) as book, book.time_passing():
        result = await book.run()
        refused = 19 - len(book.billed)
        assert 1 <= refused <= 12
        assert result.counts == {Status.DONE: 20}
        assert book.live_calls == 1 + refused
        models = [answer.model for answer in journal.run_answers(result.run_id)]
        assert models.count("editor") == refused
        assert any("fallback" in event.message for event in book.of(RunNoticed))


@pytest.mark.parametrize("kind", ["openai", "anthropic"])
async def test_an_account_that_is_empty_within_a_job_asks_the_fallback(kind: str, journal: Journal) -> None:
    chain = batch_chain(ONE_STEP | {"fallback": "lab/editor"})
    async with batch_workbook(chain, 20, kind, journal, empty_account=0.4) as book, book.time_passing():
        result = await book.run()
        assert result.counts == {Status.DONE: 20}
        assert set(book.billed.values()) == {1}
        assert book.live_calls == 1 + 19 - len(book.billed)


async def test_a_key_that_is_refused_when_a_job_is_sent_asks_the_fallback(journal: Journal) -> None:
    chain = batch_chain(ONE_STEP | {"fallback": "lab/editor"})
    async with batch_workbook(chain, 8, journal=journal) as book, book.time_passing():

        def on_request(method: str, path: str) -> None:
            allowed = not path.endswith("/files")
            book.server.options = replace(book.server.options, require_key=KEY if allowed else "another")

        book.server.on_request = on_request
        result = await book.run()
        assert result.counts == {Status.DONE: 8}
        assert (book.live_calls, len(book.billed)) == (8, 0)
        assert [job.stage for job in book.jobs] == [JobStage.ABANDONED] * len(book.jobs)


async def test_a_job_that_cannot_be_cancelled_at_first_is_cancelled_and_nothing_is_asked_before(
    journal: Journal,
) -> None:
    options: dict[str, Any] = {"seconds": 3600, "cancel_seconds": 60}
    settings = replace(QUICK, min_shard=8)
    async with batch_workbook(batch_chain(ONE_STEP), 9, journal=journal, settings=settings, **options) as book:
        await book.run(detach=True)
        book.server.batches.store.advance(1800)
        cancels = 0

        def on_request(method: str, path: str) -> None:
            nonlocal cancels
            if path.endswith("/cancel"):
                cancels += 1
                if cancels < 3:
                    raise web.HTTPServiceUnavailable

        book.server.on_request = on_request
        book.reopen()
        async with book.time_passing(10):
            result = await book.run(finish_live=True)
        assert result.counts == {Status.DONE: 9}
        assert cancels == 3
        assert len(book.billed) == 4
        assert len(book.billed) + book.live_calls == 9
