"""A chain as it is said for one row: which steps run, what each asks, and what each answer means to later steps."""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Callable, Mapping, Sequence

from chaindesk.domain.chains.answer_fields import field_text
from chaindesk.domain.chains.call_choices import SpeedFallback
from chaindesk.domain.chains.chain_binding import BoundChain, BoundStep
from chaindesk.domain.chains.template import byte_length
from chaindesk.domain.completion import CompletionRequest, Endpoint, FingerprintFrame, Message, Speed
from chaindesk.domain.manifest import Row
from chaindesk.domain.records import Answer, RerunNote
from chaindesk.engine.prompting.examples import ExampleSet
from chaindesk.engine.prompting.structured_output import shown_fields

MIN_CACHED_BYTES = 4096
"""Of a beginning that calls share: providers cache from 1,024 tokens up, and a token is about four bytes."""
_WITH_NOTE = "Change your answer as this note says, and give the whole new answer and nothing else.\n\n{note}"
Outputs = Mapping[str, str]
"""What later steps may use, by name: ``step`` and ``step.field``."""

_Sizer = Callable[[Mapping[str, str]], int]


class RequestBuilder:
    """A bound chain with the endpoints of its steps.

    Attributes:
        steps: its steps in order.
        count: how many they are.
        no_answers: what a row has before its first run: for each step None.
        notes: a person's notes to the model, by the row's sheet number and the step's index.
        examples: the examples of each step that has some now, by its index.
    """

    def __init__(self, bound: BoundChain, endpoints: Mapping[str, Endpoint]) -> None:
        self.steps: tuple[BoundStep, ...] = bound.steps
        self.count = len(bound.steps)
        self.no_answers: tuple[int | None, ...] = (None,) * self.count
        self.notes: dict[tuple[int, int], RerunNote] = {}
        self.examples: Mapping[int, ExampleSet] = {}
        self._by_name = endpoints
        self._endpoints = [endpoints[step.step.provider] for step in bound.steps]
        self._parameters = [step.step.call_parameters for step in bound.steps]
        self._schemas = [step.step.answer_schema for step in bound.steps]
        self._frames = [
            FingerprintFrame.of(endpoint, step.step.model_name, parameters, schema)
            for step, endpoint, parameters, schema in zip(
                bound.steps, self._endpoints, self._parameters, self._schemas, strict=True
            )
        ]
        self._sizers: dict[int, tuple[Mapping[str, int], _Sizer, _Sizer]] = {}
        self._rules = ["" if step.step.examples is None else step.step.examples.rule for step in bound.steps]
        self._prefixes = [_shared_prefix(step) for step in bound.steps]
        self._names = [tuple(step.system.names | step.prompt.names) for step in bound.steps]
        self._renderers = [(step.system.renderer(), step.prompt.renderer()) for step in bound.steps]
        self._inputs = sorted(bound.input_names)
        produced = {name for step in bound.steps for name in step.step.references}
        self._dependencies = [step.names & produced for step in bound.steps]
        self._sources = [
            tuple(earlier for earlier in range(index) if not uses.isdisjoint(bound.steps[earlier].step.references))
            for index, uses in enumerate(self._dependencies)
        ]

    def endpoint(self, index: int) -> Endpoint:
        """Return who a step asks."""
        return self._endpoints[index]

    def other_model(self, reference: str) -> tuple[Endpoint, str]:
        """Return the endpoint and name of a model that checks ask, given as provider/model."""
        provider, _, model = reference.partition("/")
        return self._by_name[provider], model

    def dependencies(self, index: int) -> frozenset[str]:
        """Return the names of outputs that a step's texts or condition use."""
        return self._dependencies[index]

    def columns(self, index: int) -> frozenset[str]:
        """Return the names of the sheet's columns that a step's texts or condition use."""
        return self.steps[index].names - self._dependencies[index]

    def sources(self, index: int) -> tuple[int, ...]:
        """Return the earlier steps whose outputs a step's texts or condition use."""
        return self._sources[index]

    def should_run(self, index: int, row: Row, outputs: Outputs) -> bool:
        """Return whether a step runs for a row, given the outputs before it."""
        condition = self.steps[index].step.run_if
        if condition is None:
            return True
        return condition.holds(row.values if condition.column is not None else outputs)

    def with_notes(self, notes: Mapping[tuple[int, int], RerunNote]) -> RequestBuilder:
        """Return the same with these notes besides."""
        noted = copy.copy(self)
        noted.notes = self.notes | dict(notes)
        return noted

    def with_examples(self, examples: Mapping[int, ExampleSet]) -> RequestBuilder:
        """Return the same with these examples, whatever is approved later; people's notes are those of both."""
        frozen = copy.copy(self)
        frozen.examples = examples
        return frozen

    def prompt_text(self, index: int, row: Row, outputs: Outputs) -> str:
        """Return a step's prompt for a row, without anything that is said before or after it."""
        return self.steps[index].prompt.render(self._values(index, row, outputs))

    def input_text(self, index: int, row: Row, outputs: Outputs) -> str:
        """Return what the names of a step's texts stand for in a row, by which rows are alike or not."""
        return "\n".join(self._values(index, row, outputs).values())

    def request(self, index: int, row: Row, outputs: Outputs) -> CompletionRequest:
        """Return what a step asks for a row: with a person's note where there is one to just this."""
        step, examples = self.steps[index], self.examples.get(index)
        messages, revision = self._asked(index, row, outputs)
        return CompletionRequest(
            endpoint=self._endpoints[index],
            model=step.step.model_name,
            messages=messages,
            parameters=self._parameters[index],
            schema=self._schemas[index],
            timeout=step.step.timeout,
            total_timeout=step.step.total_timeout,
            shared_system=not step.system.names,
            revision=revision,
            shared_prefix=self._prefixes[index][0],
            cache_key=self._prefixes[index][1],
            speed=step.step.speed or Speed.STANDARD,
            may_fall_back=step.step.speed_fallback is SpeedFallback.STANDARD,
            examples=examples.nearest(row.number, self.input_text(index, row, outputs)) if examples else (),
        )

    def fingerprint(self, index: int, row: Row, outputs: Outputs) -> tuple[str, int]:
        """Return the fingerprint of what a step asks for a row, and about how many tokens it sends.

        The same as of ``request``, at a tenth of its cost: plans ask it for every row of a sheet.
        """
        messages, revision = self._asked(index, row, outputs)
        return self._frames[index].fingerprint(messages, revision), _tokens(messages)

    def fingerprint_of(self, index: int, request: CompletionRequest) -> str:
        """Return the fingerprint of what ``request`` returned for this step, without making its frame once more."""
        return self._frames[index].fingerprint(request.messages, request.revision)

    def note_behind(self, index: int, row: Row, asked: str) -> str:
        """Return a person's note to the model where a step asks just this with it, by its fingerprint; else ""."""
        note = self.notes.get((row.number, index))
        return note.text if note is not None and note.asked == asked else ""

    def plain_fingerprint(self, index: int, row: Row, outputs: Outputs) -> str:
        """Return the fingerprint of what a step asks for a row without any note."""
        return self._frames[index].fingerprint(self._messages(index, row, outputs), self._rules[index])

    def likely_tokens(self, index: int, row: Row, outputs: Outputs, missing: Mapping[str, int]) -> int:
        """Return about how many tokens a step will send for a row.

        Args:
            index: the step.
            row: the row.
            outputs: the outputs before it, as far as they are there.
            missing: the likely tokens of every output before it, which count where it is not there.
        """
        system_size, prompt_size = self._sizers_of(index, outputs, missing)
        values = self._values(index, row, outputs) if outputs else row.values
        note = self.notes.get((row.number, index)) if self.notes else None
        noted = 0 if note is None else byte_length(note.answer) + byte_length(note.text)
        return (noted + system_size(values) + prompt_size(values)) // _BYTES_PER_TOKEN

    def likely_tokens_of(self, index: int, rows: Sequence[Row], missing: Mapping[str, int]) -> int:
        """Return the sum of ``likely_tokens`` of rows without any output."""
        if self.notes:
            return sum([self.likely_tokens(index, row, {}, missing) for row in rows])
        system_size, prompt_size = self._sizers_of(index, {}, missing)
        if missing.keys() >= set(self._names[index]):  # all rows alike
            return (system_size({}) + prompt_size({})) // _BYTES_PER_TOKEN * len(rows)
        return sum([(system_size(row.values) + prompt_size(row.values)) // _BYTES_PER_TOKEN for row in rows])

    def _sizers_of(self, index: int, outputs: Outputs, missing: Mapping[str, int]) -> tuple[_Sizer, _Sizer]:
        """Return what tells the bytes of a step's system text and prompt, where some outputs are missing."""
        unknown = {name: _BYTES_PER_TOKEN * tokens for name, tokens in missing.items() if name not in outputs}
        sizers = self._sizers.get(index)
        if sizers is None or sizers[0] != unknown:  # nearly all rows of a plan lack the same outputs
            sizers = self._sizers[index] = (
                unknown,
                _system_sizer(self.steps[index], unknown),
                self.steps[index].prompt.sizer(unknown),
            )
        return sizers[1:]

    def _asked(self, index: int, row: Row, outputs: Outputs) -> tuple[tuple[Message, ...], str]:
        """Return what is said, and the revision: the rule of its examples, and the time of a note.

        By the time no note is answered by another's answer. What the rule chose is no part of it: a later approval
        makes no answer stale.

        A note is about one certain request: where the step would ask anything else without it, it lapses.
        """
        messages, rule = self._messages(index, row, outputs), self._rules[index]
        note = self.notes.get((row.number, index)) if self.notes else None
        if note is None or self._frames[index].fingerprint(messages, rule) != note.request:
            return messages, rule
        asked = Message("user", _WITH_NOTE.format(note=note.text))
        return (*messages, Message("assistant", note.answer), asked), f"{rule}{note.made_at.isoformat()}"

    def _messages(self, index: int, row: Row, outputs: Outputs) -> tuple[Message, ...]:
        render_system, render_prompt = self._renderers[index]
        values = self._values(index, row, outputs)
        system = render_system(values)
        user = Message("user", render_prompt(values))
        return (Message("system", system), user) if system and not system.isspace() else (user,)

    def _values(self, index: int, row: Row, outputs: Outputs) -> dict[str, str]:
        """Return what the names of a step's texts stand for: outputs go before columns."""
        cells = row.values
        if not outputs:
            return {name: cells.get(name, "") for name in self._names[index]}
        return {name: outputs[name] if name in outputs else cells.get(name, "") for name in self._names[index]}

    def outputs(self, index: int, answer: Answer | None) -> dict[str, str]:
        """Return what an answer gives to later steps; None is that of a skipped step, which is blank."""
        step = self.steps[index].step
        if answer is None:
            return dict.fromkeys(step.references, "")
        named = {
            f"{step.name}.{name}": field_text(value, step.fields.get(name))
            for name, value in shown_fields(step, answer).items()
        }
        return {step.name: answer.shown_text} | named

    def blank_reason(self, row: Row) -> str:
        """Return why there is nothing to run for a row whose every used column is blank; "" for any other."""
        values = row.values
        for name in self._inputs:
            if values.get(name, "").strip():
                return ""
        if not self._inputs:
            return ""
        names = ", ".join(self._inputs[:3]) + (", …" if len(self._inputs) > 3 else "")
        return f"Nothing to run: {names} {'is' if len(self._inputs) == 1 else 'are'} blank."


def _system_sizer(step: BoundStep, missing: Mapping[str, int]) -> _Sizer:
    """Return what tells how many bytes of a system text are sent: none of one that is blank."""
    if not step.system.names.isdisjoint(missing):
        return step.system.sizer(missing)
    if not step.system.names:
        fixed = byte_length(step.system.render({})) if step.system.render({}).strip() else 0
        return lambda values: fixed

    def size(values: Mapping[str, str]) -> int:
        system = step.system.render(values)
        return byte_length(system) if system.strip() else 0

    return size


def _shared_prefix(step: BoundStep) -> tuple[str, str]:
    """Return how a step's prompt begins in every row, and a key for all that its calls begin with; "" where short."""
    if step.system.names:
        return "", ""
    system = step.system.render({})
    parts = step.prompt.parts
    begin = parts[0] if parts and isinstance(parts[0], str) and step.step.examples is None else ""
    if byte_length(system) + byte_length(begin) < MIN_CACHED_BYTES:
        return "", ""
    key = hashlib.sha256(f"{system}\0{begin}".encode("utf-8", "replace")).hexdigest()[:32]
    return (begin if byte_length(begin) >= MIN_CACHED_BYTES else ""), key


NO_STEP_HELD = "Nothing to run: no step's condition holds."


_BYTES_PER_TOKEN = 4


def tokens_of(request: CompletionRequest) -> int:
    """Return about how many tokens a call sends: one for every four bytes."""
    return _tokens(request.said)


def _tokens(messages: Sequence[Message]) -> int:
    return sum(byte_length(message.content) for message in messages) // _BYTES_PER_TOKEN
