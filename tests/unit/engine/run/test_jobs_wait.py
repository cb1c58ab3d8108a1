"""What a run says while its rows are out in batch jobs: since when, and until when, and no time left."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from chaindesk.cli.printing.progress import Progress, ProgressStyle
from chaindesk.cli.printing.summary import progress_line
from chaindesk.domain.batch_jobs import JobStage
from chaindesk.domain.events import BatchJobChanged, Event, StepSubmitted
from chaindesk.engine.run.progress.jobs_wait import jobs_wait
from tests.support.batch_runs import batch_chain, batch_workbook


@pytest.mark.parametrize(("kind", "hours"), [("openai", 24), ("azure", None)])
async def test_a_run_says_since_when_its_jobs_are_out_and_until_when(kind: str, hours: int | None) -> None:
    async with batch_workbook(batch_chain({"prompt": "A {{Topic}}."}), 12, kind) as book:
        progress = Progress("test", ProgressStyle.PLAIN)
        said: list[str] = []

        def listen(event: Event) -> None:
            progress.handle(event)
            known = isinstance(event, BatchJobChanged) and event.expires_at is not None
            if len(book.of(StepSubmitted)) == 11 and (known or hours is None) and not said:
                jobs = progress.snapshot.jobs.values()
                if hours is not None and any(job.expires_at is None for job in jobs):
                    return
                said.append(progress.plain_line())
                line = progress_line(event.at, progress.snapshot)
                assert (line.jobs_out, line.time_left_seconds) == (3, None)
                assert line.jobs_since is not None
                now = datetime.now(UTC)
                assert now - timedelta(minutes=5) < line.jobs_since <= now
                assert (line.jobs_until is None) is (hours is None)
                book.control.stop()

        await book.run(listen)
        assert "waiting for 3 batch jobs, submitted " in said[0]
        assert ("results by" in said[0]) is (hours is not None)
        assert "left" not in said[0]
        assert jobs_wait(progress.snapshot) is None  # the run is over
        assert {job.stage for job in progress.snapshot.jobs.values()} == {JobStage.SUBMITTED}
