"""Whether quotes and numbers of an answer stand in the texts that it was made from."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

MIN_QUOTED_WORDS = 3
"""Fewer words in quotation marks are a term or a title, not a quote, unless a field holds them."""
_MARKS = str.maketrans(
    dict.fromkeys("“”„‟«»″〝〞＂", '"')
    | dict.fromkeys("‘’‚‛′＇", "'")
    | dict.fromkeys("‐‑‒–—―−﹣－", "-")
    | dict.fromkeys("\u00ad\u200b\u200c\u200d\ufeff\u2060", "")
)
_PASSAGES = re.compile(r'“([^“”]+)”|„([^„“”]+)[“”]|«([^«»]+)»|»([^«»]+)«|「([^「」]+)」|『([^『』]+)』|"([^"\n]+)"')
_GAP = re.compile(r"\s*(?:\[?\s*(?:\.\.\.+|…)\s*\]?|\[[^\]]{1,40}\])\s*")
_HYPHENATED = re.compile(r"(?<=\w)-\s*\n\s*(?=[^\W\d_])")
_EDGE = " \t\n\"'.,;:!?()[]-*_"
_NUMBER = re.compile(  # the digit first: so the engine leaps from digit to digit
    r"[0-9](?<![^\W0-9][0-9])"
    r"(?:[0-9]{0,2}(?:[.,'’ \u00a0\u202f][0-9]{3})+(?:[.,][0-9]+)?(?![0-9])|[0-9]*(?:[.,][0-9]+)*)"
)
_ENUMERATOR = re.compile(r"^[ \t]*(?:[-*#]+[ \t]*)?\d{1,3}[.)](?=[ \t])", re.MULTILINE)
_SMALL = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
_WORDS = [*_SMALL.split(), "seventeen", "eighteen", "nineteen", "twenty"]
_NUMBER_WORDS = {word: str(value) for value, word in enumerate(_WORDS)} | {
    "null": "0",
    "eins": "1",
    "zwei": "2",
    "drei": "3",
    "vier": "4",
    "fünf": "5",
    "sechs": "6",
    "sieben": "7",
    "acht": "8",
    "neun": "9",
    "zehn": "10",
    "elf": "11",
    "zwölf": "12",
    "once": "1",
    "twice": "2",
    "thirty": "30",
    "forty": "40",
    "fifty": "50",
    "sixty": "60",
    "hundred": "100",
    "thousand": "1000",
    "first": "1",
    "second": "2",
    "third": "3",
}
_MONTHS = {
    name: str(number)
    for number, names in enumerate(
        (
            "january jan januar", "february feb februar", "march mar märz", "april apr", "may mai", "june jun juni",
            "july jul juli", "august aug", "september sep sept", "october oct oktober", "november nov",
            "december dec dezember",
        ),
        1,
    )
    for name in names.split()
}  # fmt: skip
_WORD = re.compile(r"[^\W\d_]+")


def missing_quotes(quotes: Iterable[str], sources: Iterable[str]) -> Iterator[str]:
    """Yield the quotes that stand in none of the sources.

    Case, blanks, line ends, hyphenation, the shape of quotation marks and dashes, and marks at the ends count nothing.
    Where a quote leaves words out (…), its pieces must stand in that order in one source.
    """
    texts = [_normalised(source) for source in sources]
    for quote in quotes:
        pieces = [piece for part in _GAP.split(quote) if (piece := _normalised(part).strip(_EDGE))]
        if pieces and not any(_stands(pieces, text) for text in texts):
            yield quote


def passages(text: str) -> list[str]:
    """Return the passages of a text in quotation marks that are long enough to be quotes."""
    found = (next(filter(None, match.groups())) for match in _PASSAGES.finditer(text))
    return [one for one in found if len(one.split()) >= MIN_QUOTED_WORDS or _is_unspaced(one)]


def missing_numbers(text: str, sources: Sequence[str]) -> list[str]:
    """Return the numbers of a text that stand in none of the sources, in whatever form they are written."""
    if _has_all_numbers(_NUMBER.findall(text), sources):
        return []  # most answers: nothing has to be read
    known: set[str] = set()
    for source in sources:
        known |= _known_numbers(source)
    wanted = _numbers(_ENUMERATOR.sub(" ", text))
    missing = (one for one, readings in wanted if readings.isdisjoint(known) and not known.issuperset(one.split()))
    return list(dict.fromkeys(missing))


def _has_all_numbers(numbers: Sequence[str], sources: Sequence[str]) -> bool:
    """Return whether each number stands in a source just as it is written."""
    for written in numbers:
        for source in sources:
            if written == source or _has_number(written, source):
                break
        else:
            return False
    return True


def _has_number(written: str, source: str) -> bool:
    """Return whether a number stands in a text just as it is written, nothing beside it belonging to it."""
    at = source.find(written)
    if at < 0:
        return False
    end = at + len(written)
    return not (at and _belongs(source[at - 1])) and not (end < len(source) and _belongs(source[end]))


def _belongs(letter: str) -> bool:
    return letter in ".,'’" or letter.isalnum()


def _stands(pieces: list[str], text: str) -> bool:
    at = 0
    for piece in pieces:
        at = _find(piece, text, at)
        if at < 0:
            return False
        at += len(piece)
    return True


def _find(piece: str, text: str, start: int) -> int:
    """Return where a piece stands as whole words, or -1."""
    at = text.find(piece, start)
    while at >= 0:
        end = at + len(piece)
        begins = at == 0 or not (text[at - 1].isalnum() and piece[0].isalnum()) or _is_unspaced(piece)
        ends = end == len(text) or not (text[end].isalnum() and piece[-1].isalnum()) or _is_unspaced(piece)
        if begins and ends:
            return at
        at = text.find(piece, at + 1)
    return -1


def _is_unspaced(text: str) -> bool:
    """Return whether a text is of a script that puts no blanks between words."""
    return not text.isascii() and any(
        "\u2e80" <= letter <= "\u9fff" or "\uac00" <= letter <= "\ud7a3" for letter in text
    )


@lru_cache(maxsize=512)
def _normalised(text: str) -> str:
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text.translate(_MARKS))
    return " ".join(_HYPHENATED.sub("", text).casefold().split())


@lru_cache(maxsize=512)
def _known_numbers(text: str) -> frozenset[str]:
    known = {reading for written, readings in _numbers(text) for reading in (*readings, *written.split())}
    for word in _WORD.findall(text.casefold()):
        if word in _NUMBER_WORDS:
            known.add(_NUMBER_WORDS[word])
        if word in _MONTHS:
            known.add(_MONTHS[word])
    return frozenset(known)


def _numbers(text: str) -> Iterator[tuple[str, set[str]]]:
    """Yield each number as it is written, and what it can mean: 1.234 is either 1234 or 1.234."""
    for match in _NUMBER.finditer(text):
        written = match[0]
        yield written, _readings(written.lstrip("+-"))


def _readings(written: str) -> set[str]:
    if written.isdecimal():
        return {_plain(written)}
    bare = re.sub(r"['’ \u00a0\u202f]", "", written)
    readings = {_plain(bare.replace(",", "")), _plain(bare.replace(".", "").replace(",", "."))}
    if re.fullmatch(r"\d{1,4}(?:[.,]\d{1,4}){2,}", bare):  # a date or a version: its parts count, too
        readings |= {_plain(part) for part in re.split("[.,]", bare)}
    return readings


def _plain(number: str) -> str:
    whole, point, rest = number.partition(".")
    rest = rest.rstrip("0")
    return (whole.lstrip("0") or "0") + (f".{rest}" if point and rest else "")
