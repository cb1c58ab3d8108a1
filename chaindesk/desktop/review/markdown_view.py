"""Shows a model's text as formatted text. It fetches nothing, and opens only what is safe."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QUrl
from PySide6.QtGui import QCursor, QDesktopServices, QTextCharFormat, QTextCursor, QTextDocument, QTextFormat
from PySide6.QtWidgets import QTextBrowser, QTextEdit, QToolTip, QWidget

from chaindesk.desktop.ui.theme import SEARCH_HIT, SEARCH_HIT_TEXT
from chaindesk.desktop.ui.tool_tips import html_text
from chaindesk.desktop.ui.translation import tr

_SAFE_SCHEMES = frozenset({"http", "https", "mailto"})
_MAX_TARGET_CHARS = 300
_MAX_MARKS = 500  # words that are marked in one text


class MarkdownView(QTextBrowser):
    """Shows markdown. Pictures are not fetched, and only web and mail addresses are opened, in their own programs."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words: tuple[str, ...] = ()
        self._marked = False
        self.setOpenLinks(False)
        self.anchorClicked.connect(self._follow)
        self.highlighted.connect(self._show_target)
        self.document().setDocumentMargin(12)

    def loadResource(self, kind: int, name: QUrl | str) -> object:
        """Give no picture and no style sheet."""
        return None

    def show_markdown(self, text: str) -> None:
        """Render a model's text; HTML in it is shown as it is written."""
        features = QTextDocument.MarkdownFeature.MarkdownDialectGitHub | QTextDocument.MarkdownFeature.MarkdownNoHTML
        self.document().setMarkdown(text, features)
        self._soften_headings()
        self.moveCursor(QTextCursor.MoveOperation.Start)  # what is shown first is where the cursor stands
        self._mark_words()

    def show_html(self, html: str) -> None:
        """Show HTML of our own."""
        self.setHtml(html)
        self._mark_words()

    def show_plain(self, text: str) -> None:
        """Show a text as it is."""
        self.document().setPlainText(text)
        self.moveCursor(QTextCursor.MoveOperation.Start)
        self._mark_words()

    def extend_plain(self, text: str) -> None:
        """Show a text of which the beginning is shown already; who reads at its end stays there."""
        bar = self.verticalScrollBar()
        at_end = bar.value() >= bar.maximum() - 4
        shown = self.toPlainText()
        if text.startswith(shown):
            cursor = QTextCursor(self.document())
            cursor.movePosition(QTextCursor.MoveOperation.End)
            cursor.insertText(text[len(shown) :])
        else:
            self.document().setPlainText(text)
        if at_end:
            bar.setValue(bar.maximum())

    def highlight(self, words: Sequence[str]) -> None:
        """Mark these words wherever they stand, now and in what is shown later."""
        self._words = tuple(words)
        self._mark_words()

    def _mark_words(self) -> None:
        if not self._words and not self._marked:
            return  # to take nothing away has the whole text laid out
        self._marked = bool(self._words)
        marks: list[QTextEdit.ExtraSelection] = []
        look = QTextCharFormat()
        look.setBackground(SEARCH_HIT)
        look.setForeground(SEARCH_HIT_TEXT)
        for word in self._words:
            found = self.document().find(word)
            while not found.isNull() and len(marks) < _MAX_MARKS:
                mark = QTextEdit.ExtraSelection()
                mark.cursor, mark.format = found, look
                marks.append(mark)
                found = self.document().find(word, found)
        self.setExtraSelections(marks)

    def _soften_headings(self) -> None:
        """Headings a little larger than the text; the panel has little room."""
        block = self.document().begin()
        while block.isValid():
            level = block.blockFormat().headingLevel()
            if level:
                look = QTextCharFormat()
                look.setProperty(QTextFormat.Property.FontSizeAdjustment, 1 if level <= 2 else 0)
                cursor = QTextCursor(block)
                cursor.select(QTextCursor.SelectionType.BlockUnderCursor)
                cursor.mergeCharFormat(look)
            block = block.next()

    def _follow(self, target: QUrl) -> None:
        if is_safe(target):
            QDesktopServices.openUrl(target)
        else:
            self._show_target(target)

    def _show_target(self, target: QUrl) -> None:
        """Show where a link leads while the pointer or the focus is on it."""
        shown = target.toDisplayString(QUrl.ComponentFormattingOption.FullyEncoded)[:_MAX_TARGET_CHARS]
        if shown and not is_safe(target):
            shown = tr("{shown} (is not opened: only web and mail addresses are)").format(shown=shown)
        QToolTip.showText(QCursor.pos(), html_text(shown), self.viewport())


def is_safe(target: QUrl) -> bool:
    """Return whether a link is a whole web or mail address: none of a file, of a share, or that starts a program."""
    web = target.scheme().lower() in _SAFE_SCHEMES
    return web and (bool(target.host()) or target.scheme().lower() == "mailto")
