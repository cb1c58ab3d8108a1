"""The journal in memory: the contract of the one on disk, for as long as the process lives."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from itertools import count
from pathlib import Path

from typing_extensions import override

from chaindesk.domain.errors import UsageError
from chaindesk.domain.records import (
    Answer,
    AnswerKind,
    ManualEdit,
    RunRecord,
    RunState,
)
from chaindesk.journal import rules
from chaindesk.journal.memory_batch_jobs import MemoryBatchJobs
from chaindesk.journal.memory_records import MemoryRecords
from chaindesk.journal.protocol import AnswerText, Cleanable
from chaindesk.journal.workbook_identity import WorkbookIdentity, identity_of, same_workbook
from chaindesk.journal.workbook_lock import BUSY


class MemoryJournal(MemoryRecords):
    """A ``Journal`` without a file: for benchmarks, and for tests of code that uses a journal."""

    def __init__(self) -> None:
        super().__init__()
        self.notices: tuple[str, ...] = ()
        self._sheets: list[str] = []
        self._places: dict[tuple[str, str], WorkbookIdentity] = {}
        self._by_request: dict[tuple[int, str, str], list[int]] = {}
        self._edits: dict[int, list[tuple[datetime, str | None]]] = {}
        self._latest_keys: dict[int, str] = {}  # of reused answers
        self._locks: set[int] = set()
        self._numbers = count(1)
        self._run_numbers = count(1)
        self._cleanings = 0
        self._spilled: list[Answer] = []
        self.batch_jobs = MemoryBatchJobs(self)

    @override
    def workbook_id(self, path: Path, sheet: str) -> int:
        here = identity_of(0, path, sheet)
        newest_first = list(self._places.values())[::-1]
        number = same_workbook(here, self._places.get((here.path, sheet)), newest_first)
        if number is None:
            self._sheets.append(sheet)
            number = len(self._sheets)
        known = self._places.get((here.path, sheet))
        self._places[here.path, sheet] = replace(here, workbook_id=number, exported=known.exported if known else "")
        return number

    @override
    async def add_path(self, workbook_id: int, path: Path) -> None:
        here = identity_of(workbook_id, path, self._sheets[workbook_id - 1])
        self._places[here.path, here.sheet] = replace(here, exported=here.digest)

    @override
    def is_own_export(self, path: Path) -> bool:
        here = identity_of(0, path, "")
        return bool(here.digest) and any(
            place.path == here.path and place.exported == here.digest for place in self._places.values()
        )

    @override
    @contextmanager
    def lock_workbook(self, workbook_id: int) -> Iterator[None]:
        if workbook_id in self._locks:
            raise UsageError(BUSY.format(whose=""))
        self._locks.add(workbook_id)
        try:
            yield
        finally:
            self._locks.discard(workbook_id)

    @override
    async def begin_run(self, run: RunRecord) -> int:
        self._check_open()
        if all(place.workbook_id != run.workbook_id for place in self._places.values()):  # cleaned up meanwhile
            here = identity_of(run.workbook_id, Path(run.workbook), run.sheet)
            self._places[here.path, here.sheet] = here
        number = next(self._run_numbers)
        self._runs[number] = replace(run, id=number)
        return number

    @override
    async def end_run(
        self,
        run_id: int,
        state: RunState,
        finished_at: datetime,
        retries: int,
        reused: int,
        held_seconds: float = 0.0,
    ) -> None:
        ended = replace(self._runs[run_id], state=state, finished_at=finished_at, held_seconds=held_seconds)
        self._runs[run_id] = replace(ended, retries=retries, reused=reused)

    @override
    async def store_budget(self, run_id: int, budget: Decimal | None) -> None:
        self._check_open()
        self._runs[run_id] = replace(self._runs[run_id], budget=budget)

    @override
    async def store_reuse(self, run_id: int, answers: Iterable[tuple[int, str]]) -> None:
        self._check_open()
        reused = dict(answers)
        self._reuse.setdefault(run_id, {}).update(reused)
        self._latest_keys |= reused

    @override
    async def store_answer(self, answer: Answer) -> int:
        self._check_open()
        return self.put(answer)

    def put(self, answer: Answer) -> int:
        """Keep an answer, and return its number."""
        number = next(self._numbers)
        self._answers[number] = replace(answer, id=number)
        self._by_request.setdefault((answer.workbook_id, answer.step, answer.fingerprint), []).append(number)
        return number

    @override
    def spill(self, answers: Sequence[Answer]) -> Path:
        self._spilled += answers
        return Path("memory")

    @override
    def rescue(self, answers: Sequence[Answer]) -> None:
        """Nothing to copy: it has no file."""

    @override
    def drop_rescue(self) -> None:
        """Nothing to delete."""

    @override
    def import_spilled(self) -> tuple[str, ...]:
        spilled, self._spilled = self._spilled, []
        for answer in spilled:
            self.put(answer)
        return (f"{len(spilled)} answers that were kept aside were taken in.",) if spilled else ()

    @override
    async def store_edit(self, answer_id: int, text: str | None) -> None:
        self._check_open()
        self._answers[answer_id] = replace(self._answers[answer_id], edited_text=text)
        self._edits.setdefault(answer_id, []).append((datetime.now(UTC), text))
        if answer_id in self._verdicts:
            self._verdicts[answer_id] = self._verdicts[answer_id]._replace(key="")

    @override
    async def settle(self, answer_id: int, fingerprint: str, others: Sequence[int] = ()) -> None:
        self._check_open()
        unused = AnswerKind.DRAFT.fingerprint(f"settled:{fingerprint}")
        for number, name in [*((other, unused) for other in others), (answer_id, fingerprint)]:
            answer = self._answers[number]
            self._by_request[answer.workbook_id, answer.step, answer.fingerprint].remove(number)
            self._answers[number] = replace(answer, fingerprint=name)
            self._by_request.setdefault((answer.workbook_id, answer.step, name), []).append(number)

    @override
    def answer_texts(self, workbook_id: int, step: str, numbers: Collection[int] | None = None) -> Iterable[AnswerText]:
        return [
            (answer.id, answer.text, answer.edited_text, answer.fields)
            for answer in self._answers.values()
            if (answer.workbook_id, answer.step) == (workbook_id, step) and (numbers is None or answer.id in numbers)
        ]

    @override
    def answers(self, workbook_id: int, step: str, fingerprint: str) -> Sequence[Answer]:
        return [self._answers[number] for number in self._by_request.get((workbook_id, step, fingerprint), ())]

    @override
    def answer_index(self, workbook_id: int, step: str) -> Iterable[tuple[int, str, str]]:
        for answer in list(self._answers.values()):
            if (answer.workbook_id, answer.step) == (workbook_id, step):
                yield answer.id, self._latest_keys.get(answer.id, answer.row_key), answer.fingerprint

    def _newest_answer(self, workbook_id: int) -> int:
        """Return the number of the newest answer of a workbook; it grows by far as anybody cleans up."""
        newest = next((one.id for one in reversed(self._answers.values()) if one.workbook_id == workbook_id), 0)
        return newest + (self._cleanings << 40)

    @override
    def answer(self, answer_id: int) -> Answer | None:
        return self._answers.get(answer_id)

    @override
    def answers_by_number(self, numbers: Collection[int]) -> Mapping[int, Answer]:
        return {number: self._answers[number] for number in numbers if number in self._answers}

    @override
    def history(self, workbook_id: int, row_key: str) -> Sequence[Answer]:
        wanted = (workbook_id, row_key)
        return [answer for answer in reversed(self._answers.values()) if (answer.workbook_id, answer.row_key) == wanted]

    @override
    def edits(self, answer_id: int) -> Sequence[tuple[datetime, str | None]]:
        return list(self._edits.get(answer_id, ()))

    @override
    def inputs_of(self, answer_id: int) -> str:
        one = self.answer(answer_id)
        ends = [o for o in self._outcomes if one and (o.run_id, o.row_key) == (one.run_id, one.row_key)]
        return ends[-1].digest if ends else ""

    @override
    def manual_edits(self, workbook_id: int) -> Sequence[ManualEdit]:
        digests = {(one.run_id, one.row_key): one.digest for one in self._outcomes}
        found = []
        for number, versions in self._edits.items():
            one = self.answer(number)
            if one is not None and one.workbook_id == workbook_id and one.edited_text is not None:
                digest = digests.get((one.run_id, one.row_key), "")
                made_at = versions[-1][0]
                found.append(ManualEdit(number, one.row_key, digest, one.step, one.fingerprint, made_at))
        return sorted(found, key=lambda edit: edit.edited_at)

    @override
    def change_token(self, workbook_id: int) -> tuple[int, ...]:
        edits = sum(map(len, self._edits.values()))
        others = (len(self._outcomes), len(self._reviews), edits, len(self._notes), len(self.batch_jobs.jobs()))
        return self._newest_answer(workbook_id), *others

    @override
    def usage_counts(self) -> Mapping[str, int]:
        return Counter(
            workbook=len(self._sheets),
            place=len(self._places),
            run=len(self._runs),
            answer=len(self._answers),
            edit=sum(map(len, self._edits.values())),
            outcome=len(self._outcomes),
            review=len(self._reviews),
            rerun_note=len(self._notes),
            verdict=len(self._verdicts),
            audit=len(self._audits),
            pick=len(self._picks),
            **self.batch_jobs.counts,
        )

    @override
    def size(self) -> int:
        return 0

    @override
    def cleanable(self, before: datetime) -> Cleanable:
        by_workbook = self._outdated(before)
        return sum((self._deleted_with(workbook, runs)[0] for workbook, runs in by_workbook.items()), Cleanable())

    @override
    async def clean(self, before: datetime) -> Cleanable:
        gone = Cleanable()
        for workbook, runs in self._outdated(before).items():
            if workbook in self._locks:
                continue
            some, answers = self._deleted_with(workbook, runs)
            gone += some
            self._forget(runs, answers)
            if some.workbooks:
                self._audits = [one for one in self._audits if one.workbook_id != workbook]
                self._places = {key: place for key, place in self._places.items() if place.workbook_id != workbook}
        self._cleanings += bool(gone.runs)
        return gone

    def _outdated(self, before: datetime) -> dict[int, set[int]]:
        found: dict[int, set[int]] = {}
        for run in rules.outdated_runs(self._runs.values(), before, datetime.now(UTC)):
            found.setdefault(run.workbook_id, set()).add(run.id)
        return found

    def _deleted_with(self, workbook: int, runs: set[int]) -> tuple[Cleanable, set[int]]:
        """Return what is deleted with these runs, and the numbers of the answers among it."""
        here = [answer for answer in self._answers.values() if answer.workbook_id == workbook]
        staying = {run.id for run in self._runs.values() if run.workbook_id == workbook} - runs
        unnoted = max((run for run in staying if run not in self._reuse), default=0)
        taken = {number for run, numbers in self._reuse.items() if run not in runs for number in numbers}
        answers = {
            answer.id
            for answer in here
            if answer.run_id not in staying and answer.id not in taken and answer.run_id >= unnoted
        }
        return Cleanable(len(runs), len(answers), int(not staying and len(answers) == len(here))), answers

    def _forget(self, runs: set[int], answers: set[int]) -> None:
        for run in runs:
            del self._runs[run]
            self._reuse.pop(run, None)
        for number in answers:
            del self._answers[number]
            self._edits.pop(number, None)
            self._verdicts.pop(number, None)
        self._picks = {pair: one for pair, one in self._picks.items() if answers.isdisjoint(pair)}
        for key, numbers in list(self._by_request.items()):
            self._by_request[key] = [number for number in numbers if number not in answers]
        self._outcomes = [outcome for outcome in self._outcomes if outcome.run_id not in runs]
        self._reviews = [review for review in self._reviews if review.answer_id not in answers]
        left = {(answer.workbook_id, answer.row_key, answer.step) for answer in self._answers.values()}
        self._notes = [note for note in self._notes if (note.workbook_id, note.row_key, note.step) in left]

    @override
    def close(self) -> None:
        self._closed = True
