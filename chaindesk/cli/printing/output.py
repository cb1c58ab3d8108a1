"""Writes to the terminal: results on standard output, everything about them on standard error.

All output passes here, so that no text of a server, a cell or a model can command the terminal.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import sys

from chaindesk.cli.exit_status import Exit
from chaindesk.formatting import listed, row_ranges, visible

TYPE_CHECKING = False  # as typing's own, which --help would wait for
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path
    from typing import TextIO

    from _typeshed import DataclassInstance

    from chaindesk.domain.manifest import Manifest, Notice, SourceReading


_STANDARD = ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w"))
_DELIMITER_NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar", "": "nothing"}
_pipes: list[str] = []  # where a file goes to standard output: no line goes there with it
_lost: list[OSError] = []  # why standard output took no more, once for each process


def prepare_streams() -> None:
    """Make sure that the three standard streams are open, and that no character breaks the output.

    A stream that was closed (``>&-``) leads nowhere; else the next file that is opened would take its number, and
    whatever a library prints would be written into it.
    """
    for number, name, mode in _STANDARD:
        try:
            os.fstat(number)
        except OSError:
            opened = os.open(os.devnull, os.O_RDWR)
            if opened != number:
                os.dup2(opened, number)
                os.close(opened)
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(number, mode, encoding="utf-8", closefd=False))
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def say(text: str = "") -> None:
    """Print a line of a result on standard output. What a stream refuses is lost; ``finish_output`` tells of it."""
    if _pipes:
        note(text)
    else:
        _print(visible(text))


@contextlib.contextmanager
def lines_on_standard_error() -> Iterator[None]:
    """Print results on standard error while this is open, as standard output is a file's."""
    _pipes.append("file")
    try:
        yield
    finally:
        _pipes.pop()


def send_file(path: Path) -> None:
    """Write a file's bytes to standard output. What is not taken is lost; ``finish_output`` tells of it."""
    import shutil

    try:
        with path.open("rb") as file:
            shutil.copyfileobj(file, sys.stdout.buffer)
        sys.stdout.buffer.flush()
    except OSError as error:
        _lost.append(_FileLost(error.errno, error.strerror))
        _discard_output()


class _FileLost(OSError):
    """Standard output took only a part of a file, which nobody can use: a failure, also where the reader went."""


def finish_output(status: int) -> int:
    """Write what is still to be written, and return the process's exit status.

    Whoever has read enough and gone (``| head``) is no failure; a disk that took no more (``> FILE``) is one.
    """
    try:
        sys.stdout.flush()
    except OSError as error:
        _lost.append(error)
        _discard_output()
    failures = [error for error in _lost if not isinstance(error, BrokenPipeError)]
    _lost.clear()
    if not failures:
        return status
    note(f"Standard output could not be written: {failures[0].strerror}. Some lines are lost; nothing else is.")
    return status or Exit.NOT_SAVED


def note(text: str) -> None:
    """Print a line about the work on standard error. A closed stream is no reason to stop."""
    with contextlib.suppress(OSError, ValueError):
        _write(sys.stderr, visible(text) + "\n")


def say_json(line: DataclassInstance) -> bool:
    """Print a line of the JSON contract, flush it, and return whether anybody is still there to read it.

    Each class of lines is named in ``json_contract.registry``, by which it has its JSON Schema.
    """
    from chaindesk.json_contract.encoding import to_json

    return _print(to_json(line).replace("\x7f", "\\u007f"))  # the one control character that JSON leaves as it is


def _print(text: str) -> bool:
    try:
        _write(sys.stdout, text + "\n")
    except OSError as error:
        _lost.append(error)
        _discard_output()
        return not isinstance(error, BrokenPipeError)
    return True


def _discard_output() -> None:
    """Send the rest of standard output nowhere."""
    descriptor = os.open(os.devnull, os.O_WRONLY)
    os.dup2(descriptor, sys.stdout.fileno())
    os.close(descriptor)


def _write(stream: TextIO, text: str) -> None:
    stream.write(text)
    stream.flush()


def notice_line(notice: Notice) -> str:
    """Return a notice, with the rows that it is about if its message does not name them."""
    named = any(re.search(rf"\b{number}\b", notice.message) for number in notice.rows[:1])
    if named or not notice.rows:
        return f"Note: {notice.message}"
    which = "row" if len(notice.rows) == 1 else "rows"
    return f"Note: {notice.message} ({which} {row_ranges(notice.rows)})"


def reading_notices(manifest: Manifest) -> tuple[Notice, ...]:
    """Return how a text file was read where that was guessed, with its columns as a sample, and how to change it."""
    from chaindesk.domain.manifest import Notice

    source = manifest.source
    if source is None or not source.guessed:
        return ()
    columns = listed([column.name for column in manifest.columns], 5)
    how = f"{manifest.path.name} was read as {source_words(source)}. Its columns: {columns}."
    return (Notice(f"{how} If that is wrong, say --delimiter or --encoding."),)


def source_words(source: SourceReading) -> str:
    """Return how a text file was read, such as ``cp1252, semicolon between the cells (encoding guessed)``."""
    between = _DELIMITER_NAMES.get(source.delimiter, f'"{source.delimiter}"')
    guessed = f" ({' and '.join(sorted(source.guessed))} guessed)" if source.guessed else ""
    return f"{source.encoding}, {between} between the cells{guessed}"


def table(rows: Sequence[Sequence[str]], right: str = "") -> list[str]:
    """Return rows as aligned lines; the columns whose index holds ``r`` in ``right`` are aligned to the right."""
    columns = range(max(map(len, rows), default=0))
    widths = [max(len(row[place]) for row in rows) for place in columns]
    aligns = right.ljust(len(widths))
    return [
        "  ".join(
            cell.rjust(width) if align == "r" else cell.ljust(width)
            for cell, width, align in zip(row, widths, aligns, strict=False)
        ).rstrip()
        for row in rows
    ]
