"""Numbers as a person sees them in Excel: the number-format language, compiled once for each format.

Formats that follow the reader's country (the short date) come out in ISO form, so that 3/4 is never a riddle.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from chaindesk.workbook.numfmt.calendars import region_of
from chaindesk.workbook.numfmt.date_format import date_text
from chaindesk.workbook.numfmt.number_digits import Digits, general, number_text

ISO_DATE = "yyyy-mm-dd"
ISO_MOMENT = "yyyy-mm-dd hh:mm"
_TOKEN = re.compile(
    r'"[^"]*"?|\\.|_.|\*.|\[[^\]]*\]|AM/PM|A/P|上午/下午|午前/午後|오전/오후|General|[Ee][+-]|'
    r"y+|m+|d+|h+|s+|g+|e+|b+|a{3,}|[0#?]|.",
    re.IGNORECASE | re.DOTALL,
)
_CONDITION = re.compile(r"\[(<=|>=|<>|<|>|=)\s*(-?[\d.]+)\]")
_BUILTIN = {
    0: "General", 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 5: "$#,##0_);($#,##0)", 6: "$#,##0_);($#,##0)",
    7: "$#,##0.00_);($#,##0.00)", 8: "$#,##0.00_);($#,##0.00)", 9: "0%", 10: "0.00%", 11: "0.00E+00",
    12: "# ?/?", 13: "# ??/??", 14: ISO_DATE, 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm AM/PM",
    19: "h:mm:ss AM/PM", 20: "h:mm", 21: "h:mm:ss", 22: ISO_MOMENT, 37: "#,##0_);(#,##0)", 38: "#,##0_);(#,##0)",
    39: "#,##0.00_);(#,##0.00)", 40: "#,##0.00_);(#,##0.00)", 41: '_(* #,##0_);_(* (#,##0);_(* "-"_);_(@_)',
    42: '_($* #,##0_);_($* (#,##0);_($* "-"_);_(@_)', 43: '_(* #,##0.00_);_(* (#,##0.00);_(* "-"??_);_(@_)',
    44: '_($* #,##0.00_);_($* (#,##0.00);_($* "-"??_);_(@_)', 45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss.0",
    48: "##0.0E+0", 49: "@",
}  # fmt: skip
_THAI = {
    59: "0", 60: "0.00", 61: "#,##0", 62: "#,##0.00", 67: "0%", 68: "0.00%", 69: "# ?/?", 70: "# ??/??", 71: ISO_DATE,
    72: "d-mmm-yy", 73: "d-mmm", 74: "mmm-yy", 75: "h:mm", 76: "h:mm:ss", 77: ISO_MOMENT, 78: "mm:ss", 79: "[h]:mm:ss",
    80: "mm:ss.0", 81: ISO_DATE,
}  # fmt: skip
_EAST_ASIAN_DATES = frozenset([*range(27, 32), 36, 50, 51, 54, 57, 58])
_EAST_ASIAN_TIMES = {32: "hh:mm", 33: "hh:mm:ss"}
_EAST_ASIAN_EITHER = frozenset([34, 35, 52, 53, 55, 56])  # dates in Japan and Korea, times in China and Taiwan
_EITHER = f"[<1]hh:mm:ss;{ISO_DATE}"
_DATE_LETTERS = "ymdhs"
_EASTERN_LETTERS = "geba"


@dataclass(frozen=True, slots=True)
class _Section:
    """One part of a format between semicolons: its tokens, and the condition that chooses it, if it names one."""

    tokens: tuple[str, ...]
    condition: tuple[str, float] | None
    is_date: bool
    digits: Digits | None


def builtin_code(number: int) -> str:
    """The format code of a built-in format number."""
    if number in _EAST_ASIAN_DATES:
        return ISO_DATE
    if number in _EAST_ASIAN_EITHER:
        return _EITHER
    return _EAST_ASIAN_TIMES.get(number) or _BUILTIN.get(number) or _THAI.get(number, "General")


@lru_cache(maxsize=4096)
def compiled(code: str, *, date1904: bool) -> Callable[[float], str]:
    """A function that shows a number in this format."""
    code = code.strip()
    if not code or code.lower() in {"general", "@"}:
        return general
    if code == _EITHER:
        return lambda value: _date_or_time(value, date1904=date1904)
    sections = _sections(code)
    region = region_of(code)

    def show(value: float) -> str:
        section, shown = _choose(sections, value)
        if section.is_date:
            text = date_text(section.tokens, shown, date1904=date1904, region=region)
            return general(value) if text is None else text
        if section.digits is None:
            return _literals(section.tokens, shown)
        return number_text(section.digits, shown)

    return show


def is_plain(code: str) -> bool:
    """Return whether the format adds nothing to a number."""
    return code.strip().lower() in {"", "general", "@"}


def _sections(code: str) -> list[_Section]:
    parts: list[list[str]] = [[]]
    for mark in _TOKEN.findall(_country_free(code)):
        if mark == ";":
            parts.append([])
        else:
            parts[-1].append(mark)
    return [_section(tokens) for tokens in parts]


def _country_free(code: str) -> str:
    """System-wide long dates and times as ISO ones."""
    lowered = code.lower()
    if lowered.startswith("[$-f800]"):
        return ISO_DATE
    return "hh:mm:ss" if lowered.startswith("[$-f400]") else code


def _section(tokens: list[str]) -> _Section:
    condition = None
    kept: list[str] = []
    for mark in tokens:
        match = _CONDITION.fullmatch(mark)
        if match:
            condition = (match[1], float(match[2]) if match[2].count(".") < 2 else 0.0)
        elif mark.startswith("[$"):
            kept.append(f'"{mark[2:-1].partition("-")[0]}"')
        elif not mark.startswith("[") or mark[1:-1].lower().strip("hms") == "":
            kept.append(mark)
    has_digits = any(mark in {"0", "#", "?"} for mark in kept)
    letters = _DATE_LETTERS if has_digits else _DATE_LETTERS + _EASTERN_LETTERS
    is_date = any((mark[0].lower() in letters and _is_date_part(mark)) or mark.startswith("[") for mark in kept)
    digits = Digits.of(kept) if has_digits and not is_date else None
    return _Section(tuple(kept), condition, is_date, digits)


def _is_date_part(mark: str) -> bool:
    """Return whether a mark that begins with such a letter stands for a part of a date."""
    return mark.lower() != "general" and (mark[0].lower() != "a" or len(mark) > 2)


def _date_or_time(value: float, *, date1904: bool) -> str:
    """A number in a format that is a date in one country and a time in another: whichever it holds."""
    holds_date = ISO_DATE if value == int(value) else ISO_MOMENT
    return compiled("hh:mm:ss" if value < 1 else holds_date, date1904=date1904)(value)


def _choose(sections: list[_Section], value: float) -> tuple[_Section, float]:
    """The section for a value, and the value as that section is to show it (its sign may be the section's affair)."""
    if any(section.condition for section in sections):
        for section in sections:
            if section.condition is None or _holds(section.condition, value):
                negative_only = section.condition is not None and section.condition[0] in {"<", "<="}
                return section, abs(value) if negative_only and value < 0 else value
        return sections[-1], value
    if value < 0 and len(sections) > 1:
        return sections[1], -value
    if value == 0 and len(sections) > 2:
        return sections[2], value
    return sections[0], value


def _holds(condition: tuple[str, float], value: float) -> bool:
    operator, limit = condition
    return {
        "<": value < limit,
        ">": value > limit,
        "=": value == limit,
        "<=": value <= limit,
        ">=": value >= limit,
        "<>": value != limit,
    }[operator]


def _literals(tokens: tuple[str, ...], value: float) -> str:
    """What a section without digits shows: its own text, or the plain number where it holds ``General`` or ``@``."""
    sign = "-" if value < 0 else ""
    shown = []
    for mark in tokens:
        if mark.lower() == "general" or mark == "@":
            shown.append(general(abs(value)))
        else:
            shown.append(literal(mark))
    return (sign + "".join(shown)).strip()


def literal(mark: str) -> str:
    """The text that a mark stands for where it is no placeholder."""
    if mark.startswith('"'):
        return mark.strip('"')
    if mark.startswith("\\"):
        return mark[1:]
    return "" if mark[0] in "_*" else mark
