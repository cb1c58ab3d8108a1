"""``--out -``: the result goes to standard output, and nothing else does."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from chaindesk.cli.printing.output import lines_on_standard_error, note, send_file
from chaindesk.cli.printing.output_paths import STANDARD_OUTPUT
from chaindesk.domain.errors import UsageError


@contextmanager
def piped_result(out: Path | None, *, json: bool, overwrite: bool = False) -> Iterator[Path | None]:
    """Yield where the result is to be saved: ``out``, or for ``-`` a temporary folder whose file is sent on at the end.

    Args:
        out: what ``--out`` says.
        json: whether ``--json`` is given.
        overwrite: whether ``--overwrite`` is given.

    Raises:
        UsageError: standard output is a terminal, or another option wants it as well.
    """
    if out != STANDARD_OUTPUT:
        yield out
        return
    if json:
        raise UsageError("--out - and --json both write to standard output. Leave one of them out.")
    if overwrite:
        raise UsageError("--overwrite writes into a file, and --out - into none. Leave one of them out.")
    if sys.stdout.isatty():
        raise UsageError("--out - does not write a file into a terminal. Send it on: --out - > FILE")
    with tempfile.TemporaryDirectory(prefix="chaindesk-") as name, lines_on_standard_error():
        folder = Path(name)
        yield folder
        if any(one.is_dir() for one in folder.iterdir()):
            note("Some texts are too long for a cell: it has their beginning, and standard output takes one file.")
            note("To have them whole, save to a file, for which no call is made: chaindesk export --out FILE")
        for saved in (one for one in folder.iterdir() if one.is_file()):
            send_file(saved)
