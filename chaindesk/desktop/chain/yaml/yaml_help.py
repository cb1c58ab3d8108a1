"""Helps where a chain is written as YAML: completes keys and allowed values, and tells what a key is for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QHelpEvent, QKeyEvent, QStandardItem, QStandardItemModel, QTextCursor
from PySide6.QtWidgets import QCompleter, QListView, QToolTip

from chaindesk.chain_file import describe
from chaindesk.chain_file.reference import Shape
from chaindesk.desktop.chain.yaml.code_edit import CodeEdit
from chaindesk.desktop.chain.yaml.yaml_place import YamlPlace, key_at, keys_for, place_at, values_for
from chaindesk.desktop.ui.plain_text import place_of
from chaindesk.desktop.ui.tool_tips import html_text
from chaindesk.desktop.ui.translation import tr

_MIN_WIDTH_PX = 180
_WITH_ENTRIES = (Shape.OTHER, Shape.NAMES)


class YamlHelp(QObject):
    """Completes and explains the text of an editor. Ctrl+Space offers everything that fits the cursor."""

    def __init__(self, editor: CodeEdit) -> None:
        super().__init__(editor)
        self._editor = editor
        self._words: Mapping[str, Sequence[str]] = {}
        self._model = QStandardItemModel(self)
        self.popup = QListView()
        self.popup.setAccessibleName(tr("Words that fit here"))
        self._completer = QCompleter(self._model, self)
        self._completer.setWidget(editor)
        self._completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self._completer.setPopup(self.popup)
        editor.popup = self.popup
        self._completer.activated.connect(self._complete)
        editor.installEventFilter(self)
        editor.viewport().installEventFilter(self)
        editor.document().contentsChange.connect(self._changed)

    def show_words(self, words: Mapping[str, Sequence[str]]) -> None:
        """Offer these values, too, each list under its key."""
        self._words = words

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Offer words after what was typed, and explain what the mouse rests on."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), html_text(self.explanation(event)), self._editor)
            return True
        if watched is self._editor and isinstance(event, QKeyEvent):
            if event.type() == QEvent.Type.ShortcutOverride and _asks(event):
                event.accept()
            elif event.type() == QEvent.Type.KeyPress and _asks(event):
                self.offer(everything=True)
                return True
        return super().eventFilter(watched, event)

    def explanation(self, event: QHelpEvent) -> str:
        """Return what the field under the mouse is for, or ""."""
        cursor = self._editor.cursorForPosition(self._editor.viewport().mapFromGlobal(event.globalPos()))
        path = key_at(self._lines(), cursor.blockNumber(), _column(cursor))
        return describe(path) or describe(path[:-1]) if path else ""

    def offer(self, *, everything: bool) -> None:
        """Show what fits the cursor: all of it, or only what goes on with a word that is begun."""
        place = self._place()
        words = self._fitting(place) if place is not None else []
        if place is None or not words or not (place.word or everything):
            self.popup.hide()
            return
        self._model.clear()
        for word, tip in words:
            item = QStandardItem(word)
            item.setToolTip(html_text(tip))
            self._model.appendRow(item)
        self._completer.setCompletionPrefix(place.word)
        count = self._completer.completionCount()
        if not count or (count == 1 and self._completer.currentCompletion() == place.word):
            self.popup.hide()
            return
        self.popup.setCurrentIndex(self._completer.completionModel().index(0, 0))
        area = self._editor.cursorRect()
        bar = self.popup.verticalScrollBar()
        area.setWidth(max(self.popup.sizeHintForColumn(0) + (bar.sizeHint().width() if bar else 0), _MIN_WIDTH_PX))
        area.translate(self._editor.viewport().pos())
        self._completer.complete(area)

    def _changed(self, _place: int, removed: int, added: int) -> None:
        typed = added == 1 and not removed
        if self._editor.hasFocus() and (typed or self.popup.isVisible()):
            QTimer.singleShot(0, self, lambda: self.offer(everything=False))

    def _fitting(self, place: YamlPlace) -> list[tuple[str, str]]:
        """Return the words that fit a place, each with what it is for."""
        if place.key:
            return [(word, "") for word in (*values_for(place), *self._words.get(place.key, ()))]
        values = [(word, "") for word in values_for(place)]
        return values or [(field.name, str(field)) for field in keys_for(place)]

    def _complete(self, word: str) -> None:
        place = self._place()
        if place is None:
            return
        cursor = self._editor.textCursor()
        cursor.movePosition(QTextCursor.MoveOperation.Left, QTextCursor.MoveMode.KeepAnchor, len(place.word))
        field = next((field for field in keys_for(place) if field.name == word), None)
        behind = cursor.block().text()[_column(self._editor.textCursor()) :]
        if field is not None and not behind.lstrip().startswith(":"):
            word += ":" if field.shape in _WITH_ENTRIES else ": "
        cursor.insertText(word)
        self._editor.setTextCursor(cursor)

    def _place(self) -> YamlPlace | None:
        cursor = self._editor.textCursor()
        return place_at(self._lines(), cursor.blockNumber(), _column(cursor))

    def _lines(self) -> list[str]:
        return self._editor.toPlainText().split("\n")


def _column(cursor: QTextCursor) -> int:
    """Return where in its line a cursor is, in characters."""
    return place_of(cursor.block().text(), cursor.positionInBlock())


def _asks(event: QKeyEvent) -> bool:
    return event.key() == Qt.Key.Key_Space and event.modifiers() == Qt.KeyboardModifier.ControlModifier
