"""Says in plain words why no window can be opened here, in place of Qt's own text and its abort."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

_NOTHING_RUN = 2  # the command line's exit status for it
_WITHOUT = "Everything works without a window, too: chaindesk --help lists the commands."


@contextmanager
def start_failures_told() -> Iterator[None]:
    """While Qt starts: if it finds no screen, print why, and end the process with status 2.

    Qt aborts the process then, and no exception could tell of it; its message handler is called before.
    """
    said: list[str] = []

    def handle(kind: QtMsgType, _context: QMessageLogContext, message: str) -> None:
        if kind is QtMsgType.QtFatalMsg:
            os.write(2, f"{failure_text(said, os.environ)}\n".encode())
            os._exit(_NOTHING_RUN)
        said.append(message)

    before = qInstallMessageHandler(handle)
    try:
        yield
    finally:
        qInstallMessageHandler(before)
        for message in said:
            print(message, file=sys.stderr)  # noqa: T201 - what Qt would have printed itself


def failure_text(said: Sequence[str], environment: os._Environ[str] | dict[str, str]) -> str:
    """Return why there is no window, from what Qt said before it gave up."""
    screen = environment.get("WAYLAND_DISPLAY") or environment.get("DISPLAY")
    if not screen and sys.platform == "linux" and environment.get("QT_QPA_PLATFORM", "xcb") in ("xcb", "wayland"):
        return f"The window needs a screen, and there is none here: log in to a desktop, or set DISPLAY. {_WITHOUT}"
    if any("could not connect to display" in message for message in said):
        return f"The window needs a screen, and {screen} does not answer. {_WITHOUT}"
    if any("xcb-cursor" in message for message in said):
        library = "On Debian and Ubuntu: sudo apt install libxcb-cursor0"
        return f"The window cannot be opened, because a library of the system is missing. {library}\n{_WITHOUT}"
    return f"The window cannot be opened here. Qt said: {' '.join(said) or 'nothing'}\n{_WITHOUT}"
