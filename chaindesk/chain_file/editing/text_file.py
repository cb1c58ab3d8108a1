"""A chain file's text on the disk: its line ends and its byte order mark are kept."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

_BOM = "\ufeff"


@dataclass(frozen=True, slots=True)
class FileForm:
    """How a text stands in its file: what ends its lines, and whether a byte order mark is before it."""

    newline: str = "\n"
    marked: bool = False


def read_text(path: Path) -> tuple[str, FileForm]:
    """Return a file's text, its lines ended by ``\\n``, and how it stands in the file.

    Raises:
        OSError: it cannot be read.
        UnicodeDecodeError: it is not UTF-8.
    """
    text = path.read_bytes().decode("utf-8")
    form = FileForm("\r\n" if "\r\n" in text else "\n", text.startswith(_BOM))
    return text.removeprefix(_BOM).replace("\r\n", "\n"), form


def write_text(path: Path, text: str, form: FileForm) -> None:
    """Write a text as it stood in its file.

    Raises:
        OSError: the disk refuses.
    """
    mark = _BOM if form.marked else ""
    path.write_bytes((mark + text.replace("\n", form.newline)).encode("utf-8"))
