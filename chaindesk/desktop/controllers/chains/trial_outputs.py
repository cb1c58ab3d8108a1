"""Which answers of earlier steps a row has for a chain that is being written: from the session and from trials."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from chaindesk.domain.chains.chain import Chain, Step
from chaindesk.domain.manifest import Manifest, Row
from chaindesk.engine.answers.row_history import OutputState
from chaindesk.engine.prompting.step_preview import StepPreview, chain_to
from chaindesk.engine.session import Session
from chaindesk.engine.trial import TrialAnswer, previewed_examples

_SHOWN = {OutputState.ANSWERED, OutputState.KEPT, OutputState.STALE}
_ANY_SPEED = {"speed": None, "speed_fallback": None}  # a step that is run has its chain's, a tried one the standard


class TrialOutputs:
    """Remembers what trials have answered, by row, for as long as the window lives."""

    def __init__(self) -> None:
        self._tried: dict[int, dict[str, tuple[tuple[Step, ...], Mapping[str, str]]]] = {}

    def remember(self, chain: Chain, answers: Iterable[TrialAnswer]) -> None:
        """Remember the outputs of the steps before the one that was tried."""
        for found in answers:
            of_row = self._tried.setdefault(found.row.number, {})
            for place, step in enumerate(chain.steps):
                own = {name: found.outputs[name] for name in step.references if name in found.outputs}
                if own:
                    of_row[step.name] = (tuple(chain.steps[: place + 1]), own)

    def of(self, row: Row, chain: Chain, session: Session | None) -> tuple[dict[str, str], frozenset[str]]:
        """Return the outputs of a row by name, and the names of the steps whose answers are to earlier prompts."""
        outputs: dict[str, str] = {}
        outdated: set[str] = set()
        if session is not None and row.number in session.ledger.entries:
            for output in session.outputs(row):
                if output.state in _SHOWN:
                    outputs[output.step] = output.text
                    outputs |= {f"{output.step}.{name}": text for name, text in output.fields.items()}
                    asked = chain_to(session.chain, session.manifest, output.step).steps
                    if output.state is OutputState.STALE or not _same(asked, chain):
                        outdated.add(output.step)
                elif output.state is OutputState.SKIPPED and (step := _step(chain, output.step)) is not None:
                    outputs |= dict.fromkeys(step.references, "")
        for name, (steps, own) in self._tried.get(row.number, {}).items():
            if _same(steps, chain):
                outputs |= own
                outdated.discard(name)
        return outputs, frozenset(outdated)


def _same(steps: Sequence[Step], chain: Chain) -> bool:
    """Return whether a chain still asks what these steps asked; an answer serves at any speed."""
    asked = {one.name: one.model_copy(update=_ANY_SPEED) for one in chain.steps}
    return all(asked.get(step.name) == step.model_copy(update=_ANY_SPEED) for step in steps)


def _step(chain: Chain, name: str) -> Step | None:
    return next((step for step in chain.steps if step.name == name), None)


async def with_examples(
    preview: StepPreview, chain: Chain, manifest: Manifest, row: Row, session: Session | None
) -> StepPreview:
    """Return the preview with the examples that the step would show the row now. The ledger is read in a thread."""
    if session is None:
        return preview
    known = (session.chain, session.ledger, session.journal)
    found = await asyncio.to_thread(previewed_examples, chain, manifest, row, preview.step, *known)
    return replace(preview, examples=found)
