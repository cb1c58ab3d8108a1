"""One step as a card: a line that says what it is, with what can be done to it, and room for its form below."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from chaindesk.desktop.chain.reading import StepReading
from chaindesk.desktop.ui import icons
from chaindesk.desktop.ui.buttons import arrow_button
from chaindesk.desktop.ui.layout.elided_label import ElidedLabel
from chaindesk.desktop.ui.tool_tips import html_text
from chaindesk.desktop.ui.translation import tr, tr_count, tr_noop

_MAX_CHARS = 90
_MAX_NAME_CHARS = 24  # a longer name would widen the window


class StepCard(QFrame):
    """A step in short. Its place in the list is its ``index``.

    Signals:
        opened: the card is to be the current one.
        up_requested, down_requested, copy_requested, remove_requested: what is to be done with the step.
        enabled_changed: whether the step is to run.
        dragged: where the grip is held, in global coordinates.
        dropped: where the grip was let go, in global coordinates.
    """

    opened = Signal()
    up_requested = Signal()
    down_requested = Signal()
    copy_requested = Signal()
    remove_requested = Signal()
    enabled_changed = Signal(bool)
    dragged = Signal(QPoint)
    dropped = Signal(QPoint)

    def __init__(self, index: int) -> None:
        super().__init__()
        self.index = index
        self.setObjectName("card")
        self.grip = _Grip(self)
        self.title = QPushButton()
        self.title.setProperty("cardTitle", "true")
        self.title.setAutoDefault(True)
        self.summary = ElidedLabel(mode=Qt.TextElideMode.ElideRight)
        self.summary.setProperty("muted", "true")
        self.on = QCheckBox(tr("On"))
        self.on.setToolTip(tr("A step that is off makes no call and writes no column"))
        self.up = arrow_button("previous", tr("Move the step up (Alt+Shift+Up)"))
        self.down = arrow_button("next", tr("Move the step down (Alt+Shift+Down)"))
        self.copy = arrow_button("copy", tr("Duplicate the step (Ctrl+D)"))
        self.remove = arrow_button("delete", tr("Remove the step (Ctrl+Shift+Delete)"))
        head = QHBoxLayout()
        head.setSpacing(4)
        for widget in (self.grip, self.title):
            head.addWidget(widget)
        head.addWidget(self.summary, 1)
        for tool in self.tools():
            head.addWidget(tool)
        self._body = QVBoxLayout(self)
        self._body.setContentsMargins(6, 4, 6, 4)
        self._body.setSpacing(4)
        self._body.addLayout(head)
        self.title.clicked.connect(self.opened)
        self.up.clicked.connect(self.up_requested)
        self.down.clicked.connect(self.down_requested)
        self.copy.clicked.connect(self.copy_requested)
        self.remove.clicked.connect(self.remove_requested)
        self.on.clicked.connect(self.enabled_changed)

    def tools(self) -> tuple[QWidget, ...]:
        """What can be done with the step, in order."""
        return self.on, self.up, self.down, self.copy, self.remove

    def show_step(self, step: StepReading, count: int, *, current: bool) -> None:
        """Show a step of ``count`` in short; the ``current`` one with what can be done to it."""
        name = step.name or tr("without a name")
        enabled = step.values.get("enabled") is not False
        short = name if len(name) <= _MAX_NAME_CHARS else f"{name[: _MAX_NAME_CHARS - 1]}…"
        self.title.setText(f"{self.index + 1}  {short}".replace("&", "&&"))
        self.title.setToolTip(html_text(name) if short != name else "")
        mistakes = tr_count(len(step.problems), tr_noop("✕ {n} mistake"), tr_noop("✕ {n} mistakes"))
        parts = ["" if enabled else tr("off"), str(step.values.get("model") or ""), mistakes if step.problems else ""]
        if not current:
            parts.append(" ".join(str(step.values.get("prompt") or "").split())[:_MAX_CHARS])
        self.summary.setText(" · ".join(filter(None, parts)))
        self.title.setAccessibleName(
            tr("Step {number} of {count}: {name}").format(number=self.index + 1, count=count, name=name)
        )
        self.title.setAccessibleDescription(self.summary.text())
        self.on.blockSignals(True)
        self.on.setChecked(enabled)
        self.on.blockSignals(False)
        self.on.setEnabled("enabled" not in step.fixed)
        for tool in self.tools():
            tool.setVisible(current)
        self.up.setEnabled(self.index > 0)
        self.down.setEnabled(self.index < count - 1)
        self.remove.setEnabled(count > 1)
        self._set_look("current", on=current)
        self._set_look("off", on=not enabled)

    def hold(self, form: QWidget) -> None:
        """Take the form into the card."""
        self._body.addWidget(form)
        form.show()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A press anywhere in the line opens the card."""
        super().mousePressEvent(event)
        if event.button() == Qt.MouseButton.LeftButton:
            self.opened.emit()

    def _set_look(self, name: str, *, on: bool) -> None:
        value = "true" if on else "false"
        if self.property(name) != value:
            self.setProperty(name, value)
            self.style().unpolish(self)
            self.style().polish(self)


class _Grip(QToolButton):
    """What a card is dragged by."""

    def __init__(self, card: StepCard) -> None:
        super().__init__()
        self._card = card
        self._begun: QPoint | None = None
        self._dragging = False
        icons.give(self, "grip")
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setToolTip(tr("Drag the step to another place"))
        self.setAccessibleName(tr("Drag the step to another place"))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A drag may begin."""
        self._begun, self._dragging = event.globalPosition().toPoint(), False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell where the card is dragged."""
        place = event.globalPosition().toPoint()
        if self._begun is None:
            return
        far = (place - self._begun).manhattanLength() >= QApplication.startDragDistance()
        self._dragging = self._dragging or far
        if self._dragging:
            self._card.dragged.emit(place)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let the card go, or open it where it was not dragged."""
        dragging, self._dragging, self._begun = self._dragging, False, None
        if dragging:
            self._card.dropped.emit(event.globalPosition().toPoint())
        else:
            self._card.opened.emit()

    def event(self, event: QEvent) -> bool:
        """A press is no press of a button."""
        return super().event(event)
