"""What differs between two past runs over one sheet, from the journal alone: answers, checks, cost and time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from chaindesk.domain.chains.answer_fields import FieldType, FieldValue, field_text
from chaindesk.domain.chains.chain import Chain
from chaindesk.domain.errors import InputError, UsageError
from chaindesk.domain.records import TRIAL_MARK, Answer, AnswerKind, RunRecord
from chaindesk.engine.comparison.measures import Measure, MeasureKind
from chaindesk.engine.past_run import chain_of, run_record
from chaindesk.engine.reports.run_report import RunReport, run_report
from chaindesk.journal.protocol import Journal

_SHIFTING = frozenset({FieldType.CHOICE, FieldType.BOOLEAN})
_SHIFTS = 12
"""So many of the most frequent moves from one value to another are kept."""


class Change(Enum):
    """How a step's answer of one row differs from run A to run B."""

    SAME_ANSWER = "same answer"  # it was reused
    SAME_TEXT = "same text"  # another answer that says the same
    CHANGED = "changed"
    ONLY_A = "only in A"
    ONLY_B = "only in B"


@dataclass(frozen=True, slots=True)
class RowDifference:
    """One row's answers to one step in both runs.

    Attributes:
        key: the row's key in run B, or in A where B had not got it.
        number: its sheet number then.
        step: the step's name.
        change: how they differ.
        a: A's answer, or None.
        b: B's answer, or None.
        fields: the fields whose values differ, with both values as texts.
        moved_inputs: whether the row's inputs were others.
    """

    key: str
    number: int
    step: str
    change: Change
    a: Answer | None
    b: Answer | None
    fields: Mapping[str, tuple[str, str]]
    moved_inputs: bool = False


@dataclass(frozen=True, slots=True)
class Shift:
    """How many rows moved from one value of a field to another."""

    step: str
    field: str
    before: str
    after: str
    rows: int


@dataclass(frozen=True, slots=True)
class RunDifference:
    """Two past runs beside each other.

    Attributes:
        a: the report of the first.
        b: the report of the second.
        rows: each row and step that one of them had an answer to, in sheet order.
        shifts: how choices and truths moved, the most frequent first.
        checks: how the rows that both had came out by their checks; None where neither run had any.
    """

    a: RunReport
    b: RunReport
    rows: tuple[RowDifference, ...]
    shifts: tuple[Shift, ...]
    checks: Measure | None

    @property
    def counts(self) -> Mapping[str, Mapping[Change, int]]:
        """How many rows of each step differ in which way."""
        found: dict[str, Counter[Change]] = {}
        for one in self.rows:
            found.setdefault(one.step, Counter())[one.change] += 1
        return found

    @property
    def changed_rows(self) -> int:
        """How many rows say something else in at least one step, or have an answer in one run only."""
        same = (Change.SAME_ANSWER, Change.SAME_TEXT)
        return len({one.key for one in self.rows if one.change not in same})

    @property
    def more_cost(self) -> Decimal | None:
        """US dollars that B cost more than A; None where one is not known."""
        return None if self.a.cost is None or self.b.cost is None else self.b.cost - self.a.cost

    @property
    def more_seconds(self) -> float:
        """Seconds that B took longer than A."""
        return self.b.elapsed - self.a.elapsed


def run_difference(journal: Journal, run_a: int, run_b: int) -> RunDifference:
    """Return what differs between two runs. May take a second for long runs: use a thread.

    Raises:
        UsageError: there is no such run, or they were over different sheets.
    """
    one, other = run_record(journal, run_a), run_record(journal, run_b)
    if one.workbook_id != other.workbook_id:
        raise UsageError(
            f'Run {one.id} was over {one.workbook} (sheet "{one.sheet}"), run {other.id} over {other.workbook} '
            f'(sheet "{other.sheet}"): only runs over one sheet can be compared.'
        )
    a, b = _RunAnswers(journal, one), _RunAnswers(journal, other)
    rows = tuple(sorted(_differences(a, b, a.rows_of(b)), key=lambda found: found.number))
    checks = _checked(journal, one, rows) if a.has_checks or b.has_checks else None
    return RunDifference(run_report(journal, run_a), run_report(journal, run_b), rows, _shifts(rows, b.chain), checks)


class _RunAnswers:
    """The answers of one run, those that it reused included, by row key and step."""

    def __init__(self, journal: Journal, run: RunRecord) -> None:
        self.answers: dict[tuple[str, str], Answer] = {}
        reused = dict(journal.run_reuse(run.id))
        for number, answer in journal.answers_by_number(list(reused)).items():
            self._add(answer, reused[number])
        for answer in journal.run_answers(run.id):
            if answer.kind is AnswerKind.USABLE:
                self._add(answer, answer.row_key)
        self.digests = {_plain(one.row_key): one.digest for one in journal.run_outcomes(run.id)}
        self.chain = _chain(run)
        self.has_checks = self.chain is not None and any(step.checks for step in self.chain.steps)

    def _add(self, answer: Answer, key: str) -> None:
        self.answers[_plain(key), answer.step] = answer

    def rows_of(self, other: _RunAnswers) -> dict[str, str]:
        """Return which key of this run is the row of each key of the other: by its inputs, else by its key."""
        own = {key for key, _ in self.answers}
        by_digest: dict[str, list[str]] = {}
        for key, digest in self.digests.items():
            by_digest.setdefault(digest, []).append(key)
        found: dict[str, str] = {}
        for key in dict.fromkeys(key for key, _ in other.answers):
            digest = other.digests.get(key, "")
            if key in own and (not digest or self.digests.get(key, digest) == digest):
                found[key] = key
        taken = set(found.values())
        for key in dict.fromkeys(key for key, _ in other.answers if key not in found):
            moved = [one for one in by_digest.get(other.digests.get(key, ""), ()) if one not in taken]
            if moved or key in own - taken:
                found[key] = moved[0] if moved else key
                taken.add(found[key])
        return found


def _plain(key: str) -> str:
    return key.removesuffix(TRIAL_MARK)


def _chain(run: RunRecord) -> Chain | None:
    try:
        return chain_of(run)
    except InputError:  # of an older version: its answers can be compared all the same
        return None


def _differences(a: _RunAnswers, b: _RunAnswers, same_row: Mapping[str, str]) -> Iterator[RowDifference]:
    met: set[tuple[str, str]] = set()
    for (key, step), answer in b.answers.items():
        before = a.answers.get((same_row.get(key, ""), step))
        met.add((same_row.get(key, ""), step))
        yield _difference(key, step, before, answer, b.chain, moved=_moved(a, b, same_row.get(key, ""), key))
    for (key, step), answer in a.answers.items():
        if (key, step) not in met:
            yield _difference(key, step, answer, None, b.chain, moved=False)


def _moved(a: _RunAnswers, b: _RunAnswers, key_a: str, key_b: str) -> bool:
    before, after = a.digests.get(key_a), b.digests.get(key_b)
    return before is not None and after is not None and before != after


def _difference(
    key: str, step: str, a: Answer | None, b: Answer | None, chain: Chain | None, *, moved: bool
) -> RowDifference:
    held = b or a
    number = held.row_number if held is not None else 0
    fields = _changed_fields(a, b, chain, step) if a is not None and b is not None else {}
    return RowDifference(key, number, step, _change(a, b, fields), a, b, fields, moved)


def _change(a: Answer | None, b: Answer | None, fields: Mapping[str, object]) -> Change:
    if a is None or b is None:
        return Change.ONLY_B if a is None else Change.ONLY_A
    if a.id == b.id:
        return Change.SAME_ANSWER
    if a.fields and b.fields:
        return Change.CHANGED if fields else Change.SAME_TEXT
    return Change.SAME_TEXT if a.text.strip() == b.text.strip() else Change.CHANGED


def _changed_fields(a: Answer, b: Answer, chain: Chain | None, step: str) -> dict[str, tuple[str, str]]:
    specs = next((one.fields for one in chain.steps if one.name == step), {}) if chain is not None else {}
    names = dict.fromkeys((*a.fields, *b.fields))

    def text(value: FieldValue, name: str) -> str:
        return field_text(value, specs.get(name))

    return {
        name: (text(a.fields.get(name), name), text(b.fields.get(name), name))
        for name in names
        if a.fields.get(name) != b.fields.get(name)
    }


def _shifts(rows: Sequence[RowDifference], chain: Chain | None) -> tuple[Shift, ...]:
    if chain is None:
        return ()
    shifting = {(step.name, name) for step in chain.steps for name, one in step.fields.items() if one.type in _SHIFTING}
    found = Counter(
        (one.step, name, *values) for one in rows for name, values in one.fields.items() if (one.step, name) in shifting
    )
    return tuple(Shift(*words, number) for words, number in found.most_common(_SHIFTS))


def _checked(journal: Journal, run: RunRecord, rows: Sequence[RowDifference]) -> Measure | None:
    """Return how the rows that both runs have answered came out by their checks, as they were judged last."""
    failed = {one.answer_id: bool(one.failed) for one in journal.verdicts(run.workbook_id)}
    by_row: dict[int, tuple[bool, bool]] = {}
    for one in rows:
        if one.a is None or one.b is None or one.a.id not in failed or one.b.id not in failed:
            continue
        before = by_row.get(one.number, (True, True))
        by_row[one.number] = before[0] and not failed[one.a.id], before[1] and not failed[one.b.id]
    return Measure.of(MeasureKind.CHECKS, by_row)
