"""A loop for coroutine tests that is Qt's and asyncio's at once: tests that take ``qloop`` run on it."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from chaindesk.desktop.event_loop import DesktopLoop


@pytest.fixture
def qloop(qapp: QApplication) -> Iterator[DesktopLoop]:
    """The application's loop, closed after the test."""
    loop = DesktopLoop(qapp)
    asyncio.set_event_loop(loop)
    yield loop
    loop.run_until_complete(loop.shutdown_asyncgens())
    loop.close()
    asyncio.set_event_loop(None)


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run coroutine tests of this folder on their ``qloop``; 100 s is a hang."""
    loop = pyfuncitem.funcargs.get("qloop")
    if not inspect.iscoroutinefunction(pyfuncitem.obj) or not isinstance(loop, DesktopLoop):
        return None
    arguments = {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}
    loop.run_until_complete(asyncio.wait_for(pyfuncitem.obj(**arguments), timeout=100))
    return True
