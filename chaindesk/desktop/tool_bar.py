"""The tool bar: the commands that are needed most, with text where there is room for it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSizePolicy, QToolBar, QToolButton, QWidget

from chaindesk.desktop.actions import Actions
from chaindesk.desktop.run_controls.run_options import ConcurrencyBox, RowsChooser
from chaindesk.desktop.ui.translation import tr


class MainToolBar(QToolBar):
    """Opens, runs and exports."""

    def __init__(self, a: Actions, rows: RowsChooser, at_once: ConcurrencyBox, theme_button: QToolButton) -> None:
        super().__init__("Main")
        self.setObjectName("main")
        self.setMovable(False)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self._shrinking = (a.open, a.pause, a.stop, a.retry, a.keys, a.export)
        self._text_width = 0
        self._rows, self._at_once = rows, at_once
        for action, text in ((a.open, tr("Open")), (a.export, tr("Export")), (a.keys, tr("Keys"))):
            action.setIconText(text)
        self.addAction(a.open)
        self.addSeparator()
        self.addAction(a.run)
        run_button = self.widgetForAction(a.run)
        if run_button is not None:
            run_button.setObjectName("runButton")
        self.addWidget(rows)
        self.addActions([a.pause, a.stop, a.retry])
        self.addWidget(at_once)
        gap = QWidget()
        gap.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.addWidget(gap)
        self.addActions([a.keys, a.export])
        theme_button.setAccessibleName(tr("Light or dark"))
        theme_button.setToolTip(tr("Light or dark"))
        self.addWidget(theme_button)
        for stop in self.focus_stops():  # a clicked button leaves the focus to the rows, whose letters are commands
            button = isinstance(stop, QToolButton)
            stop.setFocusPolicy(Qt.FocusPolicy.TabFocus if button else Qt.FocusPolicy.StrongFocus)

    def focus_stops(self) -> list[QWidget]:
        """Return what Tab goes through, left to right."""
        stops: list[QWidget] = []
        for action in self.actions():
            widget = self.widgetForAction(action)
            if isinstance(widget, QToolButton):
                stops.append(widget)
            elif widget is self._rows:
                stops += [self._rows.box, self._rows.first]
            elif widget is self._at_once:
                stops.append(self._at_once.spin)
        return stops

    def fit(self, width: int) -> None:
        """Show text beside the icons where a window of this width has room; Run always has its text."""
        text, icon = Qt.ToolButtonStyle.ToolButtonTextBesideIcon, Qt.ToolButtonStyle.ToolButtonIconOnly
        found = (self.widgetForAction(action) for action in self._shrinking)
        buttons = [button for button in found if isinstance(button, QToolButton)]
        if buttons[0].toolButtonStyle() == text:
            self._text_width = self.sizeHint().width()
        wanted = text if width >= self._text_width else icon
        for button in buttons:
            if button.toolButtonStyle() != wanted:
                button.setToolButtonStyle(wanted)
