"""Money of a run in words, for the terminal and the window alike. What nobody knows is "unknown", never $0."""

from __future__ import annotations

from decimal import Decimal

from chaindesk.domain.completion import Usage
from chaindesk.domain.estimate import Estimate, Forecast, SideEstimate
from chaindesk.engine.run.progress.snapshot import Snapshot
from chaindesk.formatting import count, money, money_range


def estimate_words(estimate: Estimate) -> str:
    """Return what calls are likely to cost: ``about $3.10 ($2.80–3.40)``; models of unknown price are named."""
    unknown = estimate.unknown_prices
    if estimate.cost is None or estimate.low is None or estimate.high is None:
        return f"no price is known for {', '.join(unknown)}" if unknown else "unknown"
    spread = f" ({money_range(estimate.low, estimate.high)})" if estimate.high > estimate.low else ""
    about = f"about {money(estimate.cost)}{spread}" if estimate.cost else "nothing"
    if not unknown:
        return about
    calls = sum(step.calls for step in estimate.steps)
    unpriced = sum(step.calls for step in estimate.steps if step.cost is None)
    of_calls = f" for {calls - unpriced:,} of {count(calls, 'call')}" if unpriced else ""
    others = f"the other {unpriced:,} ({', '.join(unknown)})" if unpriced else ", ".join(unknown)
    return f"{about}{of_calls}, no price is known for {others}"


def side_words(side: SideEstimate) -> str:
    """Return what votes, a judge or failed checks cost besides: ``classify, judge (a/b): likely 120, at most 300``."""
    head = f"{side.step}, {side.purpose} ({side.model}): "
    head += (
        count(side.most, "call") if side.likely == side.most else f"likely {side.likely:,}, at most {side.most:,} calls"
    )
    if side.cost is None or side.most_cost is None:
        return f"{head}, price unknown"
    if not side.most_cost:
        return f"{head}, free"
    at_most = "" if side.likely == side.most else f", at most {money(side.most_cost)}"
    return f"{head}, about {money(side.cost)}{at_most}"


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
    """Return what the providers' caches did: ``12,000 tokens read from the cache, saved $0.03``; "" for nothing."""
    if not (usage.cached_input or usage.cache_write):
        return ""
    read = f"{count(usage.cached_input)} tokens read from the cache"
    written = f", {count(usage.cache_write)} written to it" if usage.cache_write else ""
    if not saved:
        return read + written
    gain = f"saved {money(saved)}" if saved > 0 else f"cost {money(-saved)} more than it saved"
    return f"{read}{written}, {gain}"


def unusable_calls_text(snapshot: Snapshot) -> str:
    """Return what was paid, or may have been, for calls that gave nothing: "" where there was none."""
    parts = []
    if snapshot.unusable_calls:
        cost = f" ({money(snapshot.unusable_cost)} of the cost)" if snapshot.unusable_cost else ""
        parts.append(f"{count(snapshot.unusable_calls, 'call')} paid for but of no use{cost}")
    if snapshot.perhaps_billed:
        parts.append(
            f"{count(snapshot.perhaps_billed, 'call')} cut off that may have been billed all the same, not counted"
        )
    return ", ".join(parts)
