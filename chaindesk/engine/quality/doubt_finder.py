"""Finds what speaks against the answers of a sheet's rows, from what the journal has: no call is made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from chaindesk.domain.check_results import AnswerPath
from chaindesk.domain.completion import Finish
from chaindesk.domain.manifest import Row
from chaindesk.engine.answers.ledger import AnswerLedger
from chaindesk.engine.prompting.request_builder import RequestBuilder
from chaindesk.engine.quality.answer_columns import AnswerColumn, StepAnswers, read_answers
from chaindesk.engine.quality.doubt import DoubtKind, DoubtReason, RowDoubt, reason, row_doubt
from chaindesk.engine.quality.outliers import odd_languages, odd_lengths, rare_classes
from chaindesk.formatting import count
from chaindesk.gc_pause import gc_paused
from chaindesk.journal.protocol import Journal

_JUDGE_WORDS = "judge: "
_MAX_LENGTH_LOST = 0.6
_Reasons = dict[int, list[DoubtReason]]


class FoundDoubts(NamedTuple):
    """What is to be doubted, by sheet number, and the class of each row where the chain gives rows one.

    Attributes:
        rows: only those of which anything is to be doubted.
        classes: of the last column that has classes; empty where none has.
        class_column: its name, or "".
    """

    rows: Mapping[int, RowDoubt] = MappingProxyType({})
    classes: Mapping[int, str] = MappingProxyType({})
    class_column: str = ""


def find_doubts(
    ledger: AnswerLedger, chain: RequestBuilder, journal: Journal, workbook_id: int, rows: Sequence[Row]
) -> FoundDoubts:
    """Return what speaks against the answers that rows have. May take seconds for a very long sheet: use a thread.

    The checks must have been judged before: see ``Session.judge``.
    """
    with gc_paused():
        return _found(ledger, chain, journal, workbook_id, rows)


def _found(
    ledger: AnswerLedger, chain: RequestBuilder, journal: Journal, workbook_id: int, rows: Sequence[Row]
) -> FoundDoubts:
    found: _Reasons = {}
    classes: dict[int, str] = {}
    class_column = ""
    for index, bound in enumerate(chain.steps):
        held = {number: row.number for row in rows if (number := ledger.entries[row.number].answer(index))}
        answers = read_answers(bound.step, journal.answer_texts(workbook_id, bound.step.name), held)
        by_answer: _Reasons = {}
        _add_texts(by_answer, bound.step.name, answers)
        _add_checks(by_answer, bound.step.name, ledger, held)
        for number, reasons in by_answer.items():
            found.setdefault(held[number], []).extend(reasons)
        for column in answers.columns:
            if column.classes:
                classes, class_column = {held[one]: name for one, name in column.classes.items()}, column.name
    _add_cut(found, ledger, journal, rows)
    return FoundDoubts({number: row_doubt(reasons) for number, reasons in found.items()}, classes, class_column)


def _add_texts(found: _Reasons, step: str, answers: StepAnswers) -> None:
    for number in answers.refusals:
        found.setdefault(number, []).append(reason(DoubtKind.REFUSED, column=step))
    for number in answers.empty:
        found.setdefault(number, []).append(reason(DoubtKind.EMPTY, column=step))
    for column in answers.columns:
        _add_outliers(found, column)


def _add_outliers(found: _Reasons, column: AnswerColumn) -> None:
    for long in odd_lengths(column.lengths):
        lost = 0.3 + (_MAX_LENGTH_LOST - 0.3) * long.oddness
        said = reason(DoubtKind.LENGTH, lost, column=column.name, length=count(long.length), usual=count(long.usual))
        found.setdefault(long.number, []).append(said)
    for foreign in odd_languages(column.beginnings):
        said = reason(DoubtKind.LANGUAGE, column=column.name, language=foreign.language, usual=foreign.usual)
        found.setdefault(foreign.number, []).append(said)
    total = count(len(column.classes))
    for rare in rare_classes(column.classes):
        said = reason(DoubtKind.RARE_CLASS, column=column.name, rows=count(rare.rows), total=total, said=rare.name)
        found.setdefault(rare.number, []).append(said)


def _add_checks(found: _Reasons, step: str, ledger: AnswerLedger, held: Mapping[int, int]) -> None:
    checks = ledger.checks
    for number in checks.flags.keys() & held.keys():
        found.setdefault(number, []).extend(
            reason(DoubtKind.JUDGE if words.startswith(_JUDGE_WORDS) else DoubtKind.CHECK, said=words)
            for words in checks.flags[number]
        )
    for number in checks.verdicts.keys() & held.keys():
        verdict = checks.verdicts[number]
        if verdict.agreement is not None and verdict.agreement < 1:
            lost, share = max(1 - verdict.agreement, 0.3), f"{verdict.agreement:.0%}"
            found.setdefault(number, []).append(reason(DoubtKind.VOTES, lost, column=step, share=share))
        if verdict.path is AnswerPath.ESCALATED:
            found.setdefault(number, []).append(reason(DoubtKind.ESCALATED, column=step))


def _add_cut(found: _Reasons, ledger: AnswerLedger, journal: Journal, rows: Sequence[Row]) -> None:
    """Add the answers that were cut: which rows have one is known, and only theirs are read."""
    entries = [(row.number, ledger.entries[row.number]) for row in rows]
    cut = {number: row for row, entry in entries if entry.cut for number in entry.answers if number}
    for number, answer in (journal.answers_by_number(cut) if cut else {}).items():
        if answer.finish is Finish.LENGTH:
            found.setdefault(cut[number], []).append(reason(DoubtKind.CUT, column=answer.step))
