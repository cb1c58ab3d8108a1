"""``chaindesk keys``: API keys in the system's keyring. A key is asked for or read, never an argument, never shown."""

from __future__ import annotations

import argparse
import getpass
import re
import sys

from pydantic import ValidationError

from chaindesk.cli import event_loop
from chaindesk.cli.exit_status import Exit
from chaindesk.cli.options import add_json
from chaindesk.cli.printing.output import note, say, say_json, table
from chaindesk.cli.provider_options import add_chain_of_providers, add_provider, endpoint_of, models_of, settings_of
from chaindesk.credentials import KeySource, KeyStore, origin_of
from chaindesk.domain.chains.provider_settings import ProviderSettings
from chaindesk.domain.completion import Endpoint
from chaindesk.domain.errors import InputError, KeyringError, UsageError
from chaindesk.formatting import count, listed, visible
from chaindesk.json_contract.tool_lines import KeysLine, KeyTestLine, ProviderKey
from chaindesk.key_permissions import KeyPermission, host_of, load_permissions, save_permissions
from chaindesk.providers.registry import PRESETS, resolve

DESCRIPTION = """Keep API keys in the system's keyring.

A key that is set in the environment (OPENAI_API_KEY and the like) comes before the keyring's. A variable that a chain
names in api_key_env is sent to the host of its base_url only after `chaindesk keys allow VARIABLE HOST`.
A key belongs to an address: name that of a server of your own by --base-url, or by the --chain that uses it."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the commands."""
    commands = parser.add_subparsers(dest="action", required=True, metavar="set|test|list|delete|allow|revoke")
    for name, words in {
        "set": "keep a provider's key: it is asked for, or read from standard input",
        "test": "ask a provider for its list of models with the key that it has, which costs nothing",
        "list": "which providers have a key, and where",
        "delete": "forget a provider's key",
    }.items():
        command = commands.add_parser(name, help=words, description=words, allow_abbrev=False)
        if name != "list":
            add_provider(command)
            command.add_argument("given", nargs="*", help=argparse.SUPPRESS)  # a key, which is not to be echoed
        add_chain_of_providers(command)
        if name in ("test", "list"):
            add_json(command, "one JSON object on standard output")
    for name, words in {
        "allow": "let an environment variable be sent to a host as a key, from now on",
        "revoke": "take that back",
    }.items():
        command = commands.add_parser(name, help=words, description=words, allow_abbrev=False)
        command.add_argument("variable", metavar="VARIABLE", help="the variable that the chain names in api_key_env")
        command.add_argument("host", metavar="HOST", help="the host of its base_url, such as https://llm.example.org")


def execute(arguments: argparse.Namespace) -> int:
    """Do it."""
    if getattr(arguments, "given", None):
        raise UsageError(
            "A key is never an argument, where others could see it: it is asked for, or read from standard input. "
            "If that was one, it is in your shell's history now: take it out there."
        )
    match arguments.action:
        case "allow" | "revoke":
            return _permit(arguments.variable, arguments.host, allow=arguments.action == "allow")
        case "set":
            return _set(endpoint_of(arguments))
        case "test":
            return event_loop.run(_test(endpoint_of(arguments), as_json=arguments.json))
        case "delete":
            return _delete(endpoint_of(arguments))
    return _list(arguments)


def _set(endpoint: Endpoint) -> int:
    if not endpoint.accepts_key:
        raise UsageError(f"{endpoint.name} at {endpoint.base_url} takes no key.")
    if sys.stdin.isatty():
        value = getpass.getpass(visible(f"Key of {endpoint.name} ({origin_of(endpoint.base_url)}), not shown: "))
    else:
        value = sys.stdin.readline()
    try:
        _store().set(endpoint.name, endpoint.base_url, value)
    except KeyringError as error:
        raise KeyringError(f"{error} {_without_keyring(endpoint)}") from None
    say(f"The key of {endpoint.name} is kept in the system's keyring, for {origin_of(endpoint.base_url)} alone.")
    return 0


async def _test(endpoint: Endpoint, *, as_json: bool) -> int:
    offer = await models_of(endpoint)
    if offer.failure is not None:
        raise offer.failure
    if offer.trouble or not offer.models:
        raise InputError(offer.trouble or f"{endpoint.name} lists no models, so nothing tells whether its key is good.")
    if as_json:
        say_json(KeyTestLine(endpoint.name, endpoint.base_url, len(offer.models)))
        return Exit.DONE
    say(f"{endpoint.name} answers: {count(len(offer.models), 'model')}, such as {listed(offer.models, 3)}.")
    return Exit.DONE


def _delete(endpoint: Endpoint) -> int:
    if _store().delete(endpoint.name, endpoint.base_url):
        say(f"The key of {endpoint.name} is deleted.")
        return 0
    note(f"There was no key of {endpoint.name} for {origin_of(endpoint.base_url)} in the keyring.")
    return 2


def _permit(variable: str, host: str, *, allow: bool) -> int:
    try:
        ProviderSettings(api_key_env=variable)
    except ValidationError:
        raise UsageError(
            "The first word is the name of an environment variable, such as LAB_API_KEY, and what stands there is no "
            "such name. If it is the key itself, it is in your shell's history now: take it out there."
        ) from None
    permission = KeyPermission(variable, host_of(host))
    allowed = load_permissions()
    if not allow and permission not in allowed:
        note(f"{variable} is not allowed for {permission.host}.")
        return 2
    save_permissions({*allowed, permission} if allow else allowed - {permission})
    say(f"{variable} may {'' if allow else 'no longer '}be sent to {permission.host}.")
    return 0


def _list(arguments: argparse.Namespace) -> int:
    settings = settings_of(arguments.chain)
    names = [name for name, preset in PRESETS.items() if preset.key_variable and preset.base_url]
    endpoints = [resolve(name, settings.get(name)) for name in dict.fromkeys([*names, *settings])]
    store = _store()
    found = {endpoint.name: _where(store, endpoint) for endpoint in endpoints}
    if arguments.json:
        say_json(KeysLine(tuple(ProviderKey(name, place) for name, place in found.items())))
        return 0
    rows = [["provider", "key", "variable", "address"]]
    rows += [[e.name, found[e.name] or "–", e.key_variable or "–", e.base_url] for e in endpoints]
    for line in table(rows):
        say(line)
    for permission in sorted(load_permissions(), key=lambda one: (one.variable, one.host)):
        say(f"{permission.variable} may be sent to {permission.host}.")
    return 0


def _store() -> KeyStore:
    store = KeyStore()
    store.on_wait = lambda words: note(words) if words else None
    return store


def _without_keyring(endpoint: Endpoint) -> str:
    """Return how a key is given where the keyring does not take it: nothing of this program outlives the command."""
    if endpoint.key_variable:
        return f"The key is not kept. Set the environment variable {endpoint.key_variable} instead."
    variable = re.sub(r"\W+", "_", endpoint.name.upper()) + "_API_KEY"
    return (
        f"The key is not kept. Write api_key_env: {variable} under {endpoint.name} in the chain's providers, "
        "and set that environment variable instead."
    )


def _where(store: KeyStore, endpoint: Endpoint) -> str | None:
    try:
        key = store.find(endpoint)
    except KeyringError as error:
        note(str(error))
        return "keyring does not answer"
    if key is None:
        return "waits for keys allow" if store.pending_permissions([endpoint]) else None
    return "in the environment" if key.source is KeySource.ENVIRONMENT else "in the keyring"
