"""What the cells of one column must hold for their rows to be shown."""

from __future__ import annotations

from dataclasses import dataclass, field

from chaindesk.desktop.ui.translation import tr, tr_count, tr_noop

_MAX_SHOWN_CHARS = 24  # of a value in the text of a filter


@dataclass(frozen=True, slots=True)
class ColumnFilter:
    """What a cell must hold; all that is set must be true of it.

    Attributes:
        contains: these words stand somewhere in it, whatever their case.
        blank: True lets blank cells through alone, False those that hold something.
        values: it is one of these; any, where there are none.
    """

    contains: str = ""
    blank: bool | None = None
    values: frozenset[str] = field(default_factory=frozenset)

    @property
    def active(self) -> bool:
        """Return whether it hides anything."""
        return bool(self.contains.strip() or self.blank is not None or self.values)

    def lets_through(self, text: str) -> bool:
        """Return whether a cell with this text passes."""
        if self.blank is not None and self.blank is bool(text.strip()):
            return False
        if self.values and text not in self.values:
            return False
        return not self.contains or self.contains.casefold().strip() in text.casefold()

    def describe(self, title: str) -> str:
        """Return the filter of the column ``title`` in words."""
        told: list[str] = []
        if self.contains.strip():
            told.append(tr("contains “{words}”").format(words=_short(self.contains.strip())))
        if self.blank is not None:
            told.append(tr("is empty") if self.blank else tr("is not empty"))
        if len(self.values) == 1:
            told.append(tr("is {value}").format(value=_short(next(iter(self.values)) or tr("empty"))))
        elif self.values:
            told.append(tr_count(len(self.values), tr_noop("is one of {n} value"), tr_noop("is one of {n} values")))
        return tr("{column} {condition}").format(column=_short(title), condition=tr(" and ").join(told))


def _short(text: str) -> str:
    return text if len(text) <= _MAX_SHOWN_CHARS else text[: _MAX_SHOWN_CHARS - 1] + "…"
