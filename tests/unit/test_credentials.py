"""Keys from the environment, the session and the keyring, and to whom they are given."""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import traceback
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from keyring import errors
from keyring.backend import KeyringBackend

from chaindesk import credentials
from chaindesk.credentials import WAITING, FoundKey, KeySource, KeyStore, origin_of
from chaindesk.domain.chains.provider_settings import ProviderSettings
from chaindesk.domain.completion import Endpoint, ProviderKind
from chaindesk.domain.errors import InputError, KeyringError
from chaindesk.providers.registry import resolve

KEY = "sk-test-5up3rs3cr3t-0123456789"
OPENAI = Endpoint("openai", ProviderKind.OPENAI_CHAT, "https://api.openai.com/v1", "OPENAI_API_KEY", key_trusted=True)
LAB = Endpoint("lab", ProviderKind.OPENAI_CHAT, "https://llm.example.org/v1", "", key_required=False)
LOCAL = Endpoint(
    "ollama", ProviderKind.OPENAI_CHAT, "http://localhost:11434/v1", "", key_required=False, accepts_key=False
)


class MemoryKeyring(KeyringBackend):
    """A real backend that keeps its passwords in memory."""

    priority = 1  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()
        self.passwords: dict[tuple[str, str], str] = {}
        self.reads = 0

    def get_password(self, service: str, username: str) -> str | None:
        self.reads += 1
        return self.passwords.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.passwords[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.passwords.pop((service, username), None) is None:
            raise errors.PasswordDeleteError("not there")


class RaisingKeyring(MemoryKeyring):
    """A backend that refuses everything, in the way it is told, and chatters about the key."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error

    def get_password(self, service: str, username: str) -> str | None:
        raise self.error

    def set_password(self, service: str, username: str, password: str) -> None:
        raise self.error

    def delete_password(self, service: str, username: str) -> None:
        raise self.error


class BlockingKeyring(MemoryKeyring):
    """A locked backend whose prompt nobody answers."""

    def __init__(self) -> None:
        super().__init__()
        self.released = threading.Event()

    def get_password(self, service: str, username: str) -> str | None:
        self.released.wait(60)
        return None

    def set_password(self, service: str, username: str, password: str) -> None:
        self.released.wait(60)


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    before = keyring.get_keyring()
    yield
    keyring.set_keyring(before)


@pytest.fixture
def ring() -> MemoryKeyring:
    backend = MemoryKeyring()
    keyring.set_keyring(backend)
    return backend


@pytest.mark.usefixtures("ring")
def test_a_stored_key_is_found_again_and_hides_in_its_repr() -> None:
    store = KeyStore(environment={})
    store.set("openai", OPENAI.base_url, f"  {KEY}\n")
    found = KeyStore(environment={}).find(OPENAI)
    assert found == FoundKey(KEY, KeySource.KEYRING)
    assert KEY not in repr(found)
    assert KEY not in repr(store)
    assert store.stored("openai", OPENAI.base_url)


def test_the_environment_comes_first_then_the_session_then_the_keyring(ring: MemoryKeyring) -> None:
    store = KeyStore(environment={"OPENAI_API_KEY": "from-environment"})
    ring.passwords["ChainDesk:openai", "https://api.openai.com"] = "from-keyring"
    store.set_for_session("openai", OPENAI.base_url, "from-session")
    assert store.find(OPENAI) == FoundKey("from-environment", KeySource.ENVIRONMENT)
    without = KeyStore(environment={})
    assert without.find(OPENAI) == FoundKey("from-keyring", KeySource.KEYRING)
    without.set_for_session("openai", OPENAI.base_url, "from-session")
    assert without.find(OPENAI) == FoundKey("from-session", KeySource.SESSION)


@pytest.mark.usefixtures("ring")
def test_a_key_does_not_follow_its_provider_to_another_address() -> None:
    store = KeyStore(environment={})
    store.set("lab", LAB.base_url, KEY)
    store.set_for_session("lab", LAB.base_url, KEY)
    moved = Endpoint("lab", ProviderKind.OPENAI_CHAT, "https://elsewhere.example.org/v1", "")
    assert store.find(LAB) is not None
    assert store.find(moved) is None
    assert not store.stored("lab", moved.base_url)


@pytest.mark.usefixtures("ring")
def test_another_path_on_the_same_host_keeps_the_key() -> None:
    store = KeyStore(environment={})
    store.set("lab", LAB.base_url, KEY)
    assert store.find(Endpoint("lab", ProviderKind.OPENAI_CHAT, "https://llm.example.org/v2", "")) is not None


@pytest.mark.usefixtures("ring")
def test_a_deleted_key_is_gone_and_deleting_nothing_says_so() -> None:
    store = KeyStore(environment={})
    store.set("openai", OPENAI.base_url, KEY)
    assert store.delete("openai", OPENAI.base_url)
    assert store.find(OPENAI) is None
    assert not store.delete("openai", OPENAI.base_url)


@pytest.mark.parametrize("given", [f" {KEY}\r\n", f"\ufeff{KEY}", f'"{KEY}"', f"'{KEY}' "])
async def test_what_copying_and_shells_put_around_a_key_is_taken_off(ring: MemoryKeyring, given: str) -> None:
    KeyStore(environment={}).set("openai", OPENAI.base_url, given)
    assert list(ring.passwords.values()) == [KEY]
    keys, _ = await KeyStore(environment={"OPENAI_API_KEY": given}).find_all([OPENAI])
    assert keys == {"openai": KEY}


@pytest.mark.parametrize("value", ["", "   ", "\ufeff", "two words", "line\nbreak", "schlüssel"])
def test_what_cannot_be_a_key_is_refused_unshown(ring: MemoryKeyring, value: str) -> None:
    with pytest.raises(InputError) as caught:
        KeyStore(environment={}).set("openai", OPENAI.base_url, value)
    assert not value.strip() or value not in str(caught.value)
    assert not ring.passwords


async def test_all_keys_of_a_run_are_read_at_once_and_missing_ones_named(ring: MemoryKeyring) -> None:
    ring.passwords["ChainDesk:openai", "https://api.openai.com"] = KEY
    mistral = Endpoint(
        "mistral", ProviderKind.OPENAI_CHAT, "https://api.mistral.ai/v1", "MISTRAL_API_KEY", key_trusted=True
    )
    keys, missing = await KeyStore(environment={}).find_all([OPENAI, mistral, LAB, LOCAL])
    assert keys == {"openai": KEY}
    assert missing == [mistral]
    assert ring.reads == 3  # nothing was asked for the server on this machine


async def test_a_keyring_that_blocks_is_given_up_while_the_loop_goes_on() -> None:
    backend = BlockingKeyring()
    keyring.set_keyring(backend)
    store = KeyStore(environment={}, patience=0.2)
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            await asyncio.sleep(0.01)
            ticks += 1

    ticking = asyncio.create_task(tick())
    with pytest.raises(KeyringError, match=r"did not answer within 0\.2 seconds.*OPENAI_API_KEY"):
        await store.find_all([OPENAI])
    ticking.cancel()
    assert ticks
    assert await store.find_all([LAB]) == ({}, [])  # it can do without
    backend.released.set()


def test_a_keyring_that_blocks_is_given_up_without_a_loop() -> None:
    backend = BlockingKeyring()
    keyring.set_keyring(backend)
    store = KeyStore(environment={}, patience=0.1)
    for ask in (
        lambda: store.find(OPENAI),
        lambda: store.set("openai", OPENAI.base_url, KEY),
        lambda: store.stored("openai", OPENAI.base_url),
    ):
        with pytest.raises(KeyringError, match="did not answer"):
            ask()
    backend.released.set()


async def test_a_wait_for_the_keyring_is_told_and_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(credentials, "_QUIET_SECONDS", 0.01)
    for by_loop in (True, False):
        backend = BlockingKeyring()
        keyring.set_keyring(backend)
        store = KeyStore(environment={}, patience=30)
        told: list[str] = []

        def hear(words: str, told: list[str] = told, backend: BlockingKeyring = backend) -> None:
            told.append(words)
            backend.released.set()  # the user has unlocked it

        store.on_wait = hear
        if by_loop:
            await store.find_all([OPENAI])
        else:
            store.find(OPENAI)
        assert told == [WAITING, ""]


@pytest.mark.parametrize("base_url", ["http://192.168.1.5:8000/v1", "http://127.0.0.1:8000/v1"])
async def test_a_server_of_ones_own_may_have_a_key_wherever_it_is(ring: MemoryKeyring, base_url: str) -> None:
    endpoint = resolve("nas", ProviderSettings(base_url=base_url, allow_http=True))
    store = KeyStore(environment={})
    store.set("nas", base_url, KEY)
    assert await store.find_all([endpoint, resolve("ollama"), resolve("demo")]) == ({"nas": KEY}, [])
    assert ring.reads == 2  # one of them to see that it was kept: nothing was asked for those that take none


@pytest.mark.parametrize(
    "error",
    [
        RuntimeError(f"bare words about {KEY}"),
        errors.KeyringLocked("locked"),
        errors.InitError("no display"),
        errors.PasswordSetError(f"cannot store {KEY}"),
        errors.KeyringError("something"),
        OSError(5, f"input/output error {KEY}"),
    ],
    ids=lambda error: type(error).__name__,
)
async def test_whatever_a_keyring_raises_becomes_plain_words_without_the_key(
    error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    keyring.set_keyring(RaisingKeyring(error))
    store = KeyStore(environment={})
    told = []
    for ask in (
        lambda: store.find(OPENAI),
        lambda: store.set("openai", OPENAI.base_url, KEY),
        lambda: store.delete("openai", OPENAI.base_url),
    ):
        with pytest.raises(KeyringError) as caught:
            ask()
        told.append("".join(traceback.format_exception(caught.value)) + repr(caught.value))
        assert caught.value.__context__ is None
    with pytest.raises(KeyringError) as caught:
        await store.find_all([OPENAI])
    told.append("".join(traceback.format_exception(caught.value)))
    assert KEY not in "".join(told) + caplog.text
    assert "keyring" in str(caught.value)


async def test_a_machine_without_a_keyring_counts_as_having_no_key() -> None:
    from keyring.backends import fail

    keyring.set_keyring(fail.Keyring())  # type: ignore[no-untyped-call]
    store = KeyStore(environment={})
    assert store.find(OPENAI) is None
    assert await store.find_all([OPENAI]) == ({}, [OPENAI])
    assert not store.delete("openai", OPENAI.base_url)
    with pytest.raises(KeyringError, match="no keyring that ChainDesk can use"):
        store.set("openai", OPENAI.base_url, KEY)


def test_a_keyring_that_drops_what_it_is_given_is_noticed() -> None:
    from keyring.backends import null

    keyring.set_keyring(null.Keyring())  # type: ignore[no-untyped-call]
    with pytest.raises(KeyringError, match="did not keep the key"):
        KeyStore(environment={}).set("openai", OPENAI.base_url, KEY)


@pytest.mark.parametrize(
    ("base_url", "origin"),
    [
        ("https://api.openai.com/v1", "https://api.openai.com"),
        ("http://LocalHost:11434/v1", "http://localhost:11434"),
        ("http://[::1]:8080", "http://[::1]:8080"),
    ],
)
def test_an_origin_is_scheme_host_and_port(base_url: str, origin: str) -> None:
    assert origin_of(base_url) == origin


def test_a_real_machine_without_a_session_bus_counts_as_having_no_keyring(tmp_path: Path) -> None:
    environment = {"HOME": str(tmp_path), "PATH": os.environ["PATH"], "DBUS_SESSION_BUS_ADDRESS": "disabled:"}
    command = [sys.executable, "-W", "error", "-c", _REAL, KEY]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert KEY not in done.stdout + done.stderr
    if sys.platform == "linux":
        assert "before None\nrefused This system has no keyring" in done.stdout


_REAL = """
import sys
from chaindesk.credentials import KeyStore
from chaindesk.domain.errors import KeyringError
from chaindesk.providers.registry import resolve

endpoint = resolve("openai")
store = KeyStore(environment={}, patience=20)
try:
    print("before", store.find(endpoint))
    store.set("openai", endpoint.base_url, sys.argv[1])
    found = KeyStore(environment={}, patience=20).find(endpoint)
    print("found", found.value == sys.argv[1], found.source.value)
    gone = store.delete("openai", endpoint.base_url)
    print("deleted", gone, store.find(endpoint), store.delete("openai", endpoint.base_url))
except KeyringError as error:
    print("refused", error)
"""
_UNLOCK = 'printf "\\n" | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1'
_LOCKED = "gnome-keyring-daemon --start --components=secrets >/dev/null 2>&1"


def _under_a_session_bus(prepare: str, home: Path) -> str:
    """What the real keyring did, in a session bus and a home of its own."""
    environment = {
        "HOME": str(home),
        "PATH": os.environ["PATH"],
        "PYTHON_KEYRING_BACKEND": "keyring.backends.SecretService.Keyring",
    }
    # The daemon's socket is here, and the path of one has 107 bytes at most: unix(7).
    with tempfile.TemporaryDirectory(prefix="k", dir="/tmp") as sockets:
        return _said(prepare, environment | {"XDG_RUNTIME_DIR": sockets})


def _said(prepare: str, environment: dict[str, str]) -> str:
    script = f'{prepare}; exec "$0" -W error -c "$1" "$2"'
    command = ["dbus-run-session", "--", "bash", "-c", script, sys.executable, _REAL, KEY]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=90, check=False)
    assert KEY not in done.stdout + done.stderr
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def _session_bus() -> None:
    missing = [name for name in ("dbus-run-session", "gnome-keyring-daemon") if shutil.which(name) is None]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)}")
    pytest.importorskip("secretstorage", reason="keyring's Secret Service backend is Linux's")


@pytest.mark.usefixtures("_session_bus")
def test_gnome_keyring_keeps_gives_and_deletes_a_key(tmp_path: Path) -> None:
    told = _under_a_session_bus(_UNLOCK, tmp_path).splitlines()
    assert told == ["before None", "found True keyring", "deleted True None False"]


@pytest.mark.usefixtures("_session_bus")
def test_a_locked_gnome_keyring_says_so_and_shows_a_way_on(tmp_path: Path) -> None:
    told = _under_a_session_bus(_LOCKED, tmp_path)
    assert told.startswith("refused The system's keyring is locked. Unlock it and try again. Or set the variable")
