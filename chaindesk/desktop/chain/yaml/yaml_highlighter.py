"""Colours for chain files: keys, comments, numbers, and above all the ``{{names}}`` in prompts."""

from __future__ import annotations

import re

from PySide6.QtGui import QColor, QFont, QSyntaxHighlighter, QTextCharFormat, QTextDocument

from chaindesk.desktop.chain.yaml.yaml_indent import begins_block_scalar, key_column

_PLACEHOLDER = re.compile(r"\{\{[^{}\n]*\}\}")
_KEY = re.compile(r"^\s*(?:- )?([\w ]+):(?=\s|$)")
_COMMENT = re.compile(r"(?:^|\s)#.*$")
_FLOW_KEY = re.compile(r"[{,]\s*(\w+):\s")


class YamlHighlighter(QSyntaxHighlighter):
    """Colours one document.

    The state of a block is the column of the key whose text it belongs to, or -1 outside such texts: a text below ``|``
    may hold what looks like a key or a comment.
    """

    def __init__(self, document: QTextDocument, *, dark: bool) -> None:
        super().__init__(document)
        self._key = _format("8AB4FF" if dark else "1D4ED8", bold=True)
        self._comment = _format("8A94A3" if dark else "667085")
        self._placeholder = _format("F6C177" if dark else "9A4B00", bold=True)

    def highlightBlock(self, text: str) -> None:
        """Colour one line."""
        within = self.previousBlockState()
        if within >= 0 and (not text.strip() or len(text) - len(text.lstrip(" ")) > within):
            self.setCurrentBlockState(within)
        else:
            self.setCurrentBlockState(key_column(text) if begins_block_scalar(text) else -1)
            self._colour_yaml(text)
        for match in _PLACEHOLDER.finditer(text):
            self.setFormat(match.start(), len(match[0]), self._placeholder)

    def _colour_yaml(self, text: str) -> None:
        key = _KEY.match(text)
        if key is not None:
            self.setFormat(key.start(1), len(key[1]), self._key)
        for match in _FLOW_KEY.finditer(text):
            self.setFormat(match.start(1), len(match[1]), self._key)
        comment = _COMMENT.search(text)
        if comment is not None and text[: comment.start()].count('"') % 2 == 0:
            self.setFormat(comment.start(), len(comment[0]), self._comment)


def _format(colour: str, *, bold: bool = False) -> QTextCharFormat:
    made = QTextCharFormat()
    made.setForeground(QColor(f"#{colour}"))
    if bold:
        made.setFontWeight(QFont.Weight.DemiBold)
    return made
