"""The outputs of one row as a person reads them beside its inputs."""

from __future__ import annotations

from chaindesk.domain.manifest import Row
from chaindesk.domain.records import Answer
from chaindesk.engine.answers.answer_pool import UNFIT
from chaindesk.engine.answers.ledger import AnswerLedger
from chaindesk.engine.answers.row_answers import SKIPPED
from chaindesk.engine.planning.plan import OutputState, StepOutput
from chaindesk.engine.prompting.request_builder import RequestBuilder
from chaindesk.engine.prompting.structured_output import field_text, shown_fields
from chaindesk.journal.protocol import Journal


def outputs_of(chain: RequestBuilder, ledger: AnswerLedger, journal: Journal, row: Row) -> tuple[StepOutput, ...]:
    """The output of each step: the row's answer, or else the newest that it had for another prompt."""
    entry = ledger.entries[row.number]
    shown: list[StepOutput] = []
    history: list[Answer] | None = None
    for index, number in enumerate(entry.answers):
        name = chain.steps[index].step.name
        if entry.blank_reason or number == SKIPPED:
            shown.append(StepOutput(name, OutputState.SKIPPED))
            continue
        answer = journal.answer(number) if number is not None else None
        if answer is not None:
            state = OutputState.KEPT if index in entry.manual_outdated else OutputState.ANSWERED
            shown.append(_shown(chain, index, answer, state))
            continue
        if history is None:
            history = ledger.history(row)
        earlier = next((answer for answer in history if answer.step == name and answer.text), None)
        if earlier is None:
            shown.append(StepOutput(name, OutputState.MISSING))
        else:
            unfit = earlier.fingerprint.startswith(UNFIT)
            shown.append(_shown(chain, index, earlier, OutputState.MISSING if unfit else OutputState.STALE))
    return tuple(shown)


def _shown(chain: RequestBuilder, index: int, answer: Answer, state: OutputState) -> StepOutput:
    fields = {name: field_text(value) for name, value in shown_fields(chain.steps[index].step, answer).items()}
    return StepOutput(chain.steps[index].step.name, state, answer, answer.shown_text, fields)
