"""The window's end: one plain question where something would be cut off, and no end before a workbook is saved."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMessageBox

from chaindesk.desktop.controllers.opening import OpeningController
from chaindesk.desktop.main_window import MainWindow
from chaindesk.desktop.session.run_controller import RunController
from chaindesk.desktop.ui import dialogs
from chaindesk.desktop.ui.translation import tr, tr_counted
from chaindesk.domain.status import Status
from chaindesk.engine.run.progress.snapshot import Snapshot
from chaindesk.formatting import count


class ClosingController(QObject):
    """Decides whether the window may close."""

    def __init__(self, window: MainWindow, run_controller: RunController, opening: OpeningController) -> None:
        super().__init__(window)
        self._window, self._run_controller, self._opening = window, run_controller, opening
        self._question: QMessageBox | None = None
        self._waits = False
        window.closing.connect(self._close)
        run_controller.saving_changed.connect(self._saved)

    def close_now(self) -> None:
        """Close without a question because the system ends the program; the run is offered next time."""
        self._run_controller.keep_note()
        self._window.panel.step.keep_edit()
        self._window.allow_close()

    def _close(self) -> None:
        window, unsaved, in_run = self._window, self._opening.unsaved_chain, self._run_controller.phase.in_run
        window.panel.step.keep_edit()
        if self._question is not None:
            self._question.activateWindow()
        elif in_run:
            text = closing_text(window.model.snapshot)
            if unsaved:
                text += tr("\n\nThe changes in {unsaved} are not saved, and would be lost.").format(unsaved=unsaved)
            self._ask(tr("A run is going on"), text, tr("Stop and close"), tr("Keep running"))
        elif unsaved:
            self._opening.leave_editor(window.close)  # the editor asks, and offers to save
        elif self._run_controller.saving and not self._waits:
            self._waits = True  # whoever is in a hurry closes once more; the file is finished all the same
            window.show_busy(tr("Closing as soon as the workbook is saved…"))
        else:
            window.allow_close()

    def _ask(self, title: str, text: str, yes: str, no: str) -> None:
        self._question = dialogs.ask(self._window, title, text, yes, no, self._window.allow_close)
        self._question.finished.connect(self._answered)

    def _answered(self) -> None:
        self._question = None

    def _saved(self) -> None:
        if self._waits and not self._run_controller.saving:
            self._waits = False
            self._window.close()


def closing_text(snapshot: Snapshot) -> str:
    """Return what is kept and what is cancelled when the window closes during a run."""
    under_way = snapshot.counts[Status.RUNNING] + snapshot.counts[Status.WAITING]
    finished = tr("{finished} of {rows} are finished.").format(
        finished=count(snapshot.finished), rows=tr_counted(snapshot.chosen, "row")
    )
    kept = tr("Every answer that has arrived is kept.")
    if not under_way:
        cut = ""
    elif under_way == 1:
        cut = tr("\n\n1 row is under way: its call is cancelled, and the row goes back to pending.")
    else:
        cut = tr("\n\n{under_way} rows are under way: their calls are cancelled, and they go back to pending.").format(
            under_way=count(under_way)
        )
    if snapshot.counts[Status.SUBMITTED]:
        cut += tr("\n\n{rows} submitted: their batch jobs go on, and bring their answers later.").format(
            rows=tr_counted(snapshot.counts[Status.SUBMITTED], "row")
        )
    ahead = tr("The next run goes on from there, and pays for nothing twice.")
    return tr("Stop the run and close ChainDesk?\n\n{finished} {kept}{cut}\n\n{ahead}").format(
        finished=finished, kept=kept, cut=cut, ahead=ahead
    )
