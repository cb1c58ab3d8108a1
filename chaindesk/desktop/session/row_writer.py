"""Stores what the user says of rows: reviews, edited outputs and notes to the model."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence

from PySide6.QtCore import QObject, Signal

from chaindesk.desktop.runtime.background_tasks import BackgroundTasks
from chaindesk.desktop.session.run_request import OutputEdit, RowVerdict
from chaindesk.desktop.session.workspace import Workspace
from chaindesk.domain.manifest import Row
from chaindesk.domain.status import Review
from chaindesk.engine.answers.rerun_notes import NotedRow
from chaindesk.engine.session import Session

_TIMEOUT_S = 10.0  # seconds that the window waits for what is being stored before it closes


class RowWriter(QObject):
    """Stores the user's words on the rows of the workspace's session, and tells how the rows stand then.

    Signals:
        row_changed: a row's review or outputs changed; its sheet number and its ``RowState``.
        rows_changed: many rows changed; the ``RowState`` of each by sheet number.
        failed: a ``ChainDeskError``.
    """

    row_changed = Signal(int, object)
    rows_changed = Signal(object)
    failed = Signal(object)

    def __init__(self, workspace: Workspace, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._tasks = BackgroundTasks(self.failed.emit)

    def review(self, verdicts: Sequence[tuple[Row, RowVerdict]]) -> None:
        """Store the reviews of rows."""
        if session := self._workspace.session:
            self._tasks.start(self._review(session, verdicts))

    def edit(self, row: Row, edit: OutputEdit) -> None:
        """Store the user's text of an output."""
        if session := self._workspace.session:
            self._tasks.start(self._edit(session, row, edit))

    def store_notes(self, noted: Sequence[NotedRow], *, withdrawn: bool) -> None:
        """Take notes to the model back, or make them stand again."""
        if session := self._workspace.session:
            self._tasks.start(self._store_notes(session, noted, withdrawn=withdrawn))

    def choose_answers(self, answers: Sequence[tuple[Row, Sequence[int | None]]]) -> None:
        """Let rows have these answers again, a step each."""
        if session := self._workspace.session:
            self._tasks.start(self._choose_answers(session, answers))

    def tell(self, rows: Iterable[Row]) -> None:
        """Emit how these rows stand now: something else has been stored of them."""
        if session := self._workspace.session:
            self._emit(session, rows)

    def check_for_external_changes(self) -> None:
        """Emit ``rows_changed`` if another program has written to the journal meanwhile."""
        if session := self._workspace.session:
            self._tasks.start(self._check_for_external_changes(session))

    async def written(self) -> None:
        """Wait until all reviews and edits so far are in the journal."""
        await self._tasks.finish(_TIMEOUT_S)

    async def close(self) -> None:
        """Wait for what is being stored, and let go."""
        await self.written()
        await self._tasks.close()

    async def _review(self, session: Session, verdicts: Sequence[tuple[Row, RowVerdict]]) -> None:
        for row, verdict in verdicts:
            await session.review(row, verdict.review, verdict.reason)
        self._emit(session, [row for row, _ in verdicts])

    async def _edit(self, session: Session, row: Row, edit: OutputEdit) -> None:
        await session.edit(row, edit.step, edit.text, edit.answer_id)
        edited = any(output.answer is not None and output.answer.by_hand for output in session.outputs(row))
        review = session.ledger.state(row.number).review
        if edit.verdict is not None:
            await session.review(row, edit.verdict.review, edit.verdict.reason)
        elif edited:
            await session.review(row, Review.EDITED)
        elif review is Review.EDITED:
            await session.review(row, Review.UNREVIEWED)
        self._emit(session, [row])

    async def _store_notes(self, session: Session, noted: Sequence[NotedRow], *, withdrawn: bool) -> None:
        await session.store_notes(noted, withdrawn=withdrawn)
        self._emit(session, [one.row for one in noted])

    async def _choose_answers(self, session: Session, answers: Sequence[tuple[Row, Sequence[int | None]]]) -> None:
        for row, numbers in answers:
            await session.choose_answers(row, numbers)
        self._emit(session, [row for row, _ in answers])

    async def _check_for_external_changes(self, session: Session) -> None:
        if await asyncio.to_thread(session.refresh):
            states = await asyncio.to_thread(session.statuses)
            if session is self._workspace.session:
                self.rows_changed.emit(states)

    def _emit(self, session: Session, rows: Iterable[Row]) -> None:
        """Emit the rows' states as the journal has them."""
        if session is not self._workspace.session:
            return
        states = {row.number: session.ledger.state(row.number) for row in rows}
        if len(states) == 1:
            ((number, state),) = states.items()
            self.row_changed.emit(number, state)
        else:
            self.rows_changed.emit(states)
