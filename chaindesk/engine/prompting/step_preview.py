"""What a step would ask for one row, for reading before anything is asked: also where the chain does not run yet."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from chaindesk.domain.chains.chain import Chain
from chaindesk.domain.chains.chain_binding import BoundStep, bind
from chaindesk.domain.chains.template import Piece
from chaindesk.domain.completion import Example
from chaindesk.domain.errors import UsageError
from chaindesk.domain.manifest import Manifest, Row


@dataclass(frozen=True, slots=True)
class StepPreview:
    """What a step would ask for one row.

    Attributes:
        step: the step's name.
        model: its model reference.
        system: its system text.
        prompt: its prompt.
        missing: the earlier steps whose outputs it uses and that have none yet, in order; what stands for them in the
            texts is ``placeholder``.
        missing_names: the names of those outputs as the texts use them.
        outputs: the names of all outputs of earlier steps, among which the pieces' names may be.
        outdated: the earlier steps whose outputs stand here though their prompts have changed since.
        skipped: whether its condition does not hold for the row, as far as that is known.
        examples: approved answers that are said before the prompt, as far as they are looked up.
    """

    step: str
    model: str
    system: tuple[Piece, ...]
    prompt: tuple[Piece, ...]
    missing: tuple[str, ...] = ()
    missing_names: frozenset[str] = frozenset()
    outputs: frozenset[str] = frozenset()
    outdated: tuple[str, ...] = ()
    skipped: bool = False
    examples: tuple[Example, ...] = ()

    @property
    def tokens(self) -> int:
        """About how many tokens it sends: one for every four bytes."""
        pieces = (*self.system, *self.prompt)
        shown = [message.content for example in self.examples for message in example.messages]
        texts = (*(piece.text for piece in pieces), *shown)
        return sum(len(text.encode("utf-8", "replace")) for text in texts) // 4


def placeholder(name: str) -> str:
    """Return what stands for an output that is not there yet."""
    return f"‹output of {name}›"


def needed_steps(chain: Chain, manifest: Manifest, step: str) -> tuple[str, ...]:
    """Return the names of the steps whose outputs a step uses, directly or by others, and its own at the end.

    Raises:
        UsageError: there is no such step.
    """
    return tuple(one.step.name for one in _leading_to(chain, manifest, step))


def chain_to(chain: Chain, manifest: Manifest, step: str) -> Chain:
    """Return the chain with nothing but a step and those whose outputs it uses.

    Raises:
        UsageError: there is no such step.
    """
    return chain.model_copy(update={"steps": [one.step for one in _leading_to(chain, manifest, step)]})


def preview_step(
    chain: Chain,
    manifest: Manifest,
    row: Row,
    step: str,
    outputs: Mapping[str, str],
    outdated: Collection[str] = (),
) -> StepPreview:
    """Return what a step would ask for a row.

    Args:
        chain: the chain.
        manifest: the sheet.
        row: the row.
        step: the step's name.
        outputs: what earlier steps have answered for the row, by the name under which prompts use it.
        outdated: the names of steps whose answers among them are to earlier prompts.

    Raises:
        UsageError: there is no such step.
    """
    *before, bound = _leading_to(chain, manifest, step)
    produced = frozenset(name for one in before for name in one.step.references)
    used = bound.names & produced
    missing = tuple(one.step.name for one in before if (used & set(one.step.references)) - outputs.keys())
    blanks = {name: placeholder(name) for name in used - outputs.keys()}
    values = ChainMap(dict(outputs) | blanks, dict(row.values))
    condition = bound.step.run_if
    known = condition is not None and (condition.column is not None or condition.name in outputs)
    return StepPreview(
        step,
        bound.step.model,
        bound.system.pieces(values) if bound.step.system.strip() else (),
        bound.prompt.pieces(values),
        missing,
        used - outputs.keys(),
        produced,
        tuple(one.step.name for one in before if one.step.name in outdated and used & set(one.step.references)),
        skipped=known and condition is not None and not condition.holds(values),
    )


def _leading_to(chain: Chain, manifest: Manifest, step: str) -> list[BoundStep]:
    if step not in chain.step_names:
        raise UsageError(f'The chain has no step "{step}". Its steps: {", ".join(chain.step_names)}.')
    place = chain.step_names.index(step)
    previewed = chain.steps[place].model_copy(update={"enabled": True})  # also one that is switched off
    bound, _ = bind(chain.model_copy(update={"steps": [*chain.steps[:place], previewed]}), manifest)
    *before, last = bound.steps
    wanted, found = set(last.names), [last]
    for one in reversed(before):
        if not wanted.isdisjoint(one.step.references):
            wanted |= one.names
            found.insert(0, one)
    return found
