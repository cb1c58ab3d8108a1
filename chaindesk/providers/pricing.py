"""What a call costs, by the price list that is installed with ChainDesk: no network, and no guess."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache
from types import MappingProxyType

from chaindesk.domain.completion import Endpoint, Usage
from chaindesk.providers.registry import PRESETS, quirks_of

# The price list's own names for those of our providers that it calls otherwise.
_LISTED_AS = MappingProxyType({"xai": "x-ai", "gemini": "google"})
_PRESET_BY_URL = MappingProxyType({preset.base_url: name for name, preset in PRESETS.items()})


def cost(endpoint: Endpoint, model: str, usage: Usage) -> Decimal | None:
    """US dollars for so many tokens at list prices, 0 where the user's own machine answers, or None where unknown.

    The first call loads the price list, which takes some tenths of a second.
    """
    if quirks_of(endpoint).free:
        return Decimal(0)
    provider = _PRESET_BY_URL.get(endpoint.base_url)
    if provider is None:
        # A gateway may name its models like a vendor's and yet ask other prices.
        return None
    return _priced(provider, model, usage) if _is_listed(provider, model) else None


@lru_cache(maxsize=1024)
def _is_listed(provider: str, model: str) -> bool:
    """Whether the list has a price for the model; remembered, because a search that finds nothing is slow."""
    return _priced(provider, model, Usage(1000, 1000)) is not None


def _priced(provider: str, model: str, usage: Usage) -> Decimal | None:
    from genai_prices import Usage as Tokens
    from genai_prices import calc_price

    tokens = Tokens(input_tokens=usage.input, output_tokens=usage.output, cache_read_tokens=usage.cached_input or None)
    try:
        price = calc_price(tokens, model_ref=model, provider_id=_LISTED_AS.get(provider, provider))
    except (LookupError, ValueError):
        return None
    return price.total_price
