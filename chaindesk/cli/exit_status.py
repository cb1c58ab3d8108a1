"""The exit statuses that scripts rely on."""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """What the process returns to the one that started it."""

    DONE = 0  # every chosen row is done
    FAILED = 1  # some rows failed
    BAD_INPUT = 2  # bad input or usage, nothing was run
    HALTED = 3  # stopped early: key, quota, budget or brake
    NOT_SAVED = 4  # the rows were run, and the result could not be saved; every answer is in the journal
    SUBMITTED = 5  # rows are out in batch jobs, which go on; nothing else is missing
    INTERNAL_ERROR = 70  # a mistake in ChainDesk (EX_SOFTWARE of sysexits.h); every answer is in the journal
    INTERRUPTED = 130  # by the user; everything finished is kept
