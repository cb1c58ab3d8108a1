"""Two chains or models side by side: the cost before, the rows that differ, the picks of a person, and the figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QSplitter,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from chaindesk.desktop.comparison.pair_view import PairView, is_turned
from chaindesk.desktop.comparison.setup_bar import SetupBar
from chaindesk.desktop.comparison.wording import figures_text, plan_text
from chaindesk.desktop.ui.translation import tr, tr_noop
from chaindesk.desktop.ui.window_memory import WindowMemory
from chaindesk.engine.comparison.comparison import ComparedRow, ComparisonFigures, Pick
from chaindesk.engine.comparison.plan import ComparisonPlan
from chaindesk.engine.comparison.side import SideAnswer

_ROW = Qt.ItemDataRole.UserRole
_HEADS = (tr_noop("Row"), tr_noop("A"), tr_noop("B"), tr_noop("Your pick"))
_PICK_WORDS = {Pick.A: tr_noop("A"), Pick.B: tr_noop("B"), Pick.NEITHER: tr_noop("the same")}


class ComparisonWindow(QDialog):
    """Shows one comparison.

    Attributes:
        setup: what is compared.
        pair: the answers of the current row.

    Signals:
        picked: the row that is shown, and the pick, or None where it is taken back.
        take_requested: B is to be the chain from now on.
    """

    picked = Signal(object, object)
    take_requested = Signal()

    def __init__(self, parent: QWidget | None = None, *, dark: bool = False) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Compare models or chains"))
        self.setWindowFlag(Qt.WindowType.WindowMaximizeButtonHint)
        self._rows: Sequence[ComparedRow] = ()
        self._picks: Mapping[int, Pick] = {}
        self.setup = SetupBar()
        self.message, self.figures = QLabel(), QLabel()
        for label, name in ((self.message, tr("What it costs")), (self.figures, tr("What it came to"))):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            label.setAccessibleName(name)
        self.message.setProperty("muted", "true")
        self.list = QTreeWidget()
        self.list.setAccessibleName(tr("Compared rows"))
        self.only_differing = QCheckBox(tr("Only &what differs"))
        self.only_differing.setChecked(True)
        self.pair = PairView(dark=dark)
        self.take = QPushButton(tr("&Take B"))
        self.take.setToolTip(tr("B becomes the chain; what it costs to run what changes is said first"))
        self._lay_out()
        self._connect()
        self.show_plan(None)

    def show_plan(self, plan: ComparisonPlan | None, message: str = "") -> None:
        """Show what the comparison would do and cost, or what keeps it from that."""
        self.message.setText(plan_text(plan) if plan is not None else message)
        self.setup.show_state(ready=plan is not None, busy=False)

    def show_busy(self, text: str, *, running: bool = True) -> None:
        """Show what is being done."""
        self.message.setText(text)
        self.setup.show_state(ready=False, busy=running)

    def show_rows(self, rows: Sequence[ComparedRow], picks: Mapping[int, Pick], *, takes: bool) -> None:
        """Show the rows with the picks, by sheet number; ``takes``: B is another chain than the one that is open."""
        self._rows, self._picks = rows, picks
        self.take.setEnabled(takes and bool(rows))
        self._fill()

    def show_figures(self, figures: ComparisonFigures | None) -> None:
        """Show what it came to."""
        self.figures.setText("" if figures is None else figures_text(figures))
        self.figures.setVisible(figures is not None and not self.pair.blind.isChecked())

    def show_pick(self, number: int, pick: Pick | None) -> None:
        """Show a pick that is stored now, and go on to the next row that has none."""
        self._picks = {key: one for key, one in self._picks.items() if key != number}
        if pick is not None:
            self._picks = {**self._picks, number: pick}
        self._show_picks()
        if pick is not None:
            self._next_without_pick()

    @property
    def current(self) -> ComparedRow | None:
        """The row that is shown."""
        item = self.list.currentItem()
        number = item.data(0, _ROW) if item is not None else 0
        return next((one for one in self._rows if one.row.number == number), None)

    def _next_without_pick(self) -> None:
        places = range(self.list.topLevelItemCount())
        current = self.list.currentItem()
        at = self.list.indexOfTopLevelItem(current) if current is not None else -1
        by_number = {one.row.number: one for one in self._rows}
        for place in [*places[at + 1 :], *places[: at + 1]]:
            item = self.list.topLevelItem(place)
            number = item.data(0, _ROW) if item is not None else 0
            if item is not None and number not in self._picks and by_number[number].picked_pair is not None:
                self.list.setCurrentItem(item)
                return

    def _fill(self) -> None:
        before = self.current
        self.list.clear()
        for one in self._rows:
            if self.only_differing.isChecked() and one.answered and not one.differs:
                continue
            cells = [one.row.key, _side_word(one.a), _side_word(one.b), self._pick_word(one.row.number)]
            item = QTreeWidgetItem(cells)
            item.setData(0, _ROW, one.row.number)
            self.list.addTopLevelItem(item)
            if before is not None and one.row.number == before.row.number:
                self.list.setCurrentItem(item)
        if self.list.currentItem() is None and (first := self.list.topLevelItem(0)) is not None:
            self.list.setCurrentItem(first)
        self._show_current()

    def _show_picks(self) -> None:
        for place in range(self.list.topLevelItemCount()):
            if (item := self.list.topLevelItem(place)) is not None:
                item.setText(3, self._pick_word(item.data(0, _ROW)))

    def _pick_word(self, number: int) -> str:
        """Return what was picked; in a blind look not which side, which would tell whose the other answers are."""
        pick = self._picks.get(number)
        if pick is None:
            return ""
        return tr("picked") if self.pair.blind.isChecked() and pick is not Pick.NEITHER else tr(_PICK_WORDS[pick])

    def _turn_blind(self) -> None:
        self._show_picks()
        self._show_current()

    def _show_current(self) -> None:
        row = self.current
        self.pair.show_row(row)
        blind = self.pair.blind.isChecked()
        self.figures.setVisible(not blind and bool(self.figures.text()))
        for column in (1, 2, 3):
            self.list.setColumnHidden(column, blind and column != 3)

    def _picked(self, left: bool | None) -> None:  # noqa: FBT001
        row = self.current
        if row is None or row.picked_pair is None:
            return
        if left is None:
            pick = Pick.NEITHER
        else:
            turned = self.pair.blind.isChecked() and is_turned(row.row)
            pick = Pick.A if left is not turned else Pick.B
        self.picked.emit(row, None if self._picks.get(row.row.number) is pick else pick)

    def _connect(self) -> None:
        self.list.currentItemChanged.connect(lambda *_: self._show_current())
        self.only_differing.toggled.connect(lambda _: self._fill())
        self.pair.blind.toggled.connect(self._turn_blind)
        self.pair.picked.connect(self._picked)
        self.take.clicked.connect(self.take_requested)
        self.setup.refused.connect(self.message.setText)

    def _lay_out(self) -> None:
        self.list.setHeaderLabels([tr(head) for head in _HEADS])
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setAllColumnsShowFocus(True)
        self.list.header().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        left = QWidget()
        beside = QVBoxLayout(left)
        beside.setContentsMargins(0, 0, 0, 0)
        beside.addWidget(self.only_differing)
        beside.addWidget(self.list, 1)
        left.setMinimumWidth(240)
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.addWidget(left)
        splitter.addWidget(self.pair)
        splitter.setChildrenCollapsible(False)
        splitter.setHandleWidth(9)
        splitter.setStretchFactor(1, 1)
        splitter.setSizes([300, 800])
        close = QPushButton(tr("Close"))
        close.clicked.connect(self.close)
        foot = QHBoxLayout()
        foot.addWidget(self.take)
        foot.addStretch(1)
        foot.addWidget(close)
        for button in (self.take, close):
            button.setAutoDefault(False)
        layout = QVBoxLayout(self)
        layout.setSpacing(9)
        layout.addWidget(self.setup)
        layout.addWidget(self.message)
        layout.addWidget(self.figures)
        layout.addWidget(splitter, 1)
        layout.addLayout(foot)
        self.resize(1120, 680)
        self.setMinimumSize(760, 520)
        self._memory = WindowMemory(self, "comparison", {"splitter": splitter})
        self._memory.restore()


def _side_word(answers: Sequence[SideAnswer]) -> str:
    if any(one.answer is None for one in answers):
        return "–"
    return "✕" if any(one.flags for one in answers) else "✓"
