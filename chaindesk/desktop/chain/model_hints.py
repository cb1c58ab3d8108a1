"""The models that a chain's text names: which providers it asks, where its steps stand, what is on no list."""

from __future__ import annotations

import re
from collections.abc import Callable

from chaindesk.desktop.chain.model_cache import ModelList
from chaindesk.desktop.ui.translation import tr
from chaindesk.domain.chains.chain import Chain
from chaindesk.domain.completion import Endpoint
from chaindesk.domain.errors import InputError, Problem
from chaindesk.engine.model_catalog import Offer
from chaindesk.providers.registry import PRESETS, resolve

_MODEL = re.compile(r"^(\s*(?:-\s+)?model:)\s*(.*?)\s*$")


def providers_of(chain: Chain | None) -> list[str]:
    """The providers to offer: those that the chain's steps ask, those that it defines, then the well-known ones."""
    own = [step.provider for step in chain.steps] + list(chain.providers) if chain is not None else []
    return list(dict.fromkeys([*own, *PRESETS]))


def endpoint_of(provider: str, chain: Chain | None) -> Endpoint | None:
    """Return a provider's endpoint as the chain defines it, or None where it does not."""
    try:
        return resolve(provider, chain.providers.get(provider) if chain is not None else None)
    except InputError:
        return None


def unlisted(text: str, chain: Chain, known: Callable[[Endpoint], ModelList]) -> list[Problem]:
    """Hints, not mistakes: models that their providers do not list."""
    hints: list[Problem] = []
    lines = model_lines(text)
    for step in chain.steps:
        endpoint = endpoint_of(step.provider, chain)
        names = known(endpoint).names if endpoint is not None else None
        offer = Offer(step.provider, names or ())
        if offer.lacks(step.model_name):
            line = next((line for line, model in lines if model == step.model), 0)
            hints.append(
                Problem(
                    tr("{words} It is asked for all the same.").format(words=offer.words(step.model_name)), line=line
                )
            )
    return hints


def model_lines(text: str) -> list[tuple[int, str]]:
    """The lines (1 is the first) that name a model, and what they name."""
    found = ((number, _MODEL.match(line)) for number, line in enumerate(text.splitlines(), 1))
    return [(number, match[2].strip("\"'")) for number, match in found if match]
