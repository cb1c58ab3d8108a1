"""Predicts which rows take longer than others, out of what is known before they begin.

Three things may say it: the seconds that the row's calls took before, a number that its prompts quote (1,200 words),
and how long the texts are that its prompts quote. Which of them is believed is learnt from the rows that end.
"""

from __future__ import annotations

import math
import re
from collections import Counter, deque
from collections.abc import Mapping, Sequence
from statistics import fmean

from chaindesk.domain.manifest import Row
from chaindesk.engine.answers.rows.row_answers import SKIPPED
from chaindesk.engine.planning.plan import PlannedRow
from chaindesk.engine.prompting.request_builder import RequestBuilder

_MAX_COLUMNS = 8  # whose numbers are looked at
_MAX_REMEMBERED = 500  # rows that ended
_LOOKED_AT_AT_ONCE = 8  # rows
_FIRST_FIT = 10  # rows that ended before anything is learnt; then as often as their number has doubled
_SURE = 3.0  # times the standard error of a correlation of chance
_LEAST_CORRELATION = 0.2
_COVERED = 0.5  # share of the rows that must have a value
_LENGTH = re.compile(
    r"\b(?:words?|wordcount|length|pages?|characters?|chars|tokens|sentences|paragraphs|minutes|wörter|wortzahl|länge|seiten|zeichen"
    r"|sätze|minuten|mots|palabras|parole)\b",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\s*(\d[\d,]*(?:\.\d+)?)")
_EARLIER, _TEXT_LENGTH, _NUMBERS = 0, 1, 2  # places in a row's features

Features = tuple[float, ...]
"""What is known of a row, each by the logarithm, nan where it is not known."""


class RowDurations:
    """Predicts the seconds of rows, against each other only. The same rows and ends give the same predictions.

    Args:
        chain: the chain.
        earlier: the seconds of the rows' last runs, by sheet number.

    Attributes:
        version: grows as often as predictions may have changed.
    """

    def __init__(self, chain: RequestBuilder, earlier: Mapping[int, float]) -> None:
        self.version = 0
        self._earlier = earlier
        self._known: dict[int, Features] = {}
        self._looked_at = 0
        produced = {name for step in chain.steps for name in step.step.references}
        quoted = Counter(name for step in chain.steps for name in (step.prompt.names | step.system.names) - produced)
        self._quoted = sorted(quoted.items())
        self._numbers = [name for name, _ in self._quoted][:_MAX_COLUMNS]
        named = (place for place, name in enumerate(self._numbers, _NUMBERS) if _LENGTH.search(name))
        self._by_name = next(named, None)
        self._ended: deque[tuple[Features, float]] = deque(maxlen=_MAX_REMEMBERED)
        self._count = 0
        self._fit_at = _FIRST_FIT
        self._slope: tuple[int, float] | None = None  # the feature that says most, and the exponent of its influence

    def observe(self, planned: PlannedRow, seconds: float) -> None:
        """A row has ended, whose calls took so many seconds each."""
        self._ended.append((self._features(planned), math.log(max(seconds, 1e-3))))
        self._count += 1
        if self._count >= self._fit_at:
            self._fit_at *= 2
            self._fit()

    def look_ahead(self, rows: Sequence[PlannedRow]) -> None:
        """Look at some of these rows, from the last one up, so that sorting them takes no time later."""
        for place in range(self._looked_at, min(self._looked_at + _LOOKED_AT_AT_ONCE, len(rows))):
            self._features(rows[-1 - place])
        self._looked_at += _LOOKED_AT_AT_ONCE

    def longest_first(self, rows: Sequence[PlannedRow]) -> list[PlannedRow]:
        """Return the rows, the longest first; of equal ones the upper first."""
        features = [self._features(planned) for planned in rows]
        place, exponent = self._slope or (self._unlearnt(features), 1.0)
        known = [one[place] for one in features if not math.isnan(one[place])]
        usual = fmean(known) if known else 0.0
        keyed = []
        for position, (planned, one) in enumerate(zip(rows, features, strict=True)):
            value = usual if math.isnan(one[place]) else one[place]
            keyed.append((-exponent * value - math.log(max(planned.work.calls, 1)), position))
        return [rows[position] for _, position in sorted(keyed)]

    # --- within ------------------------------------------------------------------------------------------------

    def _unlearnt(self, features: Sequence[Features]) -> int:
        """Return the place of the feature that is believed before any row has ended."""
        for place in (_EARLIER, self._by_name):
            if place is not None and sum(not math.isnan(one[place]) for one in features) >= _COVERED * len(features):
                return place
        return _TEXT_LENGTH

    def _fit(self) -> None:
        """Choose the feature that explains the seconds of the ended rows best, if any does so beyond chance."""
        best, slope = max(_LEAST_CORRELATION, _SURE / math.sqrt(len(self._ended))), None
        for place in range(_NUMBERS + len(self._numbers)):
            pairs = [(one[place], seconds) for one, seconds in self._ended if not math.isnan(one[place])]
            if len(pairs) >= _COVERED * len(self._ended):
                correlation, exponent = _regression(pairs)
                if abs(correlation) > best:
                    best, slope = abs(correlation), (place, exponent)
        if slope != self._slope:
            self._slope = slope
            self.version += 1

    def _features(self, planned: PlannedRow) -> Features:
        """Return what is known of a row; it is asked again as often as the rows are sorted."""
        if (known := self._known.get(planned.row.number)) is None:
            known = self._known[planned.row.number] = self._look_at(planned)
        return known

    def _look_at(self, planned: PlannedRow) -> Features:
        row = planned.row
        length = sum(times * len(row.values.get(name, "")) for name, times in self._quoted)
        numbers = [_number(row, name) for name in self._numbers]
        return (_log(self._seconds_before(planned)), _log(length), *map(_log, numbers))

    def _seconds_before(self, planned: PlannedRow) -> float:
        """Return the seconds of a call of the row before, or nan."""
        answered = sum(1 for number in planned.work.answers if number not in (None, SKIPPED))
        if answered and planned.work.seconds:
            return planned.work.seconds / answered
        seconds = planned.work.seconds or self._earlier.get(planned.row.number, math.nan)
        return seconds / len(planned.work.answers)


def _number(row: Row, name: str) -> float:
    found = _NUMBER.match(row.values.get(name, ""))
    return float(found[1].replace(",", "")) if found else math.nan


def _log(value: float) -> float:
    return value if math.isnan(value) else math.log1p(value)


def _regression(pairs: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Return the correlation of pairs, and the slope of the second by the first."""
    mean_x, mean_y = fmean(x for x, _ in pairs), fmean(y for _, y in pairs)
    xx = sum((x - mean_x) ** 2 for x, _ in pairs)
    yy = sum((y - mean_y) ** 2 for _, y in pairs)
    xy = sum((x - mean_x) * (y - mean_y) for x, y in pairs)
    if xx <= 1e-12 or yy <= 1e-12:
        return 0.0, 0.0
    return xy / math.sqrt(xx * yy), xy / xx
