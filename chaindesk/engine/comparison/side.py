"""One side of a comparison: a chain over the compared rows, what it answers there, and what its checks find."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

from chaindesk.domain.chains.answer_fields import FieldType, FieldValue, field_text
from chaindesk.domain.chains.chain import Chain, Step
from chaindesk.domain.manifest import Manifest
from chaindesk.domain.records import Answer
from chaindesk.engine.examples.approved import approved_answers
from chaindesk.engine.prompting.structured_output import shown_fields
from chaindesk.engine.trial import TrialRun
from chaindesk.journal.protocol import Journal

if TYPE_CHECKING:
    from chaindesk.credentials import KeyStore

_SHORT_WORDS = 8
"""A text of more words is hardly ever given twice, so that being like the approved one says nothing."""
_EXACT = frozenset({FieldType.CHOICE, FieldType.BOOLEAN, FieldType.INTEGER, FieldType.NUMBER, FieldType.DATE})


@dataclass(frozen=True, slots=True)
class SideAnswer:
    """What a side has of one step of a row.

    Attributes:
        step: the step's name in this side's chain.
        answer: the model's answer, or None where there is none.
        text: what it says.
        fields: the text of each field of a structured answer.
        flags: the checks that it fails, in words.
    """

    step: str
    answer: Answer | None = None
    text: str = ""
    fields: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    flags: tuple[str, ...] = ()

    @property
    def said(self) -> str | tuple[tuple[str, str], ...]:
        """What is compared: the fields where it has some, else the text, without regard to blanks at its ends."""
        return tuple(self.fields.items()) or self.text.strip()


class Side:
    """A chain that is tried on the compared rows.

    Attributes:
        name: ``A`` or ``B``.
        chain: the chain, as it was given.
        tried: its trial.
        approved: the answers that people had approved or written, by step and sheet number.
    """

    def __init__(
        self,
        manifest: Manifest,
        numbers: Sequence[int],
        journal: Journal,
        keys: KeyStore,
        addresses: Mapping[str, str] | None,
        name: str,
        chain: Chain,
    ) -> None:
        """Prepare the side; reads the journal.

        Raises:
            ChainError: the chain does not fit the sheet.
            JournalError: the journal cannot be read.
        """
        self.name, self.chain = name, chain
        named = chain.model_copy(update={"name": f"{chain.name} (comparison, {name})"})
        self.tried = TrialRun(manifest, named, numbers, journal, keys, addresses=addresses)
        ledger, rows, steps = self.tried.ledger, self.tried.rows, self.tried.chain.step_names
        self.approved = {step: approved_answers(rows, ledger, journal, index) for index, step in enumerate(steps)}
        for step in steps:
            self.tried.ignore_people(step)
        self._journal = journal

    def step(self, name: str) -> Step:
        """Return a step of its chain."""
        return self.chain.steps[self.chain.step_names.index(name)]

    def judge(self) -> None:
        """Judge the answers of the compared rows by the chain's checks. No call is made."""
        if self.tried.ledger.checks.active:
            self.tried.ledger.checks.judge(self.tried.ledger, self.tried.rows)

    def answer(self, number: int, name: str) -> SideAnswer:
        """Return what the side has of a step in one row."""
        ledger, index = self.tried.ledger, self.tried.chain.step_names.index(name)
        held = ledger.entries[number].answers[index]
        answer = self._journal.answer(held) if held else None
        if answer is None:
            return SideAnswer(name)
        fields = {key: field_text(value, self.step(name).fields.get(key)) for key, value in answer.fields.items()}
        return SideAnswer(name, answer, answer.text, fields, ledger.checks.flags.get(answer.id, ()))

    def agrees(self, number: int, name: str, wanted: Answer, wanted_step: Step) -> bool | None:
        """Return whether the side's answer is as a person approved it; None where that cannot be told.

        Fields are compared where they have few values: choices, truths, numbers and dates. Texts only where they are
        short.
        """
        step, answer = self.step(name), self.answer(number, name).answer
        if answer is None:
            return None
        right = shown_fields(wanted_step, wanted)
        exact = [key for key, one in step.fields.items() if one.type in _EXACT and key in right]
        if exact:
            return all(_folded(answer.fields.get(key)) == _folded(right[key]) for key in exact)
        if step.fields or wanted_step.fields or len(wanted.shown_text.split()) > _SHORT_WORDS:
            return None
        return _folded(answer.text) == _folded(wanted.shown_text)


def _folded(value: FieldValue) -> FieldValue:
    return " ".join(value.casefold().split()) if isinstance(value, str) else value
