"""One loop for widgets and engine: qasync's, with timers and sockets as asyncio's own loop keeps them.

qasync makes a Qt timer for each ``call_later`` and keeps it until it expires, cancelled or not, and Qt's coarse timers
may fire early. Here one heap of handles and one precise Qt timer serve them all. What is ready runs for a millisecond
at a time: keys, mouse, timers and paints come in between.
"""

from __future__ import annotations

import asyncio
import heapq
import logging
import math
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import Context
from typing import Any

from PySide6.QtCore import QObject, QSocketNotifier, Qt, QTimer, QTimerEvent, Signal
from PySide6.QtWidgets import QApplication

from chaindesk.desktop.runtime.socket_loop import SocketLoop

_SLICE_S = 0.001  # seconds of callbacks before widgets are served; a turn of Qt's costs some hundredths of that
_MAX_ALARM_S = 24 * 3600.0  # seconds that one Qt timer may cover; later deadlines are looked at again then
_CANCELLED_BEFORE_PURGE = 100
_THREADS = "chaindesk"
_log = logging.getLogger("asyncio")


class DesktopLoop(SocketLoop):
    """An asyncio loop that lives in Qt's, and whose timers cost a heap entry each.

    Callbacks that are ready run in the order of asyncio, and sockets are looked at between two rounds, as there.

    Attributes:
        slices: how often callbacks were run, for a millisecond or less at a time.
    """

    def __init__(self, app: QApplication) -> None:
        self._due: deque[asyncio.Handle] = deque()
        self._left = 0  # callbacks of the round that has begun
        self.slices = 0
        self._heap: list[asyncio.TimerHandle] = []
        self._cancelled = 0
        self._pump = _Pump(self._run_due, self._run_timers, self.is_running)
        super().__init__(app)
        self._pump.watch(self.watched_descriptor())
        self._threads = ThreadPoolExecutor(max_workers=8, thread_name_prefix=_THREADS)
        self.set_default_executor(self._threads)

    def call_soon(self, callback: Callable[..., object], *args: Any, context: Context | None = None) -> asyncio.Handle:
        """Run ``callback`` in the next round."""
        self._check_closed()
        handle = asyncio.Handle(callback, args, self, context)
        self._due.append(handle)
        self._pump.start()
        return handle

    def call_soon_threadsafe(
        self, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.Handle:
        """Run ``callback`` in the next round; may be called from any thread."""
        self._check_closed()
        handle = asyncio.Handle(callback, args, self, context)
        self._due.append(handle)
        self._pump.wake.emit()
        return handle

    def call_later(
        self, delay: float, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.TimerHandle:
        """Run ``callback`` after ``delay`` seconds; infinity is allowed, and means never."""
        return self.call_at(self.time() + delay, callback, *args, context=context)

    def call_at(
        self, when: float, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.TimerHandle:
        """Run ``callback`` when the loop's clock shows ``when``."""
        self._check_closed()
        handle = asyncio.TimerHandle(when, callback, args, self, context)
        heapq.heappush(self._heap, handle)
        handle._scheduled = True  # type: ignore[attr-defined]  # asyncio's own mark, which cancel() looks at
        if self._heap[0] is handle:
            self._pump.set_alarm(when - self.time())
        return handle

    def run_forever(self) -> Any:
        """Run until ``stop``; what became ready while the loop stood still comes first."""
        self._pump.start()
        return super().run_forever()

    def end_tasks(self) -> None:
        """Cancel the tasks that are left, and run until they have ended, as ``asyncio.run`` does."""
        tasks = asyncio.all_tasks(self)
        for task in tasks:
            task.cancel()
        if tasks:
            self.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        self.run_until_complete(self.shutdown_asyncgens())

    def end_threads(self, seconds: float) -> bool:
        """Start nothing more in threads, wait so long for those at work, and return whether all have ended."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        end = time.monotonic() + seconds
        threads = [thread for thread in threading.enumerate() if thread.name.startswith(_THREADS)]
        for thread in threads:
            thread.join(max(end - time.monotonic(), 0))
        idle = not any(thread.is_alive() for thread in threads)
        if not idle:
            self.set_default_executor(None)  # closing the loop would wait for it
        return idle

    def close(self) -> None:
        """Release everything. Timers that are left never fire."""
        if self.is_closed():
            return
        if not self.is_running():  # else it cannot be closed
            self._pump.shut()
        super().close()
        self._due.clear()
        self._left = 0
        self._heap.clear()

    @property
    def timer_count(self) -> int:
        """How many timers are kept, those included that were cancelled and not yet swept."""
        return len(self._heap)

    def _add_callback(self, handle: asyncio.Handle, delay: float = 0) -> asyncio.Handle:
        """Take a handle that asyncio itself made, for a signal or a socket."""
        self._due.append(handle)
        self._pump.wake.emit()
        return handle

    def _timer_handle_cancelled(self, handle: asyncio.TimerHandle) -> None:
        self._cancelled += 1
        if self._cancelled > _CANCELLED_BEFORE_PURGE and self._cancelled * 2 > len(self._heap):
            self._heap = [kept for kept in self._heap if not kept.cancelled()]
            heapq.heapify(self._heap)
            self._cancelled = 0

    def _run_due(self) -> bool:
        """Run what is ready for a slice of time, and return whether more is left."""
        if not self.is_running():
            return False  # Qt's events may be processed while the loop stands still, and no callback may run then
        self.slices += 1
        end = time.monotonic() + _SLICE_S
        while True:
            if not self._left:
                if not self.is_running():
                    return False  # it was stopped in the round that has ended
                self.look_at_sockets()
                self._left = len(self._due)
                if not self._left:
                    return False
            handle = self._due.popleft()
            self._left -= 1
            if not handle.cancelled():
                if self._debug:
                    self._run_timed(handle)
                else:
                    handle._run()
            if time.monotonic() > end:
                return True

    def _run_timed(self, handle: asyncio.Handle) -> None:
        """Run a callback, and log it if it was slow, as asyncio does in its debug mode."""
        begun = time.monotonic()
        handle._run()
        if (took := time.monotonic() - begun) >= self.slow_callback_duration:
            _log.warning("Executing %r took %.3f seconds", handle, took)

    def _run_timers(self) -> None:
        now = self.time()
        while self._heap and (self._heap[0].cancelled() or self._heap[0].when() <= now):
            handle = heapq.heappop(self._heap)
            handle._scheduled = False  # type: ignore[attr-defined]
            if handle.cancelled():
                self._cancelled = max(0, self._cancelled - 1)
            else:
                self._due.append(handle)
        if self._due:
            self._pump.start()
        if self._heap:
            self._pump.set_alarm(self._heap[0].when() - now)


class _Pump(QObject):
    """Qt's side of the loop: a zero timer that runs while callbacks are ready, and one alarm for the next deadline.

    Signals:
        wake: callbacks were added, maybe by another thread.
    """

    wake = Signal()

    def __init__(
        self, run_due: Callable[[], bool], run_timers: Callable[[], None], is_running: Callable[[], bool]
    ) -> None:
        super().__init__()
        self._run_due, self._is_running = run_due, is_running
        self._zero = 0
        self._shut = False
        self._sockets: QSocketNotifier | None = None
        self._alarm = QTimer(self)
        self._alarm.setSingleShot(True)
        self._alarm.setTimerType(Qt.TimerType.PreciseTimer)
        self._alarm.timeout.connect(run_timers)
        self.wake.connect(self.start)

    def watch(self, descriptor: int | None) -> None:
        """Have callbacks run when there is something to read from this; while they run, they look for themselves."""
        if descriptor is not None:
            self._sockets = QSocketNotifier(descriptor, QSocketNotifier.Type.Read, self)
            self._sockets.activated.connect(self.start)

    def start(self) -> None:
        """See that callbacks run soon."""
        if not self._zero and not self._shut:
            self._zero = self.startTimer(0)
            if self._sockets is not None:
                self._sockets.setEnabled(False)

    def set_alarm(self, delay: float) -> None:
        """Look at the timers after ``delay`` seconds, instead of at the time set before."""
        self._alarm.start(math.ceil(min(max(delay, 0.0), _MAX_ALARM_S) * 1000))

    def shut(self) -> None:
        """Stop for good."""
        self._shut = True
        self._alarm.stop()
        self._rest()
        if self._sockets is not None:
            self._sockets.setEnabled(False)

    def timerEvent(self, event: QTimerEvent) -> None:
        """Run what is ready."""
        if not self._run_due():
            self._rest()

    def _rest(self) -> None:
        if self._zero:
            self.killTimer(self._zero)
            self._zero = 0
            if self._sockets is not None and self._is_running():  # else nobody would read, and it would never rest
                self._sockets.setEnabled(True)
