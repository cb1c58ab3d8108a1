"""Short texts of the rows' outputs, fetched when a row comes into view and kept for those seen last."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence

from chaindesk.domain.chains.chain import Chain
from chaindesk.domain.manifest import Row
from chaindesk.engine.answers.row_history import StepOutput

_MAX_CACHED_ROWS = 4000
_MAX_CELL_CHARS = 120
_CHARS_READ_FACTOR = 3  # of a text with line breaks, so many times what is shown is looked at

OutputLoader = Callable[[Row], Sequence[StepOutput]]


class Previews:
    """The outputs of each row as one short line a column.

    Args:
        chain: whose columns they are.
        load: gives a row's outputs, quickly.

    Attributes:
        columns: step and title of each column.
        id_column: the column by which the chain knows the rows, or None.
    """

    def __init__(self, chain: Chain | None = None, load: OutputLoader | None = None) -> None:
        self.columns: tuple[tuple[str, str], ...] = tuple(
            (step.name, column) for step in (chain.steps if chain else ()) for column in step.columns
        )
        self.id_column = chain.id_column if chain else None
        self._limit = _MAX_CELL_CHARS
        self._steps = tuple(chain.steps) if chain else ()
        self._load = load
        self._kept: OrderedDict[int, tuple[str, ...]] = OrderedDict()
        self._outdated: set[int] = set()  # of the kept ones

    @property
    def limit(self) -> int:
        """How many characters of an output are shown."""
        return self._limit

    @limit.setter
    def limit(self, characters: int) -> None:
        if characters != self._limit:
            self._limit = characters
            self.forget_all()

    def of(self, row: Row) -> tuple[str, ...]:
        """One short text for each of ``columns``; "" where there is no answer."""
        if self._load is None or self.has(row):
            return self.last(row)
        texts = self._kept[row.number] = self._texts(self._load(row), lambda text: one_line(text, self._limit))
        self._outdated.discard(row.number)
        if len(self._kept) > _MAX_CACHED_ROWS:
            self._outdated.discard(self._kept.popitem(last=False)[0])
        return texts

    def last(self, row: Row) -> tuple[str, ...]:
        """Return the texts that were fetched last, though they may have changed since; "" where none were."""
        return self._kept.get(row.number) or ("",) * len(self.columns)

    def has(self, row: Row) -> bool:
        """Return whether the row's texts are known already, or there are none to be fetched."""
        return self._load is None or (row.number in self._kept and row.number not in self._outdated)

    def close(self) -> None:
        """Read no more outputs, since the journal is closed; rows that are painted still stay blank."""
        self._load = None

    def whole(self, row: Row) -> tuple[str, ...]:
        """Return the whole text for each of ``columns``, "" where there is no answer."""
        return self._texts(self._load(row), str) if self._load is not None else ("",) * len(self.columns)

    def whole_text(self, row: Row) -> str:
        """All outputs of a row at full length, casefolded, for a search."""
        outputs = self._load(row) if self._load is not None else ()
        return "\n".join(text for output in outputs for text in (output.text, *output.fields.values())).casefold()

    def forget(self, number: int) -> None:
        """The row's outputs have changed: fetch them again when they are next seen."""
        if number in self._kept:
            self._outdated.add(number)

    def forget_all(self) -> None:
        """All outputs may have changed."""
        self._outdated.update(self._kept)

    def _texts(self, outputs: Sequence[StepOutput], shorten: Callable[[str], str]) -> tuple[str, ...]:
        by_step = {output.step: output for output in outputs}
        texts: list[str] = []
        for step in self._steps:
            output = by_step.get(step.name)
            if step.fields:
                texts += [shorten(output.fields.get(name, "") if output is not None else "") for name in step.fields]
            else:
                texts.append(shorten(output.text if output is not None else ""))
        return tuple(texts)


def one_line(text: str, limit: int = _MAX_CELL_CHARS) -> str:
    """The beginning of a text without line breaks, for a cell."""
    if len(text) <= limit and "\n" not in text:
        return text
    line = " ".join(text[: limit * _CHARS_READ_FACTOR].split())
    return line if len(line) <= limit else line[: limit - 1] + "…"
