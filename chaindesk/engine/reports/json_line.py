"""The report of a past run as a line of JSON."""

from __future__ import annotations

from chaindesk.engine.quality.agreement import agreement_figures
from chaindesk.engine.quality.audit_words import audit_state
from chaindesk.engine.reports.call_timeline import quantile
from chaindesk.engine.reports.row_tally import RowTally
from chaindesk.engine.reports.run_report import RunReport
from chaindesk.json_contract.report_lines import (
    CutAnswerPlace,
    FailedRow,
    RejectedRow,
    ReportLine,
    RowOutcomes,
    SlowRow,
    StepFigures,
)


def report_line(report: RunReport) -> ReportLine:
    """Return the report for scripts."""
    run = report.run
    return ReportLine(
        run_id=run.id,
        workbook=run.workbook,
        sheet=run.sheet,
        chain=run.chain,
        state=run.state,
        started_at=run.started_at,
        finished_at=run.finished_at,
        concurrency=run.concurrency,
        row_count=run.rows,
        outcomes=row_outcomes(report.tally),
        seconds=report.elapsed,
        held_seconds=run.held_seconds,
        call_seconds=report.call_seconds,
        speed_up=report.speed_up,
        calls=report.calls,
        answers=report.answers,
        retries=run.retries,
        reused=run.reused,
        tokens=report.usage,
        cost=report.cost,
        cost_in_vain=report.unusable_cost,
        calls_in_vain=report.unfit,
        perhaps_billed=report.perhaps_billed,
        unpriced=report.unpriced,
        saved=report.saved,
        speed_saved=report.speed_saved,
        answers_by_speed=report.speeds,
        budget=run.budget,
        side_calls=report.side_calls,
        answer_paths=report.paths,
        failed_checks=report.flagged,
        cut_answers=tuple(CutAnswerPlace(*one) for one in report.cut),
        reviews=report.reviews.counts,
        rejected=tuple(RejectedRow(*one) for one in report.reviews.rejected),
        steps=_steps(report),
        failures=report.failures,
        failed=tuple(
            FailedRow(one.row_number, one.row_key, one.failure) for one in report.failed if one.failure is not None
        ),
        slowest=tuple(SlowRow(one.row_number, one.row_key, one.seconds) for one in report.slowest),
        audit=None if report.audit is None else audit_state(report.audit),
        agreement=tuple(map(agreement_figures, report.agreement)),
    )


def row_outcomes(tally: RowTally) -> RowOutcomes:
    """Return what a run did with its rows; the figures add up to the rows chosen."""
    return RowOutcomes(
        done=tally.done,
        failed=tally.failed,
        skipped=tally.skipped,
        stopped=tally.stopped,
        complete_before=tally.complete,
        not_run=tally.left,
        unknown=tally.unknown,
    )


def _steps(report: RunReport) -> tuple[StepFigures, ...]:
    return tuple(
        StepFigures(
            step=name,
            answers=step.answers,
            seconds=step.seconds,
            median_seconds=quantile(report.calls_made.seconds_of(index), 0.5),
            tokens=step.usage,
            cost=step.cost,
        )
        for index, (name, step) in enumerate(report.steps.items())
    )
