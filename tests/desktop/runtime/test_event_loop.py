"""The loop that widgets and engine share."""

from __future__ import annotations

import asyncio
import math
import select
import socket
import threading
import time
from contextvars import ContextVar
from itertools import pairwise

import pytest
import qasync  # type: ignore[import-untyped]
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from chaindesk.desktop.runtime.event_loop import DesktopLoop
from tests.support.waiting import until


async def test_timers_fire_in_order_and_never_early(qloop: DesktopLoop) -> None:
    fired: list[tuple[float, float]] = []
    done = asyncio.Event()
    begun = qloop.time()
    for delay in (0.05, 0.01, 0.03, 0.02, 0.08):
        qloop.call_at(begun + delay, lambda wanted=delay: fired.append((wanted, qloop.time() - begun)))
    qloop.call_at(begun + 0.1, done.set)
    await done.wait()
    assert [wanted for wanted, _ in fired] == [0.01, 0.02, 0.03, 0.05, 0.08]
    assert all(actual >= wanted for wanted, actual in fired)


async def test_ten_thousand_cancelled_timeouts_leave_no_timers(qloop: DesktopLoop) -> None:
    for _ in range(10_000):
        qloop.call_later(300, print).cancel()
    assert qloop.timer_count < 1000


async def test_a_timer_may_wait_for_ever_and_knows_when_it_is_due(qloop: DesktopLoop) -> None:
    never = qloop.call_later(math.inf, print)
    due = qloop.time() + 300
    soon = qloop.call_at(due, print)
    assert never.when() == math.inf
    assert soon.when() == due
    await asyncio.sleep(0)
    never.cancel()
    soon.cancel()


async def test_callbacks_run_in_the_order_in_which_they_were_added(qloop: DesktopLoop) -> None:
    seen: list[int] = []
    for number in range(1000):
        qloop.call_soon(seen.append, number)
    qloop.call_soon(seen.append, -1).cancel()
    last = asyncio.Event()
    qloop.call_soon(last.set)
    await last.wait()
    assert seen == list(range(1000))


async def test_other_threads_wake_the_loop_at_once(qloop: DesktopLoop) -> None:
    woken = asyncio.Event()
    threading.Thread(target=lambda: qloop.call_soon_threadsafe(woken.set)).start()
    await woken.wait()
    assert await asyncio.to_thread(threading.get_ident) != threading.get_ident()


async def test_widgets_have_their_turn_while_a_task_never_rests(qloop: DesktopLoop) -> None:
    ticks: list[None] = []
    timer = QTimer()
    timer.setInterval(5)
    timer.timeout.connect(lambda: ticks.append(None))
    timer.start()
    while len(ticks) < 10:  # noqa: ASYNC110 - the busy task is what is tested: were it alone, this would never end
        await asyncio.sleep(0)
    timer.stop()


async def test_timeouts_and_task_groups_behave_as_on_asyncios_own_loop(qloop: DesktopLoop) -> None:
    all_asleep = asyncio.Barrier(500)

    async def nap(seconds: float) -> float:
        await all_asleep.wait()
        await asyncio.sleep(seconds)
        return seconds

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(nap(0.05)) for _ in range(500)]
    assert sum(task.result() for task in tasks) > 24
    try:
        async with asyncio.timeout(0.02):
            await asyncio.Event().wait()
    except TimeoutError:
        return
    raise AssertionError("the timeout did not fire")


def test_no_callback_runs_while_the_loop_stands_still(qloop: DesktopLoop, qapp: QApplication) -> None:
    seen: list[asyncio.AbstractEventLoop] = []
    qloop.call_soon(lambda: seen.append(asyncio.get_running_loop()))
    for _ in range(20):
        qapp.processEvents()
    assert seen == []
    qloop.run_until_complete(asyncio.sleep(0))
    assert seen == [qloop]


async def test_real_sockets_work(qloop: DesktopLoop) -> None:
    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(await reader.readline())
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"hello\n")
    assert await reader.readline() == b"hello\n"
    writer.close()
    await writer.wait_closed()
    server.close()
    await server.wait_closed()


async def test_a_burst_of_callbacks_gives_way_to_widgets_after_a_millisecond(
    qloop: DesktopLoop, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: clock)  # the loop's clock, which only the callbacks move
    ran_between: list[int] = []
    ran = 0

    def work() -> None:
        nonlocal clock, ran
        clock += 0.0004
        ran += 1

    def tick() -> None:
        ran_between.append(ran)

    timer = QTimer()
    timer.timeout.connect(tick)
    timer.start(0)
    for _ in range(30):
        qloop.call_soon(work)
    done = asyncio.Event()
    qloop.call_soon(done.set)
    await done.wait()
    timer.stop()
    turns = [after - before for before, after in pairwise([0, *ran_between, ran])]
    assert ran == 30
    assert set(turns[1:-1]) == {3}


async def test_a_hundred_sockets_cost_qt_one_notifier(qloop: DesktopLoop, monkeypatch: pytest.MonkeyPatch) -> None:
    if not hasattr(select, "epoll"):
        pytest.skip("this system's selector cannot be watched itself")
    made: list[object] = []
    monkeypatch.setattr(qasync.QtCore, "QSocketNotifier", made.append)
    ends = [socket.socketpair() for _ in range(100)]
    heard: list[int] = []
    all_heard = asyncio.Event()

    def hear(number: int) -> None:
        heard.append(int(ends[number][0].recv(10)))
        if len(heard) == len(ends):
            all_heard.set()

    for number, (here, _) in enumerate(ends):
        qloop.add_reader(here, hear, number)
    for number, (_, there) in enumerate(ends):
        there.send(b"%d" % number)
    await all_heard.wait()
    assert sorted(heard) == list(range(100))
    assert made == []
    for here, there in ends:
        qloop.remove_reader(here)
        here.close()
        there.close()


def test_a_ready_socket_waits_without_work_while_the_loop_stands_still(qloop: DesktopLoop, qapp: QApplication) -> None:
    here, there = socket.socketpair()
    heard: list[bytes] = []
    qloop.add_reader(here, lambda: heard.append(here.recv(10)))
    qloop.run_until_complete(asyncio.sleep(0))
    there.send(b"hello")
    before = qloop.slices
    for _ in range(20):
        qapp.processEvents()
    assert (heard, qloop.slices) == ([], before)

    async def hear() -> None:
        await until(lambda: bool(heard))

    qloop.run_until_complete(hear())
    assert heard == [b"hello"]
    qloop.remove_reader(here)
    here.close()
    there.close()


async def test_debug_mode_logs_callbacks_that_hold_the_loop(
    qloop: DesktopLoop, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    clock = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: clock)

    def hold() -> None:
        nonlocal clock
        clock += 0.5

    done = asyncio.Event()
    qloop.set_debug(True)
    qloop.call_soon(hold)
    qloop.call_soon(done.set)
    await done.wait()
    qloop.set_debug(False)
    assert "took 0.500 seconds" in caplog.text


async def test_callbacks_run_in_the_context_in_which_they_were_added(qloop: DesktopLoop) -> None:
    row: ContextVar[int] = ContextVar("row", default=0)
    seen: list[int] = []
    done = asyncio.Event()
    for number in (1, 2):
        row.set(number)
        qloop.call_soon(lambda: seen.append(row.get()))
        qloop.call_later(0, lambda: seen.append(row.get()))
    qloop.call_later(0.02, done.set)
    row.set(3)
    await done.wait()
    assert seen == [1, 2, 1, 2]


async def test_an_exception_in_a_callback_is_handed_to_the_handler_and_the_rest_runs(qloop: DesktopLoop) -> None:
    told: list[BaseException | None] = []
    qloop.set_exception_handler(lambda _, context: told.append(context.get("exception")))
    done = asyncio.Event()
    qloop.call_soon(lambda: 1 / 0)
    qloop.call_soon(done.set)
    await done.wait()
    qloop.set_exception_handler(None)
    assert [type(one) for one in told] == [ZeroDivisionError]
