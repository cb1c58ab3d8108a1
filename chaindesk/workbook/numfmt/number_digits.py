"""The digit placeholders of number formats: ``0``, ``#``, ``?``, thousands, percent, scaling, exponents, fractions."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

_PLACEHOLDERS = frozenset("0#?")
_GENERAL_WIDTH = 11  # characters that General shows of a number


@dataclass(frozen=True, slots=True)
class Digits:
    """A section of a number format, taken apart.

    Attributes:
        whole: the tokens left of the point.
        decimals: the tokens right of it, or None where there is no point.
        exponent: the tokens after ``E+``, or None.
        exponent_sign: whether a positive exponent shows its sign.
        tail: the tokens after the last placeholder.
        thousands: whether digits are grouped.
        scale: the power of ten that the value is multiplied by (percent adds 2, a trailing comma takes 3 away).
        denominator: the tokens after ``/`` where it is a fraction, or None.
    """

    whole: tuple[str, ...]
    decimals: tuple[str, ...] | None
    exponent: tuple[str, ...] | None
    exponent_sign: bool
    tail: tuple[str, ...]
    thousands: bool
    scale: int
    denominator: tuple[str, ...] | None

    @classmethod
    def of(cls, tokens: Sequence[str]) -> Digits:
        """Take a section's tokens apart."""
        last = max(index for index, mark in enumerate(tokens) if mark in _PLACEHOLDERS)
        head, tail = list(tokens[: last + 1]), list(tokens[last + 1 :])
        scale = 2 * sum(mark == "%" for mark in tokens)
        while tail and tail[0] == ",":
            scale -= 3
            del tail[0]
        head, exponent, shown = _split_exponent(head)
        denominator = None
        if "/" in head and exponent is None:
            index = head.index("/")
            denominator, head = tuple(head[index + 1 :]), head[:index]
        decimals = None
        if "." in head:
            index = head.index(".")
            decimals, head = tuple(mark for mark in head[index + 1 :] if mark != ","), head[:index]
            while head and head[-1] == ",":
                scale -= 3
                del head[-1]
        whole = tuple(mark for mark in head if mark != ",")
        return cls(whole, decimals, exponent, shown, tuple(tail), "," in head, scale, denominator)


def _split_exponent(head: list[str]) -> tuple[list[str], tuple[str, ...] | None, bool]:
    for index, mark in enumerate(head):
        if mark[0] in "Ee" and len(mark) == 2:
            return head[:index], tuple(head[index + 1 :]), mark[1] == "+"
    return head, None, False


def number_text(digits: Digits, value: float) -> str:
    """The value in this format."""
    if not math.isfinite(value):
        return str(value)
    exact = Decimal(repr(abs(value))).scaleb(digits.scale)
    if digits.denominator is not None:
        body = _fraction(digits, exact)
    elif digits.exponent is not None:
        body = _scientific(digits, exact)
    else:
        body = _fixed(digits, exact)
    sign = "-" if value < 0 else ""
    return (sign + body + "".join(map(_shown, digits.tail))).strip()


def _fixed(digits: Digits, exact: Decimal) -> str:
    places = sum(mark in _PLACEHOLDERS for mark in digits.decimals or ())
    rounded = _rounded(exact, places)
    whole, _, decimals = f"{rounded:f}".partition(".")
    text = _whole(digits.whole, whole.lstrip("0"), thousands=digits.thousands)
    return text if digits.decimals is None else f"{text}.{_decimals(digits.decimals, decimals)}"


def _scientific(digits: Digits, exact: Decimal) -> str:
    lead = max(sum(mark in _PLACEHOLDERS for mark in digits.whole), 1)
    places = sum(mark in _PLACEHOLDERS for mark in digits.decimals or ())
    power = exact.adjusted() if exact else 0
    power = power - power % lead if lead > 1 else power
    mantissa = _rounded(exact.scaleb(-power), places)
    if mantissa >= Decimal(10) ** lead:
        power += lead
        mantissa = _rounded(exact.scaleb(-power), places)
    whole, _, decimals = f"{mantissa:f}".partition(".")
    text = _whole(digits.whole, whole.lstrip("0"), thousands=False)
    if digits.decimals is not None:
        text += "." + _decimals(digits.decimals, decimals)
    sign = "-" if power < 0 else "+" if digits.exponent_sign else ""
    return f"{text}E{sign}{_whole(digits.exponent or (), str(abs(power)), thousands=False)}"


def _fraction(digits: Digits, exact: Decimal) -> str:
    below = "".join(mark for mark in digits.denominator or () if mark.isdigit() or mark in _PLACEHOLDERS)
    spaces = [index for index, mark in enumerate(digits.whole) if mark == " "]
    mixed = bool(spaces)
    whole = int(exact) if mixed else 0
    rest = Fraction(exact) - whole
    if below.isdigit() and int(below):
        part = Fraction(round(rest * int(below)), 1)
        above, under = int(part), int(below)
    else:
        near = rest.limit_denominator(10 ** max(len(below), 1) - 1)
        above, under = near.numerator, near.denominator
    if mixed and above == under:
        whole, above = whole + 1, 0
    if mixed and not above:
        return str(whole)
    return f"{whole} {above}/{under}" if mixed and whole else f"{above}/{under}"


def _rounded(exact: Decimal, places: int) -> Decimal:
    if exact.adjusted() + places > 24:
        return exact
    return exact.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def _whole(tokens: Sequence[str], text: str, *, thousands: bool) -> str:
    """Digits put into their places from the right; the leftmost one shows all that are left."""
    shown: list[str] = []
    left = sum(mark in _PLACEHOLDERS for mark in tokens)
    placed = 0
    for mark in reversed(tokens):
        if mark not in _PLACEHOLDERS:
            shown.append(_shown(mark))
            continue
        left -= 1
        for digit in reversed(text) if left == 0 else text[-1:] or ("0" if mark == "0" else ""):
            shown.append(f"{digit}," if thousands and placed and placed % 3 == 0 else digit)
            placed += 1
        if left == 0 and not text and mark == "0":
            shown.append("0," if thousands and placed and placed % 3 == 0 else "0")
        text = text[:-1]
    return "".join(reversed(shown))


def _decimals(tokens: Sequence[str], text: str) -> str:
    places = [index for index, mark in enumerate(tokens) if mark in _PLACEHOLDERS]
    needed = len(places)
    while needed and tokens[places[needed - 1]] != "0" and text[needed - 1 : needed] in {"0", ""}:
        needed -= 1
    digits = iter(text[:needed])
    return "".join(next(digits, "") if mark in _PLACEHOLDERS else _shown(mark) for mark in tokens)


def _shown(mark: str) -> str:
    if mark.startswith('"'):
        return mark.strip('"')
    if mark.startswith("\\"):
        return mark[1:]
    return "" if mark[0] in "_*" and len(mark) > 1 else mark


def general(value: float) -> str:
    """A number in the General format: at most eleven characters, but never an integer cut short.

    Excel shows 4006381333931 as 4.00638E+12 in the cell and whole in its formula bar; a job needs the whole number.
    """
    if not math.isfinite(value):
        return str(value)
    if value == int(value) and abs(value) < 1e15:
        return str(int(value))
    size = abs(value)
    if 1e-4 <= size < 1e11:
        whole = len(str(int(size)))
        text = f"{value:.{max(_GENERAL_WIDTH - 1 - whole, 0)}f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    fixed = f"{value:.9f}".rstrip("0")
    if size < 1 and float(fixed) == value:
        return fixed
    mantissa, _, exponent = f"{value:.5E}".partition("E")
    return f"{mantissa.rstrip('0').rstrip('.')}E{exponent}"
