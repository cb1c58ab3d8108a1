"""The public Python API: a chain over the rows of a workbook or a data frame, from a script or a notebook.

Everything else in the package is internal, and changes without notice. ``chaindesk`` itself has these names, too, and
loads them at their first use.
"""

from __future__ import annotations

from chaindesk.api.opening import check, open_session, run, run_async
from chaindesk.api.session import Session
from chaindesk.api.values import Check, Event, Result, Row
from chaindesk.domain.errors import ChainDeskError, ChainError, EnvironmentFailure, InputError

__all__ = [
    "ChainDeskError",
    "ChainError",
    "Check",
    "EnvironmentFailure",
    "Event",
    "InputError",
    "Result",
    "Row",
    "Session",
    "check",
    "open_session",
    "run",
    "run_async",
]
