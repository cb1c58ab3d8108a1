"""An opened workbook or data frame with its chain and its journal, as the public API has it."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Unpack

from chaindesk.api.choices import Rows, RunChoices, run_options
from chaindesk.api.frames import no_frame, with_outputs
from chaindesk.api.progress import ProgressDisplay
from chaindesk.api.threads import run_in_thread
from chaindesk.api.values import Check, Event, Result, Row
from chaindesk.domain.chains.chain import ERROR_HEADER
from chaindesk.domain.errors import UsageError
from chaindesk.domain.events import Event as EngineEvent
from chaindesk.domain.manifest import Row as ManifestRow
from chaindesk.domain.row_selection import RowSelection
from chaindesk.engine.exports.cells import ExportCells
from chaindesk.engine.past_run import run_record
from chaindesk.engine.run.control import RunControl
from chaindesk.engine.run.options import RunOptions, RunResult
from chaindesk.json_contract.encoding import to_values

if TYPE_CHECKING:
    from chaindesk.engine.run.progress.snapshot import Snapshot
    from chaindesk.engine.session import Session as EngineSession


class Session:
    """A workbook or data frame, its chain, and the journal that keeps every answer.

    Made by ``chaindesk.open_session``; ``close`` it, or use it in a ``with`` statement. Every method is for one thread
    at a time. No answer that the journal has is paid for again, whoever asked for it and whenever that was.
    """

    def __init__(self, engine: EngineSession, frame: Any = None, *, allow_key_env: bool = False) -> None:
        """Wrap an opened session of the engine; ``frame`` is the data frame that it is of, or None."""
        self._engine = engine
        self._frame = frame
        self._allow_key_env = allow_key_env
        self._control: RunControl | None = None
        self._closed = False

    def __enter__(self) -> Session:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the journal. Everything that was paid for is in it already."""
        if not self._closed:
            self._closed = True
            self._engine.journal.close()

    # --- before a run ------------------------------------------------------------------------------------------

    def estimate(self, rows: Rows = "all", *, fresh: bool = False) -> Check:
        """Return what a run of these rows would do and cost. No call is made.

        Raises:
            InputError: there are no such rows.
        """
        self._engine.refresh()
        plan = self._engine.plan(self._selection(rows), fresh=fresh)
        found = plan.estimate
        notices = [*self._engine.manifest.notices, *plan.notices, *self._engine.hints(plan)]
        return Check(
            ok=True,
            notices=tuple(dict.fromkeys(one.message for one in notices)),
            rows=tuple(one.row.number for one in plan.rows),
            planned_calls=plan.calls,
            reused=plan.reused,
            cost=found.cost,
            low=found.low,
            high=found.high,
            judge_calls=plan.judge_calls,
        )

    # --- running -----------------------------------------------------------------------------------------------

    def run(self, rows: Rows = "all", **choices: Unpack[RunChoices]) -> Result:
        """Run the chain over rows, and return when it has ended. Works in a notebook, too.

        An interrupt (Ctrl-C, or a notebook's stop) ends the run in order: what was paid for is kept, then
        ``KeyboardInterrupt`` is raised.

        Args:
            rows: which rows.
            choices: ``fresh``: pay again for answers that are known. ``budget``: US dollars that this run may spend.
                ``concurrency``: rows at once; None for the chain's own number. ``order``: ``sheet`` or
                ``longest_first``; None for the chain's own. ``wait``: wait for a provider's limit of an hour or a day,
                instead of ending there. ``brake=False``: go on where most rows fail for one reason. ``on_event``:
                called with each event as ``--json`` has it, in the run's own thread. ``progress``: whether progress is
                shown; None shows it in a notebook and on a terminal.

        Raises:
            InputError: nothing was run; the message says why.
            JournalError: the journal cannot be read or written; what it has is kept.
        """
        options = run_options(self._selection(rows), choices)
        display, control = ProgressDisplay(shown=choices.get("progress")), RunControl()
        on_event = choices.get("on_event")
        try:
            return run_in_thread(lambda: self._run(options, on_event, display, control), control.stop, display.show)
        finally:
            display.close()

    async def run_async(self, rows: Rows = "all", **choices: Unpack[RunChoices]) -> Result:
        """Run the chain over rows in the loop that is running; see ``run``. ``on_event`` is called in its thread.

        Cancelled, it ends the run in order and keeps what was paid for.
        """
        options = run_options(self._selection(rows), choices)
        display, on_event = ProgressDisplay(shown=choices.get("progress")), choices.get("on_event")

        def listen(event: Event) -> None:
            if on_event is not None:
                on_event(event)
            display.refresh()

        try:
            return await self._run(options, listen, display, RunControl())
        finally:
            display.close()

    async def events(self, rows: Rows = "all", **choices: Unpack[RunChoices]) -> AsyncGenerator[Event, None]:
        """Run the chain over rows, and yield each event as ``--json`` has it; the last is ``run_finished``.

        A loop that is left early, and closed, stops the run in order. ``choices`` are those of ``run``.
        """
        queue: asyncio.Queue[Event | None] = asyncio.Queue()
        choices["on_event"] = queue.put_nowait
        running = asyncio.create_task(self.run_async(rows, **choices))
        running.add_done_callback(lambda _: queue.put_nowait(None))
        try:
            while (event := await queue.get()) is not None:
                yield event
            await running
        finally:
            if not running.done():
                self.stop()
                with suppress(asyncio.CancelledError):
                    await running

    def stop(self) -> None:
        """End the run that is going on, in order. Call it in the thread of ``on_event``."""
        if self._control is not None:
            self._control.stop()

    async def _run(
        self,
        options: RunOptions,
        on_event: Callable[[Event], None] | None,
        display: ProgressDisplay,
        control: RunControl,
    ) -> Result:
        self._allow_keys()

        def listen(event: EngineEvent) -> None:
            display.fold(event)
            if on_event is not None:
                on_event(to_values(event))

        self._control = control
        try:
            ran = await self._engine.run(options, listen, control)
        finally:
            self._control = None
        rows = await asyncio.to_thread(self.rows)
        return self._result(ran, display.progress.snapshot, rows)

    def _result(self, ran: RunResult, shot: Snapshot, rows: tuple[Row, ...]) -> Result:
        return Result(
            run_id=ran.run_id,
            state=ran.state.value,
            message=ran.message,
            counts={status.value: number for status, number in ran.counts.items() if number},
            failures=dict(Counter(one.kind.value for one in shot.failures.largest_first() for _ in one.rows)),
            seconds=shot.elapsed,
            calls=shot.calls_made,
            answers=shot.calls_done,
            retries=shot.retries,
            reused=shot.reused,
            cost=shot.cost,
            notices=ran.notices,
            rows=rows,
            frame_maker=None if self._frame is None else self._frame_of,
        )

    # --- results -----------------------------------------------------------------------------------------------

    def rows(self) -> tuple[Row, ...]:
        """Return every row as it stands, with what it has been answered so far."""
        self._engine.refresh()
        cells = ExportCells(self._engine.export_source())
        inputs = [column.name for column in self._engine.manifest.inputs]
        return tuple(
            _row(row, self._engine, dict(zip(cells.headers, cells[row.number], strict=True)), inputs)
            for row in self._engine.manifest.rows
        )

    def to_frame(self) -> Any:
        """Return the data frame that was opened, with the new columns; its own are as they were.

        Raises:
            InputError: a workbook was opened, not a data frame.
        """
        if self._frame is None:
            raise no_frame()
        return self._frame_of(self.rows())

    def export(self, path: str | Path | None = None, *, overwrite: bool = False) -> Path:
        """Save the workbook with every answer, by default as ``NAME.completed.xlsx`` beside it; return where it is.

        Args:
            path: the file.
            overwrite: write into the workbook itself; a copy of it is kept.

        Raises:
            UsageError: it cannot be written so, or a data frame was opened: that has ``to_frame``.
            SaveError: it could not be saved.
        """
        if self._frame is not None:
            raise UsageError("A data frame has no workbook to export: to_frame() returns it with the new columns.")
        target = None if path is None else Path(path)
        report = run_in_thread(
            lambda: self._engine.export(target, overwrite_source=overwrite), lambda: None, lambda: None
        )
        return report.path

    def report(self, run_id: int | None = None) -> dict[str, Any]:
        """Return a run's figures as ``report --json`` has them: by its number, or the newest run of the journal.

        Raises:
            UsageError: there is no such run.
        """
        from chaindesk.engine.reports.json_line import report_line
        from chaindesk.engine.reports.run_report import priced_report

        journal = self._engine.journal
        if run_id is None:
            runs = [run.id for run in journal.runs() if run.workbook_id == self._engine.workbook_id]
            if not runs:
                raise UsageError("There is no run yet.")
            run_id = runs[0]
        return to_values(report_line(priced_report(journal, run_record(journal, run_id).id)))

    def _frame_of(self, rows: tuple[Row, ...]) -> Any:
        return with_outputs(self._frame, rows, self._engine.chain)

    def _selection(self, rows: Rows) -> RowSelection:
        choice = RowSelection.parse(rows) if isinstance(rows, str) else RowSelection.of_numbers(rows)
        return choice.fitted(self._engine.manifest)

    def _allow_keys(self) -> None:
        pending = self._engine.keys.pending_permissions(self._engine.endpoints.values())
        if pending and not self._allow_key_env:
            raise UsageError("\n".join(f"{one.question} If so, give allow_key_env=True." for one in pending))
        for one in pending:
            self._engine.keys.allow(one, remember=False)


def _row(row: ManifestRow, engine: EngineSession, cells: dict[str, Any], inputs: list[str]) -> Row:
    from chaindesk.workbook import Filled

    outputs = {name: cell.value if isinstance(cell, Filled) else cell for name, cell in cells.items()}
    status = engine.ledger.state(row.number).status.value
    error = str(outputs[ERROR_HEADER] or "")
    return Row(row.number, row.key, status, error, {name: row.values[name] for name in inputs}, outputs)
