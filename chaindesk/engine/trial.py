"""A trial: one step of a chain, which need not be saved yet, run on a few rows to see what it answers.

It is a run like any other, over the shortest chain that leads to the step: planned and priced before, with the limits,
keys and journal of a run. Its answers are stored under keys of their own, so that they replace nobody's text, approval
or failure; a row that asks the very same thing later takes its answer over, as rows that have moved do.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING

from chaindesk.domain.chains.chain import Chain
from chaindesk.domain.chains.chain_binding import bind
from chaindesk.domain.completion import Example, Speed, Usage
from chaindesk.domain.errors import ChainError, InputError
from chaindesk.domain.estimate import StepEstimate
from chaindesk.domain.events import Event
from chaindesk.domain.manifest import Manifest, Row
from chaindesk.domain.records import TRIAL_MARK, Answer, Failure
from chaindesk.domain.row_selection import RowSelection
from chaindesk.engine.answers.ledger import AnswerLedger
from chaindesk.engine.answers.rows.row_answers import SKIPPED
from chaindesk.engine.cost.estimator import StepDemand, estimate
from chaindesk.engine.endpoints import DirectAccess, endpoints_of, output_limit, price
from chaindesk.engine.examples.collecting import collect_examples
from chaindesk.engine.planning.plan import Plan
from chaindesk.engine.planning.planner import earlier_usage, make_plan
from chaindesk.engine.prompting.request_builder import RequestBuilder
from chaindesk.engine.prompting.step_preview import chain_to
from chaindesk.engine.run.control import RunControl
from chaindesk.engine.run.dependencies import RunDependencies
from chaindesk.engine.run.lifecycle import execute_run
from chaindesk.engine.run.options import RunOptions, RunResult
from chaindesk.journal.protocol import Journal

if TYPE_CHECKING:
    from chaindesk.credentials import KeyStore


@dataclass(frozen=True, slots=True)
class TrialAnswer:
    """What a trial has of one row.

    Attributes:
        row: the row.
        answer: the step's answer, or None where there is none.
        skipped: whether the step's condition does not hold, or why there is nothing to ask; "" where it is asked.
        failure: why there is no answer, where the row failed.
        paid: the answers that the trial itself paid for, those of earlier steps included.
        outputs: what the step and those before it have answered for the row, by the name under which prompts use it.
    """

    row: Row
    answer: Answer | None = None
    skipped: str = ""
    failure: Failure | None = None
    paid: tuple[Answer, ...] = ()
    outputs: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def reused(self) -> bool:
        """Return whether the answer had been paid for before."""
        return self.answer is not None and all(one.id != self.answer.id for one in self.paid)


class TrialRun:
    """A chain, or a part of one, that is tried on some rows.

    Building one reads the journal, which may take seconds for a very long sheet: use a thread there.

    Attributes:
        chain: the chain, every step at the standard price, since somebody waits for it; its answers serve a run at any
            other speed.
        endpoints: each provider that it uses, by name.
        request_builder: the chain as it is said for a row.
        ledger: what the journal knows of every row.
        run_id: the run that it made last; 0 before.
    """

    def __init__(
        self,
        manifest: Manifest,
        chain: Chain,
        numbers: Sequence[int],
        journal: Journal,
        keys: KeyStore,
        *,
        addresses: Mapping[str, str] | None = None,
    ) -> None:
        """Prepare to try a chain on the rows with these sheet numbers.

        Raises:
            ChainError: the chain does not fit the sheet.
            JournalError: the journal cannot be read.
        """
        self.chain = chain.at_speed(Speed.STANDARD)
        bound, problems = bind(self.chain, manifest)
        self.endpoints = endpoints_of(self.chain, problems)
        if problems:
            raise ChainError(problems)
        self.request_builder = RequestBuilder(bound, self.endpoints)
        self._numbers = frozenset(numbers)
        self._manifest = replace(manifest, rows=tuple(map(self._on_trial, manifest.rows)))
        self._journal, self._keys, self._addresses = journal, keys, dict(addresses or {})
        self._workbook_id = journal.workbook_id(manifest.path, manifest.sheet)
        self.run_id = 0
        self.ledger = AnswerLedger(self._manifest, self.request_builder, journal, self._workbook_id)
        examples = collect_examples(self.request_builder, self.ledger, journal, self._manifest.rows)
        self.request_builder = self.request_builder.with_examples(examples)

    def ignore_people(self, step: str) -> None:
        """Let a step be asked in the tried rows as though nobody had written, approved or noted anything there."""
        for row in self.rows:
            self.ledger.ignore_manual(row, self.chain.step_names.index(step))

    @property
    def rows(self) -> list[Row]:
        """The rows that are tried, in sheet order."""
        return [row for row in self._manifest.rows if row.number in self._numbers]

    def plan(self, rerun_step: str = "") -> Plan:
        """Return what the trial would do and cost; ``rerun_step`` is asked once more, though it has an answer."""
        return make_plan(
            self._manifest,
            self.request_builder,
            self.ledger,
            RowSelection.of_numbers(sorted(self._numbers)),
            price,
            fresh=False,
            rerun_step=rerun_step,
            follows=False,  # its answers would not be the rows' own, and a run would pay for them again
            earlier=partial(earlier_usage, self._journal, self._workbook_id),
        )

    async def run(
        self,
        plan: Plan,
        listener: Callable[[Event], None],
        control: RunControl | None = None,
        *,
        budget: Decimal | None = None,
    ) -> RunResult:
        """Carry a plan of this trial out.

        Raises:
            InputError: nothing was asked, because a key is missing, a budget cannot be kept, or a run is going on over
                this workbook, in this program or another.
            JournalError: the journal cannot be written; what it has is kept.
        """
        access = DirectAccess(self.endpoints.values(), self._keys, self._addresses)
        if plan.asks and (lacking := await access.read_keys()):
            raise InputError(lacking)
        dependencies = RunDependencies(
            manifest=self._manifest,
            chain=self.chain,
            request_builder=self.request_builder,
            endpoints=self.endpoints,
            journal=self._journal,
            workbook_id=self._workbook_id,
            ledger=self.ledger,
            keys=access.keys,
            read_keys=access.read_keys,
            open_provider=access.open,
            price=price,
            output_limit=output_limit,
        )
        with self._journal.lock_workbook(self._workbook_id):
            await asyncio.to_thread(self._journal.import_spilled)
            options = RunOptions(budget=budget)
            result = await execute_run(dependencies, plan, options, listener, control or RunControl())
        self.run_id = result.run_id
        return result

    def _on_trial(self, row: Row) -> Row:
        return replace(row, key=f"{row.key}{TRIAL_MARK}", named=False) if row.number in self._numbers else row


class Trial:
    """A step that is tried on some rows.

    Building one reads the journal, which may take seconds for a very long sheet: use a thread there.

    Attributes:
        chain: the shortest chain that leads to the step.
        step: the step's name.
        endpoints: each provider that it uses, by name.
    """

    def __init__(
        self,
        manifest: Manifest,
        chain: Chain,
        step: str,
        numbers: Sequence[int],
        journal: Journal,
        keys: KeyStore,
        *,
        addresses: Mapping[str, str] | None = None,
    ) -> None:
        """Prepare the trial of ``step`` on the rows with these sheet numbers.

        Raises:
            ChainError: the steps that are needed do not fit the sheet.
            UsageError: there is no such step.
            JournalError: the journal cannot be read.
        """
        self.step = step
        needed = chain_to(chain, manifest, step)
        named = needed.model_copy(update={"name": f"{chain.name} (trial of {step})"})
        self._tried = TrialRun(manifest, named, numbers, journal, keys, addresses=addresses)
        self._tried.ignore_people(step)
        self.chain, self.endpoints = self._tried.chain, self._tried.endpoints
        self._journal = journal
        self._last = len(self.chain.steps) - 1

    def plan(self, *, again: bool = False) -> Plan:
        """Return what the trial would do and cost; ``again``: ask the step once more, though it has an answer."""
        return self._tried.plan(self.step if again else "")

    async def run(
        self,
        plan: Plan,
        listener: Callable[[Event], None],
        control: RunControl | None = None,
        *,
        budget: Decimal | None = None,
    ) -> RunResult:
        """Carry a plan of this trial out; see ``TrialRun.run``."""
        return await self._tried.run(plan, listener, control, budget=budget)

    def answers(self) -> tuple[TrialAnswer, ...]:
        """Return what the rows of the trial have now, in sheet order."""
        paid = list(self._journal.run_answers(self._tried.run_id)) if self._tried.run_id else []
        return tuple(self._answer_of(row, paid) for row in self._tried.rows)

    def _answer_of(self, row: Row, paid: Sequence[Answer]) -> TrialAnswer:
        ledger = self._tried.ledger
        entry = ledger.entries[row.number]
        number = entry.answers[self._last]
        own = tuple(one for one in paid if one.row_number == row.number)
        skipped = entry.skipped or ("The step's condition does not hold for this row." if number == SKIPPED else "")
        answer = self._journal.answer(number) if number else None
        failure = ledger.state(row.number).failure if answer is None and not skipped else None
        outputs = ledger.outputs_before(row, self._last)
        outputs |= self._tried.request_builder.outputs(self._last, answer) if answer is not None else {}
        return TrialAnswer(row, answer, skipped, failure, own, outputs)


def previewed_examples(
    chain: Chain, manifest: Manifest, row: Row, step: str, known: Chain, ledger: AnswerLedger, journal: Journal
) -> tuple[Example, ...]:
    """Return what a step of a chain that is being edited would show a row now; () where that cannot be told.

    Args:
        chain: the chain as it is edited.
        manifest: the sheet.
        row: the row.
        step: the step's name.
        known: the chain that the ledger is of: the steps up to this one must have the same names there.
        ledger: what the journal knows of every row.
        journal: where the answers are.
    """
    index = chain.step_names.index(step)
    if chain.steps[index].examples is None or known.step_names[: index + 1] != chain.step_names[: index + 1]:
        return ()
    bound, problems = bind(chain.model_copy(update={"steps": chain.steps[: index + 1]}), manifest)
    endpoints = endpoints_of(bound.chain, problems)
    if problems:
        return ()
    builder = RequestBuilder(bound, endpoints)
    examples = collect_examples(builder, ledger, journal, manifest.rows)[index]
    outputs = ledger.outputs_before(row, index)
    if not outputs.keys() >= builder.dependencies(index):
        return ()
    return examples.nearest(row.number, builder.input_text(index, row, outputs))


def estimate_call(
    chain: Chain, manifest: Manifest, step: str, tokens: int, journal: Journal | None
) -> StepEstimate | None:
    """Return what one call of a step that sends so many tokens is likely to take; None where nobody can be asked.

    It reads the journal, and at its first use the price list: use a thread.

    Args:
        chain: the chain.
        manifest: the sheet.
        step: the step's name.
        tokens: what it sends.
        journal: by whose answers to this step it is measured, or None.
    """
    asked = next(one for one in chain.steps if one.name == step)
    endpoint = endpoints_of(chain.model_copy(update={"steps": [asked]}), []).get(asked.provider)
    if endpoint is None:
        return None
    earlier: Sequence[Usage] = ()
    if journal is not None:
        earlier = earlier_usage(journal, journal.workbook_id(manifest.path, manifest.sheet), asked)
    return estimate([StepDemand(asked, endpoint, 1, tokens, earlier)], price).steps[0]
