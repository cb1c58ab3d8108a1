"""Where API keys come from: the environment, the system's keyring, or this session's memory; never a file of ours.

A key belongs to an origin (scheme, host and port): it is stored under it, so that a
provider whose base URL is changed is asked for its key again instead of sending the old one to a new place.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import TypeVar
from urllib.parse import urlsplit

from chaindesk.domain.completion import Endpoint
from chaindesk.domain.errors import InputError
from chaindesk.key_permissions import KeyPermission, host_of, load_permissions, save_permissions
from chaindesk.system_keyring import NoKeyring, Outcome, ask_keyring, delete_key, no_answer, read_key, write_key

PATIENCE_SECONDS = 30.0
WAITING = "Waiting for the system's keyring. It may be asking for its password in a window of its own."
_QUIET_SECONDS = 1.5  # a keyring that is not waiting for anybody has answered by then
_Found = TypeVar("_Found")


class KeySource(Enum):
    """Where a key was found, in the order of search."""

    ENVIRONMENT = "environment"
    KEYRING = "keyring"
    SESSION = "this session only"


@dataclass(frozen=True, slots=True)
class FoundKey:
    """A key and where it was found. Its repr hides the value."""

    value: str = field(repr=False)
    source: KeySource


class KeyStore:
    """Finds, stores and deletes keys.

    Every method that asks the keyring blocks up to ``patience`` seconds, because a locked keyring may wait for its
    user: call ``find_all`` from a loop, and the others by ``in_background`` or where waiting is meant.

    Attributes:
        on_wait: called with a message for the user while the keyring takes its time, and with "" when the waiting is
            over; from the thread that waits.
    """

    def __init__(self, *, patience: float = PATIENCE_SECONDS, environment: Mapping[str, str] | None = None) -> None:
        self.on_wait: Callable[[str], object] = lambda _: None
        self._patience = patience
        self._environment = os.environ if environment is None else environment
        self._session: dict[tuple[str, str], str] = {}
        self._allowed_now: set[KeyPermission] = set()

    def pending_permissions(self, endpoints: Iterable[Endpoint]) -> list[KeyPermission]:
        """Return what the user has to be asked before a run: variables that are set and may not go to their host yet.

        Until ``allow`` is called for it, such a variable counts as not set.
        """
        every = [one for endpoint in endpoints for one in endpoint.asked]
        asked = [_permission(endpoint) for endpoint in every if self._value(endpoint) and not self._may_go(endpoint)]
        return list(dict.fromkeys(asked))

    def allow(self, permission: KeyPermission, *, remember: bool = True) -> None:
        """Let a variable go to a host from now on, or with ``remember=False`` until the program ends.

        Raises:
            EnvironmentFailure: it cannot be remembered.
        """
        if remember:
            save_permissions({*load_permissions(), permission})
        self._allowed_now.add(permission)

    def find(self, endpoint: Endpoint) -> FoundKey | None:
        """Return the endpoint's key, or None if there is none.

        Raises:
            KeyringError: the keyring did not answer.
        """
        found = self.at_hand(endpoint)
        if found is not None or not may_have_key(endpoint):
            return found
        value = self._ask(lambda: read_key(endpoint.key_holder, origin_of(endpoint.base_url)), _hint(endpoint))
        return None if value is None else FoundKey(value, KeySource.KEYRING)

    async def find_all(self, endpoints: Iterable[Endpoint]) -> tuple[dict[str, str], list[Endpoint]]:
        """Read the keys of a run once, off the event loop.

        Returns:
            The keys by endpoint name, and the endpoints that need one and have none.

        Raises:
            KeyringError: the keyring did not answer, and a key that is needed may be in it.
        """
        keys: dict[str, str] = {}
        asked: list[Endpoint] = []
        for endpoint in (one for several in endpoints for one in several.asked):
            found = self.at_hand(endpoint)
            if found is not None:
                keys[endpoint.name] = found.value
            elif may_have_key(endpoint):
                asked.append(endpoint)
        if asked:
            keys |= await self._read_all(asked)
        return keys, [endpoint for endpoint in asked if endpoint.key_required and endpoint.name not in keys]

    def set(self, provider: str, base_url: str, value: str) -> None:
        """Store a key in the system's keyring, for this provider at this origin.

        Raises:
            InputError: the value cannot be a key.
            KeyringError: the keyring did not take it.
        """
        key = checked_key(value)
        self._ask(lambda: write_key(provider, origin_of(base_url), key), "")
        self._session.pop((provider, origin_of(base_url)), None)

    def set_for_session(self, provider: str, base_url: str, value: str) -> None:
        """Keep a key in memory until the program ends.

        Raises:
            InputError: the value cannot be a key.
        """
        self._session[provider, origin_of(base_url)] = checked_key(value)

    def delete(self, provider: str, base_url: str) -> bool:
        """Delete the key, in the keyring and in this session, and return whether there was one.

        Raises:
            KeyringError: the keyring did not answer.
        """
        kept = self._session.pop((provider, origin_of(base_url)), None) is not None
        try:
            return (
                self._ask(
                    lambda: delete_key(provider, origin_of(base_url)), "Delete it in the system's own key manager."
                )
                or kept
            )
        except NoKeyring:
            return kept

    def stored(self, provider: str, base_url: str) -> bool:
        """Return whether the keyring or this session holds a key for the provider at this origin.

        Raises:
            KeyringError: the keyring did not answer.
        """
        if (provider, origin_of(base_url)) in self._session:
            return True
        return self._ask(lambda: read_key(provider, origin_of(base_url)), "Unlock it and try again.") is not None

    def at_hand(self, endpoint: Endpoint) -> FoundKey | None:
        """Return the endpoint's key if the environment or this session has it, without asking the keyring."""
        value = self._value(endpoint)
        if value and self._may_go(endpoint):
            return FoundKey(value, KeySource.ENVIRONMENT)
        kept = self._session.get((endpoint.key_holder, origin_of(endpoint.base_url)))
        return None if kept is None else FoundKey(kept, KeySource.SESSION)

    def _value(self, endpoint: Endpoint) -> str:
        return _trimmed(self._environment.get(endpoint.key_variable, "")) if endpoint.key_variable else ""

    def _may_go(self, endpoint: Endpoint) -> bool:
        if endpoint.key_trusted:
            return True
        wanted = _permission(endpoint)
        return wanted in self._allowed_now or wanted in load_permissions()

    async def _read_all(self, endpoints: list[Endpoint]) -> dict[str, str]:
        def read() -> dict[str, str]:
            values = {
                endpoint.name: read_key(endpoint.key_holder, origin_of(endpoint.base_url)) for endpoint in endpoints
            }
            return {name: value for name, value in values.items() if value is not None}

        needed = [endpoint for endpoint in endpoints if endpoint.key_required]
        hint = _hint(needed[0]) if needed else ""
        answer = asyncio.ensure_future(in_background(lambda: ask_keyring(read, hint)))
        try:
            await asyncio.wait({answer}, timeout=min(_QUIET_SECONDS, self._patience))
            if not answer.done():
                self.on_wait(WAITING)
                try:
                    await asyncio.wait({answer}, timeout=max(self._patience - _QUIET_SECONDS, 0))
                finally:
                    self.on_wait("")
            outcome = answer.result() if answer.done() else Outcome(failure=no_answer(self._patience, hint))
        finally:
            answer.cancel()
        if outcome.failure is not None and needed:
            raise outcome.failure
        return outcome.value or {}

    def _ask(self, question: Callable[[], _Found], hint: str) -> _Found:
        """Ask the keyring in a daemon thread, so that one that never answers cannot hold the program."""
        outcomes: list[Outcome[_Found]] = []
        thread = threading.Thread(
            target=lambda: outcomes.append(ask_keyring(question, hint)), name="keyring", daemon=True
        )
        thread.start()
        thread.join(min(_QUIET_SECONDS, self._patience))
        if thread.is_alive():
            self.on_wait(WAITING)
            thread.join(max(self._patience - _QUIET_SECONDS, 0))
            self.on_wait("")
        if not outcomes:
            raise no_answer(self._patience, hint)
        outcome = outcomes[0]
        if outcome.failure is not None:
            raise outcome.failure
        return outcome.value  # type: ignore[return-value]


async def in_background(work: Callable[[], _Found]) -> _Found:
    """Do blocking work in a daemon thread, for which neither the loop nor the program waits at its end.

    Raises:
        Exception: what ``work`` raised.
    """
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[_Found] = loop.create_future()

    def deliver(value: _Found | None, error: Exception | None) -> None:
        if answer.done():
            return
        if error is not None:
            answer.set_exception(error)
        else:
            answer.set_result(value)  # type: ignore[arg-type]

    def run() -> None:
        value: _Found | None = None
        failed: Exception | None = None
        try:
            value = work()
        except Exception as error:
            failed = error
        with contextlib.suppress(RuntimeError):  # the loop was closed meanwhile
            loop.call_soon_threadsafe(deliver, value, failed)

    threading.Thread(target=run, name="keyring", daemon=True).start()
    return await answer


def may_have_key(endpoint: Endpoint) -> bool:
    """Return whether asking the keyring is of use: the simulated provider and the well-known local ones take no key."""
    return endpoint.accepts_key


def origin_of(base_url: str) -> str:
    """Return scheme, host and port of an address: what a key is bound to."""
    parts = urlsplit(base_url)
    host = (parts.hostname or parts.path).lower()
    shown = f"[{host}]" if ":" in host else host
    port = f":{parts.port}" if parts.port is not None else ""
    return f"{parts.scheme}://{shown}{port}"


def _permission(endpoint: Endpoint) -> KeyPermission:
    return KeyPermission(endpoint.key_variable, host_of(endpoint.base_url), endpoint.name)


def checked_key(value: str) -> str:
    """Return a key without the spaces and quotes around it that copying brings along.

    Raises:
        InputError: it is empty, or holds what no key holds. Never shows the value.
    """
    key = _trimmed(value)
    if not key:
        raise InputError("The key is empty. Copy it from the provider's site and give it again.")
    if not key.isascii() or not key.isprintable() or " " in key:
        raise InputError("The key holds a space, a line break or a character that no key has. Copy it again.")
    return key


def _trimmed(value: str) -> str:
    return value.strip().strip("\ufeff\"'").strip()


def _hint(endpoint: Endpoint) -> str:
    if endpoint.key_variable:
        return f"Or set the variable {endpoint.key_variable}."
    return f"Or write api_key_env under {endpoint.name} in the chain, and set the variable that it names."
