"""A run seen from outside the window: its share in the window's title and in the taskbar, and a word at its end.

The taskbar's share goes over D-Bus as Unity's launcher entry, which docks of GNOME, KDE and others show. The taskbar of
Windows would need its COM interface, which Qt has not wrapped since Qt 6: there the title alone tells.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication, QSystemTrayIcon, QWidget

from chaindesk.desktop.ui.translation import tr
from chaindesk.domain.records import RunState
from chaindesk.engine.run.progress.snapshot import Snapshot

_LOOK_INTERVAL_MS = 500
_MESSAGE_MS = 10_000
_SHARE = re.compile(r"^\d+ % – ")
_ENTRY = "application://chaindesk.desktop"


class RunAttention(QObject):
    """Shows a run outside the window's own area.

    Args:
        window: the window.
        snapshot: gives the run as it stands.
        notifies: whether the user wants to be told of its end.
    """

    def __init__(self, window: QWidget, snapshot: Callable[[], Snapshot], notifies: Callable[[], bool]) -> None:
        super().__init__(window)
        self._window, self._snapshot, self._notifies = window, snapshot, notifies
        self._told: float | None = None
        self._tray: QSystemTrayIcon | None = None
        self._timer = QTimer(self, interval=_LOOK_INTERVAL_MS)
        self._timer.timeout.connect(self.refresh)

    def set_running(self, *, running: bool) -> None:
        """A run goes on, or none does."""
        if running:
            self._timer.start()
        else:
            self._timer.stop()
        self.refresh()

    def refresh(self) -> None:
        """Show the share of the run that is done; none where no run goes on."""
        share = share_done(self._snapshot()) if self._timer.isActive() else None
        title = _SHARE.sub("", self._window.windowTitle())
        self._window.setWindowTitle(title if share is None else f"{int(share * 100)} % – {title}")
        if share != self._told:
            self._told = share
            _show_in_taskbar(share)

    def ended(self, text: str) -> None:
        """Tell that the run has ended where the window is not in front, in the system's way."""
        if not self._notifies() or self._window.isActiveWindow():
            return
        QApplication.alert(self._window)
        if QSystemTrayIcon.isSystemTrayAvailable() and QSystemTrayIcon.supportsMessages():
            self._tray = tray = QSystemTrayIcon(self._window.windowIcon(), self)
            tray.messageClicked.connect(self._window.activateWindow)
            tray.show()
            tray.showMessage(tr("The run has ended"), text, self._window.windowIcon(), _MESSAGE_MS)
            QTimer.singleShot(2 * _MESSAGE_MS, tray, tray.deleteLater)


def share_done(snapshot: Snapshot) -> float | None:
    """Return the share of a run that is done, by calls or by rows; None outside a run."""
    if snapshot.state is not RunState.RUNNING or not snapshot.chosen:
        return None
    by_rows = snapshot.finished / snapshot.chosen  # more than by calls where rows fail
    return max(by_rows, snapshot.calls_done / snapshot.calls_in_all) if snapshot.calls_in_all else by_rows


def _show_in_taskbar(share: float | None) -> None:
    """Show a share in the taskbar where the system has a D-Bus session; nobody listening is no error."""
    if not sys.platform.startswith("linux"):
        return
    from PySide6.QtDBus import QDBusConnection, QDBusMessage

    bus = QDBusConnection.sessionBus()
    if bus.isConnected():
        update = QDBusMessage.createSignal("/com/chaindesk/run", "com.canonical.Unity.LauncherEntry", "Update")
        update.setArguments([_ENTRY, {"progress": float(share or 0.0), "progress-visible": share is not None}])
        bus.send(update)
