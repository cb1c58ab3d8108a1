"""Finds what somebody means by a few letters of it."""

from __future__ import annotations

_AT_WORD_START, _IN_SEQUENCE, _WHOLE = 8, 5, 40


def fuzzy_score(wanted: str, text: str) -> int | None:
    """Return how well a text fits the letters that were typed, more for better; None where it does not.

    The letters stand in the text in this order, with others between them. Letters at the beginnings of words and
    letters that follow each other count more. Without letters everything fits alike.
    """
    letters = "".join(wanted.casefold().split())
    folded = text.casefold()
    if not letters:
        return 0
    if (found := folded.find(wanted.casefold().strip())) >= 0:
        return _WHOLE + len(letters) * _IN_SEQUENCE + (_AT_WORD_START if _starts_word(folded, found) else 0)
    score, place, previous = 0, 0, -2
    for letter in letters:
        place = _best_place(folded, letter, place, previous)
        if place < 0:
            return None
        score += 1 + (_AT_WORD_START if _starts_word(folded, place) else 0)
        score += _IN_SEQUENCE if place == previous + 1 else 0
        previous, place = place, place + 1
    return score


def _best_place(text: str, letter: str, start: int, previous: int) -> int:
    """Return where a letter stands next: right after the one before, else at the next word, else anywhere; or -1."""
    if text[start : start + 1] == letter and start == previous + 1:
        return start
    place = text.find(letter, start)
    first = place
    while place >= 0:
        if _starts_word(text, place):
            return place
        place = text.find(letter, place + 1)
    return first


def _starts_word(text: str, place: int) -> bool:
    return place == 0 or not text[place - 1].isalnum()
