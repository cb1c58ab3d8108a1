"""The journal in memory: the same promises as the one on disk, for as long as the process lives."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from chaindesk.domain.errors import JournalError, UsageError
from chaindesk.domain.records import Answer, ManualEdit, RowOutcome, RowReview, RunRecord, RunState
from chaindesk.journal.protocol import Cleanable, RunTotals
from chaindesk.journal.rules import outdated
from chaindesk.journal.totals import totals_of
from chaindesk.journal.workbook_identity import Place, place_of, same_workbook
from chaindesk.journal.workbook_lock import BUSY


class MemoryJournal:
    """Implements ``journal.base.Journal`` without a file: for trials, and for tests of what stands on the journal."""

    def __init__(self) -> None:
        self.notices: tuple[str, ...] = ()
        self._sheets: list[str] = []
        self._places: dict[tuple[str, str], Place] = {}
        self._runs: dict[int, RunRecord] = {}
        self._answers: dict[int, Answer] = {}
        self._by_request: dict[tuple[int, str, str], list[int]] = {}
        self._edits: dict[int, list[tuple[datetime, str | None]]] = {}
        self._outcomes: list[RowOutcome] = []
        self._reviews: list[RowReview] = []
        self._reuse: dict[int, set[int]] = {}  # by run
        self._latest_keys: dict[int, str] = {}  # of answers that were taken over
        self._turns: set[int] = set()
        self._numbers = count(1)
        self._run_numbers = count(1)
        self._cleanings = 0
        self._rescued: list[Answer] = []
        self._closed = False

    def workbook_id(self, path: Path, sheet: str) -> int:
        """The number of this workbook and sheet, made at first sight."""
        here = place_of(0, path, sheet)
        newest_first = list(self._places.values())[::-1]
        number = same_workbook(here, self._places.get((here.path, sheet)), newest_first)
        if number is None:
            self._sheets.append(sheet)
            number = len(self._sheets)
        known = self._places.get((here.path, sheet))
        self._places[here.path, sheet] = replace(here, workbook_id=number, exported=known.exported if known else "")
        return number

    async def add_path(self, workbook_id: int, path: Path) -> None:
        """From now on the file at ``path`` counts as this workbook."""
        here = place_of(workbook_id, path, self._sheets[workbook_id - 1])
        self._places[here.path, here.sheet] = replace(here, exported=here.digest)

    def is_own_export(self, path: Path) -> bool:
        """Whether the file at ``path`` is, to the byte, what was last given to ``add_path`` there."""
        here = place_of(0, path, "")
        return bool(here.digest) and any(
            place.path == here.path and place.exported == here.digest for place in self._places.values()
        )

    @contextmanager
    def turn(self, workbook_id: int) -> Iterator[None]:
        """The turn at a workbook."""
        if workbook_id in self._turns:
            raise UsageError(BUSY.format(whose=""))
        self._turns.add(workbook_id)
        try:
            yield
        finally:
            self._turns.discard(workbook_id)

    async def begin_run(self, run: RunRecord) -> int:
        """Store a new run and give its number."""
        self._check_open()
        if all(place.workbook_id != run.workbook_id for place in self._places.values()):  # cleaned up meanwhile
            here = place_of(run.workbook_id, Path(run.workbook), run.sheet)
            self._places[here.path, here.sheet] = here
        number = next(self._run_numbers)
        self._runs[number] = replace(run, id=number)
        return number

    async def end_run(self, run_id: int, state: RunState, finished_at: datetime, retries: int, reused: int) -> None:
        """Store how a run ended."""
        run = self._runs[run_id]
        self._runs[run_id] = replace(run, state=state, finished_at=finished_at, retries=retries, reused=reused)

    async def store_reuse(self, run_id: int, answers: Iterable[tuple[int, str]]) -> None:
        """Note which answers of earlier runs a run takes over, each with the key of the row that does."""
        self._check_open()
        taken = dict(answers)
        self._reuse.setdefault(run_id, set()).update(taken)
        self._latest_keys |= taken

    async def store_answer(self, answer: Answer) -> int:
        """Store a paid-for answer and give its number."""
        self._check_open()
        return self._put(answer)

    def _put(self, answer: Answer) -> int:
        number = next(self._numbers)
        self._answers[number] = replace(answer, id=number)
        self._by_request.setdefault((answer.workbook_id, answer.step, answer.fingerprint), []).append(number)
        return number

    def rescue(self, answers: Sequence[Answer]) -> Path:
        """Keep answers aside; they last as long as the process does."""
        self._rescued += answers
        return Path("memory")

    def recover(self) -> tuple[str, ...]:
        """Take in what was kept aside."""
        rescued, self._rescued = self._rescued, []
        for answer in rescued:
            self._put(answer)
        return (f"{len(rescued)} answers that were kept aside were taken in.",) if rescued else ()

    async def store_outcome(self, outcome: RowOutcome) -> None:
        """Store how a row ended."""
        self._check_open()
        self._outcomes.append(outcome)

    async def store_review(self, review: RowReview) -> None:
        """Store a person's word on a row."""
        self._check_open()
        self._reviews.append(review)

    async def store_edit(self, answer_id: int, text: str | None) -> None:
        """Store a person's version of an answer beside the model's own; None goes back to the model's."""
        self._check_open()
        self._answers[answer_id] = replace(self._answers[answer_id], edited_text=text)
        self._edits.setdefault(answer_id, []).append((datetime.now(UTC), text))

    def answers(self, workbook_id: int, step: str, fingerprint: str) -> Sequence[Answer]:
        """All answers to this request in this workbook, oldest first."""
        return [self._answers[number] for number in self._by_request.get((workbook_id, step, fingerprint), ())]

    def answer_index(self, workbook_id: int, step: str) -> Iterable[tuple[int, str, str]]:
        """The number, row key and fingerprint of every answer to a step, oldest first."""
        for answer in list(self._answers.values()):
            if (answer.workbook_id, answer.step) == (workbook_id, step):
                yield answer.id, self._latest_keys.get(answer.id, answer.row_key), answer.fingerprint

    def newest_answer(self, workbook_id: int) -> int:
        """The number of the newest answer of a workbook; it grows by far as anybody cleans up."""
        newest = next((one.id for one in reversed(self._answers.values()) if one.workbook_id == workbook_id), 0)
        return newest + (self._cleanings << 40)

    def answer(self, answer_id: int) -> Answer | None:
        """One answer."""
        return self._answers.get(answer_id)

    def history(self, workbook_id: int, row_key: str) -> Sequence[Answer]:
        """All answers that were ever paid for under this row key, newest first."""
        wanted = (workbook_id, row_key)
        return [answer for answer in reversed(self._answers.values()) if (answer.workbook_id, answer.row_key) == wanted]

    def edits(self, answer_id: int) -> Sequence[tuple[datetime, str | None]]:
        """Every version that people made of an answer, oldest first; None went back to the model's own."""
        return list(self._edits.get(answer_id, ()))

    def manual_edits(self, workbook_id: int) -> Sequence[ManualEdit]:
        """The answers of a workbook that show a person's text, the one that was edited last at the end."""
        digests = {(one.run_id, one.row_key): one.digest for one in self._outcomes}
        found = []
        for number, versions in self._edits.items():
            one = self.answer(number)
            if one is not None and one.workbook_id == workbook_id and one.edited_text is not None:
                digest = digests.get((one.run_id, one.row_key), "")
                made_at = versions[-1][0]
                found.append(ManualEdit(number, one.row_key, digest, one.step, one.fingerprint, made_at))
        return sorted(found, key=lambda edit: edit.edited_at)

    def mark(self, workbook_id: int) -> tuple[int, ...]:
        """Another one as soon as anybody stores anything of a workbook."""
        edits = sum(map(len, self._edits.values()))
        return self.newest_answer(workbook_id), len(self._outcomes), len(self._reviews), edits

    def outcomes(self, workbook_id: int) -> Iterable[RowOutcome]:
        """The newest outcome of every row key and digest of a workbook, oldest first."""
        newest = {
            (one.row_key, one.digest): n for n, one in enumerate(self._outcomes) if one.workbook_id == workbook_id
        }
        return [self._outcomes[n] for n in sorted(newest.values())]

    def reviews(self, workbook_id: int) -> Iterable[RowReview]:
        """The newest review of every answer of a workbook, oldest first."""
        newest = {
            one.answer_id or (one.row_key, one.digest): n
            for n, one in enumerate(self._reviews)
            if one.workbook_id == workbook_id
        }
        return [self._reviews[n] for n in sorted(newest.values())]

    def runs(self) -> Sequence[RunRecord]:
        """All runs, newest first."""
        return list(reversed(self._runs.values()))

    def run_totals(self) -> Mapping[int, RunTotals]:
        """The figures of every run that has any, by its number."""
        rows = Counter((one.run_id, one.status.value) for one in self._outcomes)
        counts = [(run, status, count) for (run, status), count in rows.items()]
        answers = []
        for run in {answer.run_id for answer in self._answers.values()}:
            own = [answer for answer in self.run_answers(run) if answer.attempts]  # else a person's
            costs = [float(answer.cost) for answer in own if answer.cost is not None]
            tokens = sum(answer.usage.total for answer in own if answer.usage is not None)
            answers.append((run, len(own), float(tokens), sum(costs) if costs else None))
        return totals_of(counts, answers)

    def run(self, run_id: int) -> RunRecord | None:
        """One run."""
        return self._runs.get(run_id)

    def run_answers(self, run_id: int) -> Iterable[Answer]:
        """The answers that a run paid for, oldest first."""
        return [answer for answer in self._answers.values() if answer.run_id == run_id]

    def run_outcomes(self, run_id: int) -> Iterable[RowOutcome]:
        """How the rows of a run ended."""
        return [outcome for outcome in self._outcomes if outcome.run_id == run_id]

    def run_reused(self, run_id: int) -> Iterable[Answer]:
        """The answers of earlier runs that a run took over, oldest first."""
        return [self._answers[number] for number in sorted(self._reuse.get(run_id, ())) if number in self._answers]

    def usage_counts(self) -> Mapping[str, int]:
        """Rows in the journal by table name."""
        return Counter(
            workbook=len(self._sheets),
            place=len(self._places),
            run=len(self._runs),
            answer=len(self._answers),
            edit=sum(map(len, self._edits.values())),
            outcome=len(self._outcomes),
            review=len(self._reviews),
        )

    def size(self) -> int:
        """Nothing on the disk."""
        return 0

    def cleanable(self, before: datetime) -> Cleanable:
        """What ``clean`` would take away now, if no run were going on."""
        by_workbook = self._outdated(before)
        return sum((self._gone(workbook, runs)[0] for workbook, runs in by_workbook.items()), Cleanable())

    async def clean(self, before: datetime) -> Cleanable:
        """Take away the runs that ended before a time, with all that no newer run took over."""
        gone = Cleanable()
        for workbook, runs in self._outdated(before).items():
            if workbook in self._turns:
                continue
            some, answers = self._gone(workbook, runs)
            gone += some
            self._forget(runs, answers)
            if some.workbooks:
                self._places = {key: place for key, place in self._places.items() if place.workbook_id != workbook}
        self._cleanings += bool(gone.runs)
        return gone

    def _outdated(self, before: datetime) -> dict[int, set[int]]:
        found: dict[int, set[int]] = {}
        for run in outdated(self._runs.values(), before, datetime.now(UTC)):
            found.setdefault(run.workbook_id, set()).add(run.id)
        return found

    def _gone(self, workbook: int, runs: set[int]) -> tuple[Cleanable, set[int]]:
        """What goes with these runs, and the numbers of the answers among it."""
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
        for key, numbers in list(self._by_request.items()):
            self._by_request[key] = [number for number in numbers if number not in answers]
        self._outcomes = [outcome for outcome in self._outcomes if outcome.run_id not in runs]
        self._reviews = [review for review in self._reviews if review.answer_id not in answers]

    def close(self) -> None:
        """Take no more writes."""
        self._closed = True

    def _check_open(self) -> None:
        if self._closed:
            raise JournalError("The journal is closed already.")
