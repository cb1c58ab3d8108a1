"""What a run looks like right now: the stream of events folded into one state for the terminal and the window."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

from chaindesk.domain.errors import FailureKind
from chaindesk.domain.estimate import Estimate, Forecast
from chaindesk.domain.events import (
    BatchJobChanged,
    BudgetChanged,
    CallInVain,
    ConcurrencyChanged,
    Event,
    PauseCause,
    RowFinished,
    RunFinished,
    RunPaused,
    RunStarted,
    SideCall,
    StepFinished,
    StepStarted,
    StepSubmitted,
    StepWaiting,
)
from chaindesk.domain.records import RunState
from chaindesk.domain.row_state import RowState
from chaindesk.domain.status import Status
from chaindesk.engine.cost.forecast import CostForecaster
from chaindesk.engine.run.progress.call_rate import CallRate, RateSeen
from chaindesk.engine.run.progress.call_totals import CallTotals
from chaindesk.engine.run.progress.failure_groups import FailureGroups
from chaindesk.engine.run.progress.held_time import HeldTime
from chaindesk.engine.run.progress.row_progress import (
    PENDING,
    answered,
    begun,
    calling,
    ended,
    is_new,
    known_sum,
    queued,
    submitted,
    waiting,
)
from chaindesk.engine.run.progress.time_left import TimeLeft

MIN_SHOWN_SPEED_UP = 1.05
_FINISHED = (Status.DONE, Status.FAILED, Status.SKIPPED)
_AT_REST = {status: RowState(status) for status in _FINISHED}


class Snapshot(CallTotals):
    """Folds events into the state of all rows and the figures of the run. Free of any toolkit.

    Attributes:
        rows: the state of each row by sheet number.
        counts: rows by status, over all of ``rows``.
        steps: the names of the chain's steps.
        retries: calls that were made again.
        calls: calls that the run expects to make in all.
        reused: answers that were taken from the journal.
        collected: answers that batch jobs have brought since the run ended.
        concurrency: rows at once.
        budget: US dollars that the run may spend, or None.
        failures: its failed rows by reason.
        jobs: how its batch jobs stand, by their numbers here.
        state: how the run stands, or None before the first.
    """

    def __init__(
        self,
        rows: Mapping[int, RowState] | None = None,
        clock: Callable[[], float] = time.monotonic,
        *,
        forgets_ended: bool = False,
    ) -> None:
        """Begin with the rows as they stand.

        Args:
            rows: the state of each row by sheet number.
            clock: seconds, the one of the events.
            forgets_ended: keep of rows that have ended no more than how; where nobody looks at single rows.
        """
        self._forgets_ended = forgets_ended
        self.rows: dict[int, RowState] = dict(rows or {})
        known = Counter([id(row.status) for row in self.rows.values()])  # to hash an enum takes ten times as long
        self.counts: dict[Status, int] = {status: known[id(status)] for status in Status}
        self._clock = clock
        self.state: RunState | None = None
        self.message = ""
        self._reset()

    def _reset(self) -> None:
        self._reset_totals()
        self.run_id = 0
        self.steps: tuple[str, ...] = ()
        self._money = CostForecaster(Estimate())
        self._time_left: TimeLeft | None = None
        self._call_rate = CallRate()
        self.failures = FailureGroups()
        self.jobs: dict[str, BatchJobChanged] = {}
        self.budget: Decimal | None = None
        self.retries = 0
        self.calls = 0
        self.reused = 0
        self.collected = 0
        self.concurrency = 0
        self._max_concurrency = 0  # a lower concurrency cuts no row off
        self._held = HeldTime()
        self._waiting: dict[int, float | None] = {}  # rows that wait, and until when
        self._chosen = 0
        self._rested = 0
        self._calling: set[int] = set()  # rows at work that have made a call
        self._called = 0  # finished rows that made one
        self._started: float | None = None
        self._ended: float | None = None

    # --- figures -----------------------------------------------------------------------------------------------

    @property
    def chosen(self) -> int:
        """How many rows the run takes."""
        return self._chosen

    @property
    def finished(self) -> int:
        """How many of the chosen rows are done, failed or skipped; those that a stop cut off are not."""
        return self._rested

    @property
    def running(self) -> int:
        """Rows with a call under way. One row ends a moment after the next begins: never more than may run at once."""
        running = self.counts[Status.RUNNING]
        return min(running, self._max_concurrency) if self._max_concurrency else running

    @property
    def waiting(self) -> int:
        """Rows held back by a limit or before a retry."""
        return self.counts[Status.WAITING]

    @property
    def paused(self) -> RunPaused | None:
        """Why calls are held back, or None: what holds the whole run before the outage of one provider."""
        return self._held.cause

    @property
    def waiting_until(self) -> float | None:
        """When the first of the waiting rows goes on, or None where nobody knows: seconds of ``time.monotonic()``."""
        if (held := self.paused) is not None:
            return held.until
        return min((until for until in self._waiting.values() if until is not None), default=None)

    @property
    def waiting_after(self) -> FailureKind | None:
        """Return the failure that most of the waiting rows wait after, or None where most wait before their call."""
        failures = (self.rows[number].failure for number in self._waiting)
        kinds = Counter(None if failure is None else failure.kind for failure in failures)
        return kinds.most_common(1)[0][0] if kinds else None

    @property
    def elapsed(self) -> float:
        """Seconds since the run began, or that it took."""
        if self._started is None:
            return 0.0
        return (self._clock() if self._ended is None else self._ended) - self._started

    @property
    def rate(self) -> float:
        """Rows a minute that finished, pauses left out, and so are rows that made no call: they take no time."""
        active = self._active
        return self._called * 60 / active if active > 0 else 0.0

    @property
    def time_left(self) -> float | None:
        """Seconds until the run is likely to end, or None where nothing can be said, as of batch jobs."""
        in_jobs = self.counts[Status.SUBMITTED]
        return None if self._time_left is None or in_jobs else self._time_left.seconds(self._clock())

    @property
    def calls_in_all(self) -> int:
        """Calls that were answered and those still to be, as far as is known: failed rows make no further ones."""
        return self.calls_done + (
            0 if self._time_left is None or self._ended is not None else self._time_left.calls_left
        )

    @property
    def call_rate(self) -> RateSeen | None:
        """How fast it calls, beside the provider's limit where one is known."""
        return None if self._ended is not None else self._call_rate.seen(self._clock())

    @property
    def throttled_by_budget(self) -> bool:
        """Whether rows wait since the budget leaves room for no more calls at once."""
        causes = (self.rows[number].cause for number in self._waiting)
        return self.paused is None and any(cause is PauseCause.BUDGET for cause in causes)

    @property
    def estimate(self) -> Forecast:
        """What the run will have cost in the end, as far as its calls so far tell."""
        return self._money.forecast(self._clock() if self._ended is None else self._ended)

    @property
    def speed_up(self) -> float | None:
        """How many times faster than one call after another, pauses left out. None before a call."""
        active = self._active
        return self.call_seconds / active if active > 0 and self.call_seconds else None

    @property
    def telling_speed_up(self) -> float | None:
        """``speed_up`` as it is shown: None while it says nothing, because it is hardly above 1."""
        speed_up = self.speed_up
        return speed_up if speed_up is not None and speed_up >= MIN_SHOWN_SPEED_UP else None

    @property
    def held_seconds(self) -> float:
        """Seconds in which the run, or a provider's part of it, was held."""
        return self._held.seconds(self._clock() if self._ended is None else self._ended)

    @property
    def _active(self) -> float:
        return self.elapsed - self.held_seconds

    # --- folding -----------------------------------------------------------------------------------------------

    def fold(self, event: Event) -> Sequence[int]:
        """Fold an event in, and return the sheet numbers of the rows that it changed."""
        match event:  # those of calls first: nearly all events
            case StepStarted():
                return self._call_began(event)
            case StepFinished():
                return self._answered(event)
            case RowFinished():
                return self._row_ended(event)
        self._fold_figures(event)
        self._held.fold(event)
        match event:
            case RunStarted():
                return self._started_run(event)
            case StepWaiting(row=row):
                return self._put(row, waiting(begun(self._row(row)), event))
            case StepSubmitted(row=row):
                return self._put(row, submitted(begun(self._row(row)), event))
            case BatchJobChanged():
                self.jobs[event.job] = event
            case SideCall():
                self.count_call(event)
            case CallInVain():
                self.count_unusable_call(event)
            case ConcurrencyChanged():
                self.concurrency = event.concurrency
                self._max_concurrency = max(self._max_concurrency, event.concurrency)
            case BudgetChanged():
                self.budget = event.budget
            case RunFinished():
                self.state, self.message, self._ended = event.state, event.message, event.at
        return ()

    def _fold_figures(self, event: Event, steps_behind: int = 0) -> None:
        self._money.fold(event, steps_behind)
        self._call_rate.fold(event)
        if self._time_left is not None:
            self._time_left.fold(event)

    def _call_began(self, event: StepStarted) -> Sequence[int]:
        self._fold_figures(event)
        self._calling.add(event.row)
        self.retries += event.attempt > 1
        return self._put(event.row, calling(begun(self._row(event.row)), event))

    def _answered(self, event: StepFinished) -> Sequence[int]:
        self._fold_figures(event)
        self._count_answer(event)
        return self._put(event.row, answered(begun(self._row(event.row)), event))

    def _row_ended(self, event: RowFinished) -> Sequence[int]:
        if not event.began and event.failure is None:
            return self._row_left_out(event)
        state = self._row(event.row)
        self._fold_figures(event, state.step_index)
        self._count_ended(event)
        return self._put(event.row, ended(state, event, len(self.steps)))

    def set_state(self, row: int, state: RowState) -> None:
        """Show a row as the journal now knows it."""
        before = self._row(row).status
        if before is Status.SUBMITTED and self.state is not None and self._rested < self._chosen:
            self._rested += state.status in _FINISHED  # a batch job has brought its answer since
        self._put(row, state)

    def add_collected(self, answers: int, cost: Decimal | None) -> None:
        """Count answers that batch jobs have brought since the run ended: it had sent for them."""
        if self.state is not None:
            self.collected += answers
            self.calls_done += answers
            self.calls_made += answers
            self.cost = known_sum(self.cost, cost)

    def _started_run(self, event: RunStarted) -> Sequence[int]:
        self._reset()
        self.run_id, self.steps, self.concurrency = event.run_id, event.steps, event.concurrency
        self._max_concurrency = event.concurrency
        self.calls, self.reused = event.calls + event.judge_calls, event.reused
        self._chosen, self._started = len(event.rows), event.at
        self.state, self.message = RunState.RUNNING, ""
        self.budget = event.budget
        self._call_rate.fold(event)
        self._money, self._time_left = CostForecaster(event.estimate), TimeLeft(event)
        for number in event.rows:
            self._put(number, queued(self._row(number)))
        return event.rows

    def _count_answer(self, event: StepFinished) -> None:
        if is_new(event):
            self._calling.add(event.row)
            if not event.settled:
                self.count_call(event)
            self.saved = known_sum(self.saved, event.saved)

    def _count_ended(self, event: RowFinished) -> None:
        self._rested += event.status in _FINISHED
        if event.row in self._calling:
            self._calling.discard(event.row)
            self._called += event.status in _FINISHED
        if event.status is Status.FAILED and event.failure is not None:
            self.failures.add(event.row, event.failure)
            self.calls_made += event.failure.attempts

    def _row_left_out(self, event: RowFinished) -> Sequence[int]:
        """Fold the end of a row that no worker took: nothing of it was out, so that few figures change."""
        state = self._row(event.row)
        if event.status not in _FINISHED:
            self._money.fold(event, state.step_index)
        if self._time_left is not None:
            self._time_left.leave_out(event)
        self._rested += event.status in _FINISHED
        return self._put(event.row, ended(state, event, len(self.steps)))

    def _row(self, number: int) -> RowState:
        return self.rows.get(number) or PENDING

    def _put(self, number: int, state: RowState) -> Sequence[int]:
        told_at_the_end = state.failure is not None or state.cut or state.flags
        if self._forgets_ended and state.status in _AT_REST and not told_at_the_end:
            state = _AT_REST[state.status]
        before = self.rows.get(number)
        if before is not None:
            self.counts[before.status] -= 1
        self.counts[state.status] += 1
        self.rows[number] = state
        if state.status is Status.WAITING:
            self._waiting[number] = state.until
        else:
            self._waiting.pop(number, None)
        return (number,)
