"""Excel's number formats."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaindesk.workbook.numfmt.calendars import is_approximate
from chaindesk.workbook.numfmt.number_digits import general
from chaindesk.workbook.numfmt.number_format import builtin_code, compiled


@pytest.mark.parametrize(
    ("code", "value", "shown"),
    [
        ("0.00", 1.005, "1.01"),
        ("#,##0", 1234567.4, "1,234,567"),
        ("#,##0", 0, "0"),
        ("0%", 0.256, "26%"),
        ("#,##0.00 [$€-407]", 1234.5, "1,234.50 €"),
        ('_($* #,##0.00_);_($* (#,##0.00);_($* "-"??_);_(@_)', -12.5, "$(12.50)"),
        ('_($* #,##0.00_);_($* (#,##0.00);_($* "-"??_);_(@_)', 0, "$-"),
        ("0.00E+00", 12345.678, "1.23E+04"),
        ("##0.0E+0", 12345, "12.3E+3"),
        ("# ?/?", 1.25, "1 1/4"),
        ("000-00-0000", 123456789, "123-45-6789"),
        ("00000", 42, "00042"),
        ('0.0,,"M"', 1234567, "1.2M"),
        ("[<100]0;[>=100]0.0", 150, "150.0"),
        ("[Red]-0;[Blue]0", -3, "3"),
        ("dd.mm.yyyy", 45000.5, "15.03.2023"),
        ("mmmm d, yyyy", 45000, "March 15, 2023"),
        ("ddd d mmm yy", 45000, "Wed 15 Mar 23"),
        ("h:mm AM/PM", 0.75, "6:00 PM"),
        ("h:mm AM/PM", 0.0, "12:00 AM"),
        ("[h]:mm:ss", 1.5, "36:00:00"),
        ("[mm]:ss", 1 / 24, "60:00"),
        ("mm:ss.0", 0.5001, "00:08.6"),
        ("hh:mm:ss", 0.999999, "00:00:00"),
        ("[$-F800]dddd, mmmm dd, yyyy", 45000, "2023-03-15"),
        (builtin_code(14), 45000, "2023-03-15"),
        (builtin_code(22), 45000.5, "2023-03-15 12:00"),
        (builtin_code(31), 45000, "2023-03-15"),
        ("General", 1e11, "100000000000"),
        ("yyyy-mm-dd", -1, "-1"),
        ("@", 12.5, "12.5"),
        ('"ID "General', 7, "ID 7"),
    ],
)
def test_numbers_look_as_in_excel(code, value, shown):
    assert compiled(code, date1904=False)(value) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.1 + 0.2, "0.3"),
        (3.14159265358979, "3.141592654"),
        (4006381333931.0, "4006381333931"),
        (1e-5, "0.00001"),
        (1.2345678e-5, "1.23457E-05"),
        (123456789012.5, "1.23457E+11"),
        (-0.5, "-0.5"),
        (1234.56789012, "1234.56789"),
        (1e20, "1E+20"),
    ],
)
def test_general_shows_eleven_characters(value, shown):
    assert general(value) == shown


@given(st.text(alphabet='0#?.,%E+-;:/\\"[]$@_*ymdhsAMP GenralRd€x<>=1', max_size=20), st.floats(allow_nan=False))
def test_no_format_however_odd_fails(code, value):
    assert isinstance(compiled(code, date1904=False)(value), str)


@given(st.integers(-(10**14), 10**14))
def test_integers_are_never_cut_short(number):
    assert general(float(number)) == str(number)


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ('ggge"年"m"月"d"日"', "令和6年1月5日"),
        ("[$-411]ge.m.d", "R6.1.5"),
        ("[$-404]e/m/d", "113/1/5"),
        ('[$-404]ggge"年"m"月"d"日";@', "中華民國113年1月5日"),
        ("[$-404]aaa", "週五"),
        ("[$-804]aaa", "周五"),
        ("[$-412]h:mm AM/PM", "6:00 오후"),
        ("[$-411]AM/PM h:mm", "午後 6:00"),
        ("[$-404]AM/PM", "下午"),
        ("[$-409]AM/PM", "PM"),
        ("e/m/d", "2024/1/5"),
        ("[$-411]aaaa", "金曜日"),
        ("[$-804]aaaa", "星期五"),
        ("[$-412]dddd", "금요일"),
        ("d/m/bbbb", "5/1/2567"),
        ("[$-107041E]d/m/yyyy", "5/1/2567"),
        ('上午/下午h"时"mm"分"', "下午6时00分"),
        ("0.0E+00", "4.5E+04"),
        ('#,##0 "g"', "45,297 g"),
    ],
)
def test_east_asian_dates_are_those_that_a_person_sees(code, shown):
    assert compiled(code, date1904=False)(45_296.75) == shown


def test_the_first_year_of_an_era_has_a_word_where_the_format_says_so():
    assert compiled('[$-ja-JP-x-gannen]ggge"年"', date1904=False)(43_586) == "令和元年"
    assert compiled('[$-411]ggge"年"', date1904=False)(43_586) == "令和1年"


@pytest.mark.parametrize(
    ("number", "value", "shown"),
    [
        (32, 0.75, "18:00"),
        (33, 0.770_844_907_4, "18:30:01"),
        (27, 45_296.0, "2024-01-05"),
        (55, 45_296.0, "2024-01-05"),
        (55, 0.75, "18:00:00"),
        (56, 45_296.75, "2024-01-05 18:00"),
        (71, 45_296.0, "2024-01-05"),
        (67, 0.25, "25%"),
    ],
)
def test_built_in_formats_of_asia_are_dates_and_times(number, value, shown):
    assert compiled(builtin_code(number), date1904=False)(value) == shown


@pytest.mark.parametrize(
    "code",
    [
        "[$-407]d. mmmm yyyy",
        "B2yyyy/mm/dd",
        "[$-2060401]d/m/yyyy",
        "[DBNum1][$-804]yyyy",
        "[$-411]r.m.d",
        "rr-mm-dd",
        "[$-408]h:mm AM/PM",
    ],
)
def test_formats_that_are_not_shown_to_the_letter_are_known(code):
    assert is_approximate(code)


@pytest.mark.parametrize(
    "code",
    ["[$-409]d mmmm yyyy", "[Red]0.00", "General", 'd "r" m', "0\\r", "[$-407]hh:mm", "h:mm AM/PM", '[$-407]0 "mmm"'],
)
def test_formats_that_are_shown_to_the_letter_have_no_notice(code):
    assert not is_approximate(code)
