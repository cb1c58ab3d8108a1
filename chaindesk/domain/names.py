"""Names as they are compared: a header and a prompt that look alike mean the same, whatever bytes they are made of."""

from __future__ import annotations

import os
import unicodedata

_JOINERS = "\u200c\u200d"  # that shape letters in some scripts, and are invisible between others


def readable_name(text: str) -> str:
    """Return a name on one line, without characters that nobody sees, its accents composed (NFC)."""
    if not text.isascii():
        text = "".join(letter for letter in unicodedata.normalize("NFC", text) if not _is_invisible(letter))
    return " ".join(text.split())


def text_of_file_name(name: str) -> str:
    """Return the name of a file as text, with a sign for each byte of it that is none."""
    return os.fsencode(name).decode("utf-8", "replace")


def with_invisible_shown(text: str) -> str:
    """Return the text with each invisible character as its number in Unicode."""
    return "".join(f"<U+{ord(letter):04X}>" if _is_invisible(letter) or letter == "\xa0" else letter for letter in text)


def difference_in_letters(written: str, meant: str) -> str:
    """Say where two names that look alike differ; "" where they do not look so."""
    if len(written) != len(meant) or written == meant:
        return ""
    pairs = [(one, other) for one, other in zip(written, meant, strict=True) if one != other]
    if len(pairs) > 3 or any(one.casefold() == other.casefold() or (one + other).isascii() for one, other in pairs):
        return ""
    one, other = pairs[0]
    return f'"{one}" in the chain is U+{ord(one):04X}, "{other}" in the header is U+{ord(other):04X}'


def _is_invisible(letter: str) -> bool:
    return letter in _JOINERS or (unicodedata.category(letter) in {"Cf", "Cc"} and not letter.isspace())
