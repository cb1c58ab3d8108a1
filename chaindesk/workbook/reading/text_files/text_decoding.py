"""Turns the bytes of a .csv or .tsv into text.

UTF-8 and UTF-16 are recognised by their form. Everything else is decided by evidence: for each code page, how likely
its letters are in the languages written with it, and in the places in their words where they stand. The page that
Excel uses on this system, cp1252 in the West, is believed unless the letters clearly speak for another.
"""

from __future__ import annotations

import codecs
import locale
import re
from dataclasses import dataclass
from pathlib import Path

from chaindesk.domain.errors import WorkbookError

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE = 64 * 1024  # bytes
_NUL_SHARE = 0.001  # up to which zero bytes are stray ones in a text
_PLAUSIBLE = 0.95  # of the characters, for UTF-16 without a mark
_MULTIBYTE = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\x9f][\x80-\xbf]"
    rb"|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2}"
)
_JAPANESE_ESCAPE = b"\x1b$"
MARK = "\ufffd"


@dataclass(frozen=True, slots=True)
class DecodedText:
    """A file's text.

    Attributes:
        text: without a byte order mark; ``MARK`` stands for each byte that is none of the encoding's.
        encoding: the encoding's name.
        guessed: whether it is neither certain nor given.
        bad_lines: the lines that hold such bytes, from 1.
    """

    text: str
    encoding: str
    guessed: bool = False
    bad_lines: tuple[int, ...] = ()


def decode(data: bytes, path: Path, encoding: str | None = None) -> DecodedText:
    """Decode a file.

    Args:
        data: its bytes.
        path: its name, for messages.
        encoding: where it is known.

    Raises:
        WorkbookError: it is no text, or there is no such encoding.
    """
    if encoding is not None:
        return _decoded(data, known_encoding(encoding), guessed=False)
    for bom, name in _BOMS:
        if data.startswith(bom):
            return _decoded(data, name, guessed=False)
    if b"\0" in data:
        wide = _wide_encoding(data)
        if wide is not None:
            return _decoded(data, wide, guessed=True)
        if data.count(0) > _NUL_SHARE * len(data):
            raise WorkbookError(f'"{path.name}" is not text, so it is no .csv. Save it in Excel as .xlsx, or as .csv.')
    if _JAPANESE_ESCAPE in data[:_SAMPLE] and data.isascii():
        return _decoded(data, "iso2022_jp_2", guessed=True)
    if _is_utf8(data):
        return _decoded(data, "utf-8", guessed=False)
    from chaindesk.workbook.reading.text_files.code_page import likely_code_page

    return _decoded(data, likely_code_page(data, usual_code_page()), guessed=True)


def known_encoding(name: str) -> str:
    """The encoding of that name as Python spells it.

    Raises:
        WorkbookError: there is none.
    """
    try:
        found = codecs.lookup(name)
        "".encode(found.name)  # some codecs are not of text
    except (LookupError, ValueError) as exc:
        raise WorkbookError(
            f'There is no encoding "{name}". Usual ones are utf-8, utf-16, cp1252 (Western), cp1250 (Central '
            "European), cp1251 (Cyrillic), cp932 (Japanese), gb18030 (Chinese), big5 and euc-kr."
        ) from exc
    return found.name


def usual_code_page() -> str:
    """The code page in which Excel saves a .csv on this system; cp1252 where the system has none of its own."""
    name = codecs.lookup(locale.getencoding()).name
    return "cp1252" if name in {"utf-8", "ascii", "iso8859-1"} else name


def _decoded(data: bytes, encoding: str, *, guessed: bool) -> DecodedText:
    try:
        text, bad = data.decode(encoding), False
    except UnicodeDecodeError:
        text, bad = data.decode(encoding, "replace"), True
    if "\0" in text:
        text, bad = text.replace("\0", MARK), True
    lines = tuple(_lines_with(MARK, text)) if bad else ()
    return DecodedText(text.removeprefix("\ufeff"), encoding, guessed, lines)


def _lines_with(mark: str, text: str) -> list[int]:
    lines = re.split("\r\n|\r|\n", text)
    return [number for number, line in enumerate(lines, 1) if mark in line]


def _is_utf8(data: bytes) -> bool:
    """Return whether the bytes are UTF-8, be it with some stray ones among more letters that are none."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        continuing = sum(len(letter) - 1 for letter in _MULTIBYTE.findall(data))
        stray = data.decode("utf-8", "replace").count(MARK) - data.count(MARK.encode())
        return continuing > stray  # a letter that was cut is one stray
    return True


def _wide_encoding(data: bytes) -> str | None:
    """UTF-16 or UTF-32 without a byte order mark, or None."""
    sample = data[: _SAMPLE - _SAMPLE % 4]
    best, most = None, _PLAUSIBLE
    for name in ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"):
        try:
            text = codecs.getincrementaldecoder(name)().decode(sample)
        except UnicodeDecodeError:
            continue
        count = max(len(text), 1)
        share = sum(_is_plausible(letter) for letter in text) / count
        if share > most and ("\n" in text or "\r" in text or sum(map(str.isascii, text)) * 2 > count):
            best, most = name, share
    return best


def _is_plausible(letter: str) -> bool:
    """Return whether a character is one of a text in use: no control character, and of a script in common use."""
    code = ord(letter)
    return letter in "\t\r\n" or 0x20 <= code < 0x2FF or (letter.isprintable() and not 0xA000 <= code < 0xAC00)
