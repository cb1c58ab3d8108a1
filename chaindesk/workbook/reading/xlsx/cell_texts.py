"""The text of a cell of a worksheet's XML as a person sees it, by the cell's kind, value and format."""

from __future__ import annotations

from chaindesk.workbook.numfmt.number_digits import general
from chaindesk.workbook.opc.shared_strings import SharedStrings, unescaped
from chaindesk.workbook.reading.grid import Grid
from chaindesk.workbook.reading.xlsx.style_reader import CellStyles

_EXACT_DIGITS = 16  # whole numbers of fewer digits are shown as they are spelt
_NO_CELL = (0, 0)


class CellTexts:
    """Turns values into texts, and notes in the grid which cells show an error, or show a number otherwise in Excel."""

    def __init__(self, strings: SharedStrings, styles: CellStyles, grid: Grid) -> None:
        self._shared, self._strings = strings, strings.found
        self._styles = styles
        self._grid = grid

    def text(self, kind: str, style: int, value: str, cell: tuple[int, int]) -> str:
        """Return what a cell shows.

        Args:
            kind: the cell's ``t`` attribute, ``n`` where it has none.
            style: the index of its cell format.
            value: its value as the file spells it, or the text of an inline string.
            cell: its row and column.
        """
        match kind:
            case "s":
                index = int(value) if value.strip().isdecimal() else -1
                if index >= len(self._strings):
                    self._shared.read_to(index)
                return self._strings[index] if 0 <= index < len(self._strings) else ""
            case "inlineStr" | "str":
                return unescaped(value)
            case "b":
                return {"1": "TRUE", "true": "TRUE", "0": "FALSE", "false": "FALSE"}.get(value.strip(), "")
            case "e":
                self._grid.errors.append(cell)
                return ""
            case "d":
                return value.strip().replace("T00:00:00", "").replace("T", " ")
            case _:
                return self._number(style, value.strip(), cell) if value else ""

    def column(self, kind: str, style: int, values: list[str]) -> list[str]:
        """Return what cells of one kind and format show, as ``text`` does for each; no value is blank.

        Not for kinds and formats of whose cells something has to be noted: errors, and what Excel shows otherwise.
        """
        match kind:
            case "s":
                indexes = [int(value) for value in values if value]
                highest = max(indexes, default=-1)
                if highest >= len(self._strings):
                    self._shared.read_to(highest)
                if highest < len(self._strings):
                    strings = self._strings
                    if len(indexes) == len(values):
                        return list(map(strings.__getitem__, indexes))
                    return [strings[int(value)] if value else "" for value in values]
            case "n":
                return self._numbers(style, values)
            case "inlineStr" | "str":
                return [unescaped(value) if "_x" in value else value for value in values]
        return [self.text(kind, style, value, _NO_CELL) for value in values]

    def _numbers(self, style: int, values: list[str]) -> list[str]:
        if self._styles.shower(style) is None and min(values) >= "1" and max(map(len, values)) < _EXACT_DIGITS:
            joined = "".join(values)
            if joined.isascii() and joined.isdecimal():  # so none begins with 0: each shows as it is spelt
                return values
        shown = {value: self.text("n", style, value, _NO_CELL) for value in set(values)}
        return list(map(shown.__getitem__, values))

    def _number(self, style: int, value: str, cell: tuple[int, int]) -> str:
        show = self._styles.shower(style)
        if show is None and len(value) < _EXACT_DIGITS and value.isdecimal():
            return value.lstrip("0") or "0"
        try:
            number = float(value)
        except ValueError:
            return unescaped(value)
        if style in self._styles.approximate:
            self._grid.approximate.append(cell)
        return general(number) if show is None else show(number)
