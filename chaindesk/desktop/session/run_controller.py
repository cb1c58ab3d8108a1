"""Runs, reviews and exports what is open: the owner of the window's long tasks. It asks nothing and emits signals."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from chaindesk.desktop.runtime.background_tasks import BackgroundTasks
from chaindesk.desktop.runtime.event_bridge import EventBridge
from chaindesk.desktop.session import unfinished_runs
from chaindesk.desktop.session.row_writer import RowWriter
from chaindesk.desktop.session.run_request import RunPhase, RunRequest
from chaindesk.desktop.session.workspace import Workspace
from chaindesk.domain.errors import ChainDeskError
from chaindesk.domain.events import Event, PauseCause, RunPaused, RunResumed, RunStarted
from chaindesk.engine.exports.options import ExportOptions
from chaindesk.engine.run.control import RunControl
from chaindesk.engine.run.options import RunOptions
from chaindesk.engine.session import Session
from chaindesk.key_permissions import KeyPermission

_CLOSE_TIMEOUT_S = 10.0  # seconds that the window waits for its work before it closes
_EXPORT_TIMEOUT_S = 600.0  # seconds that it waits for a workbook to be saved: whoever asked for it wants it whole


class RunController(QObject):
    """Carries out the user's requests on the workspace's session.

    Attributes:
        phase: what it is doing.
        bridge: where a run's events come out.
        writer: stores reviews, edits and notes.
        saving: how many workbooks are being saved.

    Signals:
        phase_changed: ``phase`` is another.
        planned: a ``Plan`` and the ``RunRequest`` that it is for; nothing runs until ``start``.
        permission_needed: the ``KeyPermission`` to give or refuse before the ``RunRequest`` is planned,
            and those that were refused for it already.
        keys_missing: the endpoints that need a key and have none; nothing was run.
        paid_again: rows whose answers are others after a run that paid again, by sheet number: the numbers of the
            answers before and after it.
        noted: the rows of a run that were given a note to the model; a tuple of ``NotedRow``.
        began: a run is in the journal.
        finished: a ``RunResult``.
        exporting: a workbook is being saved.
        exported: an ``ExportReport``.
        saving_changed: ``saving`` is another.
        run_failed: a ``ChainDeskError`` that ended a run; what it paid for is kept.
        failed: a ``ChainDeskError``.
        text_grew: a model writes an answer of the watched row; its sheet number, the step's name, and the text so far.
        row_changed: a row's review or outputs changed; its sheet number and its ``RowState``.
        rows_changed: many rows changed, here or by another program; the ``RowState`` of each by sheet number.
    """

    phase_changed = Signal()
    planned = Signal(object, object)
    permission_needed = Signal(object, object, object)
    keys_missing = Signal(list)
    noted = Signal(object)
    paid_again = Signal(object)
    began = Signal()
    finished = Signal(object)
    exporting = Signal()
    exported = Signal(object)
    saving_changed = Signal()
    run_failed = Signal(object)
    failed = Signal(object)
    text_grew = Signal(int, str, str)
    row_changed = Signal(int, object)
    rows_changed = Signal(object)

    def __init__(self, workspace: Workspace, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.phase = RunPhase.IDLE
        self.bridge = EventBridge(self)
        self.bridge.events.connect(self._watch)
        self._workspace = workspace
        self._control: RunControl | None = None
        self._run: asyncio.Task[Any] | None = None
        self._options = RunOptions()
        self._keeps_note = self._begun = False
        self._watched = self.saving = 0
        self._tasks = BackgroundTasks(self._failed)
        self.writer = RowWriter(workspace, self)
        self.writer.row_changed.connect(self.row_changed)
        self.writer.rows_changed.connect(self.rows_changed)
        self.writer.failed.connect(self.failed)
        self._exports = BackgroundTasks(self._failed)

    def plan(self, request: RunRequest, refused: frozenset[KeyPermission] = frozenset()) -> None:
        """Plan a request, and emit ``planned``; variables that the user ``refused`` to send count as not set."""
        session = self._workspace.session
        if session is not None and self.phase is RunPhase.IDLE:
            self._set_phase(RunPhase.PLANNING)
            self._tasks.start(self._plan(session, request, refused))

    def allow_key(self, permission: KeyPermission, request: RunRequest, refused: frozenset[KeyPermission]) -> None:
        """Let a variable go to a host from now on, and plan the request."""
        session = self._workspace.session
        if session is not None:
            self._tasks.start(self._allow_key(session, permission, request, refused))

    def start(self, request: RunRequest, concurrency: int, budget: Decimal | None = None) -> None:
        """Run, and spend no more than ``budget`` US dollars."""
        session = self._workspace.session
        if session is not None and self.phase is RunPhase.IDLE:
            self._control = RunControl()
            self._watch_text()
            self._set_phase(RunPhase.RUNNING)
            options = RunOptions(
                request.choice,
                concurrency,
                request.fresh,
                budget,
                "wait",
                "" if request.note else request.rerun_step,  # with a note it asks another question
                rerun_approved=request.rerun_approved,
            )
            self._options = options
            self._run = self._tasks.start(self._carry_out(session, request, options, self._control))

    def watch_row(self, number: int) -> None:
        """Emit ``text_grew`` for this row while a model writes: for the row on screen, and no other."""
        self._watched = number
        self._watch_text()

    def _watch_text(self) -> None:
        if self._control is not None:
            self._control.watch_text(self._watched, self.text_grew.emit)

    def set_concurrency(self, rows: int) -> None:
        """Let so many rows run at once from now on."""
        if self._control is not None:
            self._control.set_concurrency(rows)

    def pause(self) -> None:
        """Start no new call; those under way finish."""
        if self._control is not None and self.phase is RunPhase.RUNNING:
            self._control.pause()

    def resume(self) -> None:
        """Go on."""
        if self._control is not None and self.phase is RunPhase.PAUSED:
            self._control.resume()

    def try_now(self) -> None:
        """Do not wait any longer for a provider that could not be reached."""
        if self._control is not None:
            self._control.resume()

    def end_jobs(self, *, live: bool) -> None:
        """Cancel the run's batch jobs; ``live``: and ask for their rest at once, at the full price."""
        if (control := self._control) is not None:
            (control.finish_live if live else control.cancel_jobs)()

    def resume_with_budget(self, budget: Decimal | None) -> None:
        """Go on, and spend no more than ``budget`` US dollars from the run's beginning on."""
        if self._control is not None:
            self._control.set_budget(budget)
        self.resume()

    def stop(self) -> None:
        """End the run; everything finished is kept."""
        if self._control is not None and self.phase.in_run:
            self._set_phase(RunPhase.STOPPING)
            self._control.stop()

    def check_for_external_changes(self) -> None:
        """Emit ``rows_changed`` if another program has written to the journal meanwhile, and no run is going on."""
        if self.phase is RunPhase.IDLE:
            self.writer.check_for_external_changes()

    def export(
        self, target: Path | None, options: ExportOptions | None = None, *, overwrite_source: bool = False
    ) -> None:
        """Save what is known, by default the whole workbook beside the original."""
        session = self._workspace.session
        if session is not None:
            self.exporting.emit()
            chosen = options or ExportOptions()
            self._exports.start(self._export(session, target, chosen, overwrite_source=overwrite_source))

    def keep_note(self) -> None:
        """Keep the run's note: the system ends the program, and the run is offered again as after a crash."""
        self._keeps_note = True

    async def close(self) -> None:
        """Stop a run that is going on, wait for its end and for what is being saved, and let go."""
        if self._run is not None and not self._run.done():
            self.stop()
            await asyncio.wait([self._run], timeout=_CLOSE_TIMEOUT_S)
        await self.writer.close()
        for tasks, patience in ((self._exports, _EXPORT_TIMEOUT_S), (self._tasks, 0)):
            await tasks.finish(patience)
            await tasks.close()

    async def _plan(self, session: Session, request: RunRequest, refused: frozenset[KeyPermission]) -> None:
        try:
            pending = session.keys.pending_permissions(session.endpoints.values())
            if asked := [permission for permission in pending if permission not in refused]:
                self._set_phase(RunPhase.IDLE)
                self.permission_needed.emit(asked[0], request, refused)
                return
            _, missing = await session.keys.find_all(list(session.endpoints.values()))
            if missing:
                self._set_phase(RunPhase.IDLE)
                self.keys_missing.emit(list(missing))
                return
            plan = await asyncio.to_thread(
                session.plan,
                request.choice,
                fresh=request.fresh,
                rerun_step=request.rerun_step,
                note=request.note,
                rerun_approved=request.rerun_approved,
            )
        finally:
            self._set_phase(RunPhase.IDLE)
        self.planned.emit(plan, request)

    async def _allow_key(
        self, session: Session, permission: KeyPermission, request: RunRequest, refused: frozenset[KeyPermission]
    ) -> None:
        await asyncio.to_thread(session.keys.allow, permission)
        self.plan(request, refused)

    async def _carry_out(self, session: Session, request: RunRequest, options: RunOptions, control: RunControl) -> None:
        self._begun = False
        before = await asyncio.to_thread(session.answers_of, request.choice) if request.pays_again else {}
        try:
            if request.note:  # the journal has it before a call is made: after a kill the run goes on with it
                rows = request.choice.select(session.manifest.rows)
                self.noted.emit(await session.add_note(rows, request.rerun_step, request.note))
            result = await session.run(options, self.bridge.handle, control)
        except ChainDeskError as error:
            if not self._begun:
                raise
            self.run_failed.emit(error)
            return
        finally:
            self.bridge.flush()
            self._control = None
            self._set_phase(RunPhase.IDLE)
            self._tell_paid_again(session, before)
        if not self._keeps_note:
            unfinished_runs.delete(session.manifest.path, session.manifest.sheet)
        self.finished.emit(result)

    def _tell_paid_again(self, session: Session, before: Mapping[int, Sequence[int | None]]) -> None:
        entries = session.ledger.entries
        now = {number: (had, tuple(entries[number].answers)) for number, had in before.items()}
        if changed := {number: pair for number, pair in now.items() if pair[0] != pair[1] and any(pair[0])}:
            self.paid_again.emit(changed)

    async def _export(
        self, session: Session, target: Path | None, options: ExportOptions, *, overwrite_source: bool
    ) -> None:
        self._count_saving(1)
        try:
            report = await session.export(target, options, overwrite_source=overwrite_source)
        finally:
            self._count_saving(-1)
        self.exported.emit(report)

    def _count_saving(self, by: int) -> None:
        self.saving += by
        self.saving_changed.emit()

    def _failed(self, error: object) -> None:
        self._set_phase(self.phase if self._control is not None else RunPhase.IDLE)
        self.failed.emit(error)

    def _watch(self, events: Iterable[Event]) -> None:
        for event in events:
            match event:
                case RunStarted():
                    self._begun = True
                    self._note(event)
                    self.began.emit()
                case RunPaused(cause=cause) if cause is not PauseCause.OUTAGE and self.phase is RunPhase.RUNNING:
                    self._set_phase(RunPhase.PAUSED)
                case RunResumed(cause=None) if self.phase is RunPhase.PAUSED:
                    self._set_phase(RunPhase.RUNNING)

    def _note(self, event: RunStarted) -> None:
        """Write the note of the run, in case the program is killed."""
        session, chain = self._workspace.session, self._workspace.chain_path
        if session is not None and chain is not None:
            unfinished_runs.save(unfinished_runs.begun_now(session.manifest, chain, self._options, event))

    def _set_phase(self, phase: RunPhase) -> None:
        if phase is not self.phase:
            self.phase = phase
            self.phase_changed.emit()
