"""``chaindesk models``: the models that a provider lists, with their prices; asking for them costs nothing."""

from __future__ import annotations

import argparse

from chaindesk.cli import event_loop
from chaindesk.cli.check.report import per_million
from chaindesk.cli.exit_status import Exit
from chaindesk.cli.options import add_json
from chaindesk.cli.printing.output import say, say_json, table
from chaindesk.cli.provider_options import add_chain_of_providers, add_provider, endpoint_of, models_of
from chaindesk.domain.completion import Endpoint
from chaindesk.domain.errors import InputError
from chaindesk.formatting import money
from chaindesk.json_contract.tool_lines import ModelPrice, ModelsLine

DESCRIPTION = """List a provider's models as a chain names them, with their prices. Asking for them costs nothing.

Prices are US dollars per million tokens: the chain's own, or those of the price list that ChainDesk comes with."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add_provider(parser)
    add_chain_of_providers(parser)
    add_json(parser, "one JSON object on standard output")


def execute(arguments: argparse.Namespace) -> int:
    """List them."""
    return event_loop.run(_list(arguments, endpoint_of(arguments)))


async def _list(arguments: argparse.Namespace, endpoint: Endpoint) -> int:
    offer = await models_of(endpoint)
    if offer.failure is not None:
        raise offer.failure
    if offer.trouble or not offer.models:
        none = f"{endpoint.name} lists no models: write their names into the chain as you know them."
        raise InputError(offer.trouble or none)
    names = sorted(offer.models, key=str.casefold)
    prices = {name: per_million(endpoint, name) or (None, None) for name in names}
    if arguments.json:
        say_json(ModelsLine(tuple(ModelPrice(f"{endpoint.name}/{name}", *prices[name]) for name in names)))
        return Exit.DONE
    rows = [["model", "input", "output"]]
    rows += [[f"{endpoint.name}/{name}", money(prices[name][0]), money(prices[name][1])] for name in names]
    for line in table(rows, " rr"):
        say(line)
    return Exit.DONE
