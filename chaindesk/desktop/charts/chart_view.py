"""Shows one chart: values under the pointer or the arrow keys, its picture copied or saved, its words read aloud."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QAction, QFontMetricsF, QKeyEvent, QKeySequence, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QApplication, QSizePolicy, QToolTip, QWidget

from chaindesk.desktop.charts import picture
from chaindesk.desktop.charts.colours import ChartColours
from chaindesk.desktop.charts.geometry import geometry_of
from chaindesk.desktop.charts.hover import told_at
from chaindesk.desktop.charts.painting import paint_chart
from chaindesk.desktop.ui.translation import tr
from chaindesk.engine.reports.run_charts import Chart

_STEP_PX = 8.0


class ChartView(QWidget):
    """One chart.

    Attributes:
        chart: what is shown, or None.
        copy: the action that copies its picture.
        save: the action that asks where to save it.

    Signals:
        save_requested: its picture is to be saved.
    """

    save_requested = Signal()

    def __init__(self, parent: QWidget | None = None, *, dark: bool = False) -> None:
        super().__init__(parent)
        self._dark = dark
        self._cursor: QPointF | None = None
        self.chart: Chart | None = None
        self.empty = tr("No call was answered in this run")
        self.setMinimumHeight(150)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(tr("Chart"))
        self.copy = QAction(tr("&Copy the picture"), self)
        self.copy.setShortcut(QKeySequence(QKeySequence.StandardKey.Copy))
        self.copy.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        self.copy.triggered.connect(self.copy_picture)
        self.save = QAction(tr("&Save the picture…"), self)
        self.save.triggered.connect(self.save_requested)
        self.addActions([self.copy, self.save])
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)

    def sizeHint(self) -> QSize:
        """Room for some ten rows."""
        return QSize(480, 230)

    def show_chart(self, chart: Chart | None) -> None:
        """Show a chart, or that there is none."""
        self.chart, self._cursor = chart, None
        for action in (self.copy, self.save):
            action.setEnabled(chart is not None)
        self.setAccessibleName(tr("Chart") if chart is None else chart.title)
        self.setAccessibleDescription(self.empty if chart is None else chart.summary)
        self.update()

    def set_dark(self, *, dark: bool) -> None:
        """Use the other colours."""
        self._dark = dark
        self.update()

    def told_at(self, place: QPointF) -> str:
        """Return what stands there, or ""."""
        if self.chart is None:
            return ""
        return told_at(self.chart, geometry_of(self.chart, QRectF(self.rect()), QFontMetricsF(self.font())), place)

    def copy_picture(self) -> None:
        """Put the picture on the clipboard, twice as fine as on the screen."""
        if self.chart is not None:
            QApplication.clipboard().setImage(picture.image_of(self.chart, self.size(), self.font(), self._colours))

    def save_picture(self, path: Path) -> Path:
        """Save the picture as .svg or .png, as the name says, and return where it is.

        Raises:
            SaveError: it could not be saved.
        """
        assert self.chart is not None  # noqa: S101 - the action is disabled without one
        return picture.save_picture(self.chart, self.size(), self.font(), self._colours, path)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell what is under the pointer."""
        self._move_cursor(event.position(), event.globalPosition().toPoint())
        super().mouseMoveEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """The pointer went elsewhere."""
        self._cursor = None
        self.update()
        super().leaveEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The arrow keys move over the values."""
        moves = {
            Qt.Key.Key_Left: QPointF(-_STEP_PX, 0),
            Qt.Key.Key_Right: QPointF(_STEP_PX, 0),
            Qt.Key.Key_Up: QPointF(0, -_STEP_PX),
            Qt.Key.Key_Down: QPointF(0, _STEP_PX),
        }
        move = moves.get(Qt.Key(event.key()))
        if move is None or self.chart is None:
            super().keyPressEvent(event)
            return
        area = geometry_of(self.chart, QRectF(self.rect()), QFontMetricsF(self.font())).area
        place = (self._cursor or area.center()) + move
        inside = QPointF(min(max(place.x(), area.left()), area.right()), min(max(place.y(), area.top()), area.bottom()))
        self._move_cursor(inside, self.mapToGlobal(inside.toPoint()))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint it."""
        painter = QPainter(self)
        painter.setFont(self.font())
        if self.chart is None:
            painter.setPen(self.palette().placeholderText().color())
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self.empty)
            return
        paint_chart(painter, QRectF(self.rect()), self.chart, self._colours)
        if self._cursor is not None:
            area = geometry_of(self.chart, QRectF(self.rect()), QFontMetricsF(self.font())).area
            painter.setPen(QPen(self._colours.text, 1, Qt.PenStyle.DotLine))
            painter.drawLine(QPointF(self._cursor.x(), area.top()), QPointF(self._cursor.x(), area.bottom()))
        if self.hasFocus():
            painter.setPen(QPen(self.palette().highlight().color(), 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 4, 4)

    @property
    def _colours(self) -> ChartColours:
        return ChartColours.of(self.palette(), dark=self._dark)

    def _move_cursor(self, place: QPointF, on_screen: QPoint) -> None:
        told = self.told_at(place)
        self._cursor = place if told else None
        self.update()
        if told:
            QToolTip.showText(on_screen, told, self)
        else:
            QToolTip.hideText()
