"""A text editor with line numbers and marked lines; Tab indents by two spaces."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QResizeEvent, QTextFormat
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit, QWidget

from chaindesk.desktop.chain.yaml.yaml_indent import begins_block_scalar, next_indent
from chaindesk.desktop.ui.status_palette import StatusPalette
from chaindesk.domain.status import Status

_POPUP_KEYS = (Qt.Key.Key_Enter, Qt.Key.Key_Return, Qt.Key.Key_Tab, Qt.Key.Key_Backtab, Qt.Key.Key_Escape)


class CodeEdit(QPlainTextEdit):
    """Plain text with a margin.

    Attributes:
        popup: a list of words to choose from, which gets the keys that choose while it is shown.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.popup: QWidget | None = None
        self._marked: frozenset[int] = frozenset()
        self._margin = _Margin(self)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth)
        self.blockCountChanged.connect(lambda _: self._make_room())
        self.updateRequest.connect(self._scroll_margin)
        self.cursorPositionChanged.connect(self._show_lines)
        self._make_room()

    def mark_lines(self, lines: Collection[int]) -> None:
        """Mark these lines (1 is the first) as having mistakes."""
        self._marked = frozenset(lines)
        self._show_lines()
        self._margin.update()

    def marked_lines(self) -> frozenset[int]:
        """The lines that are marked."""
        return self._marked

    def margin_width(self) -> int:
        """Return the width of the line numbers in pixels."""
        digits = max(len(str(self.blockCount())), 2)
        return self.fontMetrics().horizontalAdvance("9") * digits + 22

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Tab indents, Ctrl+Tab goes on to the next control; Return begins the next line where YAML wants it."""
        plain = event.modifiers() == Qt.KeyboardModifier.NoModifier
        if self.popup is not None and self.popup.isVisible() and event.key() in _POPUP_KEYS:
            event.ignore()
        elif plain and event.key() == Qt.Key.Key_Tab and not self.textCursor().hasSelection():
            self.insertPlainText("  ")
        elif not plain and event.key() in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
            self._leave(forwards=not event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        elif plain and event.key() == Qt.Key.Key_Return:
            cursor = self.textCursor()
            before = cursor.block().text()[: cursor.positionInBlock()]
            in_text = cursor.block().userState() >= 0 and not begins_block_scalar(before)
            indent = before[: len(before) - len(before.lstrip(" "))] if in_text else next_indent(before)
            self.insertPlainText("\n" + indent)
            self.ensureCursorVisible()
        else:
            super().keyPressEvent(event)

    def _leave(self, *, forwards: bool) -> None:
        self.setTabChangesFocus(True)
        self.focusNextPrevChild(forwards)
        self.setTabChangesFocus(False)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the margin at the left."""
        super().resizeEvent(event)
        area = self.contentsRect()
        self._margin.setGeometry(QRect(area.left(), area.top(), self.margin_width(), area.height()))

    def paint_margin(self, event: QPaintEvent) -> None:
        """Draw the line numbers, and a cross at each mistaken line."""
        painter = QPainter(self._margin)
        painter.setFont(self.font())
        palette = self.palette()
        painter.fillRect(event.rect(), palette.window())
        width, height = self._margin.width(), self.fontMetrics().height()
        block = self.firstVisibleBlock()
        while block.isValid():
            top = self.blockBoundingGeometry(block).translated(self.contentOffset()).top()
            if top > event.rect().bottom():
                break
            number = block.blockNumber() + 1
            marked = number in self._marked
            painter.setPen(_error_colours(self)[1] if marked else palette.placeholderText().color())
            place = QRectF(0, top, width - 8, height)
            painter.drawText(place, int(Qt.AlignmentFlag.AlignRight), str(number))
            if marked:
                painter.drawText(QRectF(4, top, 14, height), int(Qt.AlignmentFlag.AlignLeft), "✕")
            block = block.next()
        painter.end()

    def _make_room(self) -> None:
        self.setViewportMargins(self.margin_width(), 0, 0, 0)

    def _scroll_margin(self, area: QRect, by: int) -> None:
        if by:
            self._margin.scroll(0, by)
        else:
            self._margin.update(0, area.y(), self._margin.width(), area.height())

    def _show_lines(self) -> None:
        selections: list[QTextEdit.ExtraSelection] = []
        for line in sorted(self._marked):
            block = self.document().findBlockByNumber(line - 1)
            if block.isValid():
                selection = QTextEdit.ExtraSelection()
                cursor = self.textCursor()
                cursor.setPosition(block.position())
                selection.cursor = cursor
                selection.format.setBackground(_error_colours(self)[0])
                selection.format.setProperty(QTextFormat.Property.FullWidthSelection, True)
                selections.append(selection)
        self.setExtraSelections(selections)


class _Margin(QWidget):
    """Where the line numbers stand."""

    def __init__(self, editor: CodeEdit) -> None:
        super().__init__(editor)
        self._editor = editor

    def sizeHint(self) -> QSize:
        """As wide as the numbers."""
        return QSize(self._editor.margin_width(), 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The editor knows where its lines are."""
        self._editor.paint_margin(event)


def _error_colours(widget: QWidget) -> tuple[QColor, QColor]:
    palette = StatusPalette(dark=widget.palette().base().color().lightness() < 128)
    return palette.background[Status.FAILED], palette.text[Status.FAILED]
