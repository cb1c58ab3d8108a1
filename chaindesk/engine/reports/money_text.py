"""Money of a run in words, for the terminal and the window alike. What nobody knows is "unknown", never $0."""

from __future__ import annotations

from decimal import Decimal

from chaindesk.domain.completion import Usage
from chaindesk.domain.estimate import Estimate, Forecast
from chaindesk.engine.run.snapshot import Snapshot


def money(amount: Decimal | None) -> str:
    """US dollars with as many digits as say something."""
    if amount is None:
        return "unknown"
    if amount == 0 or abs(amount) >= 1:
        return f"${amount:,.2f}"
    return f"${amount:.4f}" if abs(amount) >= Decimal("0.0001") else "under $0.0001"


def money_range(low: Decimal, high: Decimal) -> str:
    """``$2.80–3.40``."""
    if low < Decimal("0.0001"):
        return f"up to {money(high)}"
    if high >= 1:
        return f"${low:,.2f}–{high:,.2f}"
    return f"${low:.4f}–{high:.4f}"


def estimate_words(estimate: Estimate) -> str:
    """What calls are likely to cost: ``about $3.10 ($2.80–3.40)``; models of unknown price are named."""
    unknown = _unpriced(estimate.unknown_prices)
    if estimate.cost is None or estimate.low is None or estimate.high is None:
        return unknown or "unknown"
    spread = f" ({money_range(estimate.low, estimate.high)})" if estimate.high > estimate.low else ""
    about = f"about {money(estimate.cost)}{spread}" if estimate.cost else "nothing"
    return f"{about}, {unknown}" if unknown else about


def forecast_words(forecast: Forecast) -> str:
    """``spent $0.42, about $3.10 in all ($2.80–3.40)``; "" where nothing costs anything or nobody knows."""
    if forecast.cost is None or forecast.low is None or forecast.high is None or not forecast.high:
        return ""
    spent = f"spent {money(forecast.spent or Decimal(0))}"
    if forecast.high == forecast.spent:
        return spent
    whole = "" if not forecast.unknown else f", without {', '.join(forecast.unknown)}"
    spread = f" ({money_range(forecast.low, forecast.high)})" if forecast.high > forecast.low else ""
    return f"{spent}, about {money(forecast.cost)} in all{spread}{whole}"


def cache_words(usage: Usage, saved: Decimal | None) -> str:
    """What the providers' caches did: ``12,000 tokens read from the cache, saved $0.03``; "" where they did nothing."""
    if not (usage.cached_input or usage.cache_write):
        return ""
    read = f"{usage.cached_input:,} tokens read from the cache"
    written = f", {usage.cache_write:,} written to it" if usage.cache_write else ""
    if not saved:
        return read + written
    gain = f"saved {money(saved)}" if saved > 0 else f"cost {money(-saved)} more than it saved"
    return f"{read}{written}, {gain}"


def in_vain_words(snapshot: Snapshot) -> str:
    """What was paid, or may have been, for calls that gave nothing: "" where there was none."""
    parts = []
    if snapshot.calls_in_vain:
        cost = f" ({money(snapshot.cost_in_vain)} of the cost)" if snapshot.cost_in_vain else ""
        parts.append(f"{_calls(snapshot.calls_in_vain)} paid for but of no use{cost}")
    if snapshot.perhaps_billed:
        parts.append(f"{_calls(snapshot.perhaps_billed)} cut off that may have been billed all the same, not counted")
    return ", ".join(parts)


def _unpriced(models: tuple[str, ...]) -> str:
    return f"no price is known for {', '.join(models)}" if models else ""


def _calls(number: int) -> str:
    return f"{number:,} {'call' if number == 1 else 'calls'}"
