"""A step is tried on some rows before its chain is saved: what is paid then is kept, and counts in later runs."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from chaindesk.credentials import KeyStore
from chaindesk.domain.chains.chain import Chain
from chaindesk.domain.completion import DEMO_BASE_URL
from chaindesk.domain.errors import ChainError, InputError, UsageError
from chaindesk.domain.row_selection import RowSelection
from chaindesk.domain.status import Review, Status
from chaindesk.engine.run.options import RunOptions
from chaindesk.engine.session import Session
from chaindesk.engine.trial import Trial
from chaindesk.journal.memory import MemoryJournal
from chaindesk.simulator.options import SimulatorOptions
from chaindesk.simulator.server import SimulatorServer
from chaindesk.workbook import ReadOptions, open_manifest

STEPS: tuple[Mapping[str, Any], ...] = (
    {"name": "notes", "prompt": "Notes on {{Topic}}"},
    {"name": "title", "prompt": "A title for {{Topic}}"},
    {"name": "draft", "prompt": "Draft: {{notes}}"},
)


class TrialHarness:
    """A workbook with three rows, its journal, and a provider on loopback that counts."""

    def __init__(self, folder: Path, server: SimulatorServer) -> None:
        self.server, self.journal, self.ids = server, MemoryJournal(), False
        self.path = folder / "jobs.xlsx"
        book = openpyxl.Workbook()
        for row in (["ID", "Topic"], ["J-1", "swifts"], ["J-2", "bees"], ["J-3", "owls"]):
            book.active.append(row)
        book.save(self.path)

    @property
    def calls(self) -> int:
        return self.server.counters.requests

    def chain(self, steps: Sequence[Mapping[str, Any]] = STEPS) -> Chain:
        named = {"id_column": "ID"} if self.ids else {}
        told = [{"model": "demo/writer"} | dict(step) for step in steps]
        return Chain.model_validate({"name": "c", "steps": told} | named)

    def manifest(self) -> Any:
        return open_manifest(self.path, ReadOptions(id_column="ID" if self.ids else None))

    def session(self, steps: Sequence[Mapping[str, Any]] = STEPS) -> Session:
        places = {DEMO_BASE_URL: self.server.base_url}
        return Session(self.manifest(), self.chain(steps), self.journal, KeyStore(environment={}), addresses=places)

    def trial(self, step: str, *rows: int, steps: Sequence[Mapping[str, Any]] = STEPS) -> Trial:
        places = {DEMO_BASE_URL: self.server.base_url}
        keys = KeyStore(environment={})
        return Trial(self.manifest(), self.chain(steps), step, rows, self.journal, keys, addresses=places)


@asynccontextmanager
async def harness_in(folder: Path) -> AsyncIterator[TrialHarness]:
    async with SimulatorServer(SimulatorOptions(latency=0.0, fail_containing="impossible")) as server:
        yield TrialHarness(folder, server)


async def tried(trial: Trial, *, again: bool = False) -> str:
    """Run a trial of one row; return the answer's text."""
    await trial.run(trial.plan(again=again), lambda event: None)
    (found,) = trial.answers()
    return found.answer.text if found.answer is not None else ""


async def run(session: Session, *rows: int) -> None:
    await session.run(RunOptions(RowSelection.of_numbers(rows)), lambda event: None)


def changed(step: str, prompt: str) -> list[Mapping[str, Any]]:
    return [dict(one) | ({"prompt": prompt} if one["name"] == step else {}) for one in STEPS]


async def test_only_the_steps_that_it_needs_are_asked_and_announced(tmp_path: Path) -> None:
    async with harness_in(tmp_path) as harness:
        trial = harness.trial("draft", 2, 3)
        plan = trial.plan()
        assert [(one.step, one.calls) for one in plan.estimate.steps] == [("notes", 2), ("draft", 2)]
        assert plan.calls == 4
        await trial.run(plan, lambda event: None)
        assert harness.calls == 4
        assert [found.row.number for found in trial.answers()] == [2, 3]
        assert all(found.answer is not None and len(found.paid) == 2 for found in trial.answers())


@pytest.mark.parametrize("ids", [False, True])
async def test_a_later_run_uses_what_a_trial_has_paid_for(tmp_path: Path, ids: bool) -> None:
    async with harness_in(tmp_path) as harness:
        harness.ids = ids
        said = await tried(harness.trial("draft", 3))
        assert harness.calls == 2
        session = harness.session()
        assert session.plan().calls == 7
        await session.run(RunOptions(), lambda event: None)
        assert harness.calls == 9
        assert session.outputs(session.manifest.rows[1])[2].text == said
        assert harness.session().plan().calls == 0


async def test_a_trial_uses_what_runs_and_trials_before_it_have_paid_for(tmp_path: Path) -> None:
    async with harness_in(tmp_path) as harness:
        await run(harness.session(), 2)
        assert harness.calls == 3
        other = changed("draft", "Another draft: {{notes}}")
        first = harness.trial("draft", 2, steps=other)
        assert first.plan().calls == 1
        said = await tried(first)
        again = harness.trial("draft", 2, steps=other)
        assert again.plan().calls == 0
        assert await tried(again) == said
        assert again.answers()[0].reused
        assert harness.calls == 4
        assert again.plan(again=True).calls == 1
        await tried(harness.trial("draft", 2, steps=other), again=True)
        assert harness.calls == 5


@pytest.mark.parametrize("ids", [False, True])
async def test_a_persons_text_and_approval_stand_through_a_trial(tmp_path: Path, ids: bool) -> None:
    async with harness_in(tmp_path) as harness:
        harness.ids = ids
        session = harness.session()
        await run(session, 2, 3)
        written, approved = session.manifest.rows[:2]
        await session.edit(written, "draft", "My own words.")
        await session.review(approved, Review.APPROVED)
        other = changed("draft", "Another draft: {{notes}}")
        for number in (2, 3):
            assert await tried(harness.trial("draft", number, steps=other)) not in {"", "My own words."}
        assert harness.calls == 8
        again = harness.session()
        assert again.outputs(again.manifest.rows[0])[2].text == "My own words."
        assert again.ledger.state(3).review is Review.APPROVED
        assert not again.ledger.state(3).stale
        saved = harness.session(other)
        assert saved.ledger.state(3).review is Review.APPROVED
        assert saved.ledger.state(3).kept
        assert saved.outputs(saved.manifest.rows[0])[2].text == "My own words."
        assert saved.plan(RowSelection.of_numbers([2, 3])).calls == 0


async def test_where_approved_rows_are_asked_again_what_was_tried_is_not_paid_twice(tmp_path: Path) -> None:
    async with harness_in(tmp_path) as harness:
        await run(harness.session(), 2, 3)
        session = harness.session()
        for row in session.manifest.rows[:2]:
            await session.review(row, Review.APPROVED)
        other = changed("draft", "Another draft: {{notes}}")
        said = await tried(harness.trial("draft", 2, steps=other))
        assert harness.calls == 7
        saved = harness.session(other)
        both = RowSelection.of_numbers([2, 3])
        assert saved.plan(both).calls == 0
        await saved.run(RunOptions(both, rerun_approved=True), lambda event: None)
        assert harness.calls == 8, "the row that was tried has its answer"
        assert saved.outputs(saved.manifest.rows[0])[2].text == said
        again = harness.session(other)
        assert again.outputs(again.manifest.rows[0])[2].text == said
        assert again.ledger.state(2).review is Review.UNREVIEWED
        assert again.plan(both).calls == 0
        assert harness.session().ledger.state(3).review is Review.APPROVED, "under the old prompt the old word stands"


@pytest.mark.parametrize("ids", [True, False])
@pytest.mark.parametrize("run_first", [True, False])
async def test_what_a_trial_answered_and_a_person_approved_stands_through_another_prompt(
    tmp_path: Path, *, ids: bool, run_first: bool
) -> None:
    async with harness_in(tmp_path) as harness:
        harness.ids = ids
        await tried(harness.trial("title", 2))
        said = await tried(harness.trial("draft", 2))
        if run_first:
            await run(harness.session(), 2, 3)
        session = harness.session()
        row = session.manifest.rows[0]
        assert session.ledger.state(2).status is Status.DONE or not run_first
        assert session.outputs(row)[2].text == said
        await session.review(row, Review.APPROVED)
        calls = harness.calls
        saved = harness.session(changed("notes", "Other notes on {{Topic}}"))
        assert saved.ledger.state(2).review is Review.APPROVED
        assert saved.outputs(row)[2].text == said
        assert saved.plan(RowSelection.of_numbers([2])).calls == 0
        assert harness.calls == calls


async def test_a_persons_text_of_an_earlier_step_is_what_the_next_step_is_tried_with(tmp_path: Path) -> None:
    async with harness_in(tmp_path) as harness:
        session = harness.session()
        await run(session, 2)
        await session.edit(session.manifest.rows[0], "notes", "Swifts sleep on the wing.")
        trial = harness.trial("draft", 2)
        assert trial.plan().calls == 1
        await tried(trial)
        (asked,) = trial.answers()[0].paid
        assert session.journal.answers(session.workbook_id, "draft", asked.fingerprint)
        assert harness.session().plan(RowSelection.of_numbers([2])).calls == 0


async def test_a_failure_of_a_trial_is_told_and_takes_no_rows_own_failure_away(tmp_path: Path) -> None:
    async with harness_in(tmp_path) as harness:
        failing = changed("draft", "An impossible draft: {{notes}}")
        await run(harness.session(failing), 2)
        assert harness.session(failing).ledger.state(2).status is Status.FAILED
        assert await tried(harness.trial("notes", 2, steps=failing))
        assert harness.session(failing).ledger.state(2).status is Status.FAILED
        trial = harness.trial("draft", 2, steps=changed("draft", "Quite impossible: {{notes}}"))
        assert await tried(trial) == ""
        failure = trial.answers()[0].failure
        assert failure is not None
        assert failure.step == "draft"
        assert harness.session().ledger.state(2).status is Status.FAILED


async def test_what_keeps_a_trial_from_being_asked_is_said_before_anything_is_paid(tmp_path: Path) -> None:
    async with harness_in(tmp_path) as harness:
        with pytest.raises(UsageError, match='no step "edit"'):
            harness.trial("edit", 2)
        with pytest.raises(ChainError, match="Did you mean"):
            harness.trial("draft", 2, steps=changed("notes", "Notes on {{Topik}}"))
        harness.trial("title", 2, steps=changed("notes", "Notes on {{Topik}}"))  # it does not use the notes
        keyless = [dict(one) | {"model": "openai/gpt-6.1-mini"} for one in STEPS]
        trial = harness.trial("notes", 2, steps=keyless)
        with pytest.raises(InputError, match="openai needs an API key"):
            await trial.run(trial.plan(), lambda event: None)
        assert harness.calls == 0
        assert not harness.journal.runs()


async def test_no_trial_goes_on_beside_a_run(tmp_path: Path) -> None:
    async with harness_in(tmp_path) as harness:
        trial = harness.trial("notes", 2)
        with harness.journal.lock_workbook(harness.session().workbook_id), pytest.raises(UsageError, match="run"):
            await trial.run(trial.plan(), lambda event: None)


async def test_the_history_tells_a_trial_from_a_run(tmp_path: Path) -> None:
    async with harness_in(tmp_path) as harness:
        await tried(harness.trial("title", 4))
        (record,) = harness.journal.runs()
        assert record.chain == "c (trial of title)"
        assert record.steps == ("title",)
        assert harness.session().ledger.state(4).status is Status.PENDING
