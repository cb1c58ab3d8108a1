"""How the run stands, in one strip: a bar of statuses, counts that filter the table, and the run's figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from PySide6.QtCore import QRectF, QSize, QTimer, Signal
from PySide6.QtGui import QAction, QColor, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from chaindesk.desktop.run_controls.failure_list import FailureList
from chaindesk.desktop.run_controls.figures import figures_text
from chaindesk.desktop.ui import icons
from chaindesk.desktop.ui.row_filter import RowFilter
from chaindesk.desktop.ui.status_palette import StatusPalette, label, word
from chaindesk.desktop.ui.translation import tr, tr_counted, tr_noop
from chaindesk.domain.errors import FailureKind
from chaindesk.domain.events import PauseCause
from chaindesk.domain.records import RunState
from chaindesk.domain.status import Review, Status
from chaindesk.engine.run.progress.snapshot import Snapshot
from chaindesk.formatting import count

_INTERVAL_MS = 500  # milliseconds between two looks while a run goes on; at all at once, so that no two disagree
_BAR = (Status.DONE, Status.SKIPPED, Status.FAILED, Status.STOPPED, Status.RUNNING, Status.WAITING, Status.SUBMITTED)
_CHIPS = (
    Status.DONE,
    Status.RUNNING,
    Status.WAITING,
    Status.SUBMITTED,
    Status.FAILED,
    Status.STOPPED,
    Status.QUEUED,
    Status.PENDING,
    Status.SKIPPED,
)
_SEARCH_DELAY_MS = 200
_NOTE_MS = 6000  # what was done is shown for so long
_AUDITED = tr_noop("In the audit")
_REVIEWS: tuple[tuple[str, RowFilter], ...] = (
    (tr_noop("Any review"), RowFilter()),
    (tr_noop("Not reviewed"), RowFilter(review=Review.UNREVIEWED)),
    (tr_noop("Approved"), RowFilter(review=Review.APPROVED)),
    (tr_noop("Rejected"), RowFilter(review=Review.REJECTED)),
    (tr_noop("Edited"), RowFilter(review=Review.EDITED)),
    (tr_noop("Changed since"), RowFilter(changed=True)),
    (tr_noop("Doubtful"), RowFilter(doubtful=True)),
    (_AUDITED, RowFilter(audited=True)),
)


class ProgressStrip(QWidget):
    """Shows a ``Snapshot``, and emits which rows the user wants to see.

    Attributes:
        busy: what is being done at the moment, or "".

    Signals:
        filter_requested: a ``RowFilter``.
    """

    filter_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None, *, dark: bool = False) -> None:
        super().__init__(parent)
        self._snapshot = Snapshot()
        self._total = 0
        self.busy = ""
        self.progress = StatusProgress()
        self.figures = QLabel()
        self.figures.setAccessibleName(tr("Figures of the run"))
        self.figures.setProperty("muted", "true")
        self.figures.setWordWrap(True)
        self.chips: dict[Status, QPushButton] = {}
        self.failures = FailureList()
        self._failure: FailureKind | None = None
        self.search = QLineEdit()
        self.reviews = QComboBox()
        self._timer = QTimer(self, interval=_INTERVAL_MS)
        self._timer.timeout.connect(self.refresh)
        self._typing = QTimer(self, interval=_SEARCH_DELAY_MS, singleShot=True)
        self._typing.timeout.connect(self._emit_filter)
        self._note = ""
        self._note_ends = QTimer(self, interval=_NOTE_MS, singleShot=True)
        self._note_ends.timeout.connect(lambda: self.show_note(""))
        self._lay_out()
        self.set_dark(dark=dark)

    def watch(self, snapshot: Snapshot, total: int) -> None:
        """Show this snapshot, of a manifest with ``total`` rows, from now on."""
        self._snapshot, self._total, self._note = snapshot, total, ""
        self.refresh()

    def set_running(self, *, running: bool) -> None:
        """Refresh the figures regularly, or stop."""
        if running:
            self._timer.start()
        else:
            self._timer.stop()
        self.refresh()

    def show_busy(self, text: str) -> None:
        """Show what is being done at the moment, or waited for; "" shows nothing."""
        self.busy = text
        self._show_figures()

    def show_note(self, text: str) -> None:
        """Show for some seconds what was done; "" hides it."""
        self._note = text
        if text:
            self._note_ends.start()
        self._show_figures()

    def set_dark(self, *, dark: bool) -> None:
        """Use the colours of the other theme."""
        palette = StatusPalette(dark=dark)
        self.progress.set_palette(palette)
        for status, chip in self.chips.items():
            colours = f"background: {palette.background[status].name()}; color: {palette.text[status].name()};"
            chip.setStyleSheet(f"QPushButton {{ {colours} }}")

    def clear_filter(self) -> None:
        """Show all rows again."""
        self._failure = None
        for chip in self.chips.values():
            chip.setChecked(False)
        self.reviews.setCurrentIndex(0)
        self.search.clear()
        self._typing.stop()
        self._emit_filter()

    def show_search_scope(self, *, outputs: bool) -> None:
        """Show what a search looks at."""
        self.search.setPlaceholderText(tr("Search inputs and outputs") if outputs else tr("Search the inputs"))

    def show_only(self, status: Status) -> None:
        """Show the rows of one status."""
        self._failure = None
        for other, chip in self.chips.items():
            chip.setChecked(other is status)
        self._emit_filter()

    def show_audited(self) -> None:
        """Show the rows of the newest audit alone."""
        self.clear_filter()
        self.reviews.setCurrentText(tr(_AUDITED))

    def show_failed(self, kind: FailureKind) -> None:
        """Show the rows that failed for one kind of reason."""
        self.show_only(Status.FAILED)
        self._failure = kind
        self._emit_filter()

    def refresh(self) -> None:
        """Look at the snapshot again."""
        self._show_counts()
        self._show_figures()

    def _show_counts(self) -> None:
        counts = dict(self._snapshot.counts)
        counts[Status.PENDING] = self._total - sum(
            number for status, number in counts.items() if status is not Status.PENDING
        )
        for status, chip in self.chips.items():
            number = self._snapshot.running if status is Status.RUNNING else counts[status]
            text = f"{label(status)} {count(number)}"
            if chip.text() != text:
                chip.setText(text)
                chip.setAccessibleName(
                    tr("Show only rows that are {status}: {number}").format(status=word(status).lower(), number=number)
                )
            chip.setVisible(number > 0 or chip.isChecked())
        self.progress.show_counts(counts, self._total)
        held = self._snapshot.paused
        braked = held is not None and held.cause is PauseCause.FAILURES  # its message tells the largest group
        groups = self._snapshot.failures.largest_first()[1 if braked else 0 :]
        self.failures.show_failures(groups, running=self._snapshot.state is RunState.RUNNING)

    def _show_figures(self) -> None:
        text = "  ·  ".join(filter(None, (self.busy, self._note, figures_text(self._snapshot))))
        self.figures.setText(text)
        self.figures.setVisible(bool(text))

    def _lay_out(self) -> None:
        self.show_search_scope(outputs=False)
        self.search.setAccessibleName(tr("Search the rows"))
        self.search.setClearButtonEnabled(True)
        self.search.setMinimumWidth(230)
        self.search.setMaximumWidth(260)
        glass = QAction(self)
        icons.give(glass, "search")
        self.search.addAction(glass, QLineEdit.ActionPosition.LeadingPosition)
        self.search.textChanged.connect(lambda _: self._typing.start())
        chips = QHBoxLayout()
        chips.setSpacing(6)
        for status in _CHIPS:
            chip = QPushButton()
            chip.setCheckable(True)
            chip.setProperty("chip", "true")
            chip.setToolTip(tr("Show only the rows that are {status}").format(status=word(status).lower()))
            chip.toggled.connect(lambda _: self._emit_filter())
            chip.hide()
            self.chips[status] = chip
            chips.addWidget(chip)
        self.reviews.setAccessibleName(tr("Show only rows by review"))
        self.reviews.setToolTip(tr("Show only the rows with this review, changed since, doubtful, or in the audit"))
        for shown, _ in _REVIEWS:
            self.reviews.addItem(tr(shown))
        self.reviews.currentIndexChanged.connect(lambda _: self._emit_filter())
        chips.addStretch(1)
        chips.addWidget(self.reviews)
        chips.addWidget(self.search)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(7)
        layout.addWidget(self.progress)
        layout.addWidget(self.figures)
        layout.addWidget(self.failures)
        layout.addLayout(chips)

    def _emit_filter(self) -> None:
        chosen = frozenset(status for status, chip in self.chips.items() if chip.isChecked())
        chosen_review = _REVIEWS[max(self.reviews.currentIndex(), 0)][1]
        if Status.FAILED not in chosen:
            self._failure = None
        wanted = replace(chosen_review, statuses=chosen, text=self.search.text(), failure=self._failure)
        self.filter_requested.emit(wanted)
        self.refresh()


class StatusProgress(QProgressBar):
    """A progress bar in the colours of the statuses; read aloud it is an ordinary one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._counts: Mapping[Status, int] = {}
        self._palette = StatusPalette(dark=False)
        self.setAccessibleName(tr("Progress"))
        self.setTextVisible(False)
        self.setFixedHeight(10)
        self.setRange(0, 1)

    def set_palette(self, palette: StatusPalette) -> None:
        """Use these colours."""
        self._palette = palette
        self.update()

    def show_counts(self, counts: Mapping[Status, int], total: int) -> None:
        """Show so many rows by status, of ``total``."""
        if counts == self._counts and max(total, 1) == self.maximum():
            return
        self._counts = dict(counts)
        done = counts.get(Status.DONE, 0) + counts.get(Status.SKIPPED, 0) + counts.get(Status.FAILED, 0)
        self.setUpdatesEnabled(False)  # else Qt paints the whole window within setValue
        self.setRange(0, max(total, 1))
        self.setValue(done)
        self.setUpdatesEnabled(True)
        self.setToolTip(tr("{done} of {rows}").format(done=count(done), rows=tr_counted(total, "row")))

    def sizeHint(self) -> QSize:
        """Wide and low."""
        return QSize(200, 10)

    def paintEvent(self, event: QPaintEvent) -> None:
        """One stretch for each status, from left to right."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        whole = QRectF(self.rect())
        path = QPainterPath()
        path.addRoundedRect(whole, 5, 5)
        painter.setClipPath(path)
        painter.fillRect(whole, self.palette().mid())
        left = 0.0
        for status in _BAR:
            width = whole.width() * self._counts.get(status, 0) / max(self.maximum(), 1)
            painter.fillRect(QRectF(left, 0, width, whole.height()), self._strong(status))
            left += width
        painter.end()

    def _strong(self, status: Status) -> QColor:
        """A colour that stands out without text on it: between the pill's background and its text."""
        back, text = self._palette.background[status], self._palette.text[status]
        mix = [round(back.getRgbF()[part] * 89 + text.getRgbF()[part] * 166) for part in range(3)]  # type: ignore[index]
        return QColor(*mix)
