"""The checks of one step, compiled: what each answer fails, in words, without a call."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from chaindesk.domain.chains.answer_fields import FieldType, field_text
from chaindesk.domain.chains.chain import Step
from chaindesk.domain.chains.checks import ACROSS_ROWS, Check, checks_digest
from chaindesk.domain.check_results import CheckedAnswer
from chaindesk.engine.checks.rules import Rule, Sources, compile_rule, quotes_rule


@dataclass(frozen=True, slots=True)
class _Compiled:
    check: Check
    text_of: Callable[[CheckedAnswer], str]
    label: str
    rules: tuple[Rule, ...]
    skips_blank: bool


@dataclass(frozen=True, slots=True)
class AcrossRule:
    """A rule that compares rows: what it looks at, its name in words, and its value."""

    text_of: Callable[[CheckedAnswer], str]
    label: str
    name: str
    wanted: float


class StepChecks:
    """The checks of one step.

    Attributes:
        step: the step.
        digest: a hash of what they want.
        plain_digest: a hash of what those want that cost no call; the same where there is no judge.
        names: the columns and outputs that they may compare with.
        judges: those that cost a call.
        across: the rules that compare rows.
    """

    def __init__(self, step: Step, inputs: Sequence[str]) -> None:
        """Compile them; ``inputs`` are the names that the step's prompt uses."""
        self.step = step
        self.digest = checks_digest(step.checks)
        self.names = _names(step.checks, inputs)
        self.judges: tuple[Check, ...] = tuple(check for check in step.checks if check.has_judge)
        plain = [check for check in step.checks if not check.has_judge]
        self.plain_digest = checks_digest(plain) if self.judges else self.digest
        self.across: tuple[AcrossRule, ...] = tuple(_across(step, check) for check in step.checks for _ in _both(check))
        self._compiled = [compiled for check in step.checks if (compiled := _compile(step, check, inputs)).rules]
        self._rules = [  # flat, and with no function for the whole text: 100,000 answers are judged in seconds
            (None if one.check.field is None else one.text_of, one.skips_blank, one.label, rule)
            for one in self._compiled
            for rule in one.rules
        ]

    @property
    def active(self) -> bool:
        """Whether the step has any."""
        return bool(self.step.checks)

    def failed(self, answer: CheckedAnswer) -> tuple[str, ...]:
        """Return each check that an answer fails, in words. Judges and comparisons of rows are not among them."""
        found: list[str] = []
        for text_of, skips_blank, label, rule in self._rules:
            text = answer.text if text_of is None else text_of(answer)
            if skips_blank and not text.strip():
                continue
            if wrong := rule(text, answer):
                found.append(f"{label}: {wrong}")
        return tuple(found)

    def each(self, answer: CheckedAnswer) -> Iterator[tuple[Check, str]]:
        """Yield each check with what it finds wrong, "" where that is nothing; judges and comparisons left out."""
        for compiled in self._compiled:
            text = compiled.text_of(answer)
            skipped = compiled.skips_blank and not text.strip()
            wrong = () if skipped else (rule(text, answer) for rule in compiled.rules)
            yield compiled.check, next(filter(None, wrong), "")

    @property
    def alone(self) -> tuple[Check, ...]:
        """The checks that look at one answer without a call."""
        return tuple(compiled.check for compiled in self._compiled)


def _names(checks: Sequence[Check], inputs: Sequence[str]) -> frozenset[str]:
    names: set[str] = set()
    for check in checks:
        for rule, wanted in check.rules():
            if rule not in {"not_equal_to", "numbers_from", "quoted_from"}:
                continue
            names.update(inputs if wanted is True else wanted if isinstance(wanted, list) else ())
    return frozenset(names)


def _both(check: Check) -> list[str]:
    return [name for name, _ in check.rules() if name in ACROSS_ROWS]


def _across(step: Step, check: Check) -> AcrossRule:
    name = _both(check)[0]
    wanted = 1.0 if name == "unique" else float(check.similar_length or 2.0)
    return AcrossRule(_text_of(step, check), check.field or step.name, name, wanted)


def _compile(step: Step, check: Check, inputs: Sequence[str]) -> _Compiled:
    rules: list[Rule] = []
    blank = check.field is not None
    for name, wanted in check.rules():
        if name in ACROSS_ROWS or name == "judge":
            continue
        names: Sequence[str] = inputs if wanted is True else wanted if isinstance(wanted, list) else ()
        sources = _sources(names)
        blank = blank and name != "not_empty"
        if name == "quoted_from":
            rules.append(quotes_rule(sources, _items(check.field) if check.field is not None else None))
        else:
            rules.append(compile_rule(name, wanted, sources))
    return _Compiled(
        check, _text_of(step, check), check.field or step.name, tuple(rules), blank and _may_be_blank(step, check)
    )


def _may_be_blank(step: Step, check: Check) -> bool:
    """Return whether a blank field is right by its type: then it fails nothing but ``not_empty``."""
    spec = step.fields.get(check.field or "")
    return spec is not None and spec.nullable


def _text_of(step: Step, check: Check) -> Callable[[CheckedAnswer], str]:
    name = check.field
    if name is None:
        return lambda answer: answer.text
    spec = step.fields[name]
    if spec.type in {FieldType.STRING, FieldType.CHOICE, FieldType.DATE}:

        def text(answer: CheckedAnswer) -> str:
            value = answer.fields.get(name)
            return value if isinstance(value, str) else field_text(value, spec)

        return text
    return lambda answer: field_text(answer.fields.get(name), spec)


def _items(field: str) -> Callable[[str, CheckedAnswer], Sequence[str]]:
    """Return what gives the quotes of a field: its items, or its text."""

    def items(text: str, answer: CheckedAnswer) -> Sequence[str]:
        value = answer.fields.get(field)
        return value if isinstance(value, tuple) else (text,)

    return items


def _sources(names: Sequence[str]) -> Sources:
    if len(names) == 1:
        only = names[0]
        return lambda answer: [answer.values.get(only, "")]
    return lambda answer: [answer.values.get(name, "") for name in names]
