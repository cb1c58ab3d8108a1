"""What differs between two past runs: figures, and each row that changed, with both answers."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QHeaderView,
    QLabel,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from chaindesk.desktop.history.difference_words import CHANGES, difference_lines
from chaindesk.desktop.ui.tool_tips import html_text
from chaindesk.desktop.ui.translation import tr, tr_noop
from chaindesk.engine.comparison.run_difference import Change, RowDifference, RunDifference

_HEADS = (tr_noop("Row"), tr_noop("Step"), tr_noop("How"), tr_noop("Before"), tr_noop("After"))
_SAME = (Change.SAME_ANSWER, Change.SAME_TEXT)
_MOST_ROWS = 2_000
_CHARACTERS = 120


class DifferenceButton(QPushButton):
    """Asks what differs between the two runs that are selected in a list.

    Signals:
        requested: the numbers of the runs, the earlier one first.
    """

    requested = Signal(int, int)

    def __init__(self, runs: QTreeWidget, number: int, workbook_of: Callable[[int], int]) -> None:
        """Watch a list whose items have their run's ``number`` as data; only runs over one workbook are compared."""
        super().__init__(tr("What &differs…"))
        self.setToolTip(tr("Choose two runs over one sheet (Ctrl+click): which rows, checks and costs differ"))
        self.setEnabled(False)
        runs.setSelectionMode(QTreeWidget.SelectionMode.ExtendedSelection)

        def selected() -> list[int]:
            return sorted(int(item.data(0, number)) for item in runs.selectedItems())

        def changed() -> None:
            self.setEnabled(len(selected()) == 2 and len(set(map(workbook_of, selected()))) == 1)

        runs.itemSelectionChanged.connect(changed)
        self.clicked.connect(lambda: self.requested.emit(*selected()))


class DifferenceDialog(QDialog):
    """Shows the difference of two runs; no call is made for it."""

    def __init__(self, found: RunDifference, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        a, b = found.a.run, found.b.run
        self.setWindowTitle(tr("Run {a} and run {b}").format(a=a.id, b=b.id))
        self.figures = QLabel("\n".join(difference_lines(found)))
        self.figures.setWordWrap(True)
        self.figures.setTextFormat(Qt.TextFormat.PlainText)
        self.figures.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.figures.setAccessibleName(tr("What differs"))
        self.list = QTreeWidget()
        self.list.setAccessibleName(tr("Rows that changed"))
        self.list.setHeaderLabels([tr(head) for head in _HEADS])
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setAllColumnsShowFocus(True)
        changed = [one for one in found.rows if one.change not in _SAME]
        self.list.addTopLevelItems([_item(one) for one in changed[:_MOST_ROWS]])
        self.list.header().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.list.header().setMaximumSectionSize(420)
        self.rest = QLabel(
            tr("The first {shown} of {all} are shown; chaindesk compare --runs --json has them all.").format(
                shown=f"{_MOST_ROWS:,}", all=f"{len(changed):,}"
            )
        )
        self.rest.setProperty("muted", "true")
        self.rest.setVisible(len(changed) > _MOST_ROWS)
        close = QPushButton(tr("Close"))
        close.clicked.connect(self.accept)
        layout = QVBoxLayout(self)
        layout.setSpacing(9)
        layout.addWidget(self.figures)
        layout.addWidget(self.list, 1)
        layout.addWidget(self.rest)
        layout.addWidget(close, 0, Qt.AlignmentFlag.AlignRight)
        self.resize(1000, 600)


def _item(one: RowDifference) -> QTreeWidgetItem:
    before, after = (one.a.text if one.a else "", one.b.text if one.b else "")
    if one.fields:
        before = "; ".join(f"{name}: {values[0]}" for name, values in one.fields.items())
        after = "; ".join(f"{name}: {values[1]}" for name, values in one.fields.items())
    item = QTreeWidgetItem([one.key, one.step, tr(CHANGES[one.change]), _line(before), _line(after)])
    item.setToolTip(3, html_text(before[:2_000]))
    item.setToolTip(4, html_text(after[:2_000]))
    return item


def _line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _CHARACTERS else f"{line[: _CHARACTERS - 1]}…"
