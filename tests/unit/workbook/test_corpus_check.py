"""The check that exports a folder of workbooks and compares."""

from __future__ import annotations

import importlib
import os
import select
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.workbooks import WorkbookMaker, worksheet

PACKAGING = Path(__file__).resolve().parents[3] / "packaging"


def test_the_corpus_check_tells_what_openpyxl_sees_otherwise(books: WorkbookMaker, tmp_path):
    books.rich()
    books.by_hand(worksheet('<row r="1"><c r="A1" t="inlineStr"><is><t>a_x000B_b</t></is></c></row>'))
    command = [sys.executable, str(PACKAGING / "corpus.py"), str(tmp_path), "--openpyxl"]
    said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stdout
    assert "2 workbooks: 2 whole" in said
    assert "1  agrees" in said
    assert "'a\\x0bb' is 'a_x000B_b' to openpyxl" in said


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="waits for a process that is not its own child")
def test_a_libreoffice_that_hangs_is_ended_with_all_it_started(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(PACKAGING)
    other_programs = importlib.import_module("other_programs")
    monkeypatch.setattr(other_programs, "_SECONDS", 2)
    program = tmp_path / "soffice"
    program.write_text(f"#!/bin/sh\nsleep 300 &\necho $! > {tmp_path}/child\nwait\n")
    program.chmod(0o755)
    assert not other_programs.LibreOffice(str(program), tmp_path).opens(tmp_path / "a.xlsx")
    assert has_ended(int((tmp_path / "child").read_text()))


def has_ended(process: int) -> bool:
    """Whether a process ends within a minute, by itself or since it was told to."""
    try:
        handle = os.pidfd_open(process)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([handle], [], [], 60)[0])
    finally:
        os.close(handle)
