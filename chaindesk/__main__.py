"""``python -m chaindesk`` and the ``chaindesk`` command."""

from __future__ import annotations

import sys
from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Run ChainDesk with these words (by default those of the command line) and give its exit status."""
    from chaindesk.cli.main import main as cli_main

    return cli_main(sys.argv[1:] if argv is None else argv)


if __name__ == "__main__":
    raise SystemExit(main())
