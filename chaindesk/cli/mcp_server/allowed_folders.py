"""Which files an agent may name: those in the folders that the user allowed, links followed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from chaindesk.domain.errors import UsageError


class AllowedFolders:
    """The folders that the user named with ``--folder``."""

    def __init__(self, folders: Sequence[Path]) -> None:
        """Allow these folders and all that is in them.

        Raises:
            UsageError: one of them is no folder.
        """
        for folder in folders:
            if not folder.is_dir():
                raise UsageError(f"There is no folder {folder}.")
        self._folders = tuple(folder.resolve() for folder in folders)

    def path(self, name: str) -> Path:
        """Return the absolute path of a file, without links; a relative name is one in the first folder.

        Raises:
            UsageError: it is in none of the folders.
        """
        try:
            found = (self._folders[0] / name).resolve() if name.strip() else None
        except (OSError, ValueError):  # such as a circle of links, or a null character
            found = None
        if found is None or not any(found.is_relative_to(folder) for folder in self._folders):
            raise UsageError(f'"{name[:200]}" is in none of the folders that chaindesk mcp was started for.')
        return found

    def file(self, name: str) -> Path:
        """Return the path of a file that is there.

        Raises:
            UsageError: it is in none of the folders, or there is no such file.
        """
        found = self.path(name)
        if not found.is_file():
            raise UsageError(f'There is no file "{name[:200]}".')
        return found
