"""What a run would do, as values: made by ``make_plan``, shown before anything is paid, run by ``execute_run``."""

from __future__ import annotations

from dataclasses import dataclass

from chaindesk.domain.estimate import Estimate
from chaindesk.domain.manifest import Notice, Row


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """One chosen row.

    Attributes:
        row: the row.
        answers: for each step, the journal's number of the answer that it reuses, or None.
        calls: the calls that are missing, as far as can be known: a condition on an unknown output counts as met.
        seconds: what its answers have taken.
        stale: whether it has answers to inputs, prompts or edits that have changed since.
        skipped: why there is nothing to run for it, or "".
        rerun_steps: the indexes of the steps that are paid for again, though there may be an answer.
        again: those of them whose approved answer is asked again since its prompt has changed: where the new prompt was
            tried before, that answer is used.
        known_as: the key under which earlier runs knew it, or None where that is its own.
    """

    row: Row
    answers: tuple[int | None, ...]
    calls: int
    seconds: float = 0.0
    stale: bool = False
    skipped: str = ""
    rerun_steps: frozenset[int] = frozenset()
    again: frozenset[int] = frozenset()
    known_as: str | None = None

    @property
    def complete(self) -> bool:
        """Whether all its answers are there."""
        return not self.calls and not self.skipped


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run would do.

    Attributes:
        rows: the chosen rows in sheet order.
        calls: calls that are missing, as far as can be known.
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

    @property
    def reused_answers(self) -> list[tuple[int, str]]:
        """The numbers of the answers of earlier runs that it would reuse, each with the key of its row.

        That is the key under which the row's outcome stands: a row that has moved gets another as it ends.
        """
        return [
            (number, planned.row.key if planned.known_as is None else planned.known_as)
            for planned in self.rows
            for number in planned.answers
            if number
        ]
