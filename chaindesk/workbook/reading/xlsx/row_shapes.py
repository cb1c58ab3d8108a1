"""Reads rows that are spelt alike many at a time: a pattern made for just the cells that a sheet's rows have.

Most sheets spell a column's cells in one or two ways. A pattern of these ways takes whole columns out of a run of rows
by one search, several times as fast as cell after cell. It learns them from the first row that it does not match.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import repeat

from chaindesk.workbook.opc.cell_refs import column_number
from chaindesk.workbook.opc.plain_elements import COLUMN, ROW_ATTRIBUTES, TEXT, plain_text
from chaindesk.workbook.reading.grid import GridRow
from chaindesk.workbook.reading.xlsx.cell_texts import CellTexts
from chaindesk.workbook.types import MAX_ROWS

_MAX_FORMS = 400  # a pattern is made anew for each that is learnt
_FIRST_ROW = re.compile(rf'\s*+<row r="[0-9]{{1,7}}+"{ROW_ATTRIBUTES}>(?P<cells>.*?)</row>', re.DOTALL)
_CELL = re.compile(
    rf'<c r="(?P<column>{COLUMN})[0-9]+"(?P<style> s="[0-9]{{1,6}}")?(?P<kind> t="(?:s|n|str|b|inlineStr)")?'
    r'(?:/>|></c>|>(?P<tag><v>|<is><t)(?: xml:space="preserve")?>?)'
)


@dataclass(frozen=True, slots=True)
class _Form:
    """One way in which cells of a column are spelt: the column, the format, the kind, and where the value stands."""

    column: str
    style: str
    kind: str
    tag: str

    @property
    def pattern(self) -> str:
        """What matches such a cell; its value is a group, where it has one."""
        head = f'<c r="{self.column}[0-9]{{1,7}}+"{self.style}{self.kind}'
        match self.tag:
            case "":
                return f"{head}(?:/>|></c>)"
            case "<v>":
                value = "[0-9]{1,9}+" if self.kind == ' t="s"' else TEXT
                return f"{head}><v>({value})</v></c>"
            case _:
                return rf'{head}><is><t(?: xml:space="preserve")?+>({TEXT})</t></is></c>'


class RowShapes:
    """Takes rows off the beginning of a run, as long as they have cells of the forms that it knows or can learn."""

    def __init__(self, texts: CellTexts, unlearnable: frozenset[int]) -> None:
        """Set how values become texts.

        Args:
            texts: turns values into texts.
            unlearnable: the cell formats whose cells have to be looked at one by one.
        """
        self._texts = texts
        self._unlearnable = unlearnable
        self._forms: dict[str, list[_Form]] = {}  # by column
        self._valued: list[_Form] = []  # those with a value, in the order of the pattern's groups
        self._pattern: re.Pattern[str] | None = None
        self._columns: dict[tuple[int, ...], tuple[int, ...]] = {}

    def take(self, run: str) -> Iterator[tuple[list[GridRow], int, int]]:
        """Yield rows of a run that hold something, until the rest of it is spelt in some other way.

        With each lot comes the number of the last row that was read, and the place in the run up to which they reach.
        """
        at = 0
        while at < len(run) and (self._pattern is not None or self._learn(run, at)):
            assert self._pattern is not None  # noqa: S101
            found = self._pattern.findall(run, at)
            rest = found[-1][-1]
            if rest:
                del found[-1]
            if found:
                at = len(run) - len(rest)
                yield self._rows(found, run), int(found[-1][0]), at
            if rest and not self._learn(run, at):
                return

    def _learn(self, run: str, at: int) -> bool:
        """Add the forms of the row that begins there; return whether any was new and all can be learnt."""
        row = _FIRST_ROW.match(run, at)
        if row is None:
            return False
        new = 0
        for cell in _CELL.finditer(row["cells"]):
            style, tag = cell["style"] or "", cell["tag"] or ""
            if style and int(style[4:-1]) in self._unlearnable:
                return False
            if tag == "<is><t" and cell["kind"] != ' t="inlineStr"':  # no text of the cell
                return False
            form = _Form(cell["column"], style, cell["kind"] or "", tag)
            forms = self._forms.setdefault(cell["column"], [])
            if form not in forms:
                forms.append(form)
                new += 1
        if not new or sum(map(len, self._forms.values())) > _MAX_FORMS:
            return False
        self._compile()
        return True

    def _compile(self) -> None:
        ordered = sorted(self._forms.items(), key=lambda item: column_number(item[0]))
        cells = "".join(f"(?:{'|'.join(form.pattern for form in forms)})?" for _, forms in ordered)
        self._valued = [form for _, forms in ordered for form in forms if form.tag]
        self._pattern = re.compile(
            rf'\s*+<row r="([0-9]{{1,7}}+)"({ROW_ATTRIBUTES})(?:/>|>{cells}</row>)\s*+|([\s\S]++)'
        )

    def _rows(self, found: Sequence[Sequence[str]], run: str) -> list[GridRow]:
        """Return the rows that hold something."""
        spelt = list(zip(*found, strict=True))
        numbers = list(map(int, spelt[0]))
        hides = [' hidden="1"' in one or ' hidden="true"' in one for one in spelt[1]] if " hidden=" in run else None
        columns: dict[int, list[str]] = {}
        for form, values in zip(self._valued, spelt[2:-1], strict=True):
            texts = self._column(form, list(values), run)
            column = column_number(form.column)
            other = columns.get(column)
            columns[column] = texts if other is None else [one or more for one, more in zip(other, texts, strict=True)]
        if all(map(all, columns.values())) and max(numbers) <= MAX_ROWS and min(numbers):
            texts_of_rows = zip(*columns.values(), strict=True)
            return list(map(GridRow, numbers, hides or repeat(False), repeat(tuple(columns)), texts_of_rows))
        names = tuple(columns)
        rows = []
        for place, cells in enumerate(zip(*columns.values(), strict=True)):
            filled = tuple([name for name, text in zip(names, cells, strict=True) if text])
            if filled and 0 < numbers[place] <= MAX_ROWS:
                filled = self._columns.setdefault(filled, filled)
                hidden = hides is not None and hides[place]
                rows.append(GridRow(numbers[place], hidden, filled, tuple(filter(None, cells))))
        return rows

    def _column(self, form: _Form, values: list[str], run: str) -> list[str]:
        """Return the texts of a column's cells; "" where a cell is blank, not there, or of another form."""
        if "&" in run and form.kind != ' t="s"':
            values = list(map(plain_text, values))
        return self._texts.column(form.kind[4:-1] or "n", int(form.style[4:-1] or 0), values)
