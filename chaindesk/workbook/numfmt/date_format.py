"""Dates, times and durations as number formats show them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from chaindesk.workbook.numfmt.calendars import HALF_DAYS, Region, calendar_year, era_name, half_day_name, weekday_name

_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
           "November", "December")  # fmt: skip
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_EPOCH_1900 = datetime(1899, 12, 30)
_EPOCH_1904 = datetime(1904, 1, 1)
_NO_REGION = Region()
_LAST_SERIAL = 2_958_466  # 31 December 9999, and a day


def moment(serial: float, *, date1904: bool, digits: int = 0) -> datetime | None:
    """The date and time that a serial number stands for, rounded to a second or a part of it; None out of range.

    In the 1900 system days before March 1900 are counted with a 29 February that never was.
    """
    if not 0 <= serial < _LAST_SERIAL:
        return None
    if not date1904 and serial < 60:
        serial += 1
    try:
        seconds = round(serial * 86_400, digits)
        return (_EPOCH_1904 if date1904 else _EPOCH_1900) + timedelta(seconds=seconds)
    except OverflowError:
        return None


def date_text(tokens: Sequence[str], serial: float, *, date1904: bool, region: Region = _NO_REGION) -> str | None:
    """The serial number in a date format, or None where it is no date."""
    digits = _second_digits(tokens)
    when = moment(serial, date1904=date1904, digits=digits)
    if when is None:
        return None
    half_day = any(mark.lower() in HALF_DAYS for mark in tokens)
    seconds = round(serial * 86_400, digits)
    shown: list[str] = []
    index = 0
    while index < len(tokens):
        mark = tokens[index]
        lowered = mark.lower()
        if lowered[0] == "." and digits and shown and _is_seconds(tokens, index):
            shown.append("." + f"{when.microsecond:06d}"[:digits])
            index += digits
        elif lowered[0] == "[":
            shown.append(_elapsed(lowered, seconds))
        elif lowered in HALF_DAYS:
            shown.append(half_day_name(when, lowered, region.language))
        elif (eastern := _eastern_part(when, lowered, tokens, region)) is not None:
            shown.append(eastern)
        elif lowered[0] == "m":
            shown.append(_minute(when, lowered) if _is_minute(tokens, index) else _month(when, lowered))
        elif lowered[0] in "ydhs":
            shown.append(_part(when, lowered, half_day=half_day))
        else:
            shown.append(_literal(mark))
        index += 1
    return "".join(shown).strip()


def _eastern_part(when: datetime, mark: str, tokens: Sequence[str], region: Region) -> str | None:
    """An era, a year of another calendar, or a weekday or month in an East Asian language; None for other marks."""
    size = len(mark)
    match mark[0]:
        case "g":
            return era_name(when, min(size, 3), region.calendar)
        case "e":
            has_era = any(token[0] in "gG" for token in tokens)
            calendar = region.calendar or ("japanese" if has_era else "")
            year = calendar_year(when, calendar, first_as_word=region.first_year_as_word)
            return year.rjust(size, "0") if size > 1 else year
        case "b":
            year = calendar_year(when, "buddhist")
            return year[-2:] if size <= 2 else year
        case "y" if region.calendar in {"buddhist", "korean"}:
            year = calendar_year(when, region.calendar)
            return year[-2:] if size <= 2 else year
        case "a" if size >= 3:
            return (
                weekday_name(when, size, region.weekday_language or "ja")
                or _DAYS[when.weekday()][: 3 if size == 3 else 9]
            )
        case "d" if size >= 3:
            return weekday_name(when, size, region.weekday_language)
        case "m" if size >= 3 and region.language in {"ja", "zh", "ko"}:
            return f"{when.month}{'월' if region.language == 'ko' else '月'}"
    return None


def _second_digits(tokens: Sequence[str]) -> int:
    for index, mark in enumerate(tokens):
        if mark == "." and _is_seconds(tokens, index):
            digits = 0
            while index + 1 + digits < len(tokens) and tokens[index + 1 + digits] == "0":
                digits += 1
            return min(digits, 6)
    return 0


def _is_seconds(tokens: Sequence[str], index: int) -> bool:
    """Return whether the point at ``index`` stands behind seconds."""
    return index > 0 and tokens[index - 1].lower().strip("[]").startswith("s")


def _is_minute(tokens: Sequence[str], index: int) -> bool:
    """Return whether an ``m`` means minutes: hours stand before it, or seconds behind."""
    if len(tokens[index]) > 2:
        return False
    before = next((mark for mark in reversed(tokens[:index]) if _is_part(mark)), "").lower().strip("[]")
    behind = next((mark for mark in tokens[index + 1 :] if _is_part(mark)), "").lower().strip("[]")
    return before.startswith("h") or behind.startswith("s")


def _is_part(mark: str) -> bool:
    return mark.lower().strip("[]")[:1] in set("ymdhsgeb")


def _elapsed(mark: str, seconds: float) -> str:
    unit = mark.strip("[]")
    count = int(seconds // {"h": 3600, "m": 60, "s": 1}.get(unit[:1], 1))
    return f"{count:0{len(unit)}d}"


def _minute(when: datetime, mark: str) -> str:
    return f"{when.minute:0{len(mark)}d}"


def _month(when: datetime, mark: str) -> str:
    if len(mark) <= 2:
        return f"{when.month:0{len(mark)}d}"
    name = _MONTHS[when.month - 1]
    return name[:3] if len(mark) == 3 else name[:1] if len(mark) == 5 else name


def _part(when: datetime, mark: str, *, half_day: bool) -> str:
    size = len(mark)
    match mark[0]:
        case "y":
            return f"{when.year % 100:02d}" if size <= 2 else f"{when.year:04d}"
        case "d":
            if size <= 2:
                return f"{when.day:0{size}d}"
            name = _DAYS[when.weekday()]
            return name[:3] if size == 3 else name
        case "h":
            hour = (when.hour - 1) % 12 + 1 if half_day else when.hour
            return f"{hour:0{min(size, 2)}d}"
        case _:
            return f"{when.second:0{min(size, 2)}d}"


def _literal(mark: str) -> str:
    if mark.startswith('"'):
        return mark.strip('"')
    if mark.startswith("\\"):
        return mark[1:]
    return "" if mark[0] in "_*" and len(mark) > 1 else mark
