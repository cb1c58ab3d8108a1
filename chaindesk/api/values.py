"""What the public API returns. Fields have the names of ``--json`` wherever they are the same thing."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from chaindesk.domain.errors import Problem
from chaindesk.formatting import count, duration, money

Event = dict[str, Any]
"""An event of a run as a line of ``--json`` has it: ``event["event"]`` is its name."""
Value = str | int | float | bool | date | datetime | Decimal | None
"""A cell of an output in its own type."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row as it stands.

    Attributes:
        row: its sheet row number; a data frame's first row is 2, as below a header.
        row_key: how it is known: its ID, or else its number as text.
        status: pending, done, failed or skipped.
        error: why it failed, or what else is to be said of it; "" for nothing.
        inputs: the texts of its own columns.
        outputs: what the chain made of it, by the names of the new columns, each value in its own type.
    """

    row: int
    row_key: str
    status: str
    error: str
    inputs: Mapping[str, str]
    outputs: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Check:
    """What a run would do, found out without a call.

    Attributes:
        ok: whether it can be run.
        problems: every mistake in chain and sheet.
        notices: what should be known.
        rows: the sheet row numbers of the chosen rows.
        planned_calls: calls that are missing, as far as can be known.
        reused: answers that are known already.
        cost: US dollars that the calls are likely to cost; None where no price is known.
        low: what it will hardly be less than.
        high: what it will hardly be more than.
        judge_calls: calls to judges about answers that are known already, and that they were not asked about yet.
    """

    ok: bool
    problems: tuple[Problem, ...] = ()
    notices: tuple[str, ...] = ()
    rows: tuple[int, ...] = ()
    planned_calls: int = 0
    reused: int = 0
    cost: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    judge_calls: int = 0

    def __str__(self) -> str:
        if not self.ok:
            return "\n".join(map(str, self.problems))
        price = "unknown" if self.cost is None else money(self.cost)
        known = f"{count(self.reused, 'answer')} known already"
        judged = f"{count(self.judge_calls, 'judge call')}, " if self.judge_calls else ""
        calls = f"{count(self.planned_calls, 'call')} to make"
        return f"{count(len(self.rows), 'row')}: {calls}, {judged}{known}, cost {price}"


@dataclass(frozen=True, slots=True)
class Result:
    """How a run ended, and every row of the sheet as it stands then.

    Attributes:
        run_id: its number in the journal; 0 where there was nothing to run.
        state: finished, stopped or halted.
        message: why it ended early, or that there was nothing to run; "" for neither.
        counts: the chosen rows by status.
        failures: the failed rows by the kind of failure.
        seconds: from its start to its end.
        calls: calls made, the failed ones included, as far as they ended.
        answers: calls that were answered.
        retries: of the calls, those made again.
        reused: answers that were known already.
        cost: US dollars of all calls; None where no price is known.
        notices: what should be known.
        rows: every row of the sheet.
    """

    run_id: int
    state: str
    message: str
    counts: Mapping[str, int]
    failures: Mapping[str, int]
    seconds: float
    calls: int
    answers: int
    retries: int
    reused: int
    cost: Decimal | None
    notices: tuple[str, ...]
    rows: tuple[Row, ...] = field(repr=False)
    frame_maker: Callable[[tuple[Row, ...]], Any] | None = field(default=None, repr=False, compare=False)

    @property
    def ok(self) -> bool:
        """Whether the run came to its end and no row failed."""
        return self.state == "finished" and not self.failures

    def to_frame(self) -> Any:
        """Return the data frame that was run, with the new columns; its own columns and its index are as they were.

        Raises:
            InputError: a workbook was run, not a data frame.
        """
        from chaindesk.api.frames import no_frame

        if self.frame_maker is None:
            raise no_frame()
        return self.frame_maker(self.rows)

    def __str__(self) -> str:
        rows = ", ".join(f"{number:,} {status}" for status, number in self.counts.items()) or "nothing to run"
        price = "" if not self.answers else ", cost unknown"
        price = price if self.cost is None else f", cost {money(self.cost)}"
        effort = f"{count(self.calls, 'call')} in {duration(self.seconds)}, {count(self.reused, 'answer')} reused"
        return "\n".join(part for part in (f"{rows}: {effort}{price}", self.message) if part)

    def _repr_html_(self) -> str:
        return "<br>".join(html.escape(line) for line in self._lines())

    def _lines(self) -> Iterator[str]:
        yield from str(self).splitlines()
        yield from (f"{number:,} × {kind}" for kind, number in self.failures.items())
