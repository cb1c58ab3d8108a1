"""What a new user sees first: what this is for, the ways to begin, and what one could begin with."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from chaindesk.desktop.ui import icons
from chaindesk.desktop.ui.tool_tips import html_text
from chaindesk.desktop.ui.translation import tr, tr_noop

_STEPS = (
    tr_noop("1.  Open a workbook: a header row, then one row per job."),
    tr_noop("2.  Choose a chain: the model calls to make for each row."),
    tr_noop("3.  Press Run, review the rows as they come, and export."),
)
_MAX_RECENT = 4
_GALLERY_COLUMNS = 4
_SPACE_AROUND_PX = 40  # above, below and between
_HINT = tr_noop("or drop a workbook here: .xlsx, .xlsm, .csv, .tsv")


class WelcomePage(QWidget):
    """The first page.

    Signals:
        open_requested: the user wants to choose a workbook.
        example_requested: the user wants to try the example.
        new_chain_requested: the user wants to write a chain.
        recent_requested: the path of a workbook that was open before.
        gallery_requested: the user wants to see the chains to begin with; the name of the example to show first, or "".
    """

    open_requested = Signal()
    example_requested = Signal()
    new_chain_requested = Signal()
    recent_requested = Signal(str)
    gallery_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.card = QFrame()
        self.card.setObjectName("dropCard")
        self.card.setMinimumWidth(620)  # longer in other languages
        self.open = QPushButton(tr("Open a workbook…"))
        self.open.setProperty("primary", "true")
        self.open.setAutoDefault(True)  # Return presses the button that has the focus, as in a dialog
        self.open.clicked.connect(self.open_requested)
        self.example = QPushButton(tr("Try the example"))
        self.example.setToolTip(tr("A small workbook and a chain, answered by the simulated provider: no key, no cost"))
        self.example.setAutoDefault(True)
        icons.give(self.example, "example")
        self.example.clicked.connect(self.example_requested)
        self.gallery = QPushButton(tr("Chains to begin with…"))
        self.gallery.setToolTip(tr("Examples with their sheets, and your own templates (Ctrl+G)"))
        self.gallery.setAutoDefault(True)
        icons.give(self.gallery, "chain")
        self.gallery.clicked.connect(lambda: self.gallery_requested.emit(""))
        self.examples = QWidget()
        self.new_chain = QPushButton(tr("New chain"))
        self.new_chain.setToolTip(tr("Write a chain of your own, step by step (Ctrl+N)"))
        self.new_chain.setAutoDefault(True)
        icons.give(self.new_chain, "add")
        self.new_chain.clicked.connect(self.new_chain_requested)
        self._hint = _muted(tr(_HINT))
        self._recent = QVBoxLayout()
        self._recent.setSpacing(2)
        self._recent_box = QWidget()
        self._recent_box.setLayout(self._recent)
        self._lay_out()
        self.show_recent(())

    def show_recent(self, paths: Sequence[str]) -> None:
        """Offer these workbooks again."""
        while self._recent.count():
            item = self._recent.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.deleteLater()
        shown = [path for path in paths if Path(path).exists()][:_MAX_RECENT]
        heading = tr("Open again:") if shown else tr("Workbooks that you open are listed here the next time.")
        self._recent.addWidget(_muted(heading), 0, Qt.AlignmentFlag.AlignHCenter)
        for path in shown:
            label = QLabel(f'<a href="#">{html.escape(Path(path).name)}</a>')
            label.setToolTip(html_text(path))
            label.setTextInteractionFlags(Qt.TextInteractionFlag.LinksAccessibleByKeyboard)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextBrowserInteraction)
            label.linkActivated.connect(lambda _, path=path: self.recent_requested.emit(path))
            self._recent.addWidget(label, 0, Qt.AlignmentFlag.AlignHCenter)

    def show_examples(self, titles: Mapping[str, str]) -> None:
        """Offer what one could begin with: the titles of the shipped chains, by name."""
        grid = QGridLayout(self.examples)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(6)
        heading = _muted(tr("What is to be done with each row?"))
        grid.addWidget(heading, 0, 0, 1, _GALLERY_COLUMNS, Qt.AlignmentFlag.AlignHCenter)
        for place, (name, title) in enumerate(titles.items()):
            chip = QPushButton(title)
            chip.setProperty("chip", "true")
            chip.setAutoDefault(True)
            chip.setToolTip(tr("Look at this chain, and use a copy or try it with its example sheet"))
            chip.clicked.connect(partial(self.gallery_requested.emit, name))
            grid.addWidget(chip, 1 + place // _GALLERY_COLUMNS, place % _GALLERY_COLUMNS)

    def show_busy(self, text: str) -> None:
        """Show what is being done; "" shows what can be done."""
        self._hint.setText(text or tr(_HINT))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A low window shows the ways to begin alone: what one could begin with is behind its button too."""
        super().resizeEvent(event)
        left = self.height() - self.card.sizeHint().height() - _SPACE_AROUND_PX
        self.examples.setVisible(left >= self.examples.sizeHint().height())

    def set_dropping(self, *, dropping: bool) -> None:
        """Highlight the page while a file is held over the window."""
        self.card.setProperty("dropping", "true" if dropping else "false")
        self.card.style().unpolish(self.card)
        self.card.style().polish(self.card)

    def _lay_out(self) -> None:
        logo = QLabel()
        logo.setPixmap(icons.pixmap("chaindesk", 64, "#FFFFFF"))
        logo.setFixedSize(64, 64)
        title = QLabel(tr("Run a chain of model calls over every row of a workbook"))
        title.setProperty("title", "true")
        title.setStyleSheet("font-size: 17px;")
        title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        buttons = QHBoxLayout()
        buttons.setSpacing(10)
        buttons.addStretch(1)
        buttons.addWidget(self.open)
        buttons.addWidget(self.example)
        buttons.addWidget(self.gallery)
        buttons.addWidget(self.new_chain)
        buttons.addStretch(1)
        inside = QVBoxLayout(self.card)
        inside.setContentsMargins(36, 28, 36, 28)
        inside.setSpacing(14)
        inside.addWidget(logo, 0, Qt.AlignmentFlag.AlignHCenter)
        inside.addWidget(title)
        steps = QVBoxLayout()
        steps.setSpacing(5)
        for text in _STEPS:
            steps.addWidget(_muted(tr(text)))
        steps_box = QWidget()
        steps_box.setLayout(steps)
        inside.addWidget(steps_box, 0, Qt.AlignmentFlag.AlignHCenter)
        inside.addSpacing(4)
        inside.addLayout(buttons)
        inside.addWidget(self._hint, 0, Qt.AlignmentFlag.AlignHCenter)
        inside.addWidget(self._recent_box)
        layout = QVBoxLayout(self)
        layout.addStretch(2)
        layout.addWidget(self.card, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addSpacing(16)
        layout.addWidget(self.examples, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(3)


def _muted(text: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("muted", "true")
    return label
