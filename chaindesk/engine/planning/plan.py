"""What a run would do, as values: made by ``make_plan``, shown before anything is paid, run by ``execute_run``."""

from __future__ import annotations

from dataclasses import dataclass

from chaindesk.domain.estimate import Estimate
from chaindesk.domain.manifest import Notice, Row


@dataclass(frozen=True, slots=True)
class RowWork:
    """What there is to do for a row. Rows that the journal knows nothing of share one.

    Attributes:
        answers: for each step, the journal's number of the answer that it reuses, or None.
        calls: the calls that are missing, as far as can be known: a condition on an unknown output counts as met.
        seconds: what its answers have taken.
        stale: whether it has answers to inputs, prompts or edits that have changed since.
        skipped: why there is nothing to run for it, or "".
        rerun_steps: the indexes of the steps that are paid for again, though there may be an answer.
        again: those of them whose approved answer is asked again since its prompt has changed: where the new prompt was
            tried before, that answer is used.
        known_as: the key under which earlier runs knew it, or None where that is its own.
        unjudged: the indexes of the steps about whose answers judges are to be asked, or whose answer a judge refused
            while nothing was done about it yet.
        unreplaced: those of them whose answer stays whatever a judge says, since a person has had a word on it.
    """

    answers: tuple[int | None, ...]
    calls: int
    seconds: float = 0.0
    stale: bool = False
    skipped: str = ""
    rerun_steps: frozenset[int] = frozenset()
    again: frozenset[int] = frozenset()
    known_as: str | None = None
    unjudged: frozenset[int] = frozenset()
    unreplaced: frozenset[int] = frozenset()

    @property
    def complete(self) -> bool:
        """Whether all its answers are there, and judged."""
        return not self.calls and not self.skipped and not self.unjudged


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """One chosen row, and what there is to do for it."""

    row: Row
    work: RowWork


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run would do.

    Attributes:
        rows: the chosen rows in sheet order.
        calls: calls that are missing, as far as can be known.
        judge_calls: calls to judges about answers that are there and that they were not asked about yet.
        unjudged: rows with an answer that judges are to be asked about, or that a judge refused while nothing was done
            about it yet.
        follow_ups: calls that there can be at most beyond the others where judges refuse answers that are there.
        reused: answers that are reused.
        estimate: what the calls are likely to take.
        notices: what the user should know first.
        submitted: rows whose next step is out in a batch job that is waited for.
        approved: the sheet rows that keep answers which a person approved before their inputs or prompts changed.
        overwritten: the sheet rows in which a text that a person wrote would give way to a new answer.
    """

    rows: list[PlannedRow]
    calls: int
    reused: int
    estimate: Estimate
    notices: tuple[Notice, ...] = ()
    overwritten: tuple[int, ...] = ()
    approved: tuple[int, ...] = ()
    submitted: int = 0
    judge_calls: int = 0
    unjudged: int = 0
    follow_ups: int = 0

    @property
    def asks(self) -> bool:
        """Whether a run of it may make a call."""
        return bool(self.calls or self.unjudged)

    @property
    def planned_calls(self) -> int:
        """The calls that are sure to be made: those that are missing, and those to judges."""
        return self.calls + self.judge_calls

    @property
    def reused_answers(self) -> list[tuple[int, str]]:
        """The numbers of the answers of earlier runs that it would reuse, each with the key of its row.

        That is the key under which the row's outcome stands: a row that has moved gets another as it ends.
        """
        return [
            (number, planned.row.key if planned.work.known_as is None else planned.work.known_as)
            for planned in self.rows
            for number in planned.work.answers
            if number
        ]
