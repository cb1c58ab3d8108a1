"""What is kept of each answer to compare it with the others of its column: lengths, classes and beginnings of texts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from chaindesk.domain.chains.answer_fields import FieldType, field_text
from chaindesk.domain.chains.chain import Step
from chaindesk.journal.protocol import AnswerText

_BEGINNING_CHARS = 120  # tell the language as surely as more do, in half the time
_MAX_CLASS_CHARS = 40
_MAX_CLASSES = 24
_MAX_REFUSAL_CHARS = 600
_REFUSAL = re.compile(
    r"\W*(?:(?:i'?m|i am|we'?re|we are) (?:very |really |so )?(?:sorry|afraid|unable)|sorry\b|my apologies"
    r"|i (?:apologi[sz]e|can'?t|cannot|can not|won'?t|will not|do ?n[o']t have (?:access|enough|the ability))\b"
    r"|as an? (?:ai|language model|artificial)"
    r"|(?:es )?tut mir (?:sehr |wirklich )?leid|leider (?:kann|darf|konnte) ich"
    r"|ich kann (?:das |dir |ihnen )?(?:leider )?nicht"
    r"|als (?:ki|sprachmodell)|je suis désolée?|désolée?\b|lo siento)",
    re.IGNORECASE,
)


@dataclass(slots=True)
class AnswerColumn:
    """The answers of one output column, by the answers' numbers.

    Attributes:
        name: the step's name, or that of the field.
        lengths: characters of texts.
        beginnings: of texts, for their language.
        classes: values of which there are few, as text.
    """

    name: str
    lengths: dict[int, int] = field(default_factory=dict)
    beginnings: dict[int, str] = field(default_factory=dict)
    classes: dict[int, str] = field(default_factory=dict)

    def settle(self) -> None:
        """Once all answers are there: take a column of short texts that repeat for one of classes."""
        if self.classes or not self.lengths or max(self.lengths.values()) > _MAX_CLASS_CHARS:
            return
        found = {" ".join(text.casefold().split()) for text in self.beginnings.values()}
        if len(found) <= min(_MAX_CLASSES, len(self.beginnings) // 4):
            self.classes = {number: " ".join(text.split()) for number, text in self.beginnings.items()}
            self.lengths, self.beginnings = {}, {}


@dataclass(slots=True)
class StepAnswers:
    """What is kept of the answers to one step.

    Attributes:
        columns: one for the step, or one for each field that is a text or a class.
        refusals: the numbers of answers that read like a refusal.
        empty: the numbers of answers with nothing in them.
    """

    columns: list[AnswerColumn]
    refusals: set[int] = field(default_factory=set)
    empty: set[int] = field(default_factory=set)


def read_answers(step: Step, texts: Iterable[AnswerText], wanted: Mapping[int, object]) -> StepAnswers:
    """Return what is kept of the wanted answers to a step, by the model's own texts: one after another is read."""
    names = [
        name
        for name, spec in step.fields.items()
        if spec.type in {FieldType.STRING, FieldType.CHOICE, FieldType.BOOLEAN}
    ]
    found = StepAnswers([AnswerColumn(name) for name in (names if step.fields else [step.name])])
    for number, text, _, fields in texts:
        if number not in wanted:
            continue
        if not step.fields:
            _add_text(found.columns[0], number, text)
            if not text.strip():
                found.empty.add(number)
            elif is_refusal(text):
                found.refusals.add(number)
            continue
        for column in found.columns:
            value = fields.get(column.name)
            if value is None or value == "":
                continue
            spec = step.fields[column.name]
            if spec.type is FieldType.STRING:
                _add_text(column, number, str(value))
                if is_refusal(str(value)):
                    found.refusals.add(number)
            else:
                column.classes[number] = field_text(value, spec)
    for column in found.columns:
        column.settle()
    return found


def is_refusal(text: str) -> bool:
    """Return whether a text begins as models begin when they refuse, and says little more."""
    return len(text) <= _MAX_REFUSAL_CHARS and _REFUSAL.match(text.replace("’", "'")) is not None


def _add_text(column: AnswerColumn, number: int, text: str) -> None:
    column.lengths[number] = len(text.strip())
    column.beginnings[number] = text[:_BEGINNING_CHARS]
