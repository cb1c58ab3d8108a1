"""The names that a prompt may use as chips: a click puts one in at the cursor, and it can be dragged there."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QMimeData, QPoint, Qt, Signal
from PySide6.QtGui import QDrag, QMouseEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QMenu, QPushButton, QToolButton, QWidget

from chaindesk.desktop.ui.layout.flow_layout import FlowLayout
from chaindesk.desktop.ui.tool_tips import html_text
from chaindesk.desktop.ui.translation import tr

_MAX_SHOWN = 18
_MAX_CHARS = 28


class NameChips(QWidget):
    """One line, or a few, of chips.

    Signals:
        chosen: a name, to be put into the prompt.
    """

    chosen = Signal(str)

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names: tuple[str, ...] = ()
        self.chips: list[NameChip] = []
        self._all: list[NameChip] = []  # the hidden ones, too
        self.more = QToolButton()
        self.more.setText(tr("More…"))
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._menu = QMenu(self.more)
        self.more.setMenu(self._menu)
        self.title = QLabel(title)
        self.title.setProperty("muted", "true")
        self._place = QWidget()
        self._place.setObjectName("plain")
        self._flow = FlowLayout(self._place)
        self._flow.addWidget(self.more)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        self.title.setFixedHeight(NameChip().sizeHint().height())  # in the middle of the first line of chips
        layout.addWidget(self.title, 0, Qt.AlignmentFlag.AlignTop)
        layout.addWidget(self._place, 1)
        self.more.hide()
        self.hide()

    def show_names(self, names: Sequence[str]) -> None:
        """Offer these names."""
        if tuple(names) == self._names:
            return
        self._names = tuple(names)
        shown = names[:_MAX_SHOWN]
        while len(self._all) < len(shown):
            self._add_chip()
        for chip, name in zip(self._all, shown, strict=False):
            chip.show_name(name)
        for place, chip in enumerate(self._all):
            chip.setVisible(place < len(shown))
        self.chips = self._all[: len(shown)]
        self._menu.clear()
        for name in names[_MAX_SHOWN:]:
            self._menu.addAction(name.replace("&", "&&"), partial(self.chosen.emit, name))
        self.more.setVisible(len(names) > _MAX_SHOWN)
        self.setVisible(bool(names))
        self.updateGeometry()

    def _add_chip(self) -> None:
        chip = NameChip()
        chip.clicked.connect(lambda: self.chosen.emit(chip.name))
        self._all.append(chip)
        self._flow.removeWidget(self.more)  # it stays the last one
        self._flow.addWidget(chip)
        self._flow.addWidget(self.more)


class NameChip(QPushButton):
    """A name that can be clicked and dragged. A click leaves the focus in the prompt."""

    def __init__(self) -> None:
        super().__init__()
        self.name = ""
        self.setProperty("chip", "true")
        self.setAutoDefault(False)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._pressed: QPoint | None = None

    def show_name(self, name: str) -> None:
        """Stand for this name."""
        self.name = name
        short = name if len(name) <= _MAX_CHARS else f"{name[: _MAX_CHARS - 1]}…"
        self.setText(short.replace("&", "&&"))
        self.setAccessibleName(tr("Insert {name}").format(name=name))
        self.setToolTip(
            html_text(tr("Put {name} into the prompt: click, or drag it there").format(name=f"{{{{{name}}}}}"))
        )

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Remember where a drag would begin."""
        self._pressed = event.position().toPoint()
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Begin a drag as soon as the mouse has gone far enough."""
        begun = self._pressed
        if begun is None or not event.buttons() & Qt.MouseButton.LeftButton:
            return
        if (event.position().toPoint() - begun).manhattanLength() < QApplication.startDragDistance():
            return
        self._pressed = None
        self.setDown(False)
        drag = QDrag(self)
        drag.setMimeData(mime_of(self.name))
        drag.setPixmap(self.grab())
        drag.exec(Qt.DropAction.CopyAction)


def mime_of(name: str) -> QMimeData:
    """Return what is dragged for a name."""
    data = QMimeData()
    data.setText(f"{{{{{name}}}}}")
    return data
