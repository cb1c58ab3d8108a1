"""One window for each workbook: who opens one that is open already is sent to the window that has it.

A lock file tells whether a living process has it, and a local socket reaches that process. A crashed one blocks nobody,
and one that does not answer blocks nobody either: two windows on one workbook are safe, only confusing.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
from pathlib import Path

from PySide6.QtCore import QLockFile, QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from chaindesk import settings
from chaindesk.domain.errors import ChainDeskError

_ANSWER_TIMEOUT_S = 1.0  # seconds that another window has to say that it came forward
_ANSWER = b"here\n"


class SingleInstance(QObject):
    """This process's lock on the workbook that it shows.

    Signals:
        activation_requested: somebody opened this workbook elsewhere: come forward.
    """

    activation_requested = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._path: Path | None = None
        self._lock: QLockFile | None = None
        self._server: QLocalServer | None = None

    def acquire(self, path: Path) -> None:
        """Lock this workbook, unlock the one before. If another window has it or the disk refuses, lock none."""
        if path == self._path:
            return
        self.release()
        lock = _lock_of(path)
        if lock is None or not lock.tryLock(0):
            return
        self._path, self._lock = path, lock
        server = QLocalServer(self)
        server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        QLocalServer.removeServer(_socket_name(path))  # a crashed window leaves its socket behind; the lock is ours
        if server.listen(_socket_name(path)):
            server.newConnection.connect(self._answer)
            self._server = server

    def release(self) -> None:
        """Unlock the workbook."""
        if self._server is not None:
            self._server.close()
            self._server.deleteLater()
        if self._lock is not None:
            self._lock.unlock()
        self._path = self._lock = self._server = None

    def holds(self, path: Path) -> bool:
        """Return whether this process shows it."""
        return path == self._path

    def _answer(self) -> None:
        while self._server is not None and self._server.hasPendingConnections():
            socket = self._server.nextPendingConnection()
            socket.disconnected.connect(socket.deleteLater)
            socket.write(_ANSWER)
            socket.flush()
            socket.disconnectFromServer()
            self.activation_requested.emit()


def is_free(path: Path) -> bool:
    """Return whether no living window shows this workbook; costs one look at a file."""
    lock = _lock_of(path)
    if lock is None or lock.tryLock(0):
        if lock is not None:
            lock.unlock()
        return True
    return False


async def activate_other(path: Path) -> bool:
    """Have the window that shows this workbook come to the front; return whether one did, within a second."""
    if is_free(path):
        return False
    said: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

    def say(came: bool) -> None:  # noqa: FBT001
        if not said.done():
            said.set_result(came)

    socket = QLocalSocket()
    socket.readyRead.connect(lambda: say(socket.readAll().data() == _ANSWER))
    socket.errorOccurred.connect(lambda _: say(False))
    socket.connectToServer(_socket_name(path))
    try:
        async with asyncio.timeout(_ANSWER_TIMEOUT_S):
            return await said
    except TimeoutError:
        return False
    finally:
        socket.abort()
        socket.deleteLater()


def _lock_of(path: Path) -> QLockFile | None:
    with contextlib.suppress(OSError, ChainDeskError):
        folder = settings.data_folder("windows")
        lock = QLockFile(str(folder / f"{_name(path)}.lock"))
        lock.setStaleLockTime(0)  # a window may stay open for weeks; a dead process is known by its number
        return lock
    return None


def _socket_name(path: Path) -> str:
    return f"chaindesk-{_name(path)}"


def _name(path: Path) -> str:
    """One name for a file however it is reached, and another for each user and each ChainDesk folder."""
    with contextlib.suppress(OSError):
        path = path.resolve()
    whole = f"{settings.home()}\n{os.path.normcase(path)}".encode("utf-8", "surrogatepass")
    return hashlib.sha256(whole).hexdigest()[:20]
