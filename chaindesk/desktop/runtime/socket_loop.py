"""How the window's loop watches sockets: Qt watches the selector's own descriptor, which is ready when a socket is.

qasync gives each socket a notifier of its own, which is switched off and on for each answer, and Qt goes through all
of them in each of its turns. Only Linux' selector can be watched itself: elsewhere it stays as qasync has it.
"""

from __future__ import annotations

import asyncio
import sys
from typing import Any

import qasync  # type: ignore[import-untyped]

if sys.platform == "linux":
    _Selector: Any = asyncio.SelectorEventLoop

    class SocketLoop(qasync._QEventLoop, _Selector):  # type: ignore[misc]
        """qasync's loop over asyncio's own selector."""

        _add_reader = _Selector._add_reader
        _add_writer = _Selector._add_writer
        _remove_reader = _Selector._remove_reader
        _remove_writer = _Selector._remove_writer

        def _before_run_forever(self) -> None:
            """Nothing, where qasync asks for it."""

        def _after_run_forever(self) -> None:
            """Nothing, where qasync asks for it."""

        def watched_descriptor(self) -> int | None:
            """Return what Qt is to watch while no callback is ready."""
            descriptor: int = self._selector.fileno()
            return descriptor

        def look_at_sockets(self) -> None:
            """Make the callbacks of sockets that are ready ready."""
            self._process_events(self._selector.select(0))

else:

    class SocketLoop(qasync.QEventLoop):  # type: ignore[misc]
        """qasync's loop."""

        def watched_descriptor(self) -> int | None:
            """Return nothing: qasync has Qt watch each socket."""
            return None

        def look_at_sockets(self) -> None:
            """Nothing: Qt tells of them."""
