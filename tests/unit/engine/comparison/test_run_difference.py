"""Two past runs beside each other: which rows changed and how, which checks were won and lost, without a call."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from chaindesk.domain.chains.chain import Chain
from chaindesk.domain.check_results import Verdict
from chaindesk.domain.completion import Finish
from chaindesk.domain.errors import UsageError
from chaindesk.domain.records import TRIAL_MARK, Answer, RowOutcome, RunRecord, RunState
from chaindesk.domain.status import Status
from chaindesk.engine.comparison.json_lines import difference_line
from chaindesk.engine.comparison.run_difference import Change, run_difference
from chaindesk.engine.comparison.text import difference_lines
from chaindesk.journal.memory import MemoryJournal
from chaindesk.journal.protocol import Journal
from chaindesk.journal.sqlite.journal import open_journal

BEGIN = datetime(2026, 11, 1, tzinfo=UTC)
CHAIN = Chain.model_validate(
    {
        "name": "sorting",
        "steps": [
            {
                "name": "sort",
                "model": "demo/x",
                "prompt": "{{Topic}}",
                "fields": {"kind": ["retail", "food"], "reason": "string"},
                "checks": [{"field": "reason", "not_empty": True}],
            }
        ],
    }
)


@pytest.fixture(params=["memory", "sqlite"])
def journal(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Journal]:
    opened = MemoryJournal() if request.param == "memory" else open_journal(tmp_path / "journal.sqlite3")
    yield opened
    opened.close()


class PastRuns:
    """A journal in which runs are written as though they had been made."""

    def __init__(self, journal: Journal, folder: Path) -> None:
        self.journal = journal
        self.path = folder / "jobs.csv"
        self.path.write_text("Topic\na\n", encoding="utf-8")
        self.workbook = journal.workbook_id(self.path, "Jobs")

    async def run(self, answers: Mapping[str, tuple[str, str]], *, seconds: int = 10, mark: str = "") -> int:
        """Store a run that answered these rows, by key, with kind and reason."""
        number = await self._begin()
        for key, (kind, reason) in answers.items():
            stored = await self.journal.store_answer(self._answer(number, f"{key}{mark}", kind, reason))
            failed = () if reason else ("reason: it is empty",)
            await self.journal.store_verdicts([Verdict(stored, "k", failed)])
            await self._end_row(number, f"{key}{mark}", f"inputs of {key}")
        await self._end(number, seconds)
        return number

    async def _begin(self) -> int:
        record = RunRecord(
            self.workbook, str(self.path), "Jobs", "sorting", ("sort",), 1, 3, BEGIN, definition=CHAIN.model_dump_json()
        )
        return await self.journal.begin_run(record)

    async def _end_row(self, run: int, key: str, digest: str) -> None:
        at = BEGIN + timedelta(seconds=1)
        await self.journal.store_outcome(RowOutcome(run, self.workbook, key, 2, digest, Status.DONE, None, 1.0, at))

    async def _end(self, run: int, seconds: int) -> None:
        await self.journal.end_run(run, RunState.FINISHED, BEGIN + timedelta(seconds=seconds), 0, 0)

    async def reusing(self, numbers: Mapping[int, str]) -> int:
        """Store a run that reused these answers for rows with these keys."""
        number = await self._begin()
        await self.journal.store_reuse(number, numbers.items())
        for key in numbers.values():
            await self._end_row(number, key, f"inputs of {key}")
        await self._end(number, 1)
        return number

    def _answer(self, run: int, key: str, kind: str, reason: str) -> Answer:
        number = int(key.removesuffix(TRIAL_MARK).removeprefix("J-")) + 1
        text = f'{{"kind": "{kind}", "reason": "{reason}"}}'
        fields = {"kind": kind, "reason": reason}
        cost, at = Decimal("0.25"), BEGIN + timedelta(seconds=1)
        return Answer(
            run, self.workbook, key, number, "sort", f"f{run}{key}", text, "x", None, cost, 1.0, 1, Finish.STOP, "", at,
            fields,
        )  # fmt: skip


async def test_rows_checks_cost_and_time_of_two_runs_stand_beside_each_other(journal: Journal, tmp_path: Path) -> None:
    past = PastRuns(journal, tmp_path)
    a = await past.run({"J-1": ("food", ""), "J-2": ("food", "b"), "J-3": ("food", "c")})
    told = {"J-1": ("retail", "a"), "J-2": ("food", "b"), "J-4": ("food", "d")}
    b = await past.run(told, seconds=25, mark=TRIAL_MARK)
    found = run_difference(journal, a, b)
    assert {one.key: one.change for one in found.rows} == {
        "J-1": Change.CHANGED,
        "J-2": Change.SAME_TEXT,
        "J-3": Change.ONLY_A,
        "J-4": Change.ONLY_B,
    }
    assert found.rows[0].fields == {"kind": ("food", "retail"), "reason": ("", "a")}
    assert [(one.field, one.before, one.after, one.rows) for one in found.shifts] == [("kind", "food", "retail", 1)]
    assert found.checks is not None
    assert (found.checks.pairs.better, found.checks.pairs.worse, found.checks.pairs.rows) == (1, 0, 2)
    assert (found.changed_rows, found.more_cost, found.more_seconds) == (3, 0, 15.0)
    lines = " ".join(difference_lines(found))
    assert "3 rows changed" in lines
    assert "Checks won in 1 row, lost in 0." in lines
    assert "15 s longer" in lines
    assert [one.key for one in difference_line(found).changed] == ["J-1", "J-3", "J-4"]


async def test_a_reused_answer_is_the_same_also_where_its_row_has_moved(journal: Journal, tmp_path: Path) -> None:
    past = PastRuns(journal, tmp_path)
    a = await past.run({"J-1": ("food", "a"), "J-2": ("food", "b")})
    first, second = (answer.id for answer in journal.run_answers(a))
    moved = await past._begin()
    await journal.store_reuse(moved, [(first, "J-2"), (second, "J-1")])
    await past._end_row(moved, "J-2", "inputs of J-1")
    await past._end_row(moved, "J-1", "inputs of J-2")
    await past._end(moved, 1)
    found = run_difference(journal, a, moved)
    assert [one.change for one in found.rows] == [Change.SAME_ANSWER] * 2
    assert not found.changed_rows


async def test_runs_over_other_sheets_are_no_pair(journal: Journal, tmp_path: Path) -> None:
    past = PastRuns(journal, tmp_path)
    a = await past.run({"J-1": ("food", "a")})
    past.workbook = journal.workbook_id(tmp_path / "other.csv", "Jobs")
    b = await past.run({"J-1": ("food", "a")})
    with pytest.raises(UsageError, match="only runs over one sheet"):
        run_difference(journal, a, b)
    with pytest.raises(UsageError, match="no run 99"):
        run_difference(journal, a, 99)
