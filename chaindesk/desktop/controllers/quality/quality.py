"""Shows what answers are worth: the rows by doubt, an audit of the rest, and how checks agree with the reviews."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from PySide6.QtCore import QObject, Qt, QTimer

from chaindesk.desktop.controllers.reviewing.review_queue import ReviewQueueController
from chaindesk.desktop.grid.cells import RowQuality
from chaindesk.desktop.grid.model import BY_AUDIT, BY_DOUBT, SHEET_ORDER
from chaindesk.desktop.main_window import MainWindow
from chaindesk.desktop.review.quality.agreement_dialog import AgreementDialog
from chaindesk.desktop.review.quality.audit_dialog import AuditDialog
from chaindesk.desktop.review.quality.words import audit_text, class_lines, doubt_lines
from chaindesk.desktop.runtime.background_tasks import BackgroundTasks
from chaindesk.desktop.session.run_controller import RunController
from chaindesk.desktop.session.workspace import Workspace
from chaindesk.desktop.ui.translation import tr, tr_counted
from chaindesk.domain.status import Review
from chaindesk.engine.quality.audit import AuditResult
from chaindesk.engine.quality.doubt_finder import FoundDoubts
from chaindesk.engine.session import Session

_AUDIT_INTERVAL_MS = 200  # between two looks at the audit while rows are reviewed


class QualityController(QObject):
    """Ties the quality of an opened workbook's answers to the table, the panel and two dialogs.

    Attributes:
        found: what is to be doubted of the rows, by sheet number.
        audit: the newest audit as it stands, or None.
        tasks: what is being computed.
    """

    def __init__(
        self, window: MainWindow, workspace: Workspace, run_controller: RunController, queue: ReviewQueueController
    ) -> None:
        super().__init__(window)
        self._window, self._workspace, self._run_controller, self._queue = window, workspace, run_controller, queue
        self.found = FoundDoubts()
        self.audit: AuditResult | None = None
        self._newest = 0
        self._drawn: dict[int, int] = {}
        self.tasks = BackgroundTasks(workspace.failed.emit)
        self._look = QTimer(self, interval=_AUDIT_INTERVAL_MS, singleShot=True)
        self._look.timeout.connect(self._read_audit)
        a = window.actions_
        a.by_doubt.toggled.connect(self._order)
        a.audit.triggered.connect(self._ask)
        a.agreement.triggered.connect(self._compare)
        window.table.row_chosen.connect(lambda _: self._show_row())
        workspace.session_changed.connect(lambda _: self._open())
        run_controller.finished.connect(lambda _: self._start())
        run_controller.row_changed.connect(lambda *_: self._look.start())
        run_controller.rows_changed.connect(lambda _: self._look.start())

    def _open(self) -> None:
        self._drawn = {}  # its rows may have other numbers now
        self._start()

    def _start(self) -> None:
        self._newest += 1
        session = self._workspace.session
        for action in (self._window.actions_.by_doubt, self._window.actions_.audit, self._window.actions_.agreement):
            self._window.actions_.enable(action, "" if session is not None else self._workspace.what_is_missing)
        if session is None:
            self._take(FoundDoubts(), None)
        else:
            self.tasks.start(self._find(session, self._newest))

    async def _find(self, session: Session, number: int) -> None:
        await session.judge()
        found = await asyncio.to_thread(session.quality.doubts)
        audit, drawn = await asyncio.to_thread(_newest_audit, session)
        if number == self._newest and session is self._workspace.session:
            self._take(found, audit, drawn)

    def _take(self, found: FoundDoubts, audit: AuditResult | None, drawn: Iterable[int] = ()) -> None:
        before = self.audit.audit if self.audit is not None else None
        if audit is None or audit.audit != before:
            self._drawn = {}
        self.found, self.audit = found, audit
        rows = {number: doubt for number, doubt in found.rows.items() if doubt.doubtful}
        tips = {number: "\n".join(doubt_lines(doubt)) for number, doubt in rows.items()}
        # A row of the sample that was asked again stays on the screen of whoever reads the sample.
        self._drawn = {number: place for place, number in enumerate(dict.fromkeys([*self._drawn, *drawn]))}
        scores = {number: doubt.score for number, doubt in found.rows.items()}
        self._window.model.show_quality(RowQuality(tips, scores, self._drawn))
        self._show_row()

    def _read_audit(self) -> None:
        session = self._workspace.session
        if session is not None and self.audit is not None and not self._run_controller.phase.in_run:
            self.tasks.start(self._renew_audit(session))

    async def _renew_audit(self, session: Session) -> None:
        audit, _ = await asyncio.to_thread(_newest_audit, session)
        if session is self._workspace.session:
            self.audit = audit
            self._show_row()

    def _show_row(self) -> None:
        """Show the doubts of the current row, until it is reviewed, and what the audit says by now."""
        window, row = self._window, self._window.table.current_row()
        number = row.number if row is not None else 0
        open_ = window.model.state_of(number).review is Review.UNREVIEWED
        doubt = self.found.rows.get(number) if open_ else None
        window.panel.show_doubt(doubt_lines(doubt) if doubt is not None and doubt.doubtful else [])
        audit = self.audit
        more = "\n".join(class_lines(audit)) if audit is not None else ""
        window.panel.quality.show_audit(audit_text(audit) if audit is not None else "", more)

    def _order(self, checked: bool) -> None:  # noqa: FBT001 - the signal's own
        model = self._window.model
        descending = Qt.SortOrder.DescendingOrder if checked else Qt.SortOrder.AscendingOrder
        model.sort(BY_DOUBT if checked else SHEET_ORDER, descending)
        if checked:
            if not any(doubt.doubtful for doubt in self.found.rows.values()):
                self._window.progress_strip.show_note(tr("No row is doubtful."))
            self._go_to_first()

    def _go_to_first(self) -> None:
        """Choose the first row of the order that waits for a review."""
        model = self._window.model
        for position in range(model.rowCount()):
            row = model.row_at(position)
            if row is not None and self._queue.waits(row.number):
                self._window.table.choose_row(row.number)
                return

    # --- audit and agreement -----------------------------------------------------------------------------------

    def _ask(self) -> None:
        session = self._workspace.session
        if session is not None:
            self.tasks.start(self._show_dialog(session))

    async def _show_dialog(self, session: Session) -> None:
        rest = len(await asyncio.to_thread(session.quality.rest, self.found))
        waiting = len(await asyncio.to_thread(session.quality.queue, self.found))
        if session is not self._workspace.session:
            return
        dialog = AuditDialog(rest, waiting - rest, self.audit, self._window)
        dialog.draw_requested.connect(lambda rows: self.tasks.start(self._draw(session, rows)))
        dialog.show_requested.connect(self._show_audit)
        dialog.open()

    async def _draw(self, session: Session, rows: int) -> None:
        await session.quality.draw_audit(self.found, rows)
        audit, numbers = await asyncio.to_thread(_newest_audit, session)
        if session is self._workspace.session and audit is not None:
            self._take(self.found, audit, numbers)
            self._show_audit()
            drawn = tr_counted(len(audit.audit.rows), "row")
            self._window.progress_strip.show_note(tr("{rows} drawn to be read.").format(rows=drawn))

    def _show_audit(self) -> None:
        """Show the rows of the audit alone, in the order drawn."""
        self._window.actions_.by_doubt.setChecked(False)
        self._window.progress_strip.show_audited()
        self._window.model.sort(BY_AUDIT, Qt.SortOrder.AscendingOrder)
        self._go_to_first()

    def _compare(self) -> None:
        if (session := self._workspace.session) is not None:
            self.tasks.start(self._show_agreement(session))

    async def _show_agreement(self, session: Session) -> None:
        await session.judge()
        found = await asyncio.to_thread(session.quality.agreements)
        if session is self._workspace.session:
            AgreementDialog(found, self._window).open()


def _newest_audit(session: Session) -> tuple[AuditResult | None, list[int]]:
    """Return the newest audit, and the sheet numbers of its rows in the order drawn."""
    audit = next(iter(session.quality.audits()), None)
    return audit, [] if audit is None else session.quality.rows_of(audit.audit)
