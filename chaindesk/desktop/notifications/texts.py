"""What the notifier says of plans, ended runs and notices, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from chaindesk.desktop.run_controls import figures
from chaindesk.desktop.session.interrupted_run import InterruptedRun
from chaindesk.desktop.ui.engine_words import notice_text
from chaindesk.desktop.ui.status_palette import word
from chaindesk.desktop.ui.translation import tr, tr_count, tr_counted, tr_noop
from chaindesk.domain.batch_jobs import BatchJob
from chaindesk.domain.estimate import FALLBACK, JUDGE_KNOWN, SideEstimate
from chaindesk.domain.manifest import Notice
from chaindesk.domain.status import Status
from chaindesk.engine.planning.plan import Plan
from chaindesk.engine.run.progress.snapshot import Snapshot
from chaindesk.formatting import count, money

_MAX_ROWS_NAMED = 12


def interrupted_text(found: InterruptedRun) -> str:
    """What is kept of a run that was cut off, and what is left of it."""
    run, plan = found.run, found.plan
    parts = [*_calls(plan), *figures.cost_parts(plan.estimate)]
    begun = run.begun_at.astimezone()
    when = f"{begun:%H:%M}" if begun.date() == datetime.now(begun.tzinfo).date() else f"{begun:%d %b %H:%M}"
    kept = tr_count(found.kept, tr_noop("{n} row is done and kept"), tr_noop("{n} rows are done and kept"))
    text = tr("The run of {when} was cut off. {kept}; {left} to go: {parts}.").format(
        when=when, kept=kept, left=tr_counted(found.left, "row"), parts=", ".join(parts)
    )
    text += figures.unknown_prices_text(plan.estimate)
    if found.request.budget is not None:
        text += tr(" Of its budget {budget} is left.").format(budget=money(found.request.budget))
    return text


def plan_text(plan: Plan, twice: int = 0, approved: int = 0) -> str:
    """Return what a run would cost, in a few sentences.

    Args:
        plan: what it would do.
        twice: how many calls it may make a second time.
        approved: how many approved rows it pays for again.
    """
    left = sum(1 for row in plan.rows if not row.work.complete and not row.work.skipped)
    first, *parts = _calls(plan)
    parts = [tr("Run {rows}: {calls}").format(rows=tr_counted(left, "row"), calls=first), *parts]
    if plan.reused:
        parts.append(tr("{answers} reused at no cost").format(answers=tr_counted(plan.reused, "answer")))
    parts += figures.cost_parts(plan.estimate)
    text = ", ".join(parts) + "." + figures.unknown_prices_text(plan.estimate)
    text += _side_text(plan.estimate.sides)
    if twice:
        text += tr_count(
            twice,
            tr_noop(" At the end {n} call may be made and paid for twice."),
            tr_noop(" At the end at most {n} calls may be made and paid for twice."),
        )
    if approved:
        text += tr_count(
            approved,
            tr_noop(" {n} of the rows is approved: it gets a new answer, to be reviewed again."),
            tr_noop(" {n} of the rows are approved: they get new answers, to be reviewed again."),
        )
    if plan.approved:
        text += f" {approved_text(plan)}"
    if plan.notices:
        more = tr(" (and {notices} more)").format(notices=len(plan.notices) - 1) if len(plan.notices) > 1 else ""
        text += f"\n{_notice_line(plan.notices[0])}{more}"
    return text


def _calls(plan: Plan) -> list[str]:
    """Return how many calls are missing, and how many judges are asked about answers that are there."""
    judged = [tr_counted(plan.judge_calls, "judge call")] if plan.judge_calls else []
    return judged if judged and not plan.calls else [tr_counted(plan.calls, "call"), *judged]


def _side_text(sides: Sequence[SideEstimate]) -> str:
    """Return what checks, votes and fallbacks may take besides."""
    text, beside = "", [side for side in sides if side.purpose not in {FALLBACK, JUDGE_KNOWN}]
    if beside:
        likely, most = sum(side.likely for side in beside), sum(side.most for side in beside)
        text = tr(" Checks and votes: likely {likely} more calls, at most {most}.").format(likely=likely, most=most)
    if models := dict.fromkeys(side.model for side in sides if side.purpose == FALLBACK):
        text += tr(" Rows that fail, or whose provider is away, ask {models}.").format(models=", ".join(models))
    return text


def approved_text(plan: Plan) -> str:
    """Return which approved rows are not asked again."""
    return tr_count(
        len(plan.approved),
        tr_noop("{n} approved row keeps its answers as they were."),
        tr_noop("{n} approved rows keep their answers as they were."),
    )


def count_words(found: Mapping[Status, int]) -> str:
    """Return how many rows have each status."""
    order = (Status.DONE, Status.FAILED, Status.SKIPPED, Status.STOPPED, Status.SUBMITTED, Status.PENDING)
    parts = [f"{count(found[status])} {word(status).lower()}" for status in order if found.get(status)]
    return ", ".join(parts) or tr("no row was touched")


def first_of(messages: Sequence[str]) -> str:
    """Return the first of several messages, and how many more there are."""
    more = tr(" (and {messages} more)").format(messages=len(messages) - 1) if len(messages) > 1 else ""
    return f"{notice_text(messages[0])}{more}"


def further(messages: Sequence[str]) -> str:
    """Return all messages where there are several, else ""."""
    return "\n".join(map(notice_text, messages)) if len(messages) > 1 else ""


def notice_lines(notices: Sequence[Notice]) -> str:
    """Return each notice on a line, with its rows."""
    return "\n".join(_notice_line(notice) for notice in notices) if notices else ""


def _notice_line(notice: Notice) -> str:
    if not notice.rows:
        return notice.message
    shown = ", ".join(str(row) for row in notice.rows[:_MAX_ROWS_NAMED])
    more = (
        tr(" and {rows} more").format(rows=len(notice.rows) - _MAX_ROWS_NAMED)
        if len(notice.rows) > _MAX_ROWS_NAMED
        else ""
    )
    return tr("{message} Rows {shown}{more}.").format(message=notice.message, shown=shown, more=more)


def finish_live_text(snapshot: Snapshot) -> str:
    """Return what it takes to ask at once for what is out in batch jobs: they are made at half the price."""
    text = tr(
        "{rows} submitted: the batch jobs are cancelled, and what they have answered is kept. The rest of the run is "
        "asked at once, at the full price: {cost}."
    )
    forecast = snapshot.estimate
    if forecast.cost is None:
        cost = tr("about twice that of the batch jobs")
    elif rest := max(forecast.cost - (forecast.spent or 0), Decimal()):
        cost = tr("at most about {full}, where batch jobs take about {half}").format(
            full=money(rest * 2), half=money(rest)
        )
    else:
        cost = tr("free")
    return text.format(rows=tr_counted(snapshot.counts[Status.SUBMITTED], "row"), cost=cost)


def jobs_out_text(jobs: Sequence[BatchJob]) -> str:
    """Return what is out in batch jobs, how old the oldest is, and until when results wait."""
    rows, requests = sum(job.count for job in jobs), len(jobs)
    text = tr("{rows} submitted in {jobs}, which go on at {providers} without ChainDesk.").format(
        rows=tr_counted(rows, "row"),
        jobs=tr_counted(requests, "batch job"),
        providers=", ".join(dict.fromkeys(job.provider for job in jobs)),
    )
    times = [at for job in jobs if (at := job.results_until or job.expires_at) is not None]
    if times:
        text += tr(" Collect it by {time}.").format(time=f"{min(times).astimezone():%Y-%m-%d %H:%M}")
    if any(job.cancelling for job in jobs):
        text += tr(" They were told to end.")
    return text
