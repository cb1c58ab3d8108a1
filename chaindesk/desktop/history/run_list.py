"""The list of past runs: their figures, which of them are shown, and which one is chosen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import PurePath

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QHeaderView, QTreeWidget, QTreeWidgetItem, QWidget

from chaindesk.desktop.ui.report_words import clauses_text
from chaindesk.desktop.ui.tool_tips import html_text
from chaindesk.desktop.ui.translation import tr, tr_counted, tr_noop
from chaindesk.domain.records import RunRecord, RunState
from chaindesk.engine.reports.row_tally import row_tally
from chaindesk.formatting import count, money
from chaindesk.journal.protocol import RunTotals

RUN_ROLE = Qt.ItemDataRole.UserRole
"""Where an item has the number of its run."""
_HEADS = [
    tr_noop("Run"),
    tr_noop("When"),
    tr_noop("State"),
    tr_noop("Rows"),
    tr_noop("Done"),
    tr_noop("Failed"),
    tr_noop("Other"),
    tr_noop("Cost"),
    tr_noop("Workbook"),
    tr_noop("Chain"),
]
_RIGHT = (0, 3, 4, 5, 6, 7)
_OTHER, _PATH = 6, 8
_STATES = {
    RunState.FINISHED: tr_noop("finished"),
    RunState.STOPPED: tr_noop("stopped"),
    RunState.HALTED: tr_noop("halted"),
    RunState.RUNNING: tr_noop("going on"),
    RunState.INTERRUPTED: tr_noop("interrupted"),
}


class RunList(QTreeWidget):
    """Shows the runs that fit a filter, the newest first."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._runs: Sequence[RunRecord] = ()
        self._totals: Mapping[int, RunTotals] = {}
        self._going_on = 0
        self.setAccessibleName(tr("Runs"))
        self.setHeaderLabels([tr(head) for head in _HEADS])
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setAllColumnsShowFocus(True)
        self.header().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.header().setStretchLastSection(True)

    def take_runs(self, runs: Sequence[RunRecord], totals: Mapping[int, RunTotals], going_on: int) -> None:
        """Take what the journal has; ``going_on``: the run that does, or 0. ``show_runs`` shows them."""
        self._runs, self._totals, self._going_on = runs, totals, going_on

    def show_runs(self, words: Sequence[str], workbook: int = 0) -> bool:
        """Show the runs with these words, of one workbook where it is not 0; return whether there are any.

        The run that was chosen stays it, else the newest one is.
        """
        chosen = self.chosen_run()
        with QSignalBlocker(self):
            self.clear()
            again: QTreeWidgetItem | None = None
            for run in self._runs:
                if workbook and run.workbook_id != workbook:
                    continue
                cells = self._cells(run)
                if all(word in " ".join(cells).casefold() for word in words):
                    item = self._item(run, cells)
                    self.addTopLevelItem(item)
                    again = item if run.id == chosen else again
        shown = again or self.topLevelItem(0)
        if shown is not None:
            self.setCurrentItem(shown)
        return shown is not None

    def show_totals(self, run: int, totals: RunTotals) -> None:
        """Show the figures of one run, which goes on."""
        self._totals = {**self._totals, run: totals}
        record = next((one for one in self._runs if one.id == run), None)
        item = self._item_of(run)
        if item is not None and record is not None:
            for column, text in enumerate(self._cells(record)):
                item.setText(column, text)

    def choose(self, run: int) -> None:
        """Choose a run, where it is shown."""
        if (item := self._item_of(run)) is not None:
            self.setCurrentItem(item)

    def chosen_run(self) -> int:
        """Return the number of the run that is chosen, 0 where none is."""
        item = self.currentItem()
        return int(item.data(0, RUN_ROLE)) if item is not None else 0

    def _item_of(self, run: int) -> QTreeWidgetItem | None:
        items = (self.topLevelItem(place) for place in range(self.topLevelItemCount()))
        return next((item for item in items if item is not None and item.data(0, RUN_ROLE) == run), None)

    def _item(self, run: RunRecord, cells: list[str]) -> QTreeWidgetItem:
        item = QTreeWidgetItem(cells)
        item.setData(0, RUN_ROLE, run.id)
        words = row_tally(run, self._totals.get(run.id, RunTotals()).rows).words
        for column in range(_RIGHT[1], _OTHER + 1):
            item.setToolTip(column, html_text(f"{tr_counted(run.rows, 'row')}: {clauses_text(words)}"))
        item.setToolTip(
            _PATH, html_text(tr("{workbook}, sheet {sheet}").format(workbook=run.workbook, sheet=run.sheet))
        )
        for column in _RIGHT:
            item.setTextAlignment(column, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return item

    def _cells(self, run: RunRecord) -> list[str]:
        totals = self._totals.get(run.id, RunTotals())
        tally = row_tally(run, totals.rows)
        other = tally.chosen - tally.done - tally.failed
        return [
            str(run.id),
            f"{run.started_at.astimezone():%Y-%m-%d %H:%M}",
            tr("going on") if run.id == self._going_on else tr(_STATES[run.state]),
            count(run.rows),
            *(count(number) if number else "–" for number in (tally.done, tally.failed, other)),
            "–" if totals.cost is None else money(totals.cost),
            PurePath(run.workbook).name,
            run.chain,
        ]
