"""What each check says of the answers that people have reviewed: of the model's own texts, and without a call."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from chaindesk.domain.chains.checks import Check
from chaindesk.domain.manifest import Row
from chaindesk.domain.records import Answer
from chaindesk.domain.status import Review
from chaindesk.engine.answers.answer_reader import AnswerReader
from chaindesk.engine.answers.ledger import AnswerLedger
from chaindesk.engine.prompting.request_builder import RequestBuilder
from chaindesk.engine.quality.agreement import CheckAgreement, agreement_of
from chaindesk.journal.protocol import Journal


def agreements(
    ledger: AnswerLedger, chain: RequestBuilder, journal: Journal, rows: Sequence[Row]
) -> list[CheckAgreement]:
    """Return how each check of a chain agrees with the reviews of its rows, those that compare rows left out.

    An edited answer counts as one that was not accepted, by what the model had written. A judge is heard only where it
    was asked.
    """
    reader = AnswerReader(journal)
    said: dict[tuple[int, int], list[tuple[bool, bool]]] = {
        (index, place): []
        for index, checks in enumerate(ledger.checks.steps)
        for place, check in enumerate(checks.step.checks)
        if check.has_judge or check in checks.alone
    }
    reviewed = [row for row in rows if ledger.entries[row.number].review is not Review.UNREVIEWED]
    for row in reader.sweep(reviewed if said else (), lambda row: ledger.entries[row.number].answers):
        entry = ledger.entries[row.number]
        answers = [reader.answer(number) for number in entry.answers]
        edited = any(answer is not None and answer.by_hand for answer in answers)
        for index, answer in enumerate(answers):
            if answer is None or not chain.steps[index].step.checks:
                continue
            accepted = entry.review is not Review.REJECTED and not (
                answer.by_hand if edited else entry.review is Review.EDITED
            )
            for place, flagged in _flags(ledger, index, row, chain, answers, answer):
                said[index, place].append((flagged, accepted))
    steps = ledger.checks.steps
    return [
        agreement_of(steps[index].step.name, steps[index].step.checks[place], found)
        for (index, place), found in said.items()
    ]


def _flags(
    ledger: AnswerLedger, index: int, row: Row, chain: RequestBuilder, answers: Sequence[Answer | None], answer: Answer
) -> Iterator[tuple[int, bool]]:
    """Yield whether each check of a step flags what the model wrote, by the check's place."""
    checks = ledger.checks
    own = replace(answer, edited_text=None)
    outputs: dict[str, str] = {}
    for earlier in range(index):
        outputs |= chain.outputs(earlier, answers[earlier])
    seen = checks.checked(index, row, outputs, own)
    listed = checks.steps[index].step.checks
    for check, wrong in checks.steps[index].each(seen):
        yield _place(listed, check), bool(wrong)
    values: Mapping[str, str] = {**row.values, **outputs, **chain.outputs(index, own)}
    for check, words in checks.judgements.said(index, values, own):
        if words is not None:
            yield _place(listed, check), bool(words)


def _place(checks: Sequence[Check], wanted: Check) -> int:
    return next(place for place, check in enumerate(checks) if check is wanted)
