"""What the providers' caches saved in the calls of a past run, by today's prices."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from chaindesk.domain.chains.chain import Chain
from chaindesk.domain.completion import Endpoint, Usage
from chaindesk.domain.errors import InputError

Saved = Callable[[str, Usage], Decimal | None]
"""What the cache saved in one call of a step, in US dollars."""


def savings(definition: str) -> Saved:
    """Return what the cache saved in a call of a step, by today's prices, for the chain of a past run as JSON."""
    from chaindesk.providers.pricing import cost
    from chaindesk.providers.registry import resolve

    try:
        chain = Chain.model_validate_json(definition)
    except ValueError:  # of an older version, or unknown
        return lambda step, usage: None
    asked: dict[str, tuple[Endpoint, str]] = {}
    for step in chain.steps:
        try:
            asked[step.name] = resolve(step.provider, chain.providers.get(step.provider)), step.model_name
        except InputError:
            continue

    def saved(step: str, usage: Usage) -> Decimal | None:
        if step not in asked:
            return None
        plain, real = cost(*asked[step], Usage(usage.input, usage.output)), cost(*asked[step], usage)
        return None if plain is None or real is None else plain - real

    return saved
