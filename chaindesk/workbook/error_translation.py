"""The one place where what goes wrong inside becomes an error that the user can read."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from chaindesk.domain.errors import ChainDeskError, WorkbookError


@contextlib.contextmanager
def readable_errors(path: Path) -> Iterator[None]:
    """Let only the project's own errors out of the block.

    A damaged file can make any library raise anything; to the user all of it means one thing.
    """
    try:
        yield
    except ChainDeskError:
        raise
    except FileNotFoundError as exc:
        raise WorkbookError(f'There is no file "{path}". Check its name and folder.') from exc
    except IsADirectoryError as exc:
        raise WorkbookError(f'"{path}" is a folder, not a workbook.') from exc
    except PermissionError as exc:
        raise WorkbookError(f'"{path}" may not be read. Close it in other programs, or check its permissions.') from exc
    except OSError as exc:
        raise WorkbookError(f'"{path}" could not be read: {exc.strerror or exc}.') from exc
    except MemoryError as exc:
        raise WorkbookError(f'"{path.name}" is too large for this machine\'s memory.') from exc
    except Exception as exc:
        raise WorkbookError(
            f'"{path.name}" could not be read, it seems to be damaged ({type(exc).__name__}). '
            "Open it in Excel, let it repair the file and save it."
        ) from exc
