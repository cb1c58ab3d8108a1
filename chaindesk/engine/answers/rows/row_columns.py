"""What the journal knows of all rows of a sheet, column by column: some eighty bytes a row."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from chaindesk.domain.completion import Finish, Usage
from chaindesk.domain.manifest import Row
from chaindesk.domain.records import Answer, Failure
from chaindesk.domain.row_places import RowPlaces
from chaindesk.domain.status import Review, Status
from chaindesk.engine.answers.rows.row_answers import MISSING, RowAnswers

_UNKNOWN = -1


@dataclass(frozen=True, slots=True)
class AnswerTotals:
    """Sums over the answers of a row, as far as they are known."""

    usage: Usage | None = None
    cost: Decimal | None = None
    seconds: float = 0.0
    attempts: int = 0
    cut: bool = False


NO_TOTALS = AnswerTotals()


class TotalsColumns:
    """Sums over the answers of each row, by its place."""

    def __init__(self, rows: int) -> None:
        self._answers = bytearray(rows)  # whether any was counted
        self._tokens = [array("q", [_UNKNOWN]) * rows, *(array("q", [0]) * rows for _ in range(3))]
        self._costs: dict[int, Decimal] = {}
        self._seconds = array("d", [0.0]) * rows
        self._attempts = array("l", [0]) * rows
        self._cut = bytearray(rows)

    def get(self, place: int) -> AnswerTotals | None:
        """Return the sums of a row; None where it has no answers."""
        if not self._answers[place]:
            return None
        usage = None if self._tokens[0][place] == _UNKNOWN else Usage(*[column[place] for column in self._tokens])
        cost, cut = self._costs.get(place), bool(self._cut[place])
        return AnswerTotals(usage, cost, self._seconds[place], self._attempts[place], cut)

    def cut(self, place: int) -> bool:
        """Return whether an answer of a row was cut at its limit."""
        return bool(self._cut[place])

    def seconds(self, place: int) -> float:
        """Return the seconds of a row's answers."""
        return self._seconds[place]

    def add(self, place: int, answer: Answer) -> None:
        """Count an answer of a row."""
        self._answers[place] = True
        if (usage := answer.usage) is not None:
            inputs, outputs, cached, written = self._tokens
            inputs[place] = max(inputs[place], 0) + usage.input
            outputs[place] += usage.output
            cached[place] += usage.cached_input
            written[place] += usage.cache_write
        if answer.cost is not None:
            before = self._costs.get(place)
            self._costs[place] = answer.cost if before is None else before + answer.cost
        self._seconds[place] += answer.seconds
        self._attempts[place] = answer.attempts
        self._cut[place] |= answer.finish is Finish.LENGTH

    def clear(self, place: int) -> None:
        """Forget the answers of a row."""
        self._answers[place] = self._cut[place] = False
        for column in self._tokens:
            column[place] = 0
        self._tokens[0][place] = _UNKNOWN
        self._costs.pop(place, None)
        self._seconds[place], self._attempts[place] = 0.0, 0


class RowColumns(Mapping[int, RowAnswers]):
    """The rows by sheet number; each is made when it is asked for, and reads and writes its place in the columns.

    Attributes:
        steps: how many the chain has.
        touched: by place, whether anything is known of a row but that it waits to be run.
        answers: for each row and step the number of its answer, ``SKIPPED`` or ``MISSING``.
        tokens: for each row and step the likely tokens of the missing call where earlier outputs decide what it asks,
            and are known; else 0.
        submitted: the name of the next step of rows that are out in a batch job, by place.
        manual_outdated: the steps whose answer stands though its prompt has changed, by place.
        reviews: people's words on answers by the answer's number.
        reasons: why, in their own words.
        flags: what checks found wrong by the answer's number.
    """

    def __init__(self, places: RowPlaces, steps: int) -> None:
        rows = len(places)
        self._places = places
        self.steps = steps
        self.touched = bytearray(rows)
        self.answers = array("q", [MISSING]) * (rows * steps)
        self.tokens = array("l", [0]) * (rows * steps)
        self.was_run = bytearray(rows)
        self.stale = bytearray(rows)
        self.statuses = [Status.PENDING] * rows
        self.failures: dict[int, Failure] = {}
        self.blank_reasons: dict[int, str] = {}
        self.submitted: dict[int, str] = {}
        self.manual_outdated: dict[int, frozenset[int]] = {}
        self.totals = TotalsColumns(rows)
        self.reviews: dict[int, Review] = {}
        self.reasons: dict[int, str] = {}
        self.flags: dict[int, tuple[str, ...]] = {}

    def set_blank(self, number: int, reason: str) -> None:
        """Note that there is nothing to run for a row since its cells are blank."""
        place = self._places[number]
        self.blank_reasons[place], self.touched[place] = reason, True

    def known(self, rows: Sequence[Row]) -> Sequence[int]:
        """Return for each of these rows whether anything is known of it but that it waits to be run."""
        if len(rows) == len(self):
            return self.touched
        places = self._places
        return [self.touched[places[row.number]] for row in rows]

    def place(self, number: int) -> int:
        """Return where a row stands in the columns."""
        return self._places[number]

    def answers_to(self, index: int) -> list[int]:
        """Return the number of each row's answer to a step in sheet order; not above 0 where there is none."""
        return self.answers[index :: self.steps].tolist()

    def submitted_by_row(self) -> dict[int, str]:
        """Return the next step of each row that is out in a batch job, by its sheet number."""
        numbers = list(self) if self.submitted else []
        return {numbers[place]: step for place, step in self.submitted.items()}

    def __getitem__(self, number: int) -> RowAnswers:
        return RowAnswers(self, self._places[number])

    def __iter__(self) -> Iterator[int]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)
