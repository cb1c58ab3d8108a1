"""Before a variable is sent to a host for the first time the user is asked, and is asked no second time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QMessageBox

from chaindesk.credentials import KeyStore
from chaindesk.desktop.app import AppWindow
from chaindesk.desktop.runtime.event_loop import DesktopLoop
from chaindesk.desktop.session.run_request import RunPhase
from chaindesk.domain.status import Status
from chaindesk.key_permissions import load_permissions
from chaindesk.simulator.options import SimulatorOptions
from chaindesk.simulator.server import SimulatorServer
from tests.support.waiting import until
from tests.support.windows import WindowMaker

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


def question(app: AppWindow) -> QMessageBox | None:
    return next((box for box in app.window.findChildren(QMessageBox) if box.isVisible()), None)


def answer(app: AppWindow, words: str) -> None:
    box = question(app)
    assert box is not None
    next(button for button in box.buttons() if button.text() == words).click()


def stranger(chain: Path, base_url: str) -> Path:
    text = chain.read_text("utf-8").replace("demo/", "lab/")
    provider = f'providers:\n  lab: {{kind: openai-chat, base_url: "{base_url}", api_key_env: MY_SECRET}}\n'
    chain.write_text(text.replace("steps:\n", f"{provider}steps:\n"), "utf-8")
    return chain


async def test_a_variable_goes_to_a_host_only_after_the_user_allowed_the_pair(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Callable[[int], Path], chain: Path
) -> None:
    app = make_app()
    app.workspace.keys = KeyStore(environment={"MY_SECRET": "sk-mine"})
    async with SimulatorServer(SimulatorOptions(latency=0.01)) as server:
        app.workspace.open_workbook(jobs(2), chain=stranger(chain, server.base_url))
        await until(lambda: app.workspace.session is not None)
        app.window.actions_.run.trigger()
        await until(lambda: question(app) is not None)
        box = question(app)
        assert box is not None
        assert "MY_SECRET" in box.text()
        assert "127.0.0.1" in box.text()
        answer(app, "Do not send it")
        await until(lambda: "needs an API key" in app.window.run_banner.text)
        assert server.counters.requests == 0
        app.window.actions_.run.trigger()
        await until(lambda: question(app) is not None)
        answer(app, "Allow")
        await until(lambda: bool(app.window.run_banner.buttons()) and "Run 2 rows" in app.window.run_banner.text)
        app.window.run_banner.press_primary()
        await until(lambda: app.window.model.snapshot.counts[Status.DONE] == 2)
        await until(lambda: app.run_controller.phase is RunPhase.IDLE)
        assert [permission.variable for permission in load_permissions()] == ["MY_SECRET"]
        app.window.actions_.fresh.trigger()
        await until(lambda: "Run 2 rows" in app.window.run_banner.text)
        assert question(app) is None
