"""Decides in which code page a text was saved, by the likelihood of its letters.

Each code page is a small model: the shares of letters in its languages, and where in a word a letter or a symbol may
stand. Every distinct word counts once, so that a unit that stands in each row is one piece of evidence and not many.
"""

from __future__ import annotations

import codecs
import itertools
import math
import re
from collections.abc import Iterator, Mapping
from functools import cache

from chaindesk.workbook.reading.text_files.letter_profiles import COMMON, DOUBLE_BYTE, LANGUAGES, SINGLE_BYTE, SYMBOLS

_LINE = re.compile(rb"[^\r\n]*[\x80-\xff][^\r\n]*")
_WORD = re.compile(rb'[^\x00-\x20",;]*[\x80-\xff][^\x00-\x20",;]*')
_MAX_LINES = 400
_MAX_WORDS = 800
_SHARE = re.compile(r"(.)([\d.]+)", re.DOTALL)
_LETTERS_SHARE = 0.85  # of what is beyond ASCII; the rest are symbols
_CAPITALS_SHARE = 0.08
_CAPITAL_WORDS = 1  # in capitals that are surprising; where there are more of them the text is written so
_FLOOR = 1e-6
_UNDEFINED = -16.0
_MISPLACED = -4.0  # for a letter or symbol where none like it stands
_ASCII_BYTE = 3.0  # what the other pages pay for the plain letter that a double-byte character takes in
_IN_WORDS = frozenset("’·\xad‑")
_UNITS = frozenset("µºª°²³")  # stand beside letters
_NEVER_LAST = frozenset("βγδζθκλμπτφχ")  # Greek words end in a vowel, or in one of few other letters
_NEVER_FIRST = frozenset("ъьы")
_NEVER_BESIDE = frozenset("й" + vowel for vowel in "аыиуэюя")
_OPENING = frozenset("‘“„«¿¡‚‹")


def likely_code_page(data: bytes, usual: str) -> str:
    """The code page of a text that is not Unicode.

    Args:
        data: the text's bytes.
        usual: the code page that is believed where the letters do not clearly speak for another.
    """
    lines = list(_words(data))
    scores = {}
    for page, (languages, prior) in SINGLE_BYTE.items():
        scores[page] = _single_byte_score(lines, page, languages) - (0.0 if page == usual else max(prior, 2.0))
    for page, (language, prior) in DOUBLE_BYTE.items():
        scores[page] = _double_byte_score(lines, page, language) - (0.0 if page == usual else prior)
    return max(scores, key=lambda page: scores[page])


def _words(data: bytes) -> Iterator[list[bytes]]:
    """By line, the words that hold a byte beyond ASCII, each word once in all."""
    seen: set[bytes] = set()
    for line in itertools.islice(_LINE.finditer(data), _MAX_LINES * 10):
        words = [word for word in dict.fromkeys(_WORD.findall(line[0][:2000])) if word not in seen]
        seen.update(words)
        if words:
            yield words
        if len(seen) > _MAX_WORDS:
            return


def _shares(text: str) -> dict[str, float]:
    return {letter: float(share) for letter, share in _SHARE.findall(text)}


@cache
def _letter_scores(language: str) -> Mapping[str, float]:
    """The logarithm of each letter's share, capitals included."""
    shares = _shares(LANGUAGES[language])
    for letter, share in list(shares.items()):
        if len(letter.upper()) == 1:
            shares.setdefault(letter.upper(), share * _CAPITALS_SHARE)
    total = sum(shares.values())
    return {letter: math.log(_LETTERS_SHARE * share / total + _FLOOR) for letter, share in shares.items()}


@cache
def _symbol_scores() -> Mapping[str, float]:
    shares = _shares(SYMBOLS)
    total = sum(shares.values())
    return {mark: math.log((1 - _LETTERS_SHARE) * share / total + _FLOOR) for mark, share in shares.items()}


def _single_byte_score(lines: list[list[bytes]], page: str, languages: tuple[str, ...]) -> float:
    profiles = [_letter_scores(language) for language in languages]
    decoded = [[word.decode(page, "replace") for word in words] for words in lines]
    in_capitals = sum(_is_in_capitals(word) for word in itertools.chain.from_iterable(decoded))
    score = math.log(_CAPITALS_SHARE) * min(in_capitals, _CAPITAL_WORDS)  # a text in capitals is so as a whole
    return score + sum(_line_score(words, profiles) for words in decoded)


def _is_in_capitals(word: str) -> bool:
    return sum(map(str.isalpha, word)) > 1 and word.isupper()


def _line_score(words: list[str], profiles: list[Mapping[str, float]]) -> float:
    """The score of a line in the language that suits it best."""
    score = 0.0
    letters: list[str] = []
    for word in words:
        in_capitals = _is_in_capitals(word)
        for index, letter in enumerate(word):
            if letter.isascii():
                continue
            before, after = word[index - 1 : index], word[index + 1 : index + 2]
            if letter == "\ufffd" or "\x80" <= letter < "\xa0":
                score += _UNDEFINED
            elif letter == "\xa0":
                score += math.log(1 - _LETTERS_SHARE) - 1
            elif letter in _symbol_scores():  # before the letters, since µ, º and ª count among these
                score += _symbol_scores()[letter] + _symbol_place(letter, before, after)
            elif letter.isalpha() or "\u0300" <= letter < "\u0330" or "\u0e30" <= letter < "\u0e50":
                letters.append(letter.lower()[:1] if in_capitals else letter)
                score += _letter_place(letter, before, after)
            else:
                score += math.log(_FLOOR) + _symbol_place(letter, before, after)
    floor = math.log(_FLOOR)
    return score + max(sum(profile.get(letter, floor) for letter in letters) for profile in profiles)


def _letter_place(letter: str, before: str, after: str) -> float:
    """What speaks against a letter between these two characters."""
    score = 0.0
    if before.islower() and letter.isupper():
        score += _MISPLACED
    if letter.islower() and not before.isalpha() and after.isascii() and after.isupper():
        score += _MISPLACED
    beside = before + after
    if ord(letter) > 0x36F and any(other.isascii() and other.isalpha() for other in beside):
        score += _MISPLACED
    if not any(other.isalpha() or not other.isascii() for other in beside) and any(map(str.isdigit, beside)):
        score += _MISPLACED
    if not after.isalpha() and before.isalpha() and letter.lower() in _NEVER_LAST:
        score += _MISPLACED / 2  # an abbreviation may end so
    if (not before.isalpha() and letter.lower() in _NEVER_FIRST) or (letter + after).lower() in _NEVER_BESIDE:
        score += _MISPLACED
    return score


def _symbol_place(mark: str, before: str, after: str) -> float:
    """What speaks against a symbol between these two characters."""
    if mark in _IN_WORDS or mark in _UNITS:
        return 0.0
    if before.isalpha() and (after.isalpha() or mark in _OPENING):
        return _MISPLACED
    return 0.0


def _double_byte_score(lines: list[list[bytes]], page: str, language: str) -> float:
    score = 0.0
    common = frozenset(COMMON[language])
    for word in itertools.chain.from_iterable(lines):
        text = word.decode(page, "replace")
        score += sum(_character_score(letter, page, language, common) for letter in text if not letter.isascii())
        plain = sum(byte < 0x80 for byte in word) - sum(letter.isascii() for letter in text)
        score += _ASCII_BYTE * max(plain, 0)
    return score


@cache
def _character_score(letter: str, page: str, language: str, common: frozenset[str]) -> float:
    """The logarithm of a character's share in texts of an East Asian language."""
    code = ord(letter)
    if letter == "\ufffd":
        return _UNDEFINED
    if letter in common:
        return -6.0
    if letter in "，。、：；！？（）「」《》“”…—・ー":
        return -5.0
    if language == "Japanese" and 0x3041 <= code <= 0x30FE:
        return -4.8 if code < 0x30A0 else -5.8
    if 0xFF61 <= code <= 0xFF9F:
        return -9.0
    if 0xFF01 <= code <= 0xFF5E:
        return -8.5
    return -8.6 if _is_first_level(letter, page, language) else -12.5


def _is_first_level(letter: str, page: str, language: str) -> bool:
    """Return whether the national standard counts a character among its common ones."""
    standard, first, last = {
        "Japanese": ("euc_jp", 0xB0, 0xCF),
        "Simplified Chinese": ("gb2312", 0xB0, 0xD7),
        "Traditional Chinese": ("big5", 0xA4, 0xC6),
        "Korean": ("euc_kr", 0xB0, 0xC8),
    }[language]
    try:
        return first <= codecs.encode(letter, standard)[0] <= last
    except UnicodeEncodeError:
        return False
