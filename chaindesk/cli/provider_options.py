"""Which provider a command is about: its name, and the address of one that is not built in."""

from __future__ import annotations

import argparse
from pathlib import Path

from chaindesk.cli.inputs import permission_hint
from chaindesk.cli.options import path
from chaindesk.cli.printing.output import note
from chaindesk.credentials import KeyStore
from chaindesk.domain.chains.provider_settings import ProviderSettings
from chaindesk.domain.completion import DEMO_BASE_URL, Endpoint
from chaindesk.domain.errors import InputError, UsageError
from chaindesk.engine.model_catalog import Offer, offers
from chaindesk.providers.registry import PRESETS, resolve
from chaindesk.simulator.options import SimulatorOptions

_LIST_TIMEOUT_S = 20.0


def add_provider(parser: argparse.ArgumentParser) -> None:
    """The provider, and where it is."""
    parser.add_argument("provider", metavar="PROVIDER", help="its name in model references, such as openai")
    parser.add_argument("--base-url", metavar="URL", help="the address of a server of your own")
    parser.add_argument("--allow-http", action="store_true", help="take an http:// address beyond this machine")


def add_chain_of_providers(parser: argparse.ArgumentParser) -> None:
    """The chain that names providers of the user's own."""
    parser.add_argument("-c", "--chain", metavar="FILE", type=path, help="a chain whose providers are meant, too")


def endpoint_of(arguments: argparse.Namespace) -> Endpoint:
    """Return the endpoint that the arguments name.

    Raises:
        UsageError: it has no address, or one that cannot be used.
    """
    name = arguments.provider
    settings = settings_of(arguments.chain).get(name)
    if arguments.base_url:
        settings = (settings or ProviderSettings()).model_copy(update={"base_url": arguments.base_url})
    if arguments.allow_http:
        settings = (settings or ProviderSettings()).model_copy(update={"allow_http": True})
    if settings is None and (name not in PRESETS or not PRESETS[name].base_url):
        what = "has an address for each customer" if name in PRESETS else "is not built in"
        raise UsageError(f'"{name}" {what}. Give the address by --base-url, or the chain by --chain.')
    try:
        return resolve(name, settings)
    except InputError as error:
        if arguments.base_url is None:
            raise
        raise UsageError(_of_options(str(error), name)) from None


def _of_options(words: str, name: str) -> str:
    """Return what is wrong with an address in the terms of the options that gave it, rather than of a chain's file."""
    words = words.replace(f'The base_url of provider "{name}"', "--base-url")
    return words.replace("write allow_http: true under this provider", "add --allow-http")


def settings_of(chain: Path | None) -> dict[str, ProviderSettings]:
    """Return what a chain says of its providers; nothing where no chain is named."""
    if chain is None:
        return {}
    from chaindesk.chain_file import load_chain

    return load_chain(chain).providers


async def models_of(endpoint: Endpoint) -> Offer:
    """Ask a provider for its models with the key that it has. Nothing of it is billed.

    Raises:
        UsageError: a variable of the chain waits for the user's word.
        KeyringError: the keyring does not answer.
    """
    store = KeyStore()
    store.on_wait = lambda words: note(words) if words else None
    keys, _ = await store.find_all([endpoint])
    waiting = store.pending_permissions([endpoint])
    if waiting:
        raise UsageError("\n".join(map(permission_hint, waiting)))
    if endpoint.base_url == DEMO_BASE_URL:
        return Offer(endpoint.name, SimulatorOptions().models)
    return (await offers([endpoint], keys, seconds=_LIST_TIMEOUT_S))[endpoint.name]
