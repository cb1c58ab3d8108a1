"""``python -m chaindesk``, the ``chaindesk`` command and the ``chaindesk-app`` program."""

from __future__ import annotations

import sys
from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Run ChainDesk with these words (by default those of the command line) and return its exit status."""
    from chaindesk.cli.main import main as cli_main

    return cli_main(sys.argv[1:] if argv is None else argv)


def app() -> int:
    """Open the window, with the workbook that the first word names, and return the exit status.

    What a desktop starts: every word is a workbook's path, never a command.
    """
    words = sys.argv[1:]
    return main(["--", *words] if words else [])


if __name__ == "__main__":
    raise SystemExit(main())
