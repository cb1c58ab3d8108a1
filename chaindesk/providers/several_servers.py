"""A provider that has several servers or several keys: each pair becomes an endpoint, and all are asked as one."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from chaindesk.domain.chains.provider_settings import ProviderSettings
from chaindesk.domain.completion import Endpoint

_VARIABLE = re.compile(r"[A-Z][A-Z0-9_]*", re.ASCII)  # anything else is a name under which a key is kept


def with_servers(
    name: str, settings: ProviderSettings, resolve: Callable[[str, ProviderSettings], Endpoint]
) -> Endpoint:
    """The endpoint of a provider that has several servers or keys.

    Args:
        name: the provider's.
        settings: what the chain says of it.
        resolve: makes the endpoint of one server.

    Raises:
        InputError: a server makes no endpoint.
    """
    addresses: Sequence[str | None] = settings.base_urls or [settings.base_url]
    keys = settings.keys or [""]
    count = max(len(addresses), len(keys))
    servers: dict[str, Endpoint] = {}
    for number in range(count):
        address, key = addresses[number % len(addresses)], keys[number % len(keys)]
        variable = key if _VARIABLE.fullmatch(key) else settings.api_key_env
        alone = {"base_url": address, "base_urls": None, "keys": None, "api_key_env": variable}
        server = resolve(name, settings.model_copy(update=alone))
        place = urlsplit(server.base_url).netloc if len(addresses) > 1 else key
        shown = f"{name} ({place})" if f"{name} ({place})" not in servers else f"{name} ({server.base_url})"
        kept = "" if variable == key else key
        servers[shown] = replace(
            server,
            name=shown,
            key_name=kept or name,
            key_variable="" if kept else server.key_variable,
            key_required=server.key_required or bool(key),
        )
    first = next(iter(servers.values()))
    return replace(first, name=name, servers=tuple(servers.values()))
