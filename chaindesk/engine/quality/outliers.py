"""Answers that are unlike the others of their column: in length, in language, or by a class that hardly any has."""

from __future__ import annotations

import math
import statistics
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from chaindesk.engine.checks.language import MIN_SCORE, alike, language_of

MIN_ANSWERS = 20
"""Of fewer answers nobody knows what is usual."""
_MAX_Z = 3.5  # of the modified z-score: Iglewicz and Hoaglin, "How to Detect and Handle Outliers", 1993
_MAD_SHARE = 0.6745  # of the standard deviation of a normal distribution
_MIN_FACTOR = 2.0  # a text half as long again is nothing to look at, however alike the others are
_LANGUAGE_SAMPLE = 200
_FIRST_LOOK_CHARS = 50  # in a third of a whole beginning's time they tell nine of ten texts of the usual language
_SURE_AT_FIRST = 0.8
_MIN_LANGUAGE_SHARE = 0.8  # else the column is of several languages
_RARE_SHARE = 0.02
_RARE_PART_OF_EVEN = 0.25  # of the share that each class would have, were all alike
_RARE_ALTOGETHER = 0.05  # classes that are rare hold no more rows than that


class OddLength(NamedTuple):
    """An answer of another length than the others: its own and their usual one, in characters, and how odd, 0 to 1."""

    number: int
    length: int
    usual: int
    oddness: float


class OddLanguage(NamedTuple):
    """An answer in another language than the others, each by its code."""

    number: int
    language: str
    usual: str


class RareClass(NamedTuple):
    """An answer of a class that few have, and how many."""

    number: int
    name: str
    rows: int


def odd_lengths(lengths: Mapping[int, int]) -> Iterator[OddLength]:
    """Yield the answers that are far longer or shorter than the others, by number.

    Lengths are compared as logarithms: twice as long is as far off as half as long. Blank ones are another matter.
    """
    logs = {number: math.log(length) for number, length in lengths.items() if length}
    if len(logs) < MIN_ANSWERS:
        return
    middle = statistics.median(logs.values())
    spread = statistics.median(abs(one - middle) for one in logs.values())
    if not spread:  # more than half are of one length
        spread = _MAD_SHARE * math.log(_MIN_FACTOR) / _MAX_Z
    for number, one in logs.items():
        z = _MAD_SHARE * abs(one - middle) / spread
        if z > _MAX_Z and abs(one - middle) > math.log(_MIN_FACTOR):
            yield OddLength(number, lengths[number], round(math.exp(middle)), min((z / _MAX_Z - 1) / 2, 1.0))


def odd_languages(texts: Mapping[int, str]) -> Iterator[OddLanguage]:
    """Yield the answers in another language than the others, where these have one; a library's guess, if it is sure."""
    if len(texts) < MIN_ANSWERS:
        return
    numbers = list(texts)
    sample = numbers[:: max(len(numbers) // _LANGUAGE_SAMPLE, 1)]
    known = {number: language_of(texts[number]) for number in sample}
    heard = Counter(found[0] for found in known.values() if found is not None and found[1] >= MIN_SCORE)
    total = sum(heard.values())
    if total < MIN_ANSWERS:
        return
    usual, times = heard.most_common(1)[0]
    if times < _MIN_LANGUAGE_SHARE * total:
        return
    for number, text in texts.items():
        if number not in known:
            first = language_of(text[:_FIRST_LOOK_CHARS])
            if first is not None and first[0] == usual and first[1] >= _SURE_AT_FIRST:
                continue
        found = known[number] if number in known else language_of(text)
        if found is not None and found[1] >= MIN_SCORE and found[0] != usual and not alike(found[0], usual):
            yield OddLanguage(number, found[0], usual)


def rare_classes(classes: Mapping[int, str]) -> Iterator[RareClass]:
    """Yield the answers of a class that hardly any other has, while most have few classes between them."""
    total = len(classes)
    counts = Counter(classes.values())
    if total < MIN_ANSWERS or len(counts) < 2:
        return
    most = min(_RARE_SHARE, _RARE_PART_OF_EVEN / len(counts)) * total
    rare, room = set(), _RARE_ALTOGETHER * total
    for name, rows in sorted(counts.items(), key=lambda item: (item[1], item[0])):
        room -= rows
        if rows > max(most, 1) or room < 0:
            break
        rare.add(name)
    for number, name in classes.items():
        if name in rare:
            yield RareClass(number, name, counts[name])
