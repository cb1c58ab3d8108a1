"""Texts that are marked for translation: the standard tools find each of them, and it comes back translated."""

from __future__ import annotations

import ast
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QTranslator

import chaindesk.desktop
from chaindesk.desktop.ui.translation import tr, tr_count, tr_noop

DESKTOP = Path(chaindesk.desktop.__file__).parent
ALIASES = "QT_TR_NOOP+=tr_noop"


def qt_tool(name: str, *arguments: Path | str) -> None:
    """Run ``pyside6-lupdate`` or ``pyside6-lrelease``, wherever this Python's scripts lie."""
    call = f"from PySide6.scripts.pyside_tool import {name}; {name}()"
    subprocess.run([sys.executable, "-c", call, *map(str, arguments)], check=True, capture_output=True)


def extracted(files: list[Path], target: Path) -> set[str]:
    qt_tool("lupdate", "-silent", "-tr-function-alias", ALIASES, *files, "-ts", target)
    return {source.text or "" for source in ET.parse(target).iter("source")}  # noqa: S314


def marked(path: Path) -> Iterator[tuple[str, ast.expr]]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"tr", "tr_noop"}:
            yield f"{path.name}:{node.lineno}", node.args[0]


def test_every_marked_text_of_the_window_is_found_by_the_standard_tool(tmp_path: Path) -> None:
    files = sorted(DESKTOP.rglob("*.py"))
    found = extracted(files, tmp_path / "all.ts")
    missed = [
        where
        for path in files
        for where, text in marked(path)
        if isinstance(text, ast.JoinedStr) or (isinstance(text, ast.Constant) and text.value not in found)
    ]
    assert not missed


def test_a_marked_text_in_a_function_a_class_and_a_table_is_found(tmp_path: Path) -> None:
    source = tmp_path / "some.py"
    source.write_text(
        'TABLE = {1: tr_noop("In a table")}\n'
        'def build():\n    return tr("In a function")\n'
        'class Widget:\n    def words(self):\n        return tr("In two "\n                  "parts: {name}")\n',
        "utf-8",
    )
    assert extracted([source], tmp_path / "some.ts") == {"In a table", "In a function", "In two parts: {name}"}


def test_a_text_comes_back_in_the_language_that_is_installed(tmp_path: Path, qapp: QCoreApplication) -> None:
    ts = tmp_path / "de.ts"
    ts.write_text(
        '<?xml version="1.0" encoding="utf-8"?><!DOCTYPE TS><TS version="2.1" language="de"><context><name></name>'
        "<message><source>Open</source><translation>Öffnen</translation></message>"
        "<message><source>{n} rows</source><translation>{n} Zeilen</translation></message>"
        "</context></TS>",
        "utf-8",
    )
    qt_tool("lrelease", ts, "-qm", tmp_path / "de.qm")
    translator = QTranslator()
    assert translator.load(str(tmp_path / "de.qm"))
    qapp.installTranslator(translator)
    try:
        assert tr("Open") == "Öffnen"
        assert tr_count(1200, tr_noop("{n} row"), tr_noop("{n} rows")) == "1,200 Zeilen"
        assert tr("Not translated") == "Not translated"
        assert tr("") == ""  # Qt keeps the translation's own description under the empty text
    finally:
        qapp.removeTranslator(translator)
    assert tr("Open") == "Open"


@pytest.mark.parametrize(("number", "text"), [(1, "1 row"), (2, "2 rows"), (1200, "1,200 rows")])
def test_a_count_has_the_form_of_its_number(number: int, text: str) -> None:
    assert tr_count(number, tr_noop("{n} row"), tr_noop("{n} rows")) == text
