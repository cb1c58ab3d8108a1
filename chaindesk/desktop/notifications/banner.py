"""A message in the window: what happened, what to do, and the buttons that do it. It never stands in the way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from chaindesk.desktop.ui import icons
from chaindesk.desktop.ui.translation import tr


class Tone(Enum):
    """The kind of a message; the value is its name in the style sheet."""

    INFO = "info"
    SUCCESS = "success"
    WARNING = "warning"
    ERROR = "error"


_MAX_DETAILS_HEIGHT_PX = 130  # pixels
_ICONS = {Tone.INFO: "info", Tone.SUCCESS: "done", Tone.WARNING: "warning", Tone.ERROR: "warning"}


@dataclass(frozen=True, slots=True)
class BannerButton:
    """A button of a message: its text, what it does, whether it closes the message, and whether Escape presses it."""

    text: str
    act: Callable[[], object]
    primary: bool = False
    closes: bool = True
    on_escape: bool = False


class Banner(QFrame):
    """Shows one message at a time.

    Signals:
        changed: another message is shown, or none.
        closed: the user put the message away.
        focus_left: the message that had the focus is gone.
    """

    changed = Signal()
    closed = Signal()
    focus_left = Signal()

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("banner")
        self.setAccessibleName(name)
        self._icon = QLabel()
        self._text = QLabel()
        self._text.setWordWrap(True)
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._details = QPlainTextEdit()
        self._details.setReadOnly(True)
        self._details.setAccessibleName(tr("Details"))
        self._more = QPushButton(tr("Details"))
        self._more.setCheckable(True)
        self._more.toggled.connect(self._details.setVisible)
        self._close = QToolButton()
        self._close.setAccessibleName(tr("Close the message"))
        self._close.setToolTip(tr("Close the message"))
        icons.give(self._close, "close")
        self._close.clicked.connect(self._put_away)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(8)
        line = QHBoxLayout()
        line.setSpacing(10)
        line.addWidget(self._icon)
        line.addWidget(self._text, 1)
        line.addLayout(self._buttons)
        line.addWidget(self._more)
        line.addWidget(self._close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 5, 8, 5)
        layout.addLayout(line)
        layout.addWidget(self._details)
        self.tone = Tone.INFO
        self.hide()

    @property
    def text(self) -> str:
        """The message that is shown, or "" while there is none."""
        return "" if self.isHidden() else self._text.text()

    def buttons(self) -> list[QPushButton]:
        """The buttons of the message, left to right."""
        items = (self._buttons.itemAt(index) for index in range(self._buttons.count()))
        widgets = (item.widget() for item in items if item is not None)
        return [widget for widget in widgets if isinstance(widget, QPushButton)]

    def show_message(
        self,
        tone: Tone,
        text: str,
        choices: Sequence[BannerButton] = (),
        *,
        details: str = "",
        closable: bool = True,
        field: QWidget | None = None,
    ) -> None:
        """Show a message in place of the one before; ``field`` is something to be set before a button is pressed."""
        focused = self._has_focus()
        self._clear_buttons()
        if field is not None:
            self._buttons.addWidget(field)
            field.show()
        self.tone = tone
        self._text.setText(text)
        self.setAccessibleDescription(text)
        for choice in choices:
            self._buttons.addWidget(self._button(choice))
        stops = [field.focusProxy() or field] if field is not None else []
        for before, after in pairwise([*stops, *self.buttons(), self._more, self._close]):
            self.setTabOrder(before, after)
        self._more.setChecked(False)
        self._more.setVisible(bool(details))
        self._details.setPlainText(details)
        lines = details.count("\n") + 2
        self._details.setFixedHeight(
            min(lines * self._details.fontMetrics().lineSpacing() + 12, _MAX_DETAILS_HEIGHT_PX)
        )
        self._details.hide()
        self._close.setVisible(closable)
        self.restyle()
        self.show()
        self.changed.emit()
        if focused:
            self.focus_left.emit()

    def update_text(self, text: str) -> None:
        """Replace the text; the buttons and the focus stay."""
        self._text.setText(text)
        self.setAccessibleDescription(text)

    def press_primary(self) -> None:
        """Do what Return is for: press the button that stands out."""
        for button in self.buttons():
            if button.property("primary"):
                button.click()
                return

    def clear(self) -> None:
        """Show nothing."""
        focused = self._has_focus()
        self.hide()
        self._clear_buttons()
        self.changed.emit()
        if focused:
            self.focus_left.emit()

    def restyle(self) -> None:
        """Use the theme's colours for the tone."""
        self.setProperty("tone", self.tone.value)
        for widget in (self, self._text):
            widget.style().unpolish(widget)
            widget.style().polish(widget)
        self._text.ensurePolished()
        colour = self._text.palette().color(self._text.foregroundRole()).name()
        self._icon.setPixmap(icons.pixmap(_ICONS[self.tone], 20, colour))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape leaves a question, or puts a message away."""
        if event.key() != Qt.Key.Key_Escape:
            super().keyPressEvent(event)
        elif leaving := [button for button in self.buttons() if button.property("onEscape")]:
            leaving[0].click()
        elif self._close.isVisible():
            self._put_away()

    def _has_focus(self) -> bool:
        focused = QApplication.focusWidget()
        return focused is not None and self.isAncestorOf(focused)

    def _button(self, choice: BannerButton) -> QPushButton:
        button = QPushButton(choice.text)
        button.setProperty("primary", choice.primary)
        button.setProperty("onEscape", choice.on_escape)
        button.setAutoDefault(True)  # Return presses the button that has the focus, as in a dialog
        button.clicked.connect(lambda: self._act(choice))
        return button

    def _act(self, choice: BannerButton) -> None:
        if choice.closes:
            self.clear()
        choice.act()

    def _put_away(self) -> None:
        self.clear()
        self.closed.emit()

    def _clear_buttons(self) -> None:
        while (item := self._buttons.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
            if isinstance(widget, QPushButton):
                widget.deleteLater()
