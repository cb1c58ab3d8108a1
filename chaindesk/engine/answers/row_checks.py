"""What the checks of a chain find of the answers that rows have: judged without a call, and kept in the journal."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from chaindesk.domain.chains.checks import FailActionKind
from chaindesk.domain.check_results import AnswerPath, CheckedAnswer, Verdict
from chaindesk.domain.manifest import Row
from chaindesk.domain.records import Answer
from chaindesk.engine.answers.across_rows import compared
from chaindesk.engine.answers.judgements import Judgements
from chaindesk.engine.checks.step_checks import StepChecks
from chaindesk.engine.prompting.field_values import InvalidFields
from chaindesk.engine.prompting.request_builder import Outputs, RequestBuilder
from chaindesk.engine.prompting.structured_output import read_fields, shown_fields
from chaindesk.gc_pause import gc_paused
from chaindesk.journal.protocol import AnswerText, Journal

if TYPE_CHECKING:
    from chaindesk.engine.answers.ledger import AnswerLedger

_FEW, _FEW_OF = 500, 20  # so many answers, or one in so many, are looked up rather than read with all others
_KEY_LENGTH = 16
_UNSETTLED = "?"
"""Stands behind the hash of the checks without a call where these are passed, and judges have not settled the rest."""


class RowChecks:
    """Judges the answers of a sheet's rows.

    A verdict is stored under a key: a hash of the checks, of the row's inputs, and the numbers of the earlier answers
    that they compare with. Where a step has judges, that of its other checks stands in it until they have been asked.

    Attributes:
        steps: the checks of each step of the chain.
        judgements: what judges have said already.
        flags: what is wrong with an answer by its number, across rows included; no entry where nothing is.
        verdicts: what the journal has of each answer.
        unsettled: the answers that judges are to be asked about, or that a judge refused while nothing was done about
            it yet, by their numbers: for each judge the fingerprint of the question that it is to be asked, or "".
    """

    def __init__(self, chain: RequestBuilder, journal: Journal, workbook_id: int, flags: dict[int, tuple[str, ...]]):
        """Compile the checks; ``flags`` is the ledger's, which all rows share, and is kept up to date."""
        self._chain = chain
        self._journal = journal
        self._workbook_id = workbook_id
        self.flags = flags
        self.steps = [StepChecks(step.step, sorted(step.system.names | step.prompt.names)) for step in chain.steps]
        self.judgements = Judgements(chain, journal, workbook_id)
        self._sources = [
            tuple(
                earlier for earlier in range(index) if not checks.names.isdisjoint(chain.steps[earlier].step.references)
            )
            for index, checks in enumerate(self.steps)
        ]
        self._all_sources = [
            tuple(sorted({*own, *judged})) for own, judged in zip(self._sources, self.judgements.sources, strict=True)
        ]
        self.active = any(checks.active for checks in self.steps)
        self.has_judges = any(checks.judges for checks in self.steps)
        self.verdicts: dict[int, Verdict] = {}
        self.unsettled: dict[int, tuple[str, ...]] = {}
        self._heard_since = False  # whether judges were asked since ``unsettled`` was worked out
        self._unstored: dict[int, Verdict] = {}
        self._lock = threading.Lock()
        if self.active:
            self.verdicts = {verdict.answer_id: verdict for verdict in journal.verdicts(workbook_id)}

    def key(self, index: int, row: Row, ledger: AnswerLedger, *, settled: bool = True) -> str:
        """Return what a verdict on a step's answer of a row is stored under; see ``unsettled``."""
        checks = self.steps[index]
        first = checks.digest if settled else f"{checks.plain_digest}{_UNSETTLED}"
        return f"{first}:{self._inputs(index, row, ledger)}"

    def _inputs(self, index: int, row: Row, ledger: AnswerLedger) -> str:
        """Return the part of a key that stands for what checks compare with."""
        inputs = ledger.digests[row.number][:_KEY_LENGTH]
        if not (sources := self._all_sources[index]):
            return inputs
        entry = ledger.entries[row.number]
        return ".".join([inputs, *(str(entry.answer(earlier)) for earlier in sources)])

    def checked(self, index: int, row: Row, outputs: Outputs, answer: Answer) -> CheckedAnswer:
        """Return what the checks see of a row's answer, given the outputs before it."""
        fields = shown_fields(self._chain.steps[index].step, answer)
        return CheckedAnswer(answer.shown_text, fields, {**row.values, **outputs})

    def record(self, verdict: Verdict) -> None:
        """Note what was found of a new answer, or of one that was judged now, once the journal has it."""
        self.verdicts[verdict.answer_id] = verdict
        self.unsettled.pop(verdict.answer_id, None)
        self._unstored.pop(verdict.answer_id, None)
        self._heard_since = True
        self._flag(verdict.answer_id, verdict.failed)

    def forget(self, index: int, answers: Sequence[int | None]) -> None:
        """Note that a person wrote over a row's answer, so that it and what is compared with it are judged anew.

        Args:
            index: the step.
            answers: the row's answers.
        """
        for place, number in enumerate(answers):
            if number and (place == index or index in self._all_sources[place]):
                self.unsettled.pop(number, None)
                self._unstored.pop(number, None)
                if (known := self.verdicts.get(number)) is not None:
                    self.verdicts[number] = known._replace(key="")

    # --- judging without a call --------------------------------------------------------------------------------

    def judge(self, ledger: AnswerLedger, rows: Sequence[Row]) -> list[Verdict]:
        """Judge every answer that was not judged by these checks yet, and return what is to be stored.

        Rules that compare rows are judged anew each time; they are never stored, since they depend on the others.
        """
        with self._lock:
            flags: dict[int, tuple[str, ...]] = {}
            active = [index for index, checks in enumerate(self.steps) if checks.active]
            if active and 2 * len(rows) > len(ledger.digests):
                ledger.digests.compute_all()  # one by one they cost three times as much
            with gc_paused():
                for index in active:
                    self._judge_step(index, ledger, rows, flags)
                    self._compare_rows(index, ledger, rows, flags)
            self._heard_since = False
            self.flags.clear()
            self.flags.update(flags)
        return self.unstored()

    def unstored(self) -> list[Verdict]:
        """Return the verdicts that are still to be stored, each once."""
        with self._lock:
            found, self._unstored = list(self._unstored.values()), {}
            return found

    def look_at(self, ledger: AnswerLedger, rows: Sequence[Row]) -> None:
        """Work out which answers of these rows judges are still to be asked about; see ``unsettled``."""
        with self._lock:
            for index, checks in enumerate(self.steps):
                if checks.judges:
                    flags: dict[int, tuple[str, ...]] = {}
                    for number in self._judge_step(index, ledger, rows, flags):
                        self._flag(number, flags.get(number, ()))

    def _judge_step(
        self, index: int, ledger: AnswerLedger, rows: Sequence[Row], flags: dict[int, tuple[str, ...]]
    ) -> list[int]:
        """Judge a step's answers as far as they were not, fill in what is wrong, and return the numbers of those."""
        checks, verdicts = self.steps[index], self.verdicts
        wanted: dict[int, tuple[Row, str]] = {}  # what is to be judged, with the inputs that it is stored under
        waiting: list[tuple[Row, int]] = []  # what has passed the checks without a call
        judged = bool(checks.judges)
        settled, plain, unsettled = (
            f"{checks.digest}:",
            f"{checks.plain_digest}:",
            f"{checks.plain_digest}{_UNSETTLED}:",
        )
        for row, number, inputs in self._held(index, ledger, rows):
            known = verdicts.get(number)
            if known is None:
                wanted[number] = row, inputs
            elif known.key == settled + inputs or (judged and known.failed and known.key == plain + inputs):
                if known.failed:
                    flags[number] = known.failed
            elif judged and known.key == unsettled + inputs and number in self.unsettled and not self._heard_since:
                flags[number] = known.failed
            elif judged and known.key in (plain + inputs, unsettled + inputs):
                waiting.append((row, number))
            else:
                wanted[number] = row, inputs
        new = self._judged(index, ledger, wanted, self._texts(checks.step.name, wanted), waiting)
        new += self._heard(index, ledger, waiting)
        for verdict in new:
            verdicts[verdict.answer_id] = self._unstored[verdict.answer_id] = verdict
            if verdict.failed:
                flags[verdict.answer_id] = verdict.failed
        for _, number in waiting:
            if (heard := verdicts.get(number)) is not None and heard.failed:
                flags[number] = heard.failed
        return [verdict.answer_id for verdict in new]

    def _held(self, index: int, ledger: AnswerLedger, rows: Sequence[Row]) -> Iterator[tuple[Row, int, str]]:
        """Yield rows that have an answer to a step, with its number and what stands for their inputs in keys."""
        if len(rows) == len(ledger.entries) and not self._all_sources[index]:  # the whole sheet at a time
            columns = rows, ledger.entries.answers_to(index), ledger.digests.beginnings(_KEY_LENGTH)
            yield from (one for one in zip(*columns, strict=True) if one[1] > 0)
            return
        for row in rows:
            if number := ledger.entries[row.number].answer(index):
                yield row, number, self._inputs(index, row, ledger)

    def _texts(self, step: str, numbers: Collection[int]) -> Iterable[AnswerText]:
        """Return the texts of answers to a step, in the journal's order; of few, it reads only these."""
        if not numbers:
            return ()
        few = len(numbers) <= max(_FEW, len(self.verdicts) // _FEW_OF)
        return self._journal.answer_texts(self._workbook_id, step, numbers if few else None)

    def _judged(
        self,
        index: int,
        ledger: AnswerLedger,
        wanted: Mapping[int, tuple[Row, str]],
        texts: Iterable[AnswerText],
        waiting: list[tuple[Row, int]],
    ) -> list[Verdict]:
        """Return what the checks without a call find of those texts that are wanted; add what waits for judges."""
        checks, verdicts, new = self.steps[index], self.verdicts, []
        uses_outputs, prefix, judged = bool(self._sources[index]), f"{checks.digest}:", bool(checks.judges)
        for text in texts:
            number, said, edited, fields = text
            if number not in wanted:
                continue
            row, inputs = wanted[number]
            if edited is None and not uses_outputs:
                failed = checks.failed(CheckedAnswer(said, fields, row.values))
            else:
                failed = checks.failed(self._of_text(index, row, ledger, text))
            before = verdicts.get(number)
            if judged and not failed:
                waiting.append((row, number))
            elif before is None:
                new.append(Verdict(number, prefix + inputs, failed))
            else:
                new.append(Verdict(number, prefix + inputs, failed, before.path, before.agreement))
        return new

    def _heard(self, index: int, ledger: AnswerLedger, waiting: Sequence[tuple[Row, int]]) -> Iterator[Verdict]:
        """Yield what judges have said of answers that pass the other checks, and note which are not settled by it."""
        acts = any(action.kind is not FailActionKind.REVIEW for action in self.steps[index].step.on_fail)
        for found in self.judgements.of(index, ledger, waiting):
            before = self.verdicts.get(found.number)
            path, agreement = (AnswerPath.AT_ONCE, None) if before is None else (before.path, before.agreement)
            if found.unasked and path is AnswerPath.REVIEW:  # that was by checks which it passes now
                path = AnswerPath.AT_ONCE
            refused = bool(found.against) and acts and path is not AnswerPath.REVIEW
            settled = found.by_hand or not (found.unasked or refused)
            words = found.against or ("" if found.by_hand else found.unasked)
            if settled:
                self.unsettled.pop(found.number, None)
            else:
                self.unsettled[found.number] = found.questions
            key = self.key(index, found.row, ledger, settled=settled)
            verdict = Verdict(found.number, key, (words,) if words else (), path, agreement)
            if verdict != before:
                yield verdict

    def _compare_rows(
        self, index: int, ledger: AnswerLedger, rows: Sequence[Row], flags: dict[int, tuple[str, ...]]
    ) -> None:
        """Add what the rules that compare rows find."""
        checks = self.steps[index]
        if not checks.across:
            return
        held = [(row, number) for row in rows if (number := ledger.entries[row.number].answer(index))]
        texts = {text[0]: text for text in self._texts(checks.step.name, [number for _, number in held])}
        answers = [
            (number, self._of_text(index, row, ledger, texts[number])) for row, number in held if number in texts
        ]
        for rule in checks.across:
            for number, words in compared(rule, answers):
                flags[number] = (*flags.get(number, ()), f"{rule.label}: {words}")

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
