"""A chain as it is said for one row: which steps run, what each asks, and what each answer means to later steps."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Mapping, MutableMapping
from typing import cast

from chaindesk.domain.chain_binding import BoundChain, BoundStep
from chaindesk.domain.completion import CompletionRequest, Endpoint, Message
from chaindesk.domain.manifest import Row
from chaindesk.domain.records import Answer
from chaindesk.engine.prompting.structured_output import field_text, shown_fields

Outputs = Mapping[str, str]
"""What later steps may use, by name: ``step`` and ``step.field``."""


class RequestBuilder:
    """A bound chain with the endpoints of its steps.

    Attributes:
        steps: its steps in order.
        count: how many they are.
    """

    def __init__(self, bound: BoundChain, endpoints: Mapping[str, Endpoint]) -> None:
        self.steps: tuple[BoundStep, ...] = bound.steps
        self.count = len(bound.steps)
        self._endpoints = [endpoints[step.step.provider] for step in bound.steps]
        self._parameters = [step.step.call_parameters for step in bound.steps]
        self._schemas = [step.step.answer_schema for step in bound.steps]
        self._inputs = sorted(bound.input_names)
        produced = {name for step in bound.steps for name in step.step.references}
        self._dependencies = [step.names & produced for step in bound.steps]

    def endpoint(self, index: int) -> Endpoint:
        """Return who a step asks."""
        return self._endpoints[index]

    def dependencies(self, index: int) -> frozenset[str]:
        """Return the names of outputs that a step's texts or condition use."""
        return self._dependencies[index]

    def should_run(self, index: int, row: Row, outputs: Outputs) -> bool:
        """Return whether a step runs for a row, given the outputs before it."""
        condition = self.steps[index].step.run_if
        if condition is None:
            return True
        return condition.holds(row.values if condition.column is not None else outputs)

    def request(self, index: int, row: Row, outputs: Outputs) -> CompletionRequest:
        """Return what a step asks for a row."""
        step = self.steps[index]
        values = ChainMap(cast(MutableMapping[str, str], outputs), cast(MutableMapping[str, str], row.values))
        system = step.system.render(values)
        user = Message("user", step.prompt.render(values))
        return CompletionRequest(
            endpoint=self._endpoints[index],
            model=step.step.model_name,
            messages=(Message("system", system), user) if system.strip() else (user,),
            parameters=self._parameters[index],
            schema=self._schemas[index],
            timeout=step.step.timeout,
            total_timeout=step.step.total_timeout,
            shared_system=not step.system.names,
        )

    def outputs(self, index: int, answer: Answer | None) -> dict[str, str]:
        """Return what an answer gives to later steps; None is that of a skipped step, which is blank."""
        step = self.steps[index].step
        if answer is None:
            return dict.fromkeys(step.references, "")
        named = {f"{step.name}.{name}": field_text(value) for name, value in shown_fields(step, answer).items()}
        return {step.name: answer.shown_text} | named

    def blank_reason(self, row: Row) -> str:
        """Return why there is nothing to run for a row whose every used column is blank; "" for any other."""
        if not self._inputs or any(row.values.get(name, "").strip() for name in self._inputs):
            return ""
        names = ", ".join(self._inputs[:3]) + (", …" if len(self._inputs) > 3 else "")
        return f"Nothing to run: {names} {'is' if len(self._inputs) == 1 else 'are'} blank."


NO_STEP_HELD = "Nothing to run: no step's condition holds."


def tokens_of(request: CompletionRequest) -> int:
    """Return about how many tokens a call sends: one for every four bytes."""
    return sum(len(message.content.encode("utf-8", "replace")) for message in request.messages) // 4
