"""Keeps changes within a part of the window from laying out all of it.

A label with another text makes Qt lay out whatever it stands in, up to the window, a dozen times a second beside a
run. Mostly the part has room for the new text, and nothing around it moves.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QWidget


class LayoutBoundary(QWidget):
    """Holds one widget as wide as the page, which it fills, and shows and hides itself with it.

    Attributes:
        passed_on: how often what it holds has come to need another height, or a greater width than it has.
    """

    def __init__(self, held: QWidget, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("plain")
        self.passed_on = 0
        self._held = held
        held.setParent(self)
        self.setSizePolicy(held.sizePolicy())
        self._needed = self._needs()
        held.installEventFilter(self)
        self.setVisible(not held.isHidden())

    def sizeHint(self) -> QSize:
        """As what it holds."""
        return self._held.sizeHint()

    def minimumSizeHint(self) -> QSize:
        """As what it holds, whose own minimum counts too."""
        return self._held.minimumSizeHint().expandedTo(self._held.minimumSize())

    def hasHeightForWidth(self) -> bool:
        """As what it holds."""
        layout = self._held.layout()
        return self._held.hasHeightForWidth() or (layout is not None and layout.hasHeightForWidth())

    def heightForWidth(self, width: int) -> int:
        """As what it holds."""
        return self._held.heightForWidth(width)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fill it with what it holds."""
        super().resizeEvent(event)
        self._held.setGeometry(self.rect())
        self._needed = self._needs()

    def showEvent(self, event: QShowEvent) -> None:
        """What has changed while it was not seen was not told."""
        super().showEvent(event)
        self.updateGeometry()

    def event(self, event: QEvent) -> bool:
        """Lay the window out again only where what it holds needs more or less room."""
        if event.type() is QEvent.Type.LayoutRequest and (needed := self._needs()) != self._needed:
            self._needed = needed
            self.passed_on += 1
            self.updateGeometry()
            around = self.parentWidget()
            if around is not None and (layout := around.layout()) is not None:
                layout.activate()  # now, and not with the next events
        return super().event(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Be seen as long as what it holds is."""
        if event.type() in (QEvent.Type.ShowToParent, QEvent.Type.HideToParent):
            self.setVisible(not self._held.isHidden())
        return super().eventFilter(watched, event)

    def _needs(self) -> tuple[int, int, int]:
        """Return what is lacking of the width, and the heights that are needed at least and wanted."""
        wanted = self.heightForWidth(self.width()) if self.hasHeightForWidth() else self.sizeHint().height()
        least = self.minimumSizeHint()
        return max(least.width() - self.width(), 0), least.height(), wanted
