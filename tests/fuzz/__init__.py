"""Foreign data at random: few examples in the suite, many with ``python3 packaging/dev.py fuzz``."""

from __future__ import annotations

import os


def examples(few: int, many: int) -> int:
    """Return how many examples a test tries: ``many`` where fuzzing was asked for."""
    return many if os.environ.get("CHAINDESK_FUZZ") else few
