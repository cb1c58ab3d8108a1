"""The examples of a chain's steps as they are at one moment: what people have approved or edited until then."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from chaindesk.domain.chains.step_examples import Examples
from chaindesk.domain.completion import Example
from chaindesk.domain.manifest import Notice, Row
from chaindesk.engine.answers.ledger import AnswerLedger
from chaindesk.engine.examples.approved import approved_answers
from chaindesk.engine.planning.plan import Plan
from chaindesk.engine.prompting.examples import MOST_KEPT, ExampleSet, KnownExample, is_held_out
from chaindesk.engine.prompting.request_builder import RequestBuilder
from chaindesk.formatting import count
from chaindesk.journal.protocol import Journal


def collect_examples(
    chain: RequestBuilder, ledger: AnswerLedger, journal: Journal, rows: Sequence[Row]
) -> Mapping[int, ExampleSet]:
    """Return the examples of each step that has some, by its index. May take a second for a very long sheet."""
    return {
        index: _of_step(index, bound.step.examples, chain, ledger, journal, rows)
        for index, bound in enumerate(chain.steps)
        if bound.step.examples is not None
    }


def example_notices(chain: RequestBuilder, plan: Plan) -> list[Notice]:
    """Return what is shown as examples in the calls of a plan, a sentence for each step that has some."""
    calling = {one.step for one in plan.estimate.steps if one.calls}
    found = []
    for index, examples in chain.examples.items():
        step = chain.steps[index].step
        if step.name not in calling or step.examples is None:
            continue
        if not examples.known:
            found.append(Notice(f"Step {step.name} has no examples yet: none of its answers is approved or edited."))
            continue
        shown = min(step.examples.most, len(examples.known))
        found.append(
            Notice(
                f"Step {step.name} shows {shown} of {count(len(examples.known), 'example')} in each call, about "
                f"{count(examples.likely_tokens, 'token')}; {examples.held_out} more are held out."
            )
        )
    return found


def held_out_rows(ledger: AnswerLedger, journal: Journal, rows: Sequence[Row], index: int) -> list[Row]:
    """Return the rows whose approved answers to a step are held out from its examples."""
    likely = [row for row in rows if is_held_out(row.key)]
    approved = approved_answers(likely, ledger, journal, index)
    return [row for row in likely if row.number in approved]


def _of_step(
    index: int, settings: Examples, chain: RequestBuilder, ledger: AnswerLedger, journal: Journal, rows: Sequence[Row]
) -> ExampleSet:
    by_number = {row.number: row for row in rows}
    approved = approved_answers(rows, ledger, journal, index)
    shown = [row for row in approved if not is_held_out(by_number[row].key)]
    newest = sorted(shown, key=lambda row: approved[row].id)[-MOST_KEPT:]
    known = []
    for number in newest:
        row, answer = by_number[number], approved[number]
        outputs = ledger.outputs_before(row, index)
        if outputs.keys() >= chain.dependencies(index):
            prompt = chain.prompt_text(index, row, outputs)
            inputs = chain.input_text(index, row, outputs)
            known.append(KnownExample(number, inputs, Example(answer.id, number, prompt, answer.shown_text)))
    return ExampleSet(settings, known, len(approved) - len(shown))
