"""The system's keyring: the only module that uses keyring, and the translation of its errors.

Backends raise whatever they like, and their messages may hold the key: none is passed on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from chaindesk.domain.errors import KeyringError

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

SERVICE = "ChainDesk"
_NO_KEYRING = "This system has no keyring that ChainDesk can use."
_T = TypeVar("_T")


class NoKeyring(KeyringError):
    """This system has no keyring that ChainDesk can use."""


@dataclass(frozen=True, slots=True)
class Outcome(Generic[_T]):
    """What came of a question to the keyring: a value or a failure."""

    value: _T | None = None
    failure: KeyringError | None = None


def _service(provider: str) -> str:
    return f"{SERVICE}:{provider}"


def _backend() -> KeyringBackend:
    import keyring
    from keyring.backends import fail

    backend = keyring.get_keyring()
    if isinstance(backend, fail.Keyring):
        raise NoKeyring(_NO_KEYRING)
    if "Plaintext" in type(backend).__name__:
        raise NoKeyring("This system's keyring would keep keys as plain text; ChainDesk does not use it.")
    return backend


def read_key(provider: str, origin: str) -> str | None:
    """Return a provider's key for an origin, or None."""
    try:
        backend = _backend()
    except NoKeyring:
        return None
    return backend.get_password(_service(provider), origin) or None


def write_key(provider: str, origin: str, key: str) -> None:
    """Store a key for a provider at an origin."""
    backend = _backend()
    backend.set_password(_service(provider), origin, key)
    if backend.get_password(_service(provider), origin) != key:
        raise NoKeyring("The system's keyring did not keep the key.")


def delete_key(provider: str, origin: str) -> bool:
    """Delete a key, and return whether there was one."""
    backend = _backend()
    if not backend.get_password(_service(provider), origin):
        return False
    backend.delete_password(_service(provider), origin)
    return True


def ask_keyring(question: Callable[[], _T], hint: str) -> Outcome[_T]:
    """Ask the keyring, and return what came of it; never raises."""
    try:
        return Outcome(value=question())
    except NoKeyring as error:
        return Outcome(failure=NoKeyring(f"{error} {hint}".strip()))
    except Exception as error:
        return Outcome(failure=_failure(error, hint))


def _failure(error: Exception, hint: str) -> KeyringError:
    from keyring import errors

    if isinstance(error, errors.NoKeyringError):
        return NoKeyring(f"{_NO_KEYRING} {hint}".strip())
    if isinstance(error, (errors.KeyringLocked, errors.InitError)):
        return KeyringError(f"The system's keyring is locked. Unlock it and try again. {hint}".strip())
    if isinstance(error, errors.PasswordSetError):
        return KeyringError(f"The system's keyring did not take the key. {hint}".strip())
    return KeyringError(f"The system's keyring failed ({type(error).__name__}). {hint}".strip())


def no_answer(patience: float, hint: str) -> KeyringError:
    """Return the error of a keyring that did not answer in time."""
    words = f"The system's keyring did not answer within {patience:g} seconds. It may be waiting for its password."
    return KeyringError(f"{words} Unlock it and try again. {hint}".strip())
