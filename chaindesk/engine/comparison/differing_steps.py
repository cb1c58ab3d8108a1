"""Which steps of two chains ask otherwise, and which of them can be set side by side."""

from __future__ import annotations

from collections.abc import Sequence

from chaindesk.domain.chains.chain import Chain, Step
from chaindesk.domain.errors import UsageError
from chaindesk.engine.prompting.request_builder import RequestBuilder

_NOT_ASKED = frozenset(
    {"enabled", "output", "checks", "speed", "speed_fallback", "same_request", "timeout", "total_timeout"}
)
"""What of a step decides no answer. Its checks do where a failed one has a consequence."""


def same_steps(a: RequestBuilder, b: RequestBuilder) -> frozenset[str]:
    """Return the names of the steps that ask the same in both, as do all steps whose outputs they use."""
    by_name = {bound.step.name: index for index, bound in enumerate(a.steps)}
    same: set[str] = set()
    for index, bound in enumerate(b.steps):
        name = bound.step.name
        other = by_name.get(name)
        if other is None or not _asks_the_same(a, other, b, index):
            continue
        if all(b.steps[one].step.name in same for one in b.sources(index)):
            same.add(name)
    return frozenset(same)


def compared_steps(a: Chain, b: Chain, same: frozenset[str]) -> tuple[tuple[str, str], ...]:
    """Return the steps that are set side by side, as their names in A and in B: those of one name that differ.

    Where no two have one name, the last steps.

    Raises:
        UsageError: both chains ask the same.
    """
    found = tuple((name, name) for name in a.step_names if name in b.step_names and name not in same)
    if found:
        return found
    if a.step_names[-1] == b.step_names[-1]:
        raise UsageError(
            "A and B ask the same: there is nothing to compare. Change a prompt or a model in one of them."
        )
    return ((a.step_names[-1], b.step_names[-1]),)


def with_models(chain: Chain, changes: Sequence[str]) -> Chain:
    """Return a chain with other models in some steps, each given as ``step=provider/model``.

    Raises:
        UsageError: it is not written so, or there is no such step.
    """
    wanted: dict[str, str] = {}
    for change in changes:
        step, equals, model = (part.strip() for part in change.partition("="))
        if step not in chain.step_names:
            raise UsageError(f'"{change}": the chain has no step "{step}". Its steps: {", ".join(chain.step_names)}.')
        if not (equals and all(model.partition("/"))):
            raise UsageError(
                f'"{change}": a model is given as step=provider/model, such as {step}=openai/gpt-5.4-mini.'
            )
        wanted[step] = model
    steps = [step.model_copy(update={"model": wanted.get(step.name, step.model)}) for step in chain.steps]
    return chain.model_copy(update={"steps": steps})


def without_examples(chain: Chain) -> Chain:
    """Return a chain whose steps are shown no examples.

    Raises:
        UsageError: none is shown any.
    """
    if all(step.examples is None for step in chain.steps):
        raise UsageError("No step of the chain has examples: give one examples: {from: approved}.")
    steps = [step.model_copy(update={"examples": None}) for step in chain.steps]
    return chain.model_copy(update={"steps": steps})


def _asks_the_same(a: RequestBuilder, index_a: int, b: RequestBuilder, index_b: int) -> bool:
    one, other = a.steps[index_a].step, b.steps[index_b].step
    if a.endpoint(index_a).base_url != b.endpoint(index_b).base_url:
        return False
    return _decisive(one) == _decisive(other)


def _decisive(step: Step) -> dict[str, object]:
    left_out = _NOT_ASKED - {"checks"} if step.on_fail else _NOT_ASKED
    return step.model_dump(mode="json", exclude=set(left_out))
