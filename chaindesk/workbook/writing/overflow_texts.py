"""Keeps texts that are too long for a cell in files beside the workbook."""

from __future__ import annotations

import io
from pathlib import Path

from chaindesk.workbook.naming import text_file_names, texts_folder
from chaindesk.workbook.writing.backup import holds, save


class OverflowTexts:
    """The folder of one workbook's long texts.

    Attributes:
        folder: where they go; it is made when the first one comes.
    """

    def __init__(self, workbook: Path, like: Path, *, keep_others: bool) -> None:
        """Keep texts beside a workbook; those who may not read the file ``like`` may not read them either."""
        self.folder = texts_folder(workbook)
        self._like = like
        self._keep_others = keep_others
        self._used: set[str] = set()

    def keep(self, row: int, header: str, text: str) -> str:
        """Store a text, and return its file's name as the cell shows it.

        Where others are kept, a file of that name with another text in it stays, and the text gets the next name.

        Raises:
            SaveError: it cannot be written.
        """
        data = text.encode("utf-8", "replace")
        name = next(name for name in text_file_names(row, header) if self._is_free(name, data))
        self._used.add(name.casefold())
        save(self.folder / name, lambda file: file.write(data), like=self._like, make_folder=True)
        return f"{self.folder.name}/{name}"

    def _is_free(self, name: str, data: bytes) -> bool:
        path = self.folder / name
        if name.casefold() in self._used:
            return False
        return not self._keep_others or not path.exists() or holds(path, io.BytesIO(data))
