"""What an agent is told, in few bytes: counts instead of lists, three samples instead of all rows.

A value that a line of ``--json`` has too has the same name and form here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chaindesk.domain.status import Status
from chaindesk.engine.reports.json_line import row_outcomes
from chaindesk.engine.run.progress.jobs_wait import jobs_wait
from chaindesk.json_contract.encoding import exact_dollars, iso_time

if TYPE_CHECKING:
    from chaindesk.cli.check.report import Findings
    from chaindesk.engine.answers.row_history import StepOutput
    from chaindesk.engine.exports.source import ExportReport
    from chaindesk.engine.reports.run_report import RunReport
    from chaindesk.engine.run.progress.snapshot import Snapshot
    from chaindesk.engine.session import Session

_PROBLEMS, _COLUMNS, _STEPS, _NOTICES, _FAILURES, _SAMPLES = 6, 25, 12, 2, 3, 3
_MESSAGE_CHARACTERS = 160
_SAMPLE_CHARACTERS = 450  # of all texts of the samples together


def short(text: str, most: int = _MESSAGE_CHARACTERS) -> str:
    """Return a text as one line of at most so many characters."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1] + "…"


def listed_short(words: Iterable[str], most: int, characters: int = _MESSAGE_CHARACTERS) -> list[str]:
    """Return the first of some words, each of at most so many characters, and how many more there are."""
    found = list(words)
    more = [f"and {len(found) - most} more"] if len(found) > most else []
    return [short(word, characters) for word in found[:most]] + more


def check_result(found: Findings) -> dict[str, Any]:
    """Return what a check found."""
    values: dict[str, Any] = {
        "ok": not found.problems,
        "problems": listed_short(map(str, found.problems), _PROBLEMS),
        "notices": listed_short((one.message for one in found.notices), _NOTICES),
    }
    if found.manifest is not None:
        values |= {"sheet": found.manifest.sheet, "row_count": len(found.manifest.rows)}
        values["column_names"] = listed_short((short(one.name, 40) for one in found.manifest.columns), _COLUMNS)
    if found.chain is not None:
        values["steps"] = listed_short((f"{step.name}: {step.model}" for step in found.chain.steps), _STEPS)
    return values


def estimate_result(found: Findings) -> dict[str, Any]:
    """Return what a run would do and cost."""
    plan = found.plan
    if plan is None:
        return {}
    return {
        "row_count": len(plan.rows),
        "planned_calls": plan.calls,
        "judge_calls": plan.judge_calls,
        "reused": plan.reused,
        "cost_usd": dollars(plan.estimate.cost),
        "low_usd": dollars(plan.estimate.low),
        "high_usd": dollars(plan.estimate.high),
        "notices": listed_short((one.message for one in found.notices), _NOTICES),
    }


def progress_result(shot: Snapshot) -> dict[str, Any]:
    """Return how a run stands."""
    return {
        "run_id": shot.run_id,
        "counts": {status.value: number for status, number in shot.counts.items() if number},
        "calls": shot.calls_made,
        "answers": shot.calls_done,
        "cost_usd": dollars(shot.cost),
    }


def running_result(shot: Snapshot) -> dict[str, Any]:
    """Return how far a run that goes on has come."""
    left = shot.time_left
    values: dict[str, Any] = {
        "rows_finished": shot.finished,
        "row_count": shot.chosen,
        "cost_usd": dollars(shot.cost),
    }
    if (wait := jobs_wait(shot)) is not None:
        values["waits"] = wait.words
    return values if left is None else values | {"time_left_seconds": round(left)}


def end_result(shot: Snapshot, message: str) -> dict[str, Any]:
    """Return how a run ended, without samples."""
    groups = shot.failures.largest_first()
    kinds: Counter[str] = Counter()
    for one in groups:
        kinds[one.kind.value] += len(one.rows)
    return progress_result(shot) | {
        "reused": shot.reused,
        "retries": shot.retries,
        "seconds": round(shot.elapsed, 1),
        "message": short(message),
        "failures": dict(kinds.most_common()),
        "failed": [
            {"row": one.rows[0], "failure": {"kind": one.kind.value, "message": short(one.message)}}
            for one in groups[:_FAILURES]
        ],
    }


def samples(session: Session, shot: Snapshot) -> list[dict[str, Any]]:
    """Return the outputs of a row at the begin, in the middle and at the end. May take a second for a long sheet."""
    done = [number for number, row in shot.rows.items() if row.status is Status.DONE]
    chosen = sorted({done[place] for place in (0, len(done) // 2, -1)}) if done else []
    steps = max(len(session.chain.steps), 1)
    most = max(_SAMPLE_CHARACTERS // (_SAMPLES * steps), 20)
    rows = {row.number: row for row in session.manifest.rows}
    return [
        {
            "row": number,
            "row_key": short(rows[number].key, 40),
            "outputs": {one.step: short(_shown(one), most) for one in session.outputs(rows[number])[:_STEPS]},
        }
        for number in chosen
    ]


def _shown(output: StepOutput) -> str:
    return ", ".join(f"{name}: {value}" for name, value in output.fields.items()) or output.text


def export_result(report: ExportReport) -> dict[str, Any]:
    """Return where an export is."""
    return {
        "path": str(report.path),
        "row_count": report.rows,
        "column_names": listed_short(report.columns, _COLUMNS),
        "notices": listed_short(report.notices, _NOTICES),
    }


def report_result(report: RunReport) -> dict[str, Any]:
    """Return a past run in figures."""
    run = report.run
    return {
        "run_id": run.id,
        "workbook": Path(run.workbook).name,
        "chain": short(run.chain, 60),
        "state": run.state.value,
        "started_at": iso_time(run.started_at),
        "seconds": round(report.elapsed, 1),
        "outcomes": {name: number for name, number in asdict(row_outcomes(report.tally)).items() if number},
        "calls": report.calls,
        "answers": report.answers,
        "retries": run.retries,
        "reused": run.reused,
        "tokens": {"input": report.usage.input, "output": report.usage.output},
        "cost_usd": dollars(report.cost),
        "failures": dict(report.failures),
        "reviews": {review.value: number for review, number in report.reviews.counts.items() if number},
    }


def dollars(amount: Decimal | None) -> str | None:
    """Return US dollars as the JSON contract has them: a string with all digits."""
    return None if amount is None else exact_dollars(amount)
