"""The text of a cell of a worksheet's XML as a person sees it, by the cell's kind, value and format."""

from __future__ import annotations

from chaindesk.workbook.numfmt.number_digits import general
from chaindesk.workbook.opc.shared_strings import SharedStrings, unescaped
from chaindesk.workbook.reading.grid import Grid
from chaindesk.workbook.reading.style_reader import CellStyles


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

    def _number(self, style: int, value: str, cell: tuple[int, int]) -> str:
        show = self._styles.shower(style)
        if show is None and len(value) < 16 and value.isdecimal():
            return value.lstrip("0") or "0"
        try:
            number = float(value)
        except ValueError:
            return unescaped(value)
        if style in self._styles.approximate:
            self._grid.approximate.append(cell)
        return general(number) if show is None else show(number)
