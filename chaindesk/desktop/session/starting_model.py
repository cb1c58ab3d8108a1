"""The model with which a new chain begins: the one used last, else one of a provider whose key is there."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from chaindesk.chain_file import load_chain
from chaindesk.credentials import KeyStore
from chaindesk.desktop.ui.translation import tr
from chaindesk.domain.errors import ChainDeskError
from chaindesk.providers.registry import resolve
from chaindesk.providers.starter_models import DEMO_MODEL, STARTER_MODELS

_DEMO = "demo"
_KEYRING_TIMEOUT_S = 3.0  # a locked keyring is not worth waiting for here
_MAX_CHAINS_READ = 3


@dataclass(frozen=True, slots=True)
class StartingModel:
    """A model reference, and why it was chosen, in words for the user."""

    reference: str
    words: str


async def starting_model(keys: KeyStore, recent_chains: Sequence[str]) -> StartingModel:
    """Return the model of a new chain. No provider is asked.

    Args:
        keys: where API keys come from.
        recent_chains: paths of chain files, the newest first.
    """
    used = await asyncio.to_thread(_used_last, recent_chains)
    if used is not None:
        return used
    provider = await _first_with_key(keys)
    if provider:
        words = tr("The model is of {provider}, whose key is there.").format(provider=provider)
        return StartingModel(f"{provider}/{STARTER_MODELS[provider]}", words)
    words = tr("No key was found: the simulated provider answers, free, and makes all of it up.")
    return StartingModel(DEMO_MODEL, words)


def _used_last(recent_chains: Sequence[str]) -> StartingModel | None:
    for path in recent_chains[:_MAX_CHAINS_READ]:
        try:
            chain = load_chain(Path(path))
        except ChainDeskError:
            continue
        step = next((step for step in chain.steps if step.provider != _DEMO), None)
        # A provider of that chain's own would be unknown in another.
        if step is not None and step.provider not in chain.providers:
            words = tr('The model is that of the chain "{name}", which you used last.').format(name=chain.name)
            return StartingModel(step.model, words)
    return None


async def _first_with_key(keys: KeyStore) -> str:
    endpoints = [resolve(provider) for provider in STARTER_MODELS]
    at_hand = next((endpoint.name for endpoint in endpoints if keys.at_hand(endpoint) is not None), "")
    if at_hand:
        return at_hand
    try:
        async with asyncio.timeout(_KEYRING_TIMEOUT_S):
            found, _ = await keys.find_all(endpoints)
    except (ChainDeskError, TimeoutError):
        return ""
    return next((endpoint.name for endpoint in endpoints if endpoint.name in found), "")
