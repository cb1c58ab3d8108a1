"""Brings ``resources/translations`` up to the window's texts: ``translate.py``.

It finds the texts with ``pyside6-lupdate``, keeps what is translated, packs it with ``pyside6-lrelease``, and prints
what is still to be translated. ``pyside6-linguist FILE`` is the editor for it.
"""

from __future__ import annotations

import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "resources" / "translations"
LANGUAGES = ("de",)


def main() -> int:
    """Update and pack each language."""
    for language in LANGUAGES:
        texts = FOLDER / f"chaindesk_{language}.ts"
        update(texts, language)
        call("lrelease", "-silent", texts, "-qm", texts.with_suffix(".qm"))
        open_ = untranslated(texts)
        print(f"{texts.name}: {len(open_)} texts are not translated")
        for text in open_:
            print(f"  {text!r}")
    return 0


def update(texts: Path, language: str) -> None:
    """Write the window's texts of now into a translation; what is no longer there is dropped."""
    sources = sorted((ROOT / "chaindesk" / "desktop").rglob("*.py"))
    options = (
        "-silent",
        "-no-obsolete",
        "-sort-messages",
        "-locations",
        "none",
        "-disable-heuristic",
        "similartext",
        "-target-language",
        language,
    )
    call("lupdate", *options, "-tr-function-alias", "QT_TR_NOOP+=tr_noop", *sources, "-ts", texts)


def untranslated(texts: Path) -> list[str]:
    """Return the texts of a translation file that are not translated."""
    messages = ET.parse(texts).iter("message")  # noqa: S314 - our own file
    return [
        message.findtext("source") or ""
        for message in messages
        if not (message.findtext("translation") or "") or message.find("translation[@type='unfinished']") is not None
    ]


def call(tool: str, *arguments: object) -> None:
    """Run one of Qt's tools with this Python's Qt."""
    code = f"from PySide6.scripts.pyside_tool import {tool}; {tool}()"
    subprocess.run([sys.executable, "-c", code, *map(str, arguments)], check=True)


if __name__ == "__main__":
    raise SystemExit(main())
