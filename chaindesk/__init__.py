"""ChainDesk runs chains of model calls over the rows of a workbook, side by side and safely.

The names of ``chaindesk.api``, the public Python API, are here, too, and are loaded at their first use: importing the
package costs nothing. Everything else in it is internal.
"""

from __future__ import annotations

TYPE_CHECKING = False  # as typing's own, which the import would wait for
if TYPE_CHECKING:
    from chaindesk.api import (
        ChainDeskError,
        ChainError,
        Check,
        EnvironmentFailure,
        Event,
        InputError,
        Result,
        Row,
        Session,
        check,
        open_session,
        run,
        run_async,
    )

__version__ = "0.1.0"
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
    "__version__",
    "check",
    "open_session",
    "run",
    "run_async",
]

if not TYPE_CHECKING:  # with it, every misspelt name would pass for one of this package

    def __getattr__(name: str) -> object:
        """Load the public API when one of its names is first asked for (PEP 562)."""
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        import importlib

        return getattr(importlib.import_module(f"{__name__}.api"), name)
