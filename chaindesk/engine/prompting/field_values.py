"""Reads a field's value in its type: what is written in another form but can mean one thing only is converted."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import date
from functools import lru_cache

from chaindesk.domain.chains.answer_fields import AnswerField, FieldType, FieldValue, field_text, folded_text
from chaindesk.domain.chains.template import nearest_name

_LARGEST = 1e300  # a workbook's numbers end at some 1e308
_NUMERAL = re.compile(r"[+-]?(0|[1-9][0-9]{0,18})(\.[0-9]{1,18})?")
_YEAR_FIRST = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?:[T ].*)?", re.ASCII)
_YEAR_LAST = re.compile(r"(\d{1,2})([-/.])\s?(\d{1,2})\2\s?(\d{4})", re.ASCII)
_NAMED_MONTH = re.compile(
    r"(?:(\d{1,2})(?:st|nd|rd|th)?\.?\s+)?([a-z]{3,9})\.?\s+(?:(\d{1,2})(?:st|nd|rd|th)?,?\s+)?(\d{4})"
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH_NAMES = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_TRUE_WORDS = "true yes y wahr ja oui vrai sí si sim verdadero verdadeiro vero tak ano da да はい 是 예 네 evet"
_FALSE_WORDS = "false no n falsch nein non faux não nao falso nee nej nei nie ne нет いいえ 否 不是 아니요 아니오 hayır"
_TRUE, _FALSE = frozenset(_TRUE_WORDS.split()), frozenset(_FALSE_WORDS.split())
_NULL_IS_BLANK = frozenset({FieldType.STRING, FieldType.INTEGER, FieldType.NUMBER, FieldType.BOOLEAN})
_MAX_SHOWN = 80  # characters of a wrong value, and of a list of allowed ones


class InvalidFields(Exception):
    """An answer does not fit its step's fields; the text says how, in words that help a model to do better."""


def read_value(value: object, field: AnswerField, name: str) -> FieldValue:
    """Return a field's value in its type; null is a blank cell, if not of a date, list or choice without ``?``.

    Raises:
        InvalidFields: it is none of that type.
    """
    if value is None or (field.nullable and isinstance(value, str) and not value.strip()):
        if field.nullable or field.type in _NULL_IS_BLANK:
            return None
        raise InvalidFields(f"{name} must not be empty: it must be {_wanted(field)}, not null")
    read: str | int | float | None
    match field.type:
        case FieldType.STRING:
            read = _string(value)
        case FieldType.BOOLEAN:
            read = _boolean(value, field)
        case FieldType.DATE:
            read = _date(value, name)
        case FieldType.LIST:
            return _list(value, field, name)
        case FieldType.CHOICE:
            return _choice(value, field, name)
        case FieldType.INTEGER | FieldType.NUMBER:
            read = _number(value, field.type)
    if read is None:
        raise InvalidFields(f"{name} must be {_wanted(field)}, not {_shown(value)}")
    return read


def read_cell(cell: str, field: AnswerField, name: str) -> FieldValue:
    """Return what a person wrote into a field's cell, in the field's type.

    Raises:
        InvalidFields: it is none of that type.
    """
    match field.type:
        case FieldType.LIST:
            mark = field.separator.strip() or field.separator
            items = [item.strip() for item in cell.replace("\n", mark).split(mark)]
            return read_value([item for item in items if item], field, name)
        case FieldType.INTEGER | FieldType.NUMBER:
            return read_value(cell.replace(",", ""), field, name)
        case _:
            return read_value(cell, field, name)


def cell_value(value: FieldValue, field: AnswerField) -> str | int | float | bool | date | None:
    """Return a field's value as its cell gets it: dates and numbers typed, a list as one text."""
    match field.type, value:
        case FieldType.DATE, str():
            return iso_date(value) or value
        case FieldType.BOOLEAN, bool() if field.words:
            return field_text(value, field)
        case _, tuple() | list():
            return field_text(value, field)
    assert not isinstance(value, tuple)  # noqa: S101 - for the type checker
    return value


def iso_date(text: str) -> date | None:
    """Return the date of a text that is one as YYYY-MM-DD, else None."""
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None


def read_date(text: str) -> date | None:
    """Return the date that a text means, or None where it is none or could be two: 03/04/2026."""
    text = text.strip()
    if found := _YEAR_FIRST.fullmatch(text):
        return _made(int(found[1]), int(found[3]), int(found[4]))
    if found := _YEAR_LAST.fullmatch(text):
        first, second, year = int(found[1]), int(found[3]), int(found[4])
        if found[2] == "." or first > 12 or first == second:
            return _made(year, second, first)
        return _made(year, first, second) if second > 12 else None
    found = _NAMED_MONTH.fullmatch(text.casefold())
    if found is None or (found[1] is None) == (found[3] is None):
        return None
    month = found[2]
    if month[:3] not in _MONTHS or not (month == "sept" or _MONTH_NAMES[_MONTHS.index(month[:3])].startswith(month)):
        return None
    return _made(int(found[4]), _MONTHS.index(month[:3]) + 1, int(found[1] or found[3]))


def _made(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _string(value: object) -> str | None:
    if isinstance(value, str):
        return value
    return (
        json.dumps(value) if isinstance(value, (int, float)) and not isinstance(value, bool) and _fits(value) else None
    )


def _boolean(value: object, field: AnswerField) -> bool | None:
    if isinstance(value, bool):
        return value
    if not isinstance(value, str):
        return None
    word = folded_text(value).rstrip(".!")
    if field.words and word in (own := [folded_text(one) for one in field.words]):
        return own.index(word) == 0
    return True if word in _TRUE else False if word in _FALSE else None


def _number(value: object, kind: FieldType) -> int | float | None:
    match value:
        case bool():
            return None
        case int() if _fits(value):
            return value
        case float() if _fits(value):
            if kind is FieldType.NUMBER:
                return value
            return int(value) if value.is_integer() else None
        case str() if _NUMERAL.fullmatch(value.strip()):
            return _number(json.loads(value.strip().removeprefix("+")), kind)
    return None


def _fits(number: float) -> bool:
    """Return whether a cell can hold the number."""
    return -_LARGEST < number < _LARGEST


def _date(value: object, name: str) -> str | None:
    if not isinstance(value, str):
        return None
    found = read_date(value)
    if found is None and _YEAR_LAST.fullmatch(value.strip()):
        raise InvalidFields(
            f"{name} must be a date as YYYY-MM-DD: which part of {_shown(value)} is the month is not clear"
        )
    return found.isoformat() if found is not None else None


def _list(value: object, field: AnswerField, name: str) -> tuple[str, ...]:
    if isinstance(value, str) and value.lstrip().startswith("["):
        value = _json_list(value)
    if not isinstance(value, (list, tuple)):
        raise InvalidFields(f"{name} must be {_wanted(field)}, not {_shown(value)}")
    items = []
    for item in value:
        text = _string(item)
        if text is None:
            raise InvalidFields(f"{name} must be {_wanted(field)}, and {_shown(item)} in it is no text")
        if text.strip():
            items.append(_allowed(text, field.values, f"each item of {name}") if field.values else text.strip())
    return tuple(items)


def _json_list(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _choice(value: object, field: AnswerField, name: str) -> str:
    text = str(value).lower() if isinstance(value, bool) else _string(value)
    if text is None:
        raise InvalidFields(f"{name} must be {_wanted(field)}, not {_shown(value)}")
    return _allowed(text, field.values, name)


def _allowed(text: str, values: Sequence[str], name: str) -> str:
    """Return the allowed value that a text is, whatever its case and spaces."""
    found = _by_folded(tuple(values)).get(folded_text(text))
    if found is not None:
        return found
    nearest = nearest_name(text, values)
    hint = f'; did you mean "{nearest}"?' if nearest else ""
    raise InvalidFields(f"{name} must be one of {_values(values)}, not {_shown(text)}{hint}")


@lru_cache(maxsize=256)
def _by_folded(values: tuple[str, ...]) -> dict[str, str]:
    return {folded_text(value): value for value in values}


def _wanted(field: AnswerField) -> str:
    match field.type:
        case FieldType.CHOICE:
            return f"one of {_values(field.values)}"
        case FieldType.LIST:
            return f"a list of {'texts' if not field.values else _values(field.values)}"
        case FieldType.DATE:
            return "a date as YYYY-MM-DD"
        case FieldType.BOOLEAN:
            return "a boolean (true or false)"
        case FieldType.INTEGER:
            return "an integer"
        case kind:
            return f"a {kind.value}"


def _values(values: Sequence[str]) -> str:
    said = ", ".join(values)
    return said if len(said) <= _MAX_SHOWN else said[: _MAX_SHOWN - 1].rpartition(",")[0] + ", …"


def _shown(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)[:_MAX_SHOWN]
