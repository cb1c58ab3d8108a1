"""Keys in the window: the dialog, a run that lacks one, and a run whose key is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import keyring
import keyring.errors
import pytest
from keyring.backend import KeyringBackend
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from chaindesk.chain_file import dump_chain, load_chain
from chaindesk.credentials import KeyStore
from chaindesk.desktop.keys.dialog import KeysDialog
from chaindesk.desktop.runtime.event_loop import DesktopLoop
from chaindesk.desktop.session.run_request import RunPhase
from chaindesk.domain.chains.chain import Chain
from chaindesk.domain.status import Status
from chaindesk.simulator.options import SimulatorOptions
from chaindesk.simulator.server import SimulatorServer
from tests.support.waiting import until
from tests.support.windows import WindowMaker

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
EXACTLY = Qt.MatchFlag.MatchExactly


class InMemoryKeyring(KeyringBackend):
    """A keyring of the tests' own: the system's may not exist here, or ask its user for a password."""

    priority = 1.0  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


@pytest.fixture
def ring(monkeypatch: pytest.MonkeyPatch) -> InMemoryKeyring:
    made = InMemoryKeyring()
    monkeypatch.setattr(keyring.core, "_keyring_backend", made)
    return made


def lab_chain(base_url: str, *, allow_http: bool = False) -> Chain:
    return Chain.model_validate(
        {
            "name": "lab",
            "providers": {
                "lab": {
                    "kind": "openai-chat",
                    "base_url": base_url,
                    "api_key_env": "CHAINDESK_TEST_LAB",
                    "allow_http": allow_http,
                }
            },
            "steps": [{"name": "text", "model": "lab/writer", "prompt": "20 words on {{Topic}}"}],
        }
    )


async def shown(dialog: KeysDialog) -> None:
    dialog.open()
    items = [dialog.list.topLevelItem(place) for place in range(dialog.list.topLevelItemCount())]
    await until(lambda: all(item is not None and item.text(2) != "…" for item in items))
    await until(dialog.test.isEnabled)


async def test_a_key_is_kept_tested_and_deleted(qloop: DesktopLoop, qtbot: QtBot, ring: InMemoryKeyring) -> None:
    async with SimulatorServer(SimulatorOptions(latency=0, require_key="sk-right")) as server:
        dialog = KeysDialog(KeyStore(environment={}), lab_chain(server.base_url), {})
        qtbot.addWidget(dialog)
        await shown(dialog)
        item = dialog.list.topLevelItem(0)
        assert item is not None
        await until(lambda: "no key yet" in item.text(2))
        dialog.value.setText("sk-wrong")
        dialog.set.click()
        await until(lambda: "in the keyring" in item.text(2))
        assert dialog.value.text() == ""
        dialog.test.click()
        await until(lambda: dialog.message.text().startswith("✕"))
        assert "sk-wrong" not in dialog.message.text()
        dialog.value.setText(" sk-right\n")
        dialog.set.click()
        await until(lambda: "is in the keyring" in dialog.message.text())
        await until(dialog.test.isEnabled)
        dialog.test.click()
        await until(lambda: dialog.message.text().startswith("✓"))
        await until(dialog.delete.isEnabled)
        dialog.delete.click()
        await until(lambda: "no key yet" in item.text(2))
        assert ring.kept == {}
        await until(dialog.test.isEnabled)


async def test_without_a_keyring_the_key_can_be_kept_for_this_session(
    qloop: DesktopLoop, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keyring.core, "_keyring_backend", keyring.backends.fail.Keyring())
    dialog = KeysDialog(KeyStore(environment={}), lab_chain("http://127.0.0.1:9/v1"), {})
    qtbot.addWidget(dialog)
    await shown(dialog)
    dialog.value.setText("sk-mine")
    dialog.set.click()
    await until(lambda: "not kept yet" in dialog.message.text())
    assert "no keyring" in dialog.message.text()
    assert dialog.value.text() == "sk-mine"
    await until(dialog.set_session.isEnabled)
    dialog.set_session.click()
    item = dialog.list.topLevelItem(0)
    assert item is not None
    await until(lambda: "this session" in item.text(2))
    await until(dialog.test.isEnabled)


class LockedKeyring(InMemoryKeyring):
    """Locked, until the user unlocks it."""

    locked = True

    def get_password(self, service: str, username: str) -> str | None:
        if self.locked:
            raise keyring.errors.KeyringLocked("locked")
        return super().get_password(service, username)


async def test_a_locked_keyring_is_asked_once_told_and_asked_again_when_it_is_unlocked(
    qloop: DesktopLoop, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    ring = LockedKeyring()
    monkeypatch.setattr(keyring.core, "_keyring_backend", ring)
    ring.kept["ChainDesk:openai", "https://api.openai.com"] = "sk-mine"
    dialog = KeysDialog(KeyStore(environment={"MISTRAL_API_KEY": "sk-env"}), lab_chain("http://127.0.0.1:9/v1"), {})
    qtbot.addWidget(dialog)
    await shown(dialog)
    await until(lambda: "Look again" in dialog.message.text())
    states = {item.text(0): item.text(2) for item in map(dialog.list.topLevelItem, range(9)) if item is not None}
    assert states["openai"] == states["lab"] == "? the keyring does not answer"
    assert states["mistral"] == "✓ from the environment"
    await until(lambda: "is locked. Unlock it" in dialog.message.text())
    assert "“Look again”" in dialog.message.text()
    ring.locked = False
    dialog.again.click()
    await until(lambda: any(item.text(2) == "✓ in the keyring" for item in dialog.list.findItems("openai", EXACTLY)))
    await until(lambda: dialog.message.text() == "")


async def test_a_key_can_be_tried_before_it_is_kept_and_replaced(
    qloop: DesktopLoop, qtbot: QtBot, ring: InMemoryKeyring
) -> None:
    async with SimulatorServer(SimulatorOptions(latency=0, require_key="sk-right")) as server:
        dialog = KeysDialog(KeyStore(environment={}), lab_chain(server.base_url), {})
        qtbot.addWidget(dialog)
        await shown(dialog)
        assert dialog.set.text() == "Keep in the keyring"
        dialog.value.setText("sk-wrong")
        dialog.set.click()
        await until(lambda: dialog.set.text() == "Replace in the keyring")
        dialog.value.setText("sk-right")
        await until(dialog.test.isEnabled)
        dialog.test.click()
        await until(lambda: dialog.message.text().endswith("The key is not kept yet."))
        assert list(ring.kept.values()) == ["sk-wrong"]
        await until(dialog.set.isEnabled)
        dialog.set.click()
        await until(lambda: list(ring.kept.values()) == ["sk-right"])
        await until(dialog.test.isEnabled)


async def test_a_key_for_an_address_without_encryption_is_asked_about_first(
    qloop: DesktopLoop, qtbot: QtBot, ring: InMemoryKeyring
) -> None:
    dialog = KeysDialog(KeyStore(environment={}), lab_chain("http://192.0.2.7:8000/v1", allow_http=True), {})
    qtbot.addWidget(dialog)
    await shown(dialog)
    for answer, kept in (("Do not", []), ("Give it", ["sk-mine"])):
        dialog.value.setText("sk-mine")
        dialog.set.click()
        box = dialog.findChildren(QMessageBox)[-1]
        assert "http://192.0.2.7:8000 is reached without encryption" in box.text()
        next(button for button in box.buttons() if button.text() == answer).click()
        await until(lambda kept=kept: list(ring.kept.values()) == kept)
        await until(dialog.test.isEnabled)


async def test_what_was_typed_is_forgotten_when_the_dialog_closes(qloop: DesktopLoop, qtbot: QtBot) -> None:
    dialog = KeysDialog(KeyStore(environment={}), lab_chain("http://127.0.0.1:9/v1"), {})
    qtbot.addWidget(dialog)
    await shown(dialog)
    dialog.value.setText("sk-typed")
    dialog.reject()
    assert dialog.value.text() == ""


async def test_a_refused_key_pauses_the_run_with_one_question_and_goes_on_with_the_right_one(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Callable[[int], Path], tmp_path: Path
) -> None:
    async with SimulatorServer(SimulatorOptions(latency=0.01, require_key="sk-right")) as server:
        app = make_app()
        window = app.window
        path = tmp_path / "lab.yaml"
        write(path, lab_chain(server.base_url))
        app.workspace.open_workbook(jobs(6), chain=path)
        await until(lambda: app.workspace.session is not None)
        window.actions_.run.trigger()
        await until(lambda: "needs an API key" in window.run_banner.text)
        window.run_banner.press_primary()
        dialog = next(found for found in window.findChildren(KeysDialog) if found.isVisible())
        chosen = dialog.chosen()
        assert chosen is not None
        assert chosen.name == "lab"
        assert dialog.focusWidget() is dialog.value  # what is typed now is the key
        dialog.close()
        app.workspace.keys.set_for_session("lab", server.base_url, "sk-wrong")
        window.actions_.run.trigger()
        await until(lambda: any(button.text() == "Start" for button in window.run_banner.buttons()))
        assert "6 calls" in window.run_banner.text
        window.run_banner.buttons()[0].click()
        await until(lambda: app.run_controller.phase is RunPhase.PAUSED)
        assert [button.text() for button in window.run_banner.buttons()] == ["Stop the run", "Go on", "Open keys…"]
        assert "sk-wrong" not in window.run_banner.text
        app.workspace.keys.set_for_session("lab", server.base_url, "sk-right")
        window.run_banner.buttons()[1].click()
        await until(lambda: window.model.snapshot.counts[Status.DONE] == 6)
        await until(lambda: app.run_controller.phase is RunPhase.IDLE)


def write(path: Path, chain: Chain) -> None:
    path.write_text(dump_chain(chain), "utf-8")
    assert load_chain(path) == chain
