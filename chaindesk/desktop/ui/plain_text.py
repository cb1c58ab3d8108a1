"""The text of Qt's documents as Python's: hard spaces kept, and positions counted in characters instead of UTF-16."""

from __future__ import annotations

from PySide6.QtGui import QTextDocument

_PARAGRAPH_SEPARATOR = "\u2029"  # by which Qt's documents end lines


def plain_text(document: QTextDocument) -> str:
    """Return a document's text; Qt's own function turns hard spaces into plain ones."""
    return document.toRawText().replace(_PARAGRAPH_SEPARATOR, "\n")


def qt_position(text: str, place: int) -> int:
    """Return where Qt's documents count a place in a text: a character beyond 16 bits counts two."""
    return len(text[:place].encode("utf-16-le", "surrogatepass")) // 2


def place_of(text: str, position: int) -> int:
    """Return the place in a text of a position in Qt's documents."""
    return len(text.encode("utf-16-le", "surrogatepass")[: 2 * position].decode("utf-16-le", "replace"))
