"""What the checks of a chain find of the answers that rows have: judged without a call, and kept in the journal."""

from __future__ import annotations

import statistics
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from chaindesk.domain.chains.checks import Check
from chaindesk.domain.check_results import AnswerPath, CheckedAnswer, Verdict
from chaindesk.domain.manifest import Row
from chaindesk.domain.records import Answer, AnswerKind
from chaindesk.engine.checks.step_checks import AcrossRule, StepChecks
from chaindesk.engine.prompting.check_requests import JUDGE_MARK, judge_request, not_judged, objection
from chaindesk.engine.prompting.field_values import InvalidFields
from chaindesk.engine.prompting.request_builder import Outputs, RequestBuilder
from chaindesk.engine.prompting.structured_output import read_fields, shown_fields
from chaindesk.gc_pause import gc_paused
from chaindesk.journal.protocol import AnswerText, Journal

if TYPE_CHECKING:
    from chaindesk.engine.answers.ledger import AnswerLedger

_ENOUGH = 20  # answers that tell how many fail
_FEW, _FEW_OF = 500, 20  # so many answers, or one in so many, are looked up rather than read with all others
_NEIGHBOURS = 5
"""Answers before and behind a row that its length is compared with."""
KEY_LENGTH = 16


class RowChecks:
    """Judges the answers of a sheet's rows.

    Attributes:
        steps: the checks of each step of the chain.
        flags: what is wrong with an answer by its number, across rows included; no entry where nothing is.
        verdicts: what the journal has of each answer.
    """

    def __init__(self, chain: RequestBuilder, journal: Journal, workbook_id: int, flags: dict[int, tuple[str, ...]]):
        """Compile the checks; ``flags`` is the ledger's, which all rows share, and is kept up to date."""
        self._chain = chain
        self._journal = journal
        self._workbook_id = workbook_id
        self.flags = flags
        self.steps = [StepChecks(step.step, sorted(step.system.names | step.prompt.names)) for step in chain.steps]
        self._sources = [
            tuple(
                earlier for earlier in range(index) if not checks.names.isdisjoint(chain.steps[earlier].step.references)
            )
            for index, checks in enumerate(self.steps)
        ]
        self.active = any(checks.active for checks in self.steps)
        self.verdicts: dict[int, Verdict] = {}
        if self.active:
            self.verdicts = {verdict.answer_id: verdict for verdict in journal.verdicts(workbook_id)}

    def key(self, index: int, digest: str) -> str:
        """Return what a verdict on a step's answer is stored under, given the hash of the row's inputs."""
        return f"{self.steps[index].digest}:{digest[:KEY_LENGTH]}"

    def checked(self, index: int, row: Row, outputs: Outputs, answer: Answer) -> CheckedAnswer:
        """Return what the checks see of a row's answer, given the outputs before it."""
        fields = shown_fields(self._chain.steps[index].step, answer)
        return CheckedAnswer(answer.shown_text, fields, {**row.values, **outputs})

    def failing(self, index: int, ledger: AnswerLedger) -> float | None:
        """Return the share of a step's answers that did not pass its checks at once; None where too few were judged."""
        numbers = (entry.answers[index] for entry in ledger.entries.values())
        paths = [self.verdicts[number].path for number in numbers if number and number in self.verdicts]
        if len(paths) < _ENOUGH:
            return None
        return sum(path is not AnswerPath.AT_ONCE for path in paths) / len(paths)

    def record(self, verdict: Verdict) -> None:
        """Note what was found of a new answer, once the journal has it."""
        self.verdicts[verdict.answer_id] = verdict
        self._flag(verdict.answer_id, verdict.failed)

    def forget(self, answer_id: int) -> None:
        """Note that an answer was edited, so that it is judged again."""
        if (known := self.verdicts.get(answer_id)) is not None:
            self.verdicts[answer_id] = replace(known, key="")

    def judge(self, ledger: AnswerLedger, rows: Sequence[Row]) -> list[Verdict]:
        """Judge every answer that was not judged by these checks yet, and return what is to be stored.

        Rules that compare rows are judged anew each time; they are never stored, since they depend on the others.
        """
        new: list[Verdict] = []
        flags: dict[int, tuple[str, ...]] = {}
        active = [index for index, checks in enumerate(self.steps) if checks.active]
        if active and 2 * len(rows) > len(ledger.digests):
            ledger.digests.compute_all()  # one by one they cost three times as much
        with gc_paused():
            for index in active:
                new += self._judge_step(index, ledger, rows, flags)
        self.flags.clear()
        self.flags.update(flags)
        return new

    def _judge_step(
        self, index: int, ledger: AnswerLedger, rows: Sequence[Row], flags: dict[int, tuple[str, ...]]
    ) -> list[Verdict]:
        checks, verdicts = self.steps[index], self.verdicts
        wanted: dict[int, tuple[Row, str]] = {}  # what is to be judged, with the key that it is stored under
        held: list[tuple[Row, int]] = []
        entries, digests, prefix = ledger.entries, ledger.digests, f"{checks.digest}:"
        for row in rows:
            if number := entries[row.number].answer(index):
                known, key = verdicts.get(number), prefix + digests[row.number][:KEY_LENGTH]
                if checks.across:
                    held.append((row, number))
                if known is None or known.key != key:
                    wanted[number] = row, key
                elif known.failed:
                    flags[number] = known.failed
        if checks.across:
            texts = {text[0]: text for text in self._texts(checks.step.name, [number for _, number in held])}
            new = self._judged(index, ledger, wanted, texts.values())
        else:
            new = self._judged(index, ledger, wanted, self._texts(checks.step.name, wanted))
        for verdict in new:
            verdicts[verdict.answer_id] = verdict
            if verdict.failed:
                flags[verdict.answer_id] = verdict.failed
        for rule in checks.across:
            answers = [
                (number, self._of_text(index, row, ledger, texts[number])) for row, number in held if number in texts
            ]
            for number, words in _compared(rule, answers):
                flags[number] = (*flags.get(number, ()), f"{rule.label}: {words}")
        return new

    def _texts(self, step: str, numbers: Collection[int]) -> Iterable[AnswerText]:
        """Return the texts of answers to a step, in the journal's order; of few, it reads only these."""
        if not numbers:
            return ()
        few = len(numbers) <= max(_FEW, len(self.verdicts) // _FEW_OF)
        return self._journal.answer_texts(self._workbook_id, step, numbers if few else None)

    def _judged(
        self, index: int, ledger: AnswerLedger, wanted: Mapping[int, tuple[Row, str]], texts: Iterable[AnswerText]
    ) -> list[Verdict]:
        """Return what the checks find of those texts that are wanted."""
        checks, verdicts, new = self.steps[index], self.verdicts, []
        uses_outputs = bool(self._sources[index])
        for text in texts:
            number, said, edited, fields = text
            if number not in wanted:
                continue
            row, key = wanted[number]
            if edited is None and not uses_outputs:
                failed = checks.failed(CheckedAnswer(said, fields, row.values))
            else:
                failed = checks.failed(self._of_text(index, row, ledger, text))
            if checks.judges and not failed:
                failed = self._objections(index, row, ledger, number)
            before = verdicts.get(number)
            if before is None:
                new.append(Verdict(number, key, failed))
            else:
                new.append(Verdict(number, key, failed, before.path, before.agreement))
        return new

    def objections(self, index: int, values: Mapping[str, str], answer: Answer) -> Iterator[tuple[Check, str | None]]:
        """Yield what each judge of a step has said against an answer already, None where it was not asked.

        Args:
            index: the step's place.
            values: the row's columns and outputs, this answer's among them.
            answer: the answer as it was judged.
        """
        step = self._chain.steps[index]
        for judge, question in zip(self.steps[index].judges, step.judges, strict=True):
            endpoint, model = self._chain.other_model(judge.model or "")
            asked = judge_request(endpoint, model, question.render(values), answer.shown_text)
            kept = AnswerKind.VERDICT.fingerprint(asked.fingerprint)
            said = self._journal.answers(self._workbook_id, f"{step.step.name}{JUDGE_MARK}", kept)
            yield judge, objection(judge, model, said[-1].text) if said else None

    def _objections(self, index: int, row: Row, ledger: AnswerLedger, number: int) -> tuple[str, ...]:
        """Return what the step's judges have said against an answer already, or which of them was never asked.

        None is asked. Nobody waits for a judgement of what a person wrote.
        """
        answer = self._journal.answer(number)
        if answer is None:
            return ()
        before = ledger.entries[row.number].answers[:index]
        values = dict(row.values)
        for earlier, one in enumerate(before):
            values |= self._chain.outputs(earlier, self._journal.answer(one) if one else None)
        values |= self._chain.outputs(index, answer)
        said = list(self.objections(index, values, answer))
        against = [words for _, words in said if words]
        unasked = [not_judged(judge) for judge, words in said if words is None and answer.edited_text is None]
        return tuple([*against, *unasked][:1])

    def _of_text(self, index: int, row: Row, ledger: AnswerLedger, text: AnswerText) -> CheckedAnswer:
        _, said, edited, fields = text
        step = self._chain.steps[index].step
        if edited is not None:
            said = edited
            if step.fields:
                try:
                    fields = read_fields(edited, step.fields)
                except InvalidFields:
                    said, fields = text[1], text[3]
        values: Mapping[str, str] = row.values
        if self._sources[index]:
            values = {**values, **self._outputs(index, row, ledger)}
        return CheckedAnswer(said, fields, values)

    def _flag(self, number: int, failed: tuple[str, ...]) -> None:
        if failed:
            self.flags[number] = failed
        else:
            self.flags.pop(number, None)

    def _outputs(self, index: int, row: Row, ledger: AnswerLedger) -> dict[str, str]:
        """Return the outputs before a step that its checks compare with."""
        outputs: dict[str, str] = {}
        for earlier in self._sources[index]:
            number = ledger.entries[row.number].answers[earlier]
            outputs |= self._chain.outputs(earlier, self._journal.answer(number) if number else None)
        return outputs


def _compared(rule: AcrossRule, answers: Sequence[tuple[int, CheckedAnswer]]) -> Iterator[tuple[int, str]]:
    texts = [(number, rule.text_of(answer)) for number, answer in answers]
    return _repeated(texts) if rule.name == "unique" else _of_odd_length(texts, rule.wanted)


def _repeated(texts: Sequence[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """Yield the answers that another row has, too: all of them, for nobody knows which is the right one."""
    by_text: dict[str, list[int]] = {}
    for number, text in texts:
        if said := " ".join(text.casefold().split()):
            by_text.setdefault(said, []).append(number)
    for numbers in by_text.values():
        if len(numbers) > 1:
            others = len(numbers) - 1
            words = f"it is the same as in {others} other row{'' if others == 1 else 's'}"
            yield from ((number, words) for number in numbers)


def _of_odd_length(texts: Sequence[tuple[int, str]], factor: float) -> Iterator[tuple[int, str]]:
    """Yield the answers that are far longer or shorter than those of the rows around them."""
    lengths = [len(text.strip()) for _, text in texts]
    for place, (number, _) in enumerate(texts):
        around = lengths[max(place - _NEIGHBOURS, 0) : place] + lengths[place + 1 : place + 1 + _NEIGHBOURS]
        usual = statistics.median(around) if around else 0
        length = lengths[place]
        if usual and not usual / factor <= length <= usual * factor:
            yield number, f"it has {length} characters, those of the rows around it about {usual:.0f}"
