"""A prompt as it is written: its names coloured and completed, unknown ones underlined and mended by one key."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QSize, QStringListModel, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFont,
    QKeyEvent,
    QKeySequence,
    QResizeEvent,
    QSyntaxHighlighter,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
)
from PySide6.QtWidgets import QCompleter, QListView, QPlainTextEdit, QSizePolicy, QWidget

from chaindesk.desktop.chain.cards.placeholders import Written, begun_name, fixes, placeholders_of
from chaindesk.desktop.ui.plain_text import place_of, plain_text, qt_position
from chaindesk.desktop.ui.translation import tr

_MIN_LINES, _MAX_LINES = 4, 14
_REDO = QKeySequence("Ctrl+Y")
_COMPLETER_KEYS = (Qt.Key.Key_Enter, Qt.Key.Key_Return, Qt.Key.Key_Tab, Qt.Key.Key_Backtab, Qt.Key.Key_Escape)


class PromptEdit(QPlainTextEdit):
    """A text with ``{{names}}``. It has no history of its own: the chain's document has one for all.

    Signals:
        typed: the user changed the text.
        left: the focus went elsewhere.
        placeholder_changed: another ``{{…}}`` is at the cursor, or is written otherwise; the ``Written``, or None.
    """

    typed = Signal()
    left = Signal()
    placeholder_changed = Signal(object)

    def __init__(self, name: str, *, lines: int = _MIN_LINES, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setTabChangesFocus(True)
        self.setUndoRedoEnabled(False)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._lines = lines
        self._names: tuple[str, ...] = ()
        self._showing = False
        self._last_text = ""
        self.highlighter = PlaceholderHighlighter(self.document())
        self.highlighter.show_colours(dark=is_dark(self))
        self._completer = QCompleter(QStringListModel(self), self)
        self._completer.setWidget(self)
        self._completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self._completer.setFilterMode(Qt.MatchFlag.MatchContains)
        self._popup = QListView()
        self._popup.setAccessibleName(tr("Names"))
        self._completer.setPopup(self._popup)
        self._completer.activated.connect(self._complete)
        self.textChanged.connect(self._text_changed)
        self.cursorPositionChanged.connect(lambda: self.placeholder_changed.emit(self.placeholder()))

    @property
    def text(self) -> str:
        """The text as it is now, hard spaces included."""
        return plain_text(self.document())

    def show_text(self, text: str) -> None:
        """Show a text; where only a part differs, the cursor stays where it is."""
        if text == self.text:
            return
        position = self.textCursor().position()
        self._showing = True
        self.setPlainText(text)
        self._showing = False
        cursor = self.textCursor()
        cursor.setPosition(min(position, len(self.document().toRawText())))
        self.setTextCursor(cursor)

    def show_names(self, names: Sequence[str], *, complete: bool) -> None:
        """Offer these names; ``complete``: there are no others, and what is not among them is unknown."""
        self._names = tuple(names)
        model = self._completer.model()
        if isinstance(model, QStringListModel) and model.stringList() != list(names):
            model.setStringList(list(names))
        self.highlighter.show_names(self._names, complete=complete)
        self.placeholder_changed.emit(self.placeholder())

    def insert_name(self, name: str) -> None:
        """Put ``{{name}}`` in place of the selection, or at the cursor."""
        self.insertPlainText(f"{{{{{name}}}}}")
        self.ensureCursorVisible()

    def unknown(self) -> Written | None:
        """Return the unknown name at the cursor, else the first one of the text, or None."""
        if not self.highlighter.complete:
            return None
        found = [one for one in placeholders_of(self.text, self._names) if not one.known and one.name]
        place = self._python_position()
        return next((one for one in found if one.start <= place <= one.end), found[0] if found else None)

    def fixes(self) -> list[str]:
        """Return what the unknown name may have meant, the nearest first."""
        unknown = self.unknown()
        return fixes(unknown.name, self._names) if unknown is not None else []

    def fix(self, name: str) -> None:
        """Write a name in place of the unknown one."""
        unknown = self.unknown()
        if unknown is not None:
            self._replace(unknown.name_start, unknown.name_end, name)

    def fix_nearest(self) -> None:
        """Write the nearest name in place of the unknown one, where there is a near one."""
        if near := self.fixes():
            self.fix(near[0])

    def placeholder(self) -> Written | None:
        """Return the ``{{…}}`` at the cursor, or None."""
        place = self._python_position()
        found = placeholders_of(self.text, self._names)
        return next((one for one in found if one.start < place <= one.end), None)

    def set_fallback(self, fallback: str) -> None:
        """Give the ``{{…}}`` at the cursor a text for blank values; "" takes it away."""
        written = self.placeholder()
        if written is not None:
            bar = f"|{fallback}" if fallback else ""
            self._replace(written.name_end, written.end - 2, bar)

    def event(self, event: QEvent) -> bool:
        """Leave undo and redo to the chain's own history."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and is_history_key(event):
            event.ignore()
            return False
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Type, and offer the names that fit what stands behind ``{{``."""
        if is_history_key(event):
            event.ignore()
            return
        if self._popup.isVisible() and event.key() in _COMPLETER_KEYS:
            event.ignore()  # the popup takes it
            return
        super().keyPressEvent(event)
        if event.text() or event.key() in (Qt.Key.Key_Backspace, Qt.Key.Key_Delete):
            self._offer_names()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """What was typed is to be taken in."""
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.left.emit()

    def changeEvent(self, event: QEvent) -> None:
        """Another theme has other colours."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.StyleChange):
            self.highlighter.show_colours(dark=is_dark(self))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A text in other lines may want another height."""
        super().resizeEvent(event)
        if self.sizeHint().height() != self.height():
            self.updateGeometry()

    def sizeHint(self) -> QSize:
        """As high as the text, within bounds."""
        lines = min(max(round(self.document().size().height()), self._lines), _MAX_LINES)
        margins = self.contentsMargins()
        frame = margins.top() + margins.bottom() + 2 * round(self.document().documentMargin()) + 2
        return QSize(super().sizeHint().width(), lines * self.fontMetrics().lineSpacing() + frame)

    def minimumSizeHint(self) -> QSize:
        """As its usual size: the cards around it scroll."""
        return QSize(120, self.sizeHint().height())

    def _text_changed(self) -> None:
        if self.text == self._last_text:  # Qt tells of new colours, too
            return
        self._last_text = self.text
        self.updateGeometry()
        if not self._showing:
            self.typed.emit()
            self.placeholder_changed.emit(self.placeholder())

    def _offer_names(self) -> None:
        begun = begun_name(self._before_cursor())
        popup = self._popup
        if begun is None or not self._names:
            popup.hide()
            return
        self._completer.setCompletionPrefix(begun.strip())
        if not self._completer.completionCount():
            popup.hide()
            return
        popup.setCurrentIndex(self._completer.completionModel().index(0, 0))
        place = self.cursorRect()
        bar = popup.verticalScrollBar()
        place.setWidth(max(popup.sizeHintForColumn(0) + (bar.sizeHint().width() if bar else 0), 180))
        self._completer.complete(place)

    def _complete(self, name: str) -> None:
        begun = begun_name(self._before_cursor()) or ""
        cursor = self.textCursor()
        cursor.movePosition(QTextCursor.MoveOperation.Left, QTextCursor.MoveMode.KeepAnchor, len(begun))
        text, place = self.text, self._python_position()
        closed = text[place : place + 2] == "}}"
        cursor.insertText(name if closed else f"{name}}}}}")
        if closed:
            cursor.movePosition(QTextCursor.MoveOperation.Right, QTextCursor.MoveMode.MoveAnchor, 2)
        self.setTextCursor(cursor)

    def _before_cursor(self) -> str:
        cursor = self.textCursor()
        return cursor.block().text()[: cursor.positionInBlock()]

    def _python_position(self) -> int:
        return place_of(self.text, self.textCursor().position())

    def _replace(self, start: int, end: int, new: str) -> None:
        text = self.text
        cursor = self.textCursor()
        before = cursor.position()
        cursor.setPosition(qt_position(text, start))
        cursor.setPosition(qt_position(text, end), QTextCursor.MoveMode.KeepAnchor)
        cursor.insertText(new)
        cursor.setPosition(min(before, cursor.position()))
        self.setTextCursor(cursor)


class PlaceholderHighlighter(QSyntaxHighlighter):
    """Colours the ``{{…}}`` of a prompt, and underlines the unknown ones' names."""

    def __init__(self, document: QTextDocument) -> None:
        super().__init__(document)
        self.complete = False
        self._names: tuple[str, ...] = ()
        self._known, self._unknown = QTextCharFormat(), QTextCharFormat()
        self._dark: bool | None = None
        self._known.setFontWeight(QFont.Weight.DemiBold)
        self._unknown.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
        self.show_colours(dark=False)

    def show_colours(self, *, dark: bool) -> None:
        """Use the colours of a light or a dark page."""
        if dark is self._dark:
            return
        self._dark = dark
        self._known.setForeground(QColor("#F6C177" if dark else "#9A4B00"))
        self._unknown.setForeground(QColor("#FF9A9A" if dark else "#B42318"))
        self._unknown.setUnderlineColor(QColor("#FF9A9A" if dark else "#B42318"))
        self.rehighlight()

    def show_names(self, names: tuple[str, ...], *, complete: bool) -> None:
        """Colour what is among these names as known; ``complete``: underline all else."""
        if (names, complete) != (self._names, self.complete):
            self._names, self.complete = names, complete
            self.rehighlight()

    def highlightBlock(self, text: str) -> None:
        """Colour one line."""
        for one in placeholders_of(text, self._names):
            start = qt_position(text, one.start)
            self.setFormat(start, qt_position(text, one.end) - start, self._known)
            if not one.known and self.complete:
                start = qt_position(text, one.name_start)
                self.setFormat(start, qt_position(text, one.name_end) - start, self._unknown)


def is_dark(widget: QWidget) -> bool:
    """Return whether a widget's page is dark."""
    return widget.palette().base().color().lightness() < 128


def is_history_key(event: QKeyEvent) -> bool:
    """Return whether a key means undo or redo."""
    standard = QKeySequence.StandardKey
    return event.matches(standard.Undo) or event.matches(standard.Redo) or QKeySequence(event.keyCombination()) == _REDO
