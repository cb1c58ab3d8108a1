"""Any text comes back from a cell as it went in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest
import python_calamine
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chaindesk.workbook import ColumnWrite, open_manifest, write_columns

TRICKY = [
    "=1+1", "+1", "-1", "@SUM(A1)", "'quoted", " leading", "trailing ", "\ttab", "line\nbreak", "a\r\nb\rc", "_x0041_",
    "_x005F_x0041_", "__x000D_", "_x00zz_", "\x00\x01\x0b\x1f", "<b>&amp;\"'", "]]>",
    "\u00e9\u0301", "\U0001f468\u200d\U0001f469",
    "\u200b", "\ufeff", "\x7f\x80\x9f\u2028", "0123", "1e5", "TRUE", "#N/A",
]  # fmt: skip


@pytest.fixture(scope="module")
def source(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("texts") / "jobs.xlsx"
    workbook = xlsxwriter.Workbook(path)
    sheet = workbook.add_worksheet("Jobs")
    sheet.write(0, 0, "Topic")
    for row in range(1, 60):
        sheet.write(row, 0, f"topic {row}")
    workbook.close()
    return path


def read_back(source: Path, texts: list[str]) -> tuple[list[str], list[Any], list[Any]]:
    target = source.with_name("out.xlsx")
    rows = {number: [text] for number, text in enumerate(texts, 2)}
    write_columns(source, target, ColumnWrite("Jobs", 1, ["Text"], rows))
    ours = [row.values["Text"] for row in open_manifest(target).rows][: len(texts)]
    grid = python_calamine.CalamineWorkbook.from_path(target).get_sheet_by_name("Jobs").to_python()
    theirs = [row[1] for row in grid][1 : len(texts) + 1]
    sheet = openpyxl.load_workbook(target)["Jobs"]
    raw = [sheet.cell(number, 2).value or "" for number in rows]
    return ours, theirs, raw


def kept(text: str) -> str:
    """What a cell can hold of a text."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(
        "\ufffd" if "\ud800" <= letter <= "\udfff" or letter in "\ufffe\uffff" else letter for letter in text
    )


def test_tricky_texts_come_back_the_same(source):
    ours, theirs, _ = read_back(source, TRICKY)
    assert ours == theirs == [kept(text) for text in TRICKY]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.text(st.characters(), max_size=40) | st.sampled_from(TRICKY), min_size=1, max_size=40))
def test_any_text_comes_back_the_same(source, texts):
    ours, theirs, raw = read_back(source, texts)
    assert ours == theirs == [kept(text) for text in texts]
    plain = [text for text in texts if "_x" not in text and kept(text) == text and not any(c < " " for c in text)]
    assert [text for text in raw if text in plain] == [text for text in plain if text in raw]
    assert set(plain) <= set(raw)
