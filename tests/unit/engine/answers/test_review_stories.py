"""Stories of a review: runs, stops, kills, notes, edits, reviews, undo and other prompts, in any order.

Whatever happens, no answered question is asked again, and what a person approved stays approved and as it was.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Coroutine
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from chaindesk.domain.completion import CompletionRequest
from chaindesk.domain.errors import UsageError
from chaindesk.domain.events import StepFinished
from chaindesk.domain.manifest import Row
from chaindesk.domain.status import Review
from chaindesk.engine.answers.ledger_cache import LedgerCache
from chaindesk.engine.answers.rerun_notes import NotedRow, RerunNotes
from chaindesk.engine.answers.row_edits import RowEdits
from chaindesk.engine.run.control import RunControl
from tests.support.engine import EngineHarness, ScriptedProvider, make_chain, make_topics

ROWS = st.integers(2, 4)
STEPS = st.integers(0, 1)
PROMPTS = ("Write on {{Topic}}", "Tell of {{Topic}}")


class ReviewStory(RuleBasedStateMachine):
    """One workbook of three rows and two steps, and a person who works on it."""

    @initialize()
    def open(self) -> None:
        self.answers: Counter[str] = Counter()  # of each question, by its fingerprint
        self.approved: dict[int, list[str]] = {}  # what the approved rows say
        self.undo: list[tuple[NotedRow, ...]] = []
        self.redo: list[tuple[NotedRow, ...]] = []
        provider = ScriptedProvider(self._answer)
        self.bench = EngineHarness(make_topics(3), self._chain(0), provider=provider)

    def _chain(self, prompt: int) -> Any:
        return make_chain({"prompt": PROMPTS[prompt]}, {"prompt": "Cut {{s1}}"})

    def _answer(self, request: CompletionRequest) -> str:
        self.answers[request.fingerprint] += 1
        return f"answer {self.answers.total()}"

    def _do(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run(work)

    def _row(self, number: int) -> Row:
        return self.bench.manifest.rows[number - 2]

    def _texts(self, number: int) -> list[str]:
        return [self.bench.text(number, step) for step in (0, 1)]

    def _ledgers(self) -> LedgerCache:
        bench = self.bench
        return LedgerCache(bench.journal, bench.workbook_id, lambda: bench.ledger)

    def _notes(self) -> RerunNotes:
        bench = self.bench
        return RerunNotes(bench.manifest, bench.request_builder, bench.journal, bench.workbook_id, self._ledgers())

    def _edits(self) -> RowEdits:
        bench = self.bench
        return RowEdits(bench.chain.steps, bench.journal, bench.workbook_id, self._ledgers())

    def _let_go(self, number: int) -> None:
        """The person does something with the row that takes its approval away."""
        self.approved.pop(number, None)

    @rule()
    def run(self) -> None:
        self.bench.control = RunControl()
        self._do(self.bench.run())
        assert self.bench.plan().calls == 0

    @rule(after=st.integers(1, 4))
    def stop(self, after: int) -> None:
        self.bench.control = control = RunControl()
        left = after

        def listen(event: object) -> None:
            nonlocal left
            left -= isinstance(event, StepFinished)
            if left <= 0:
                control.stop()

        self._do(self.bench.run(listener=listen))

    @rule(prompt=st.sampled_from([0, 1]))
    def reopen_with(self, prompt: int) -> None:
        """The program is killed, or the prompt is another: only the journal is left."""
        self.bench = self.bench.reopened(chain=self._chain(prompt), provider=self.bench.provider)
        self.undo, self.redo = [], []

    @rule(number=ROWS, step=STEPS, text=st.sampled_from(["Shorter.", "Longer."]))
    def note(self, number: int, step: int, text: str) -> None:
        try:
            noted = self._do(self._notes().add([self._row(number)], f"s{step + 1}", text))
        except UsageError:
            return
        self._let_go(number)
        self.undo.append(noted)
        self.redo.clear()

    @rule()
    def undo_note(self) -> None:
        if self.undo:
            noted = self.undo.pop()
            self._do(self._notes().store(noted, withdrawn=True))
            self.redo.append(noted)
            self._let_go(noted[0].row.number)

    @rule()
    def redo_note(self) -> None:
        if self.redo:
            noted = self.redo.pop()
            self._do(self._notes().store(noted, withdrawn=False))
            self.undo.append(noted)
            self._let_go(noted[0].row.number)

    @rule(number=ROWS, step=STEPS)
    def edit(self, number: int, step: int) -> None:
        answer = self.bench.ledger.entries[number].answers[step]
        if answer:
            self._let_go(number)
            self._do(self._edits().edit(self._row(number), step, f"mine {number}", answer))

    @rule(number=ROWS)
    def approve(self, number: int) -> None:
        if self.bench.ledger.entries[number].calls == 0:
            self._do(self._edits().review(self._row(number), Review.APPROVED))
            self.approved[number] = self._texts(number)

    @rule(number=ROWS, review=st.sampled_from([Review.UNREVIEWED, Review.REJECTED]))
    def take_approval_back(self, number: int, review: Review) -> None:
        if number in self.approved:
            self._do(self._edits().review(self._row(number), review))
            self._let_go(number)
            reopened = self.bench.reopened(chain=self.bench.chain, provider=self.bench.provider)
            assert self.bench.plan().calls >= reopened.plan().calls  # an answer that fits may be found in the run

    @rule(number=ROWS)
    def reject(self, number: int) -> None:
        if self.bench.ledger.entries[number].last_answer:
            self._do(self._edits().review(self._row(number), Review.REJECTED, "Dull."))
            self._let_go(number)

    @invariant()
    def no_question_is_answered_twice(self) -> None:
        assert all(times == 1 for times in self.answers.values())

    @invariant()
    def what_is_approved_stands(self) -> None:
        for number, texts in self.approved.items():
            assert self._texts(number) == texts
            assert self.bench.ledger.state(number).review is Review.APPROVED
            assert self.bench.ledger.entries[number].calls == 0


TestReviewStory = ReviewStory.TestCase
TestReviewStory.settings = settings(max_examples=25, stateful_step_count=20, deadline=None)
