"""How the user arranged the columns of a workbook: order, widths, and which are hidden; kept for the next time.

Columns are known by kind and header, so that of a workbook that has changed everything is kept that still fits.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtCore import QSettings

_GROUP = "columns"
_NEWEST = "newest"
_MAX_KEPT = 100  # workbooks
_MAX_WIDTH_PX = 4000


@dataclass(frozen=True, slots=True)
class ColumnLayout:
    """An arrangement of columns, by their keys.

    Attributes:
        order: left to right; () for the usual one.
        widths: of the columns that the user sized, in pixels.
        hidden: columns that are not shown.
    """

    order: tuple[str, ...] = ()
    widths: Mapping[str, int] = field(default_factory=dict)
    hidden: frozenset[str] = frozenset()

    def ordered(self, keys: Sequence[str]) -> list[str]:
        """Return these columns in the stored order; new ones stand behind the column that they usually follow."""
        known = set(keys)
        wanted = [key for key in dict.fromkeys(self.order) if key in known]
        for place, key in enumerate(keys):
            if key not in wanted:
                before = [other for other in keys[:place] if other in wanted]
                wanted.insert(wanted.index(before[-1]) + 1 if before else 0, key)
        return wanted

    def to_json(self) -> str:
        """Return it as text to be stored."""
        return json.dumps({"order": self.order, "widths": dict(self.widths), "hidden": sorted(self.hidden)})

    @staticmethod
    def from_json(text: str) -> ColumnLayout:
        """Return what was stored; the usual arrangement where it cannot be read."""
        try:
            stored = json.loads(text)
            order, widths, hidden = stored["order"], stored["widths"], stored["hidden"]
            sizes = {str(key): min(int(width), _MAX_WIDTH_PX) for key, width in widths.items() if int(width) > 0}
            return ColumnLayout(tuple(map(str, order)), sizes, frozenset(map(str, hidden)))
        except (ValueError, KeyError, TypeError, AttributeError):
            return ColumnLayout()


class ColumnLayoutStore:
    """Keeps the arrangement of each sheet in the system's store of window settings."""

    def load(self, workbook: Path, sheet: str) -> ColumnLayout:
        """Return the arrangement of a sheet."""
        stored = _settings().value(f"{_GROUP}/{_name(workbook, sheet)}")
        return ColumnLayout.from_json(stored) if isinstance(stored, str) else ColumnLayout()

    def save(self, workbook: Path, sheet: str, layout: ColumnLayout) -> None:
        """Keep the arrangement of a sheet, and forget those of the workbooks that were not arranged for longest."""
        stored, name = _settings(), _name(workbook, sheet)
        newest = str(stored.value(f"{_GROUP}/{_NEWEST}") or "").split()
        newest = [name, *(other for other in newest if other != name)]
        for forgotten in newest[_MAX_KEPT:]:
            stored.remove(f"{_GROUP}/{forgotten}")
        stored.setValue(f"{_GROUP}/{_NEWEST}", " ".join(newest[:_MAX_KEPT]))
        stored.setValue(f"{_GROUP}/{name}", layout.to_json())
        stored.sync()


def _settings() -> QSettings:
    return QSettings("ChainDesk", "ChainDesk")


def _name(workbook: Path, sheet: str) -> str:
    return hashlib.sha256(f"{workbook}\n{sheet}".encode("utf-8", "surrogatepass")).hexdigest()[:24]
