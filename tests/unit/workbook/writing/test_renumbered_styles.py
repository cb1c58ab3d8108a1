"""Our columns are known although openpyxl has numbered the styles of a LibreOffice workbook anew."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import openpyxl
import pytest

from chaindesk.workbook import ColumnWrite, open_manifest, write_columns


@pytest.fixture
def completed(tmp_path: Path) -> Path:
    book = openpyxl.Workbook()
    for row in (["Topic"], ["bees"]):
        book.active.append(row)
    book.save(tmp_path / "jobs.xlsx")
    target = tmp_path / "jobs.completed.xlsx"
    write_columns(tmp_path / "jobs.xlsx", target, ColumnWrite("Sheet", 1, ["Draft"], {2: ["text"]}))
    return target


def with_styles(path: Path, change: str, into: str) -> Path:
    """A copy with a changed styles part."""
    changed = path.with_name("changed.xlsx")
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(changed, "w") as copy:
        for name in source.namelist():
            data = source.read(name)
            if name == "xl/styles.xml":
                text, count = re.subn(change, into, data.decode())
                assert count
                data = text.encode()
            copy.writestr(name, data)
    return changed


def ours(path: Path) -> list[str]:
    return [column.header for column in open_manifest(path).columns if column.ours]


def test_a_format_whose_style_was_numbered_anew_is_known(completed: Path) -> None:
    assert ours(completed) == ["Draft"]
    lost = with_styles(completed, r'xfId="1"(?=.*</cellXfs>)', 'xfId="20"')
    assert ours(lost) == ["Draft"]


def test_where_another_style_may_be_meant_nothing_is_guessed(completed: Path) -> None:
    lost = with_styles(completed, r'xfId="1"(?=.*</cellXfs>)', 'xfId="20"')
    doubtful = with_styles(
        lost.rename(lost.with_name("lost.xlsx")), "</cellStyles>", '<cellStyle name="Mine" xfId="0"/></cellStyles>'
    )
    assert ours(doubtful) == []
