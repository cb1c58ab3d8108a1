"""The figures of a run in one line, and money with its spread, as the window shows them."""

from __future__ import annotations

from decimal import Decimal

from chaindesk.desktop.ui.translation import tr, tr_count, tr_counted, tr_noop
from chaindesk.domain.estimate import Estimate
from chaindesk.domain.events import PauseCause
from chaindesk.domain.records import RunState
from chaindesk.engine.run.progress.call_rate import RateSeen
from chaindesk.engine.run.progress.jobs_wait import JobsWait, jobs_wait
from chaindesk.engine.run.progress.snapshot import Snapshot
from chaindesk.formatting import count, duration, figure, money, money_range


def figures_text(snapshot: Snapshot) -> str:
    """Time, time left, rate, speed-up, tokens, and money: spent, expected in all, saved by caching."""
    if snapshot.state is None:
        return ""
    parts = [
        tr("{finished} of {rows}").format(finished=count(snapshot.finished), rows=tr_counted(snapshot.chosen, "row"))
    ]
    if snapshot.calls and snapshot.state is not RunState.RUNNING:
        parts.append(tr_counted(snapshot.calls_done, "answer"))
    elif snapshot.calls and snapshot.calls != snapshot.chosen:
        parts.append(
            tr("{done} of {answers}").format(
                done=count(snapshot.calls_done), answers=tr_counted(snapshot.calls_in_all, "answer")
            )
        )
    parts.append(duration(snapshot.elapsed))
    left = snapshot.time_left
    if snapshot.paused is not None:
        parts.append(tr("waiting") if snapshot.paused.cause is PauseCause.OUTAGE else tr("paused"))
    elif left is not None and snapshot.state is RunState.RUNNING:
        parts.append(tr("about {time} left").format(time=duration(left)) if left >= 1 else tr("under 1 s left"))
    if (wait := jobs_wait(snapshot)) is not None:
        parts.append(wait_text(wait))
    if snapshot.collected:
        parts.append(tr("{answers} collected from batch jobs").format(answers=tr_counted(snapshot.collected, "answer")))
    if snapshot.rate >= 0.05:
        parts.append(tr("{rate} rows/min").format(rate=figure(snapshot.rate)))
    if rate := rate_text(snapshot.call_rate):
        parts.append(rate)
    speed_up = snapshot.telling_speed_up
    if speed_up is not None and snapshot.calls_done > 1:
        parts.append(tr("{speed_up}× faster than one by one").format(speed_up=figure(speed_up)))
    if snapshot.usage.total:
        parts.append(tr("{total} tokens").format(total=count(snapshot.usage.total)))
    parts += money_parts(snapshot)
    if snapshot.retries:
        parts.append(tr_counted(snapshot.retries, "retry"))
    return "  ·  ".join(parts)


def wait_text(wait: JobsWait) -> str:
    """Return what batch jobs a run waits for, since when and until when."""
    jobs, age = tr_counted(wait.jobs, "batch job"), duration(wait.age)
    if wait.until is None:
        return tr("waiting for {jobs}, submitted {age} ago").format(jobs=jobs, age=age)
    words = tr("waiting for {jobs}, submitted {age} ago; results by {time}")
    return words.format(jobs=jobs, age=age, time=f"{wait.until.astimezone():%Y-%m-%d %H:%M}")


def rate_text(rate: RateSeen | None) -> str:
    """Return such as ``870 of 900 calls a minute``, or "" where no limit is known."""
    if rate is None or rate.limit is None:
        return ""
    return tr("{used} of {limit} {unit} a minute").format(
        used=count(round(rate.used)), limit=count(round(rate.limit)), unit=rate.unit
    )


def money_parts(snapshot: Snapshot) -> list[str]:
    """What is spent, what is expected in all while it runs, and what caching saved."""
    parts: list[str] = []
    if snapshot.cost is not None:
        of = tr(" of {budget}").format(budget=money(snapshot.budget)) if snapshot.budget is not None else ""
        parts.append(
            tr("{cost}{of} spent").format(cost=money(snapshot.cost), of=of)
            if snapshot.cost or of
            else money(snapshot.cost)
        )
    if snapshot.throttled_by_budget:
        fits = tr_noop("small budget: {n} row at once fits"), tr_noop("small budget: {n} rows at once fit")
        parts.append(tr_count(max(snapshot.running, 1), *fits))
    forecast = snapshot.estimate
    if snapshot.state is RunState.RUNNING and forecast.cost:
        parts.append(tr("about {cost} in all").format(cost=spread(forecast.cost, forecast.low, forecast.high)))
    if forecast.unknown:
        parts.append(tr("price of {unknown} unknown").format(unknown=", ".join(forecast.unknown)))
    if snapshot.saved:
        parts.append(tr("caching saved {saved}").format(saved=money(snapshot.saved)))
    return parts


def cost_parts(estimate: Estimate) -> list[str]:
    """What missing calls are likely to cost, as parts of a sentence."""
    if estimate.cost is not None and (estimate.cost or not estimate.unknown_prices):
        return [tr("about {cost}").format(cost=spread(estimate.cost, estimate.low, estimate.high))]
    return [] if estimate.unknown_prices else [tr("no cost")]


def unknown_prices_text(estimate: Estimate) -> str:
    """A sentence on models without a price, or ""."""
    return (
        tr(" No price is known for {unknown_prices}.").format(unknown_prices=", ".join(estimate.unknown_prices))
        if estimate.unknown_prices
        else ""
    )


def spread(cost: Decimal, low: Decimal | None, high: Decimal | None) -> str:
    """Such as ``$1.20 ($0.90–1.60)``; without the spread where it adds nothing."""
    told = money(cost)
    if low is None or high is None or not cost:
        return told
    return told if money(low) == money(high) else f"{told} ({money_range(low, high)})"
