"""What a call costs: by the user's own price, else by the price list that is installed with ChainDesk. No network, no
guess: what nobody knows is None, never nothing."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache
from types import MappingProxyType

from chaindesk.domain.completion import ANY_MODEL, Endpoint, ModelPrice, Usage
from chaindesk.providers.registry import PRESETS, quirks_of

# The price list's own names for those of our providers that it calls otherwise.
_LISTED_AS = MappingProxyType({"xai": "x-ai", "gemini": "google"})
_PRESET_BY_URL = MappingProxyType({preset.base_url: name for name, preset in PRESETS.items()})
_MILLION = Decimal(1_000_000)
_ONLY_WRITTEN = Usage(1_000_000, 0, 0, 1_000_000)
_PROBES = [
    Usage(size, size // 7, size // read if read else 0, size // written if written else 0)
    for size in (1, 999, 50_001, 150_001, 250_001, 600_001, 1_500_001)
    for read, written in ((0, 0), (3, 0), (0, 3), (3, 4))
]


def cost(endpoint: Endpoint, model: str, usage: Usage) -> Decimal | None:
    """US dollars for the tokens of one call, or None where unknown.

    The chain's own price goes first, then nothing where the user's own machine answers, then list prices. A list price
    may depend on how long the one call is: sums of several calls are not to be priced at once.

    The first call loads the price list, which takes some tenths of a second.
    """
    own = endpoint.prices.get(model) or endpoint.prices.get(ANY_MODEL)
    if own is not None:
        return _own_price(own, usage)
    if quirks_of(endpoint).free:
        return Decimal(0)
    provider = _PRESET_BY_URL.get(endpoint.base_url)
    if provider is None:
        # A gateway may name its models like a vendor's and yet ask other prices.
        return None
    if not _is_listed(provider, model):
        return None
    per_token = _per_token(provider, model)
    return _priced(provider, model, usage) if per_token is None else _own_price(per_token, usage)


def _own_price(price: ModelPrice, usage: Usage) -> Decimal:
    read, written = _from_cache(usage)
    plain = usage.input - read - written
    total = plain * price.input + usage.output * price.output
    total += read * (price.input if price.cached_input is None else price.cached_input)
    total += written * (price.input if price.cache_write is None else price.cache_write)
    return total / _MILLION


@lru_cache(maxsize=1024)
def _per_token(provider: str, model: str) -> ModelPrice | None:
    """A model's list price by the token; None where it depends on the length of the call or on the time of day.

    The price list takes a tenth of a millisecond for each call, a multiplication takes a hundredth of that. It is used
    where it gives the list's own sum for short and long calls alike.
    """
    from genai_prices import Usage as Tokens
    from genai_prices import calc_price
    from genai_prices.types import ModelPrice as ListPrice

    found = calc_price(Tokens(input_tokens=1), model_ref=model, provider_id=_LISTED_AS.get(provider, provider))
    listed = found.model.prices
    if not isinstance(listed, ListPrice):  # several, by the date or the time of day
        return None
    million = [
        _priced(provider, model, usage)
        for usage in (Usage(1_000_000, 0), Usage(0, 1_000_000), Usage(1_000_000, 0, 1_000_000), _ONLY_WRITTEN)
    ]
    plain, made, read, written = million
    if plain is None or made is None:
        return None
    price = ModelPrice(plain, made, read, written)
    alike = all(_priced(provider, model, usage) == _own_price(price, usage) for usage in _PROBES)
    return price if alike else None


@lru_cache(maxsize=1024)
def _is_listed(provider: str, model: str) -> bool:
    """Whether the list has a price for the model; remembered, because a search that finds nothing is slow."""
    return _priced(provider, model, Usage(1000, 1000)) is not None


def _priced(provider: str, model: str, usage: Usage) -> Decimal | None:
    from genai_prices import Usage as Tokens
    from genai_prices import calc_price

    read, written = _from_cache(usage)
    tokens = Tokens(
        input_tokens=usage.input,
        output_tokens=usage.output,
        cache_read_tokens=read or None,
        cache_write_tokens=written or None,
    )
    try:
        price = calc_price(tokens, model_ref=model, provider_id=_LISTED_AS.get(provider, provider))
    except (LookupError, ValueError):
        return None
    return price.total_price


def _from_cache(usage: Usage) -> tuple[int, int]:
    """Tokens read from the cache and written to it, together never more than the input."""
    read = min(usage.cached_input, usage.input)
    return read, min(usage.cache_write, usage.input - read)
