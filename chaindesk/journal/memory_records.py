"""Runs, how rows ended, and people's words on answers, as the journal in memory has them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from typing_extensions import override

from chaindesk.domain.records import (
    Answer,
    RerunNote,
    RowOutcome,
    RowReview,
    RunRecord,
)
from chaindesk.journal import rules
from chaindesk.journal.memory_checks import MemoryCheckResults
from chaindesk.journal.protocol import RunTotals


class MemoryRecords(MemoryCheckResults):
    """What a ``Journal`` without a file knows of runs and rows."""

    def __init__(self) -> None:
        super().__init__()
        self._runs: dict[int, RunRecord] = {}
        self._outcomes: list[RowOutcome] = []
        self._reviews: list[RowReview] = []
        self._notes: list[RerunNote] = []
        self._reuse: dict[int, dict[int, str]] = {}  # answer numbers with their rows' keys, by run

    @override
    async def store_outcome(self, outcome: RowOutcome) -> None:
        self._check_open()
        self._outcomes.append(outcome)

    @override
    async def store_review(self, review: RowReview) -> None:
        self._check_open()
        self._reviews.append(review)

    @override
    async def store_note(self, note: RerunNote) -> None:
        self._check_open()
        self._notes.append(note)

    @override
    def outcomes(self, workbook_id: int) -> Iterable[RowOutcome]:
        newest = {
            (one.row_key, one.digest): n for n, one in enumerate(self._outcomes) if one.workbook_id == workbook_id
        }
        return [self._outcomes[n] for n in sorted(newest.values())]

    @override
    def reviews(self, workbook_id: int) -> Iterable[RowReview]:
        newest = {
            one.answer_id or (one.row_key, one.digest): n
            for n, one in enumerate(self._reviews)
            if one.workbook_id == workbook_id
        }
        return [self._reviews[n] for n in sorted(newest.values())]

    @override
    def notes(self, workbook_id: int) -> Sequence[RerunNote]:
        newest = {
            (one.row_key, one.step, one.made_at): n
            for n, one in enumerate(self._notes)
            if one.workbook_id == workbook_id
        }
        return sorted((self._notes[n] for n in sorted(newest.values())), key=lambda note: note.made_at)

    @override
    def runs(self) -> Sequence[RunRecord]:
        return list(reversed(self._runs.values()))

    @override
    def run_totals(self) -> Mapping[int, RunTotals]:
        rows = Counter((one.run_id, one.status.value) for one in self._outcomes)
        counts = [(run, status, count) for (run, status), count in rows.items()]
        answers = []
        for run in {answer.run_id for answer in self._answers.values()}:
            own = [answer for answer in self.run_answers(run) if answer.attempts]  # else a person's
            costs = [float(answer.cost) for answer in own if answer.cost is not None]
            tokens = sum(answer.usage.total for answer in own if answer.usage is not None)
            answers.append((run, len(own), float(tokens), sum(costs) if costs else None))
        return rules.run_totals(counts, answers)

    @override
    def run(self, run_id: int) -> RunRecord | None:
        return self._runs.get(run_id)

    @override
    def run_answers(self, run_id: int) -> Iterable[Answer]:
        return [answer for answer in self._answers.values() if answer.run_id == run_id]

    @override
    def run_reuse(self, run_id: int) -> Mapping[int, str]:
        return dict(self._reuse.get(run_id, {}))

    @override
    def run_outcomes(self, run_id: int) -> Iterable[RowOutcome]:
        return [outcome for outcome in self._outcomes if outcome.run_id == run_id]
