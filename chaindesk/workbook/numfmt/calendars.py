"""Years, weekdays and half days as East Asian number formats show them, such as eras and the years of Taiwan."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime

HALF_DAYS = {
    "am/pm": ("AM", "PM"),
    "a/p": ("A", "P"),
    "上午/下午": ("上午", "下午"),
    "午前/午後": ("午前", "午後"),
    "오전/오후": ("오전", "오후"),
}
_ERAS = (
    (date(2019, 5, 1), "R", "令", "令和"),
    (date(1989, 1, 8), "H", "平", "平成"),
    (date(1926, 12, 25), "S", "昭", "昭和"),
    (date(1912, 7, 30), "T", "大", "大正"),
    (date(1868, 1, 25), "M", "明", "明治"),
)
_HALF_DAYS_OF = {"ja": "午前/午後", "zh": "上午/下午", "ko": "오전/오후"}
_REPUBLIC = ("民國", "民國", "中華民國")
_TAIWAN, _KOREA, _THAILAND = -1911, 2333, 543  # years that are added
_LOCALE = re.compile(r"\[\$[^\]-]*-([^\]]*)\]")
_CALENDARS = {0x03: "japanese", 0x04: "taiwan", 0x05: "korean", 0x07: "buddhist", 0x06: "hijri", 0x08: "hebrew",
              0x17: "hijri"}  # fmt: skip
_LANGUAGES = {0x04: "zh", 0x11: "ja", 0x12: "ko", 0x09: "en", 0x1E: "th"}
_WEEKDAYS = {
    "ja": ("月", "火", "水", "木", "金", "土", "日"),
    "ko": ("월", "화", "수", "목", "금", "토", "일"),
    "zh": ("一", "二", "三", "四", "五", "六", "日"),
    "zh-tw": ("一", "二", "三", "四", "五", "六", "日"),
}
_NAMED_PARTS = re.compile(r"mmm|ddd|am/pm", re.IGNORECASE)
_QUOTED = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')
_JAPANESE_ERA_YEAR = re.compile(r"(?<![a-z])rr?(?![a-z])", re.IGNORECASE)  # a year of an era in one mark


@dataclass(frozen=True, slots=True)
class Region:
    """What the locale in a number format, such as ``[$-411]``, says.

    Attributes:
        language: two letters, or "" where it names none.
        calendar: ``japanese``, ``taiwan``, ``korean``, ``buddhist``, ``hijri``, ``hebrew``, or "" for the usual one.
        digits: whether it asks for the digits of another script.
        first_year_as_word: whether the first year of an era has a word of its own.
    """

    language: str = ""
    calendar: str = ""
    digits: bool = False
    first_year_as_word: bool = False

    @property
    def weekday_language(self) -> str:
        """The language in which weekdays are written, Taiwan's apart from China's."""
        return "zh-tw" if self.calendar == "taiwan" else self.language


def region_of(code: str) -> Region:
    """The locale of a number format."""
    other_digits = "[dbnum" in code.lower()
    match = _LOCALE.search(code)
    if match is None:
        return Region(digits=other_digits)
    name = match[1].partition(",")[0]
    if re.fullmatch(r"[0-9A-Fa-f]{1,8}", name):
        number = int(name, 16)
        language = _LANGUAGES.get(number & 0x3FF, "other" if number & 0xFFFF else "")
        calendar = _CALENDARS.get(number >> 16 & 0xFF, "")
        if number & 0xFFFF == 0x404:
            calendar = calendar or "taiwan"
        elif language == "ja":
            calendar = calendar or "japanese"
        return Region(language, calendar, other_digits or number >> 24 > 1)
    language = name[:2].lower()
    calendar = {"ja": "japanese", "th": "buddhist" if "ca-buddhist" in name else ""}.get(language, "")
    if name.lower().startswith("zh-tw"):
        calendar = "taiwan"
    known = language if language in {"ja", "zh", "ko", "en", "th"} else "other"
    return Region(known, calendar, other_digits, "gannen" in name.lower())


def is_approximate(code: str) -> bool:
    """Return whether Excel shows dates in this format in a way that is not known here: with words or in a calendar."""
    region = region_of(code)
    hijri = region.calendar in {"hijri", "hebrew"} or code.lower().lstrip().startswith("b2")
    plain = _QUOTED.sub("", code)
    foreign_words = region.language in {"other", "th"} and _NAMED_PARTS.search(plain) is not None
    return hijri or foreign_words or region.digits or _JAPANESE_ERA_YEAR.search(plain) is not None


def half_day_name(when: datetime, mark: str, language: str) -> str:
    """What a mark such as ``AM/PM`` shows, in the language of the format."""
    words = HALF_DAYS[_HALF_DAYS_OF.get(language, mark) if mark == "am/pm" else mark]
    return words[when.hour >= 12]


def era_name(when: datetime, size: int, calendar: str) -> str:
    """The era in one letter, one sign or whole: the Japanese one, or Taiwan's; "" where there is none."""
    if calendar == "taiwan":
        return _REPUBLIC[size - 1] if when.year > -_TAIWAN else ""
    if calendar not in {"", "japanese"}:
        return ""
    return next((names[size - 1] for start, *names in _ERAS if when.date() >= start), "")


def calendar_year(when: datetime, calendar: str, *, first_as_word: bool = False) -> str:
    """The year in a calendar."""
    match calendar:
        case "japanese":
            start = next((start for start, *_ in _ERAS if when.date() >= start), None)
            year = when.year if start is None else when.year - start.year + 1
            return "元" if year == 1 and first_as_word else str(year)
        case "taiwan":
            return str(when.year + _TAIWAN if when.year > -_TAIWAN else when.year)
        case "korean":
            return str(when.year + _KOREA)
        case "buddhist":
            return str(when.year + _THAILAND)
        case _:
            return str(when.year)


def weekday_name(when: datetime, size: int, language: str) -> str | None:
    """The day of the week in an East Asian language, or None in another; ``size`` is 3 for short and 4 for long."""
    names = _WEEKDAYS.get(language)
    if names is None:
        return None
    name = names[when.weekday()]
    if language.startswith("zh"):
        short = "週" if language == "zh-tw" else "周"
        return f"{short if size == 3 else '星期'}{name}"
    return name if size == 3 else name + {"ja": "曜日", "ko": "요일"}[language]
