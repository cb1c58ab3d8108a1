"""Which environment variable may be sent to which host as an API key: what the user allowed once, kept on disk.

A chain from elsewhere may name any variable and any address. So a variable goes to a host only after the user agreed to
the pair; the pairs of the well-known providers need no leave.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from chaindesk import settings
from chaindesk.domain.errors import EnvironmentFailure, InputError
from chaindesk.files.atomic_write import replace_file


@dataclass(frozen=True, slots=True)
class KeyPermission:
    """Leave to send an environment variable to a host as a provider's key.

    Attributes:
        variable: the name of the variable.
        host: scheme and host of the address, such as ``https://llm.example.org``.
        provider: the provider for which the chain asks; it is no part of the pair.
    """

    variable: str
    host: str
    provider: str = field(default="", compare=False)

    @property
    def question(self) -> str:
        """What the user is asked."""
        return (
            f"The chain wants to send the environment variable {self.variable} to {self.host}, as the key of its "
            f'provider "{self.provider}". Allow it only if the value of {self.variable} was made for that host.'
        )


def load_permissions() -> frozenset[KeyPermission]:
    """Return what the user allowed; nothing if the file cannot be read."""
    try:
        found = json.loads(_path().read_text(encoding="utf-8"))
        return frozenset(KeyPermission(str(variable), str(host)) for variable, host in found)
    except (OSError, ValueError, TypeError):
        return frozenset()


def save_permissions(permissions: Iterable[KeyPermission]) -> None:
    """Replace what the user allowed.

    Raises:
        EnvironmentFailure: the folder refuses.
    """
    settings.home()
    path = _path()
    pairs = sorted((one.variable, one.host) for one in set(permissions))
    text = json.dumps(pairs, indent=1) + "\n"
    try:
        replace_file(path, lambda file: file.write(text.encode("utf-8")))
    except OSError as error:
        raise EnvironmentFailure(f"The permission could not be saved in {path.parent}: {error.strerror}.") from error


def host_of(address: str) -> str:
    """Return scheme and host of an address, such as ``https://llm.example.org``; a bare host counts as https.

    Raises:
        InputError: it is no web address.
    """
    text = address.strip() if "://" in address else f"https://{address.strip()}"
    try:
        parts = urlsplit(text)
        host = (parts.hostname or "").lower()
    except ValueError:
        host = ""
    if not host or parts.scheme not in ("http", "https") or any(c.isspace() or not c.isprintable() for c in host):
        raise InputError(f'"{address}" is no host. Give it as it stands in the chain, such as https://llm.example.org')
    return f"{parts.scheme}://{f'[{host}]' if ':' in host else host}"


def _path() -> Path:
    return settings.home_path() / "key-permissions.json"
