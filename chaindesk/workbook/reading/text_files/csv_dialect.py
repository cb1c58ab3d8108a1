"""Finds out what stands between the cells of a .csv or .tsv: by the header first, then by how well the rows agree.

csv.Sniffer goes by how often a character occurs, and so cuts prose at its commas. Here a delimiter has to stand in the
header, since a header of one cell is a table of one column, and as many times in nearly all other records.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from chaindesk.domain.errors import WorkbookError
from chaindesk.workbook.reading.grid import GridRow
from chaindesk.workbook.reading.text_files.csv_records import Dialect, Record, RecordReader

DELIMITERS = ",;\t|"
_SAMPLE = 256 * 1024  # characters
_SAMPLE_RECORDS = 1_000
_PREAMBLE_RECORDS = 15  # in which a blank line may end the title above a table
_PREVIEW_LENGTH = 24  # characters of a cell
_AGREEMENT = 0.6  # of the rows with the header, for a delimiter to be one
_CUT_ROWS = 0.5  # of the rows have two cells or more, where the header has them and no blank follows the delimiter
_AGREEMENT_OF_PROSE = 0.95  # where a blank follows the delimiter, as it follows a comma in a sentence
_DECLARATION = re.compile(
    r'\A(?:[ \t]{0,100}(?:\r\n|\r|\n)){0,15}[ \t]{0,100}"?sep ?= ?(\\t|tab|[^\r\n])"?[ ;,\t|]{0,100}(?:\r\n|\r|\n|\Z)',
    re.IGNORECASE,
)
_SPELT_OUT = {"\\t": "\t", "tab": "\t"}
_WORDS_OF_A_SENTENCE = 4
_WORDS_OF_A_TITLE = 3  # of the first line
_WORDS_OF_A_LONG_CELL = 3  # on average, where a mark stands twice in each line
_SENTENCES = 0.6  # of the lines, where the mark stands in sentences and not between cells


@dataclass(frozen=True, slots=True)
class FoundDialect:
    """How cells are written, and how sure that is.

    Attributes:
        dialect: the dialect.
        width: how many cells the header has.
        doubt: what speaks against it, in words for the user; "" where nothing does.
    """

    dialect: Dialect
    width: int
    doubt: str = ""


@dataclass(frozen=True, slots=True)
class _Assessment:
    """How a text looks when it is cut at one delimiter.

    Attributes:
        dialect: the delimiter, and how quotation marks are written.
        width: how many cells the first record that is not blank has.
        row_width: how many most of the others have.
        agreement: the share of these that agree with the first.
        cut_rows: the share of these that have two cells or more.
        is_prose: whether blanks follow the delimiter.
        has_sentences: whether it cuts sentences, the first line among them.
        loose: how many records hold quotation marks that neither open nor close a cell.
    """

    dialect: Dialect
    width: int
    row_width: int
    agreement: float
    cut_rows: float
    is_prose: bool
    has_sentences: bool
    loose: int

    @property
    def is_table(self) -> bool:
        if self.has_sentences:
            return False
        if self.is_prose:
            return self.width > 1 and self.agreement >= _AGREEMENT_OF_PROSE
        return self.width > 1 and (self.agreement >= _AGREEMENT or self.cut_rows >= _CUT_ROWS)

    @property
    def rank(self) -> tuple[float, bool, int, int]:
        order = DELIMITERS.find(self.dialect.delimiter)
        return round(self.agreement - self.is_prose * 0.2, 1), not self.is_prose, self.width, -order


def declared_delimiter(text: str) -> tuple[str, str] | None:
    """The delimiter that Excel's own first line ``sep=;`` names, and the text behind that line."""
    match = _DECLARATION.match(text)
    return (_SPELT_OUT.get(match[1].lower(), match[1]), text[match.end() :]) if match else None


def find_dialect(text: str, *, delimiter: str | None = None, usual: str = ",") -> FoundDialect:
    """Find out how the cells of a text are written.

    Args:
        text: all of it, without a line that declares the delimiter.
        delimiter: where it is known.
        usual: the delimiter that the file's name lets expect.
    """
    sample = _whole_lines(text)
    if delimiter is not None:
        best = _with_escapes(sample, delimiter)
        return FoundDialect(best.dialect, best.width)
    assessed = [_with_escapes(sample, mark) for mark in DELIMITERS]
    tables = [item for item in assessed if item.is_table or not item.width]  # nothing but delimiters is blank
    expected = next((item for item in tables if item.dialect.delimiter == usual == "\t"), None)
    if tables:
        best = expected or max(tables, key=lambda item: item.rank)
        others = [item for item in tables if item is not best and item.agreement > best.agreement - 0.1]
        return FoundDialect(best.dialect, best.width, _doubt(best, others))
    below = _below_preamble(sample)
    if below:
        found = find_dialect(below, usual=usual)
        if found.width > 1:
            return found
    best = _with_escapes(sample, "")
    return FoundDialect(best.dialect, 1, _doubt_of_one_column(sample, assessed))


def _whole_lines(text: str) -> str:
    """The text's beginning, up to the end of a line."""
    if len(text) <= _SAMPLE:
        return text
    end = max(text.rfind("\n", 0, _SAMPLE), text.rfind("\r", 0, _SAMPLE))
    return text[: end + 1] if end >= 0 else text[:_SAMPLE]


def _with_escapes(sample: str, delimiter: str) -> _Assessment:
    """The better assessment of the two ways to write a quotation mark in a quoted cell."""
    doubled = _assess(sample, Dialect(delimiter))
    if '\\"' not in sample:
        return doubled
    escaped = _assess(sample, Dialect(delimiter, backslash=True))
    return min(doubled, escaped, key=lambda item: (item.loose, -item.agreement))


def _assess(sample: str, dialect: Dialect) -> _Assessment:
    records = list(itertools.islice(RecordReader(sample, dialect), _SAMPLE_RECORDS))
    width = next((len(record.cells) for record in records if _is_filled(record)), 0)
    if any(record.stray or record.loose for record in records):  # with the width known, fewer rows are swallowed
        records = list(itertools.islice(RecordReader(sample, dialect, width), _SAMPLE_RECORDS))
    filled = [record for record in records if _is_filled(record)]
    widths = Counter(len(record.cells) for record in filled[1:])
    usual, times = max(widths.items(), key=lambda item: (item[1], item[0]), default=(width, 0))
    agreeing = times if usual >= width else widths[width]
    rows = len(filled) - 1
    agreement = agreeing / rows if rows > 0 else 1.0
    cut_rows = 1 - (widths[0] + widths[1]) / rows if rows > 0 else 0.0
    loose = sum(record.stray or record.loose for record in records)
    is_prose = _is_prose(filled, dialect.delimiter)
    has_sentences = is_prose and _are_sentences(filled)
    return _Assessment(dialect, width, usual, agreement, cut_rows, is_prose, has_sentences, loose)


def _is_filled(record: Record) -> bool:
    return any(cell.strip() for cell in record.cells)


def _is_prose(records: Iterable[Record], delimiter: str) -> bool:
    """Return whether blanks follow the delimiter, as they do in sentences."""
    if not delimiter.strip():
        return False
    behind = [cell for record in records for cell in record.cells[1:] if cell]
    return sum(cell[0] in " \xa0" for cell in behind) * 2 > len(behind)


def _are_sentences(records: Sequence[Record]) -> bool:
    """Return whether the first record and most others are sentences that were cut inside.

    Where that is taken for a table by mistake, texts lose their ends unseen; the other mistake leaves one long header,
    which no prompt names, so that it shows.
    """
    cut = [record.cells for record in records if len(record.cells) > 1]
    sentences = sum(_is_sentence(cells, _WORDS_OF_A_SENTENCE) for cells in cut)
    return bool(cut) and _is_sentence(records[0].cells, _WORDS_OF_A_TITLE) and sentences >= _SENTENCES * len(cut)


def _is_sentence(cells: Sequence[str], least: int) -> bool:
    """Return whether cells are a sentence that was cut: it goes on in small letters behind a blank."""
    first, *others = cells
    words = first.split()
    count = len(words) + sum(len(cell.split()) for cell in others)
    if count < least or (len(cells) > 2 and count < _WORDS_OF_A_LONG_CELL * len(cells)):
        return False
    begins = bool(words) and words[0][0].isalpha() and not words[0][0].islower()
    goes_on = all(cell[:1] in " \xa0" and cell[1:2].isalpha() and not cell[1:2].isupper() for cell in others if cell)
    return goes_on and (begins or len(words) >= _WORDS_OF_A_SENTENCE)


def _below_preamble(sample: str) -> str:
    """What stands below a title and a blank line, if it is more than a line."""
    lines = sample.splitlines(keepends=True)
    for number, line in enumerate(lines[:_PREAMBLE_RECORDS]):
        if number and not line.strip() and len(lines) > number + 2:
            return "".join(lines[number + 1 :]).lstrip("\r\n")
    return ""


def _doubt(best: _Assessment, others: Iterable[_Assessment]) -> str:
    read_as = f"the {_named(best.dialect.delimiter)} was read as what stands between the cells"
    rivals = " or the ".join(_named(item.dialect.delimiter) for item in others)
    if rivals:
        return f"{read_as}; it might be the {rivals}"
    if best.agreement < 0.9:
        share = f"{1 - best.agreement:.0%} of the rows have another number of cells than the header"
        return f"{read_as}, but {share}"
    if best.is_prose and best.width > 1:
        return f"{read_as}; each line might be one cell, since a blank follows it as in a sentence"
    return ""


def _doubt_of_one_column(sample: str, assessed: Iterable[_Assessment]) -> str:
    """Where the header has one cell although the rows could be cut."""
    read_as = "each line was read as one cell"
    for item in assessed:
        mark = item.dialect.delimiter
        if item.has_sentences:
            return f"{read_as}, since its {_named(mark)} stands as in a sentence"
        if item.width == 1 and item.row_width > 1 and item.agreement > 0.9 and not item.is_prose:
            return f"{read_as}, since the header holds no {_named(mark)}, although each row does"
        if item.width > 1:
            return f"{read_as}, since the rows do not agree where the {_named(mark)} would cut them"
    return ""


def known_delimiter(wanted: str) -> str:
    """The delimiter that the user names: one character, ``tab`` or ``\\t``, or "" for one cell in each line.

    Raises:
        WorkbookError: it is longer.
    """
    delimiter = {"\\t": "\t", "tab": "\t", "none": ""}.get(wanted.lower(), wanted)
    if len(delimiter) > 1 or delimiter in {'"', "\r", "\n"}:
        raise WorkbookError(
            f'"{wanted}" cannot stand between cells: name one character such as ";", or "tab", or "none" for one '
            "column."
        )
    return delimiter


def preview(rows: Sequence[GridRow]) -> str:
    """The first rows as they were cut, in words for the user."""
    shown = [" | ".join(text[:_PREVIEW_LENGTH] for text in row.texts[:6]) for row in rows[:2]]
    return f"The first rows are: {' / '.join(shown)}" if shown else ""


def _named(delimiter: str) -> str:
    """A delimiter as the user knows it."""
    names = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar"}
    return names.get(delimiter, f'"{delimiter}"')
