"""Names of the files that stand beside a workbook, and the mark of a cell that holds just the beginning of a text."""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from chaindesk.domain.manifest import Manifest
from chaindesk.domain.names import readable_name

_COMPLETED = ".completed"
_MACROS = frozenset({".xlsm", ".xltm"})
_CUT = re.compile(r"\[… cut here: the whole text of [\d,]+ characters is in the file .+\]\Z")


def export_name(path: Path | str) -> Path:
    """Where the completed copy of a workbook goes: ``NAME.completed.xlsx`` beside it (.xlsm where it may hold macros).

    A workbook that is already such a copy keeps its name.
    """
    path = Path(path)
    ending = ".xlsm" if path.suffix.lower() in _MACROS else ".xlsx"
    stem = path.stem.removesuffix(_COMPLETED) if path.suffix else path.name
    return path.with_name(f"{stem}{_COMPLETED}{ending}")


def backup_names(path: Path) -> Iterator[Path]:
    """Where the copy may go that is made before a workbook is replaced: ``NAME.backup.xlsx``, ``NAME.backup 2.xlsx``
    and so on.
    """
    yield path.with_name(f"{path.stem}.backup{path.suffix}")
    yield from (path.with_name(f"{path.stem}.backup {number}{path.suffix}") for number in itertools.count(2))


def texts_folder(path: Path) -> Path:
    """The folder beside a workbook that holds the texts which are too long for a cell."""
    return path.with_name(f"{path.stem}.texts")


def text_file_names(row: int, header: str) -> Iterator[str]:
    """The names that such a text's file may have, the best first."""
    word = re.sub(r"[^\w.-]+", "-", header).strip("-.")[:60] or "text"
    yield f"{row}-{word}.txt"
    yield from (f"{row}-{word}-{number}.txt" for number in itertools.count(2))


def cut_mark(length: int, file: str) -> str:
    """What ends a cell that holds just the beginning of a text of ``length`` characters."""
    return f"\n\n[… cut here: the whole text of {length:,} characters is in the file {file}]"


def without_cut_mark(text: str) -> str | None:
    """What stands before the mark of a text that was too long for its cell; None where there is no mark."""
    match = _CUT.search(text)
    return text[: match.start()].removesuffix("\n\n") if match else None


def free_header(header: str, taken: Collection[str]) -> str:
    """The header, or ``Header (ChainDesk)``, ``Header (ChainDesk 2)`` and so on where it is taken.

    Args:
        header: as wanted.
        taken: the other headers of the sheet, folded by ``folded_header``.
    """
    return next(name for name in _variants(header) if folded_header(name) not in taken)


def folded_header(header: str) -> str:
    """A header as headers are compared: one line, in one case."""
    return readable_name(header).casefold()


def continued_columns(manifest: Manifest, headers: Iterable[str]) -> dict[str, int]:
    """The columns of earlier ChainDesk runs that belong to these headers: what ``write_columns`` takes as ``into``."""
    ours = {folded_header(column.header): column.index for column in reversed(manifest.columns) if column.ours}
    found: dict[str, int] = {}
    for header in headers:
        known = (ours.get(folded_header(name)) for name in itertools.islice(_variants(header), 20))
        index = next((index for index in known if index is not None and index not in found.values()), None)
        if index is not None:
            found[header] = index
    return found


def _variants(header: str) -> Iterator[str]:
    yield header
    yield f"{header} (ChainDesk)"
    yield from (f"{header} (ChainDesk {number})" for number in itertools.count(2))
