"""Two chains on the same rows: what that would cost, the answers of both, and what they are judged by.

Each side is a trial: its answers are journalled like all others, those that are known are reused, and a run of the
chain that is adopted in the end reuses them in its turn.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from functools import partial
from typing import TYPE_CHECKING

from chaindesk.domain.chains.chain import Chain
from chaindesk.domain.completion import Endpoint
from chaindesk.domain.events import Event
from chaindesk.domain.manifest import Manifest, Row
from chaindesk.domain.records import Answer, RunState
from chaindesk.engine.comparison.differing_steps import compared_steps, same_steps
from chaindesk.engine.comparison.measures import Measure, MeasureKind
from chaindesk.engine.comparison.plan import ComparisonPlan, comparison_plan
from chaindesk.engine.comparison.side import Side, SideAnswer
from chaindesk.engine.run.control import RunControl
from chaindesk.journal.protocol import Journal

if TYPE_CHECKING:
    from chaindesk.credentials import KeyStore


class Pick(Enum):
    """Which side a person likes better in a row."""

    A = "A"
    B = "B"
    NEITHER = "neither"


@dataclass(frozen=True, slots=True)
class ComparedRow:
    """One row of a comparison: the answers of both sides to the compared steps, in order."""

    row: Row
    a: tuple[SideAnswer, ...]
    b: tuple[SideAnswer, ...]

    @property
    def picked_pair(self) -> tuple[int, int] | None:
        """The numbers of the answers to the last compared step, between which a person picks, where they differ."""
        a, b = self.a[-1], self.b[-1]
        return None if a.answer is None or b.answer is None or a.said == b.said else (a.answer.id, b.answer.id)

    @property
    def answered(self) -> bool:
        """Whether both sides have answered each step."""
        return all(one.answer is not None for one in (*self.a, *self.b))

    @property
    def differs(self) -> bool:
        """Whether the sides say different things."""
        return any(one.said != other.said for one, other in zip(self.a, self.b, strict=True))


@dataclass(frozen=True, slots=True)
class ComparisonFigures:
    """What a comparison came to.

    Attributes:
        rows: how many rows were compared.
        answered: rows that both sides have answered; the others count for neither.
        differing: rows of these in which the sides say different things.
        measures: by what they were judged; none where there is nothing to judge them by.
        costs: US dollars of the answers of A and of B, whoever paid for them and when; None where unknown.
        seconds: of the calls of A and of B.
    """

    rows: int
    answered: int
    differing: int
    measures: tuple[Measure, ...]
    costs: tuple[Decimal | None, Decimal | None]
    seconds: tuple[float, float]


class Comparison:
    """Two chains on the same rows.

    Building one, and each of its methods but ``run``, may take seconds for a very long sheet: use a thread there.

    Attributes:
        steps: the steps that are set side by side, by their names in A and in B.
        numbers: the sheet rows that are compared.
        keys: where API keys come from.
        spent: US dollars of the calls that were made for it.
    """

    def __init__(
        self,
        manifest: Manifest,
        chains: tuple[Chain, Chain],
        numbers: Sequence[int],
        journal: Journal,
        keys: KeyStore,
        *,
        addresses: Mapping[str, str] | None = None,
    ) -> None:
        """Prepare the comparison of two chains on the rows with these sheet numbers.

        Raises:
            ChainError: a chain does not fit the sheet.
            UsageError: both ask the same.
            JournalError: the journal cannot be read.
        """
        self._side = partial(Side, manifest, numbers, journal, keys, addresses)
        self.numbers, self.keys = tuple(numbers), keys
        wanted = frozenset(numbers)
        self._rows = [row for row in manifest.rows if row.number in wanted]
        self._chains, self._journal = chains, journal
        self.a, self.b = self._side("A", chains[0]), self._side("B", chains[1])
        self._same = same_steps(self.a.tried.request_builder, self.b.tried.request_builder)
        self.steps = compared_steps(self.a.tried.chain, self.b.tried.chain, self._same)
        self.spent = Decimal(0)
        self._picks = dict(journal.picks(journal.workbook_id(manifest.path, manifest.sheet)))

    @property
    def endpoints(self) -> Mapping[str, Endpoint]:
        """Each provider that one of the sides asks, by name."""
        return {**self.a.tried.endpoints, **self.b.tried.endpoints}

    def plan(self) -> ComparisonPlan:
        """Return what the comparison would do and cost; a call that both sides need alike is counted once."""
        return comparison_plan(self.a.tried.plan(), self.b.tried.plan(), self._same)

    async def run(
        self,
        listener: Callable[[Event], None],
        control: RunControl | None = None,
        *,
        budget: Decimal | None = None,
    ) -> RunState:
        """Make the calls that are missing, those of A first; return how that ended.

        Raises:
            InputError: nothing was asked; see ``TrialRun.run``.
            JournalError: the journal cannot be written; what it has is kept.
        """
        state = await self._run_side(self.a, listener, control, budget)
        if state is not RunState.FINISHED:
            return state
        self.b = self._side("B", self._chains[1])  # what A was answered in the steps that both share is there now
        return await self._run_side(self.b, listener, control, None if budget is None else budget - self.spent)

    async def _run_side(
        self, side: Side, listener: Callable[[Event], None], control: RunControl | None, budget: Decimal | None
    ) -> RunState:
        plan = side.tried.plan()
        if not plan.asks:
            return RunState.FINISHED
        if budget is not None and budget <= 0:
            return RunState.HALTED
        result = await side.tried.run(plan, listener, control, budget=budget)
        self.spent += sum((one.cost or Decimal(0) for one in self._journal.run_answers(result.run_id)), Decimal(0))
        return result.state

    def rows(self) -> tuple[ComparedRow, ...]:
        """Return the answers of both sides, in sheet order, as they are now; judges them, without a call."""
        self.a.judge()
        self.b.judge()
        return tuple(
            ComparedRow(
                row,
                tuple(self.a.answer(row.number, name) for name, _ in self.steps),
                tuple(self.b.answer(row.number, name) for _, name in self.steps),
            )
            for row in self._rows
        )

    def figures(self, rows: Sequence[ComparedRow]) -> ComparisonFigures:
        """Return what these rows come to."""
        answered = [one for one in rows if one.answered]
        found = (self._approved(answered), self._checked(answered), self._picked(answered))
        answers = [[one.answer for one in side if one.answer] for side in _sides(answered)]
        return ComparisonFigures(
            len(rows),
            len(answered),
            sum(one.differs for one in answered),
            tuple(one for one in found if one is not None),
            (_cost(answers[0]), _cost(answers[1])),
            (sum(one.seconds for one in answers[0]), sum(one.seconds for one in answers[1])),
        )

    def _approved(self, rows: Sequence[ComparedRow]) -> Measure | None:
        """Return how often each side gives what a person approved or wrote, where that can be told."""
        by_row: dict[int, tuple[bool, bool]] = {}
        for one in rows:
            number = one.row.number
            told: list[tuple[bool, bool]] = []
            for name_a, name_b in self.steps:
                wanted = self.a.approved.get(name_a, {}).get(number)
                if wanted is None:
                    continue
                step = self.a.step(name_a)
                right = self.a.agrees(number, name_a, wanted, step), self.b.agrees(number, name_b, wanted, step)
                if right[0] is not None and right[1] is not None:
                    told.append((right[0], right[1]))
            if told:
                by_row[number] = all(a for a, _ in told), all(b for _, b in told)
        return Measure.of(MeasureKind.APPROVED, by_row)

    def _checked(self, rows: Sequence[ComparedRow]) -> Measure | None:
        """Return how often the answers of each side pass their checks, where both sides have some."""
        checked = [place for place, (a, b) in enumerate(self.steps) if self.a.step(a).checks and self.b.step(b).checks]
        by_row = {
            one.row.number: (
                not any(one.a[place].flags for place in checked),
                not any(one.b[place].flags for place in checked),
            )
            for one in rows
        }
        return Measure.of(MeasureKind.CHECKS, by_row) if checked else None

    def _picked(self, rows: Sequence[ComparedRow]) -> Measure | None:
        """Return which side a person picked, row by row; rows that nobody has looked at are left out."""
        by_row = {
            one.row.number: (pick is not Pick.B, pick is not Pick.A)
            for one, pick in ((one, self.pick_of(one)) for one in rows)
            if pick is not None
        }
        return Measure.of(MeasureKind.PICKS, by_row)

    def pick_of(self, row: ComparedRow) -> Pick | None:
        """Return what a person has picked in a row; None where nobody has yet."""
        pair = row.picked_pair
        preferred = None if pair is None else self._picks.get((min(pair), max(pair)))
        if pair is None or preferred is None:
            return None
        return Pick.NEITHER if not preferred else Pick.A if preferred == pair[0] else Pick.B

    async def pick(self, row: ComparedRow, pick: Pick | None) -> None:
        """Store which side a person likes better in a row; None takes it back. A row without a choice has no pick."""
        pair = row.picked_pair
        if pair is None:
            return
        preferred = None if pick is None else {Pick.A: pair[0], Pick.B: pair[1], Pick.NEITHER: 0}[pick]
        await self._journal.store_pick(*pair, preferred)
        self._picks.pop((min(pair), max(pair)), None)
        if preferred is not None:
            self._picks[min(pair), max(pair)] = preferred

    @property
    def checks_differ(self) -> bool:
        """Whether the sides are not judged by the same checks."""
        return any(self.a.step(a).checks != self.b.step(b).checks for a, b in self.steps)


def _sides(rows: Sequence[ComparedRow]) -> tuple[list[SideAnswer], list[SideAnswer]]:
    return [one for row in rows for one in row.a], [one for row in rows for one in row.b]


def _cost(answers: Sequence[Answer]) -> Decimal | None:
    known = [one.cost for one in answers if one.cost is not None]
    return sum(known, Decimal(0)) if len(known) == len(answers) and known else None
