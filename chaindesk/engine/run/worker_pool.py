"""Runs many rows side by side: as many workers as rows at work, never a task per row."""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Collection, Coroutine, Iterable
from dataclasses import dataclass, field
from typing import Any

from chaindesk.domain.events import ConcurrencyChanged, PauseCause, RowFinished
from chaindesk.domain.records import RunState
from chaindesk.domain.status import Status
from chaindesk.engine.batch.job_manager import JobManager
from chaindesk.engine.calls.outages.refusal_cases import farthest
from chaindesk.engine.calls.pause_gate import PauseGate
from chaindesk.engine.calls.row_slots import RowSlots
from chaindesk.engine.ordering.row_queue import RowQueue
from chaindesk.engine.planning.plan import PlannedRow
from chaindesk.engine.run.control import ControlCommand, RunControl
from chaindesk.engine.run.group_errors import first_error
from chaindesk.engine.run.rows.reused_steps import reused_steps
from chaindesk.engine.run.rows.row_context import RowContext
from chaindesk.engine.run.rows.row_task import RowTask

_MAX_WORKERS_AT_START = 100
_RAMP_INTERVAL_S = 0.02
_WORKERS_PER_RAMP = 20
_CLOSING_ROWS = 2  # of a worker, whose end is still being stored: so much, and no more, is lost when a run is killed


@dataclass(slots=True)
class WorkerPool:
    """Runs the rows of one run to their end.

    Attributes:
        context: what the rows work with.
        gate: where calls wait.
        slots: how many rows are at work.
        control: the user's commands; its ``concurrency`` must be set.
        revalidate: called before calls go on after a pause that asked something of the user, such as to read the keys
            again; returns why they cannot go on, or "".
        apply_budget: called when the control's budget is another.
        row_done: called with each row that ended in a worker.
        queue: the rows that have not begun, in the order in which they begin.
        counts: rows by how they ended.
        tells_reused: whether the known answers of rows that no worker takes are told as well.
        jobs: the run's batch jobs; None where it has none.
    """

    context: RowContext
    gate: PauseGate
    slots: RowSlots
    control: RunControl
    revalidate: Callable[[], Awaitable[str]]
    apply_budget: Callable[[], Coroutine[Any, Any, str]]
    row_done: Callable[[RowTask, Status], None]
    queue: RowQueue
    counts: Counter[Status] = field(default_factory=Counter)
    tells_reused: bool = False
    jobs: JobManager | None = None
    _workers: dict[asyncio.Task[None], RowTask | None] = field(default_factory=dict)
    _ending: dict[RowTask, None] = field(default_factory=dict)  # rows whose end is to be stored, in order
    _unstarted: int = 0  # workers that have not taken a row yet
    _group: asyncio.TaskGroup | None = None
    _ramping: bool = False

    @property
    def queued(self) -> int:
        """Return how many rows have not begun."""
        return len(self.queue)

    async def run(self, rows: Iterable[PlannedRow]) -> RunState:
        """Run the rows."""
        for planned in rows:
            if planned.work.complete or planned.work.skipped:
                self._finish_without_call(planned, Status.SKIPPED if planned.work.skipped else Status.DONE)
            else:
                self.queue.append(planned)
        try:
            async with asyncio.TaskGroup() as group:
                self._group = group
                self.control.attach(self._on_command)
                self.gate.subscribe_halt(self._on_halt)
                self.slots.subscribe_lent(self._on_slot_lent)
                if self.control.stopping:
                    self._return_queue()
                if self.control.paused:
                    self.gate.pause()
                self._fill_workers()
        except BaseExceptionGroup as errors:
            raise first_error(errors) from None
        finally:
            self.control.attach(None)
            self._group = None
            await self._finish_unbegun()
            self._return_queue()
        if self.control.stopping:
            return RunState.STOPPED
        return RunState.HALTED if self.gate.halted else RunState.FINISHED

    # --- workers -----------------------------------------------------------------------------------------------

    async def _work(self) -> None:
        me = asyncio.current_task()
        assert me is not None  # noqa: S101 - shows mypy that a coroutine of a task has one
        self._unstarted -= 1
        closing: deque[asyncio.Task[None]] = deque(maxlen=_CLOSING_ROWS)
        try:
            while self.queue and not self.gate.halted and not self.control.stopping:
                if len(closing) == _CLOSING_ROWS and not closing[0].done():
                    await asyncio.wait([closing[0]])  # a cancellation ends the wait, and no write
                    continue
                task = RowTask(self.queue.take(), self.context)
                self._workers[me] = task
                self._report_rows_left()
                if (write := await self._run_row(task)) is not None:
                    closing.append(write)
                if self.slots.in_demand:
                    break
        finally:
            del self._workers[me]
            self.slots.leave()
            if not self.queue:
                self._report_rows_left()

    async def _run_row(self, task: RowTask) -> asyncio.Task[None] | None:
        """Run the chain of a row, and return the task that stores its last answer and how it ended, if it is needed."""
        try:
            await task.run()
        except asyncio.CancelledError:
            self._count(task, await task.cancelled(halted=bool(self.gate.halted)))
            raise
        except BaseException:
            self._count(task, Status.PENDING)
            raise
        assert self._group is not None  # noqa: S101 - shows mypy that workers live inside the group
        self._ending[task] = None
        closing = self._finish(task)
        try:
            return self._group.create_task(closing)
        except RuntimeError:  # the group is coming down
            closing.close()
            await self._finish(task)
            return None

    async def _finish(self, task: RowTask) -> None:
        del self._ending[task]
        status = Status.PENDING
        try:
            status = await task.finish()
        finally:
            self._count(task, task.ended or status)

    async def _finish_unbegun(self) -> None:
        """Finish rows whose end was not begun to be stored when the run was cancelled: their answers are paid for."""
        for task in list(self._ending):
            self.context.writer.stop_waiting()
            await self._finish(task)

    def _count(self, task: RowTask, status: Status) -> None:
        self.counts[status] += 1
        if status is Status.DONE and task.seconds_a_call:
            self.queue.observe(task.planned, task.seconds_a_call)
        self.row_done(task, status)

    def _report_rows_left(self) -> None:
        self.context.executor.refusals.rows_left(len(self._workers) - self._unstarted + len(self.queue))

    def _fill_workers(self) -> None:
        """Start workers as long as there are rows and slots; beyond a hundred bit by bit, as each connects."""
        if self._group is None or self._ramping or self.control.stopping:
            return
        while self._may_start_worker() and len(self._workers) < _MAX_WORKERS_AT_START:
            self._start_worker()
        if self._may_start_worker():
            self._ramping = True
            self._group.create_task(self._ramp())
        self._report_rows_left()

    def _on_slot_lent(self) -> None:
        if self.gate.is_open:
            self._fill_workers()

    def _may_start_worker(self) -> bool:
        return len(self.queue) > self._unstarted and self.slots.has_free

    async def _ramp(self) -> None:
        try:
            while self._may_start_worker() and not self.control.stopping:
                for _ in range(_WORKERS_PER_RAMP):
                    if self._may_start_worker():
                        self._start_worker()
                await asyncio.sleep(_RAMP_INTERVAL_S)
        finally:
            self._ramping = False

    def begin_row(self) -> bool:
        """Begin a row beyond the rows at once, whose call is to show whether a provider is there.

        Returns:
            Whether there is one.
        """
        if self._group is None or self.control.stopping or not self.gate.is_open:
            return False
        if len(self.queue) <= self._unstarted:
            return False
        self._start_worker()
        return True

    def begin_far_row(self, rows: Collection[int]) -> int | None:
        """Begin a row beyond the rows at once that stands far from these rows, if there is one; return its number."""
        if len(self.queue) <= self._unstarted:
            return None
        chosen = farthest(self.queue.numbers, rows)
        self.queue.bring_forward(chosen)
        return chosen if self.begin_row() else None

    def _start_worker(self) -> None:
        assert self._group is not None  # noqa: S101 - shows mypy what the callers have made sure of
        self.slots.enter()
        self._unstarted += 1
        self._workers[self._group.create_task(self._work())] = None

    # --- commands ----------------------------------------------------------------------------------------------

    def _on_command(self, command: ControlCommand) -> None:
        match command:
            case ControlCommand.CONCURRENCY:
                self.context.emit(ConcurrencyChanged(self.context.clock(), self.control.concurrency or 1))
                self.slots.admit()
                self._fill_workers()
            case ControlCommand.BUDGET:
                if self._group is not None:
                    self._group.create_task(self.apply_budget())
            case ControlCommand.PAUSE:
                self.gate.pause()
            case ControlCommand.RESUME:
                self._resume()
            case ControlCommand.FINISH_LIVE | ControlCommand.CANCEL_JOBS:
                if self._group is not None and self.jobs is not None:
                    work = self.jobs.finish_live if command is ControlCommand.FINISH_LIVE else self.jobs.cancel_jobs
                    self._group.create_task(work())
            case ControlCommand.STOP:
                self.context.writer.stop_waiting()
                for worker in list(self._workers):
                    worker.cancel()

    def _on_halt(self) -> None:
        """End the rows that only wait, for a limit or before a retry; calls that are out may finish."""
        here = asyncio.current_task()
        for worker, task in list(self._workers.items()):
            if worker is not here and not (task is not None and task.in_flight):
                worker.cancel()

    def _resume(self) -> None:
        held = self.gate.held_for
        if held is PauseCause.DISK:
            self.gate.end_user_pause()
            self.context.writer.try_now()
            return
        if held in (None, PauseCause.FAILURES) or self._group is None:
            self._resume_calls()
            return
        self._group.create_task(self._revalidate_and_resume())

    async def _revalidate_and_resume(self) -> None:
        obstacle = await self.revalidate()
        if obstacle:
            self.gate.hold_again(obstacle)
        else:
            self._resume_calls()

    def _resume_calls(self) -> None:
        self.gate.resume()
        self._fill_workers()
        self.context.writer.announce()
        self.context.executor.breakers.try_now()

    # --- rows that no worker takes -----------------------------------------------------------------------------

    def _finish_without_call(self, planned: PlannedRow, status: Status) -> None:
        self.counts[status] += 1
        context, row = self.context, planned.row
        if self.tells_reused:
            for event in reused_steps(planned, context):
                context.emit(event)
        cause = self.gate.end_cause if status is Status.PENDING else None
        context.emit(RowFinished(context.clock(), row.number, row.key, status, None, 0.0, began=False, cause=cause))

    def _return_queue(self) -> None:
        for planned in self.queue.drain():
            self._finish_without_call(planned, Status.PENDING)
