"""A condition by which rows are chosen, such as ``Country=DE`` or ``Status=failed``: on a cell, or on how a row stands.

``Status`` and ``Review`` are what the journal knows of a row, unless the user's sheet has a column of that name.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from chaindesk.domain.chains.template import nearest_name
from chaindesk.domain.errors import UsageError
from chaindesk.domain.manifest import Manifest, Row
from chaindesk.domain.row_state import RowState
from chaindesk.domain.status import Review, Status

StateOf = Callable[[int], RowState]
"""How the row with this sheet number stands."""

_STATES = {
    "Status": tuple(status.value for status in (Status.DONE, Status.FAILED, Status.PENDING, Status.SKIPPED)),
    "Review": tuple(review.value for review in Review),
}


@dataclass(frozen=True, slots=True)
class RowCondition:
    """What a row's text in a column, or its state, is to be; case and outer spaces do not count.

    Attributes:
        name: the column, or ``Status`` or ``Review``.
        text: the text, or several with commas between them, any of which will do; "" chooses blank cells.
        negated: whether the rows are meant that are not so.
        of_state: whether it is about how a row stands, and not about a cell.
    """

    name: str
    text: str
    negated: bool = False
    of_state: bool = False

    @classmethod
    def parse(cls, words: str) -> RowCondition | None:
        """Read ``Column=text`` or ``Column!=text``; return None where the words are no condition."""
        name, sign, text = words.partition("=")
        negated = name.endswith("!")
        name = name.removesuffix("!").strip()
        return cls(name, text.strip(), negated) if sign and name else None

    def fitted(self, manifest: Manifest) -> RowCondition:
        """Return the condition with the sheet's own spelling of its column.

        Raises:
            UsageError: the sheet has no such column, or a state has another word.
        """
        columns = [column.name for column in manifest.columns if not column.ours or column.name not in _STATES]
        names = (*columns, *_STATES)
        spelt = next((name for name in names if _folded(name) == _folded(self.name)), None)
        if spelt is None:
            nearest = nearest_name(self.name, names)
            hint = f"Did you mean {nearest}?" if nearest else f"Its columns: {', '.join(columns[:8])}."
            raise UsageError(f'--rows "{self}": the sheet has no column "{self.name}". {hint}')
        if spelt in columns:
            return replace(self, name=spelt)
        unknown = next((word for word in self._words() if word not in _STATES[spelt]), None)
        if unknown is not None:
            nearest = nearest_name(unknown, _STATES[spelt])
            hint = f"Did you mean {nearest}?" if nearest else f"There are: {', '.join(_STATES[spelt])}."
            raise UsageError(f'--rows "{self}": no row has the {spelt.lower()} "{unknown}". {hint}')
        return replace(self, name=spelt, of_state=True)

    def holds(self, row: Row, state: StateOf | None) -> bool:
        """Return whether a row is chosen."""
        if self.of_state:
            if state is None:
                return False
            known = state(row.number)
            value = known.review.value if self.name == "Review" else known.status.value
        else:
            value = _folded(row.values.get(self.name, ""))
        return (value == _folded(self.text) or value in self._words()) != self.negated

    def _words(self) -> set[str]:
        return {_folded(word) for word in self.text.split(",")}

    def __str__(self) -> str:
        return f"{self.name}{'!' if self.negated else ''}={self.text}"


def _folded(text: str) -> str:
    return text.strip().casefold()
