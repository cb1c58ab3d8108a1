"""Why rows failed, the most frequent reasons first, each with the one action that helps."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from chaindesk.desktop.ui.engine_words import failure_text, kind_text
from chaindesk.desktop.ui.layout.elided_label import ElidedLabel
from chaindesk.desktop.ui.tool_tips import html_text
from chaindesk.desktop.ui.translation import tr, tr_counted, tr_noop
from chaindesk.domain.errors import Disposition, FailureKind
from chaindesk.engine.run.progress.failure_groups import FailureGroup
from chaindesk.formatting import count, row_ranges

_MAX_SHOWN = 2
_KEYS = frozenset({FailureKind.KEY, FailureKind.QUOTA})
_CHAIN = frozenset({FailureKind.MODEL, FailureKind.FIELDS, FailureKind.TOO_LONG, FailureKind.REJECTED})


class FailureAction(Enum):
    """What helps; the value is the button's text."""

    SHOW = tr_noop("Show rows")
    RETRY = tr_noop("Retry")
    OPEN_KEYS = tr_noop("Open keys…")
    EDIT_CHAIN = tr_noop("Edit chain…")


def action_for(kind: FailureKind, *, running: bool) -> FailureAction:
    """Return the one action that helps with a kind of failure; while a run goes on nothing can be retried."""
    if kind in _KEYS:
        return FailureAction.OPEN_KEYS
    if running:
        return FailureAction.SHOW
    if kind in _CHAIN:
        return FailureAction.EDIT_CHAIN
    return FailureAction.RETRY if kind.disposition is Disposition.RETRY else FailureAction.SHOW


class FailureList(QWidget):
    """A line for each of the most frequent reasons.

    Signals:
        action_requested: a ``FailureAction`` and the ``FailureGroup`` that it is for.
    """

    action_requested = Signal(object, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: list[tuple[FailureAction, str, int]] = []
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(2)
        self.setAccessibleName(tr("Failures by reason"))
        self.hide()

    def show_failures(self, groups: Sequence[FailureGroup], *, running: bool) -> None:
        """Show these; what is the same stays, and with it the focus."""
        shown = [(action_for(one.kind, running=running), one.reason, len(one.rows)) for one in groups]
        if shown == self._shown:
            return
        self._shown = shown
        while (item := self._layout.takeAt(0)) is not None:
            if (line := item.widget()) is not None:
                line.hide()
                line.deleteLater()
        for group in groups[:_MAX_SHOWN]:
            self._layout.addWidget(self._line(group, action_for(group.kind, running=running)))
        if more := groups[_MAX_SHOWN:]:
            rows = sum(len(group.rows) for group in more)
            self._layout.addWidget(QLabel(tr("{rows} for other reasons").format(rows=count(rows, "row"))))
        self.setVisible(bool(groups))

    def buttons(self) -> list[QPushButton]:
        """Return the buttons, from top to bottom."""
        return self.findChildren(QPushButton)

    def _line(self, group: FailureGroup, action: FailureAction) -> QWidget:
        words = tr("✕ {rows}: {reason}").format(rows=tr_counted(len(group.rows), "row"), reason=_reason(group))
        label = ElidedLabel(mode=Qt.TextElideMode.ElideRight)
        label.set_text(" ".join(words.split()))
        rows = tr("Rows {rows}").format(rows=row_ranges(group.rows))
        label.setToolTip(html_text(f"{words}\n{rows}"))
        button = QPushButton(tr(action.value))
        button.setProperty("chip", "true")
        button.setAccessibleName(f"{tr(action.value)}: {kind_text(group.kind.value)}")
        button.clicked.connect(partial(self.action_requested.emit, action, group))
        line = QWidget()
        layout = QHBoxLayout(line)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(label, 1)
        layout.addWidget(button)
        return line


def _reason(group: FailureGroup) -> str:
    return f"{kind_text(group.kind.value)}: {failure_text(' '.join(group.message.split()))}"
