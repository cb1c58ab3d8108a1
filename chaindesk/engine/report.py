"""What a past run was like, from the journal alone: times, speed-up, calls, tokens, cost, failures by kind."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from chaindesk.domain.answer import Answer, RowOutcome, RunRecord
from chaindesk.domain.completion import Finish, Usage
from chaindesk.domain.errors import UsageError
from chaindesk.domain.status import Status
from chaindesk.engine.claims import UNFIT
from chaindesk.engine.snapshot import LEAST_SPEED_UP_TOLD
from chaindesk.journal.base import Journal

_SLOWEST = 5


@dataclass(slots=True)
class StepReport:
    """The answers of one step: how many, seconds of their calls, tokens, and dollars as far as they are known."""

    answers: int = 0
    seconds: float = 0.0
    usage: Usage = field(default_factory=Usage)
    cost: Decimal | None = None


@dataclass(frozen=True, slots=True)
class RunReport:
    """A past run.

    Attributes:
        run: its record.
        rows: the rows that it worked on, by how they ended; rows that were complete before are not among them.
        elapsed: seconds from its start to its end (to the last thing that is known, where it never ended).
        call_seconds: of all calls that were answered, summed.
        steps: by step name.
        unfit: answers that did not fit their step's fields.
        cut: answers that were cut at their output limit.
        calls: calls made, the failed ones included, as far as they ended.
        failures: rows that failed, by kind.
        failed: the rows that failed.
        slowest: the rows that took longest, the slowest first.
    """

    run: RunRecord
    rows: Mapping[Status, int]
    elapsed: float
    call_seconds: float
    steps: Mapping[str, StepReport]
    unfit: int
    cut: int
    calls: int
    failures: Mapping[str, int]
    failed: tuple[RowOutcome, ...]
    slowest: tuple[RowOutcome, ...]

    @property
    def speed_up(self) -> float | None:
        """How many times faster than one call after another, or None where nothing was called."""
        return self.call_seconds / self.elapsed if self.elapsed > 0 and self.call_seconds else None

    @property
    def usage(self) -> Usage:
        """Tokens of all answers."""
        return sum((step.usage for step in self.steps.values()), Usage())

    @property
    def cost(self) -> Decimal | None:
        """US dollars of all answers whose price is known, or None where none is."""
        known = [step.cost for step in self.steps.values() if step.cost is not None]
        return sum(known, Decimal(0)) if known else None

    def lines(self) -> list[str]:
        """The report as text, a line each."""
        run, usage = self.run, self.usage
        ended = ", ".join(f"{count:,} {status.value}" for status, count in self.rows.items() if count) or "none"
        before = run.rows - sum(self.rows.values())
        speed = (
            f", {self.speed_up:.1f} times faster than one call after another"
            if self.speed_up and self.speed_up >= LEAST_SPEED_UP_TOLD
            else ""
        )
        cost = "unknown" if self.cost is None else f"${self.cost:.4f}"
        lines = [
            f"Run {run.id}: {run.chain} over {run.workbook} ({run.sheet})",
            f"  {run.started_at.astimezone():%Y-%m-%d %H:%M:%S}, {self.elapsed:.1f} s, {run.state.value}{speed}",
            f"  rows: {run.rows:,} chosen: {ended}"
            + (f"; {before:,} untouched or complete before" if before > 0 else ""),
            f"  calls: {self.calls:,}, of them {run.retries:,} retries; answers taken from the journal: {run.reused:,}",
            f"  tokens: {usage.input:,} in ({usage.cached_input:,} cached), {usage.output:,} out; cost: {cost}",
        ]
        lines += [
            f"  step {name}: {step.answers:,} answers, {step.seconds / max(step.answers, 1):.2f} s each, "
            f"{step.usage.total:,} tokens"
            for name, step in self.steps.items()
        ]
        if self.cut:
            lines.append(f"  cut at the output limit: {self.cut:,} answers")
        if self.unfit:
            lines.append(f"  did not fit their fields: {self.unfit:,} answers")
        lines += [f"  failed, {kind}: {count:,} rows" for kind, count in self.failures.items()]
        lines += [f"    row {one.row_key}: {_why(one)}" for one in self.failed[:20]]
        if len(self.failed) > 20:
            lines.append(f"    … and {len(self.failed) - 20:,} more")
        slowest = ", ".join(f"row {one.row_key} {one.seconds:.1f} s" for one in self.slowest)
        return [*lines, f"  slowest: {slowest}"] if slowest else lines

    def to_json(self) -> dict[str, Any]:
        """The report as plain values for JSON."""
        run = self.run
        return {
            "run": run.id,
            "chain": run.chain,
            "workbook": run.workbook,
            "sheet": run.sheet,
            "state": run.state.value,
            "started_at": run.started_at.isoformat(),
            "finished_at": None if run.finished_at is None else run.finished_at.isoformat(),
            "concurrency": run.concurrency,
            "elapsed": round(self.elapsed, 3),
            "call_seconds": round(self.call_seconds, 3),
            "speed_up": None if self.speed_up is None else round(self.speed_up, 3),
            "rows": {"chosen": run.rows} | {status.value: count for status, count in self.rows.items()},
            "calls": self.calls,
            "retries": run.retries,
            "reused": run.reused,
            "cut": self.cut,
            "unfit": self.unfit,
            "tokens": _tokens(self.usage),
            "cost": _dollars(self.cost),
            "steps": {
                name: {
                    "answers": step.answers,
                    "seconds": round(step.seconds, 3),
                    "tokens": _tokens(step.usage),
                    "cost": _dollars(step.cost),
                }
                for name, step in self.steps.items()
            },
            "failures": dict(self.failures),
            "failed": [{"row": one.row_number, "key": one.row_key, "reason": _why(one)} for one in self.failed],
            "slowest": [{"row": one.row_number, "key": one.row_key, "seconds": one.seconds} for one in self.slowest],
        }


def run_report(journal: Journal, run_id: int) -> RunReport:
    """The report of a run.

    Raises:
        UsageError: there is no such run.
    """
    run = journal.run(run_id)
    if run is None:
        known = [str(record.id) for record in journal.runs()[:5]]
        hint = f"The latest are: {', '.join(known)}." if known else "The journal has no runs yet."
        raise UsageError(f"There is no run {run_id}. {hint}")
    answers = _Answers(run)
    for answer in journal.run_answers(run_id):
        answers.take(answer)
    rows: Counter[Status] = Counter()
    failed: list[RowOutcome] = []
    slowest: list[tuple[float, int, RowOutcome]] = []
    last = answers.last
    for number, outcome in enumerate(journal.run_outcomes(run_id)):
        rows[outcome.status] += 1
        last = max(last, outcome.finished_at)
        slowest = heapq.nlargest(_SLOWEST, [*slowest, (outcome.seconds, -number, outcome)])
        if outcome.failure is not None:
            failed.append(outcome)
    return RunReport(
        run=run,
        rows=rows,
        elapsed=((run.finished_at or last) - run.started_at).total_seconds(),
        call_seconds=sum(step.seconds for step in answers.steps.values()),
        steps=answers.steps,
        unfit=answers.unfit,
        cut=answers.cut,
        calls=answers.calls + sum(one.failure.attempts for one in failed if one.failure is not None),
        failures=Counter(one.failure.kind.value for one in failed if one.failure is not None),
        failed=tuple(failed),
        slowest=tuple(one for _, _, one in slowest),
    )


class _Answers:
    """The answers of a run, summed up."""

    def __init__(self, run: RunRecord) -> None:
        self.steps = {name: StepReport() for name in run.steps}
        self.unfit = self.cut = self.calls = 0
        self.last: datetime = run.started_at

    def take(self, answer: Answer) -> None:
        step = self.steps.setdefault(answer.step, StepReport())
        self.last = max(self.last, answer.finished_at)
        step.seconds += answer.seconds
        step.usage += answer.usage or Usage()
        if answer.cost is not None:
            step.cost = answer.cost + (step.cost or 0)
        if answer.fingerprint.startswith(UNFIT):
            self.unfit += 1  # its calls are counted with the answer or the failure that followed
            return
        self.cut += answer.finish is Finish.LENGTH
        self.calls += answer.attempts
        step.answers += 1


def _why(outcome: RowOutcome) -> str:
    failure = outcome.failure
    return "" if failure is None else f"{failure.step}: {failure.kind.value}: {failure.message}"


def _tokens(usage: Usage) -> dict[str, int]:
    return {"input": usage.input, "cached_input": usage.cached_input, "output": usage.output}


def _dollars(cost: Decimal | None) -> str | None:
    return None if cost is None else str(cost)
