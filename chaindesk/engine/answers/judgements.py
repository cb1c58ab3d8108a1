"""What the judges of a step have said of answers already, and what they are still to be asked. No call is made."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chaindesk.domain.chains.checks import Check
from chaindesk.domain.manifest import Row
from chaindesk.domain.records import Answer, AnswerKind
from chaindesk.engine.answers.answer_reader import AnswerReader
from chaindesk.engine.prompting.check_requests import JUDGE_MARK, judge_request, not_judged, objection
from chaindesk.engine.prompting.request_builder import RequestBuilder
from chaindesk.journal.protocol import Journal

if TYPE_CHECKING:
    from chaindesk.engine.answers.ledger import AnswerLedger

_FEW = 500  # answers whose judgements are looked up one by one rather than read with all others
_Said = Callable[[str], str | None]
"""Returns what was answered to the question of a fingerprint; None where it was not asked."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """How far the judges of its step have come with an answer.

    Attributes:
        row: whose answer it is.
        number: the answer's.
        against: what a judge has against it, in words; "" where none has anything yet.
        unasked: what is said of the first judge that is still to be asked; "" where none is.
        questions: for each judge the fingerprint of the question that it is still to be asked, or "".
        by_hand: whether a person has written over the answer: nobody waits for a judgement then.
    """

    row: Row
    number: int
    against: str
    unasked: str
    questions: tuple[str, ...]
    by_hand: bool


class Judgements:
    """What the judges of a chain's steps have said of the answers of one workbook.

    Attributes:
        sources: for each step, the earlier steps whose outputs its judges' questions use.
    """

    def __init__(self, chain: RequestBuilder, journal: Journal, workbook_id: int) -> None:
        self._chain = chain
        self._journal = journal
        self._workbook_id = workbook_id
        names = [frozenset[str]().union(*(judge.names for judge in step.judges)) for step in chain.steps]
        self.sources = [
            tuple(one for one in range(index) if not wanted.isdisjoint(chain.steps[one].step.references))
            for index, wanted in enumerate(names)
        ]

    def said(self, index: int, values: Mapping[str, str], answer: Answer) -> Iterator[tuple[Check, str | None]]:
        """Yield what each judge of a step has against an answer, "" for nothing, None where it was not asked.

        Args:
            index: the step's place.
            values: the row's columns and outputs, this answer's among them.
            answer: the answer as it was judged.
        """
        for judge, words, _ in self._heard(index, values, answer, self._looked_up(index)):
            yield judge, words

    def of(self, index: int, ledger: AnswerLedger, answers: Sequence[tuple[Row, int]]) -> Iterator[Judgement]:
        """Yield how far the judges of a step have come with the answers of rows, given with their numbers."""
        if not answers:
            return
        said = self._looked_up(index) if len(answers) <= _FEW else self._read_whole(index)
        reader, sources = AnswerReader(self._journal), self.sources[index]

        def needed(one: tuple[Row, int]) -> Iterator[int | None]:
            yield one[1]
            entry = ledger.entries[one[0].number]
            yield from (entry.answer(earlier) for earlier in sources)

        for row, number in reader.sweep(answers, needed):
            answer = reader.answer(number)
            if answer is None:
                continue
            values, entry = dict(row.values), ledger.entries[row.number]
            for earlier in sources:
                values |= self._chain.outputs(earlier, reader.answer(entry.answer(earlier)))
            values |= self._chain.outputs(index, answer)
            yield self._judgement(row, answer, self._heard(index, values, answer, said))

    @staticmethod
    def _judgement(row: Row, answer: Answer, heard: Iterator[tuple[Check, str | None, str]]) -> Judgement:
        unasked, questions = "", []
        for judge, words, fingerprint in heard:
            if words and not unasked:  # those behind it are not asked any more
                return Judgement(row, answer.id, words, "", (), answer.by_hand)
            questions.append(fingerprint if words is None else "")
            if words is None:
                unasked = unasked or not_judged(judge)
        return Judgement(row, answer.id, "", unasked, tuple(questions), answer.by_hand)

    def _heard(
        self, index: int, values: Mapping[str, str], answer: Answer, said: _Said
    ) -> Iterator[tuple[Check, str | None, str]]:
        step = self._chain.steps[index]
        for judge, question in zip(_judges(step.step.checks), step.judges, strict=True):
            endpoint, model = self._chain.other_model(judge.model or "")
            asked = judge_request(endpoint, model, question.render(values), answer.shown_text)
            kept = AnswerKind.VERDICT.fingerprint(asked.fingerprint)
            words = said(kept)
            yield judge, None if words is None else objection(judge, model, words), kept

    def _looked_up(self, index: int) -> _Said:
        name = self._name(index)

        def said(fingerprint: str) -> str | None:
            found = self._journal.answers(self._workbook_id, name, fingerprint)
            return found[-1].text if found else None

        return said

    def _read_whole(self, index: int) -> _Said:
        name = self._name(index)
        texts = {number: text for number, text, _, _ in self._journal.answer_texts(self._workbook_id, name)}
        known = {
            fingerprint: texts[number]
            for number, _, fingerprint in self._journal.answer_index(self._workbook_id, name)
            if number in texts
        }
        return known.get

    def _name(self, index: int) -> str:
        return f"{self._chain.steps[index].step.name}{JUDGE_MARK}"


def _judges(checks: Sequence[Check]) -> list[Check]:
    return [check for check in checks if check.has_judge]
