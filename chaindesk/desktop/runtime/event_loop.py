"""One loop for widgets and engine: qasync's, with timers as asyncio's own loop keeps them.

qasync makes a Qt timer for each ``call_later`` and keeps it until it expires, cancelled or not, and Qt's coarse timers
may fire early. Here one heap of handles and one precise Qt timer serve them all, and what is ready runs in one go.
"""

from __future__ import annotations

import asyncio
import heapq
import math
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import Context
from typing import Any

import qasync  # type: ignore[import-untyped]
from PySide6.QtCore import QObject, Qt, QTimer, QTimerEvent, Signal
from PySide6.QtWidgets import QApplication

_SLICE_S = 0.008  # seconds of callbacks before widgets are served
_MAX_ALARM_S = 24 * 3600.0  # seconds that one Qt timer may cover; later deadlines are looked at again then
_CANCELLED_BEFORE_PURGE = 100
_THREADS = "chaindesk"


class DesktopLoop(qasync.QEventLoop):  # type: ignore[misc]
    """An asyncio loop that lives in Qt's, and whose timers cost a heap entry each.

    Callbacks that are ready run in the order of asyncio. After 8 ms of them the widgets are served.
    """

    def __init__(self, app: QApplication) -> None:
        self._due: deque[asyncio.Handle] = deque()
        self._heap: list[asyncio.TimerHandle] = []
        self._cancelled = 0
        self._pump = _Pump(self._run_due, self._run_timers)
        super().__init__(app)
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
        if self._due:
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
        super().close()
        self._pump.shut()
        self._due.clear()
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
        """Run what is ready now, and return whether more is left. What it adds waits for the next round."""
        if not self.is_running():
            return False  # Qt's events may be processed while the loop stands still, and no callback may run then
        end = time.monotonic() + _SLICE_S
        for _ in range(len(self._due)):
            handle = self._due.popleft()
            if not handle.cancelled():
                handle._run()
            if time.monotonic() > end:
                break
        return bool(self._due)

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

    def __init__(self, run_due: Callable[[], bool], run_timers: Callable[[], None]) -> None:
        super().__init__()
        self._run_due = run_due
        self._zero = 0
        self._shut = False
        self._alarm = QTimer(self)
        self._alarm.setSingleShot(True)
        self._alarm.setTimerType(Qt.TimerType.PreciseTimer)
        self._alarm.timeout.connect(run_timers)
        self.wake.connect(self.start)

    def start(self) -> None:
        """See that callbacks run soon."""
        if not self._zero and not self._shut:
            self._zero = self.startTimer(0)

    def set_alarm(self, delay: float) -> None:
        """Look at the timers after ``delay`` seconds, instead of at the time set before."""
        self._alarm.start(math.ceil(min(max(delay, 0.0), _MAX_ALARM_S) * 1000))

    def shut(self) -> None:
        """Stop for good."""
        self._shut = True
        self._alarm.stop()
        self._rest()

    def timerEvent(self, event: QTimerEvent) -> None:
        """Run what is ready."""
        if not self._run_due():
            self._rest()

    def _rest(self) -> None:
        if self._zero:
            self.killTimer(self._zero)
            self._zero = 0
