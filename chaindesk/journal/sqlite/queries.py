"""The reading half of the journal on disk: each query, and what its rows become."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from typing_extensions import override

from chaindesk.domain.check_results import Audit, Verdict
from chaindesk.domain.records import Answer, ManualEdit, RerunNote, RowOutcome, RowReview, RunRecord, RunState
from chaindesk.journal import rules
from chaindesk.journal.protocol import AnswerText, Journal, RunTotals
from chaindesk.journal.sqlite import row_mapping
from chaindesk.journal.sqlite.audit_rows import AUDIT_COLUMNS, audit_of
from chaindesk.journal.sqlite.readers import Readers
from chaindesk.journal.workbook_lock import is_locked

_COUNTED = {
    "workbook": "",
    "place": "",
    "run": "WHERE workbook_id > 0",  # 0: only the number is left
    "answer": "WHERE workbook_id > 0",
    "edit": "",
    "outcome": "",
    "review": "",
    "rerun_note": "",
    "verdict": "",
    "audit": "",
    "pick": "",
    "batch_job": "",
    "batch_item": "",
}
_TOKEN_PER_CLEANUP = 1 << 40  # more than there will ever be answers
_SELECT_ANSWER = f"SELECT id, {row_mapping.ANSWER_COLUMNS} FROM answer"  # noqa: S608 - constants only
_SELECT_ROW_TOTALS = "SELECT run_id, status, count(*) FROM outcome GROUP BY run_id, status"
_SELECT_ANSWER_TOTALS = (
    "SELECT run_id, count(*), total(input_tokens) + total(output_tokens), sum(CAST(cost AS REAL)) "
    "FROM answer WHERE run_id > 0 AND attempts > 0 GROUP BY run_id"
)
_SELECT_RUN = f"SELECT id, {row_mapping.RUN_COLUMNS} FROM run"  # noqa: S608
_INPUTS = (
    "coalesce((SELECT o.digest FROM outcome AS o WHERE o.run_id = a.run_id AND o.row_key = a.row_key "
    "ORDER BY o.id DESC LIMIT 1), '')"
)
_SELECT_OUTCOME = f"SELECT {row_mapping.OUTCOME_COLUMNS} FROM outcome"  # noqa: S608
_SELECT_REVIEW = f"SELECT {row_mapping.REVIEW_COLUMNS} FROM review"  # noqa: S608


class JournalQueries(Journal):
    """The methods of ``Journal`` that only read.

    Attributes:
        path: the journal's file.
    """

    path: Path
    _readers: Readers

    @override
    def answers(self, workbook_id: int, step: str, fingerprint: str) -> Sequence[Answer]:
        sql = f"{_SELECT_ANSWER} WHERE workbook_id = ? AND step = ? AND fingerprint = ? ORDER BY id"
        return self._readers.mapped(row_mapping.answer_of, sql, (workbook_id, row_mapping.storable(step), fingerprint))

    @override
    def answer_index(self, workbook_id: int, step: str) -> Iterable[tuple[int, str, str]]:
        last = "SELECT t.row_key FROM taken_over AS t WHERE t.answer_id = a.id ORDER BY t.run_id DESC LIMIT 1"
        sql = (
            f"SELECT a.id, coalesce(({last}), a.row_key), a.fingerprint FROM answer AS a "  # noqa: S608
            "WHERE a.workbook_id = ? AND a.step = ? ORDER BY a.id"
        )
        return self._readers.stream(_identity, sql, (workbook_id, row_mapping.storable(step)))

    def _newest_answer(self, workbook_id: int) -> int:
        """Return the number of the newest answer of a workbook; it grows by far as anybody cleans up."""
        sql = "SELECT (SELECT max(id) FROM answer WHERE workbook_id = ?), (SELECT count(*) FROM cleaning)"
        ((newest, cleanings),) = self._read(sql, (workbook_id,))
        return int(newest or 0) + _TOKEN_PER_CLEANUP * int(cleanings)

    @override
    def answer(self, answer_id: int) -> Answer | None:
        sql = f"{_SELECT_ANSWER} WHERE id = ? AND workbook_id > 0"
        return next(iter(self._readers.mapped(row_mapping.answer_of, sql, (answer_id,))), None)

    @override
    def verdicts(self, workbook_id: int) -> Iterable[Verdict]:
        columns = ", ".join(f"v.{name}" for name in row_mapping.VERDICT_COLUMNS.split(", "))
        sql = f"SELECT {columns} FROM verdict AS v JOIN answer AS a ON a.id = v.answer_id WHERE a.workbook_id = ?"  # noqa: S608
        return self._readers.mapped(row_mapping.verdict_of, sql, (workbook_id,))

    @override
    def picks(self, workbook_id: int) -> Mapping[tuple[int, int], int]:
        sql = (
            "SELECT p.first, p.second, p.preferred FROM pick AS p JOIN answer AS a ON a.id = p.first "
            "WHERE a.workbook_id = ? AND p.preferred IS NOT NULL"
        )
        return {(first, second): preferred for first, second, preferred in self._read(sql, (workbook_id,))}

    @override
    def audits(self, workbook_id: int) -> Sequence[Audit]:
        sql = f"SELECT id, {AUDIT_COLUMNS} FROM audit WHERE workbook_id = ? ORDER BY id DESC"  # noqa: S608
        return self._readers.mapped(audit_of, sql, (workbook_id,))

    @override
    def answer_texts(self, workbook_id: int, step: str, numbers: Collection[int] | None = None) -> Iterable[AnswerText]:
        values = workbook_id, row_mapping.storable(step)
        if numbers is None:
            sql = (  # in the table's order, which is quicker than the order of the index
                "SELECT id, text, edited_text, fields FROM answer "
                "WHERE id IN (SELECT id FROM answer WHERE workbook_id = ? AND step = ?)"
            )
            return self._readers.stream(row_mapping.texts_of, sql, values)
        sql = (  # +: by their numbers, never by the index of the workbook's answers
            "SELECT id, text, edited_text, fields FROM answer "
            "WHERE +workbook_id = ? AND +step = ? AND id IN (SELECT value FROM json_each(?)) ORDER BY id"
        )
        return self._readers.mapped(row_mapping.texts_of, sql, (*values, json.dumps(sorted(numbers))))

    @override
    def answers_by_number(self, numbers: Collection[int]) -> Mapping[int, Answer]:
        sql = f"{_SELECT_ANSWER} WHERE id IN (SELECT value FROM json_each(?)) AND workbook_id > 0"  # noqa: S608 - constants only
        found = self._readers.mapped(row_mapping.answer_of, sql, (json.dumps(sorted(numbers)),))
        return {answer.id: answer for answer in found}

    @override
    def history(self, workbook_id: int, row_key: str) -> Sequence[Answer]:
        sql = f"{_SELECT_ANSWER} WHERE workbook_id = ? AND row_key = ? ORDER BY id DESC"
        return self._readers.mapped(row_mapping.answer_of, sql, (workbook_id, row_mapping.storable(row_key)))

    @override
    def edits(self, answer_id: int) -> Sequence[tuple[datetime, str | None]]:
        sql = "SELECT made_at, text FROM edit WHERE answer_id = ? ORDER BY id"
        return [(datetime.fromisoformat(made_at), text) for made_at, text in self._read(sql, (answer_id,))]

    @override
    def inputs_of(self, answer_id: int) -> str:
        found = self._read(f"SELECT {_INPUTS} FROM answer AS a WHERE a.id = ?", (answer_id,))  # noqa: S608
        return str(found[0][0]) if found else ""

    @override
    def manual_edits(self, workbook_id: int) -> Sequence[ManualEdit]:
        # Few answers are edited: the join goes out from the edits, and never reads the other answers' texts.
        sql = (
            f"SELECT a.id, a.row_key, {_INPUTS}, a.step, a.fingerprint, e.made_at "  # noqa: S608
            "FROM (SELECT answer_id, max(id) AS id FROM edit GROUP BY answer_id) AS last "
            "CROSS JOIN edit AS e ON e.id = last.id CROSS JOIN answer AS a ON a.id = e.answer_id "
            "WHERE a.workbook_id = ? AND a.edited_text IS NOT NULL ORDER BY e.id"
        )
        return [
            ManualEdit(number, key, digest, step, fingerprint, datetime.fromisoformat(made_at))
            for number, key, digest, step, fingerprint, made_at in self._read(sql, (workbook_id,))
        ]

    @override
    def change_token(self, workbook_id: int) -> tuple[int, ...]:
        sql = (
            "SELECT (SELECT max(id) FROM outcome WHERE workbook_id = ?), "
            "(SELECT max(id) FROM review WHERE workbook_id = ?), (SELECT max(id) FROM edit), "
            "(SELECT max(id) FROM rerun_note WHERE workbook_id = ?), "
            "(SELECT count(*) FROM batch_job WHERE workbook_id = ? AND stage IN ('submitted', 'creating'))"
        )
        (found,) = self._read(sql, (workbook_id,) * 4)
        return self._newest_answer(workbook_id), *(int(number or 0) for number in found)

    @override
    def outcomes(self, workbook_id: int) -> Iterable[RowOutcome]:
        newest = "SELECT max(id) FROM outcome WHERE workbook_id = ? GROUP BY row_key, digest"
        sql = f"{_SELECT_OUTCOME} WHERE id IN ({newest}) ORDER BY id"
        return self._readers.stream(row_mapping.outcome_of, sql, (workbook_id,))

    @override
    def reviews(self, workbook_id: int) -> Iterable[RowReview]:
        named = "SELECT max(id) FROM review WHERE workbook_id = ? AND answer_id > 0 GROUP BY answer_id"
        others = "SELECT max(id) FROM review WHERE workbook_id = ? AND answer_id = 0 GROUP BY row_key, digest"
        sql = f"{_SELECT_REVIEW} WHERE id IN ({named} UNION ALL {others}) ORDER BY id"
        return self._readers.stream(row_mapping.review_of, sql, (workbook_id, workbook_id))

    @override
    def notes(self, workbook_id: int) -> Sequence[RerunNote]:
        newest = "SELECT max(id) FROM rerun_note WHERE workbook_id = ? GROUP BY row_key, step, made_at"
        sql = f"SELECT {row_mapping.NOTE_COLUMNS} FROM rerun_note WHERE id IN ({newest}) ORDER BY made_at, id"  # noqa: S608
        return self._readers.mapped(row_mapping.note_of, sql, (workbook_id,))

    @override
    def runs(self) -> Sequence[RunRecord]:
        found = self._readers.mapped(row_mapping.run_of, f"{_SELECT_RUN} WHERE workbook_id > 0 ORDER BY id DESC", ())
        return [self._with_current_state(run) for run in found]

    @override
    def run_totals(self) -> Mapping[int, RunTotals]:
        return rules.run_totals(self._read(_SELECT_ROW_TOTALS, ()), self._read(_SELECT_ANSWER_TOTALS, ()))

    @override
    def run(self, run_id: int) -> RunRecord | None:
        sql = f"{_SELECT_RUN} WHERE id = ? AND workbook_id > 0"
        return next(map(self._with_current_state, self._readers.mapped(row_mapping.run_of, sql, (run_id,))), None)

    def _with_current_state(self, run: RunRecord) -> RunRecord:
        """Return the run as interrupted if it never ended and nobody is running it; the next run stores that."""
        if run.state is not RunState.RUNNING or is_locked(self._locks, run.workbook_id):
            return run
        return replace(run, state=RunState.INTERRUPTED)

    @override
    def run_answers(self, run_id: int) -> Iterable[Answer]:
        return self._readers.stream(row_mapping.answer_of, f"{_SELECT_ANSWER} WHERE run_id = ? ORDER BY id", (run_id,))

    @override
    def run_reuse(self, run_id: int) -> Mapping[int, str]:
        return dict(self._read("SELECT answer_id, row_key FROM taken_over WHERE run_id = ?", (run_id,)))

    @override
    def run_outcomes(self, run_id: int) -> Iterable[RowOutcome]:
        return self._readers.stream(
            row_mapping.outcome_of, f"{_SELECT_OUTCOME} WHERE run_id = ? ORDER BY id", (run_id,)
        )

    @override
    def usage_counts(self) -> Mapping[str, int]:
        return {
            name: self._read(f"SELECT count(*) FROM {name} {which}", ())[0][0]  # noqa: S608
            for name, which in _COUNTED.items()
        }

    @property
    def _locks(self) -> Path:
        return self.path.with_name(f"{self.path.name}.turns")

    def _read(self, sql: str, values: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        return self._readers.rows(sql, values)


def _identity(row: tuple[Any, ...]) -> Any:
    return row
