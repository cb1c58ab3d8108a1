"""Keeps texts that are too long for a cell in files beside the workbook."""

from __future__ import annotations

from pathlib import Path

from chaindesk.workbook.names import text_file_name, texts_folder
from chaindesk.workbook.saving import save


class LongTexts:
    """The folder of one workbook's long texts.

    Attributes:
        folder: where they go; it is made when the first one comes.
    """

    def __init__(self, workbook: Path) -> None:
        self.folder = texts_folder(workbook)
        self._taken: set[str] = set()

    def keep(self, row: int, header: str, text: str) -> str:
        """Store a text, and give its file's name as the cell shows it.

        Raises:
            SaveError: it cannot be written.
        """
        name = text_file_name(row, header)
        number = 2
        while name.casefold() in self._taken:
            name = f"{Path(text_file_name(row, header)).stem}-{number}.txt"
            number += 1
        self._taken.add(name.casefold())
        data = text.encode("utf-8", "replace")
        save(self.folder / name, lambda file: file.write(data), make_folder=True)
        return f"{self.folder.name}/{name}"
