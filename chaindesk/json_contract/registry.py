"""Every line that ``--json`` may print. A new output is its class and one entry here; events come by themselves."""

from __future__ import annotations

from typing import get_args

from chaindesk.domain.events import Event
from chaindesk.json_contract import (
    comparison_lines,
    history_lines,
    job_lines,
    quality_lines,
    report_lines,
    run_lines,
    tool_lines,
    watch_lines,
)

LINES: tuple[type, ...] = (
    *get_args(Event),
    run_lines.ProgressLine,
    run_lines.ResultLine,
    run_lines.ErrorLine,
    run_lines.CheckLine,
    report_lines.ReportLine,
    report_lines.BundleLine,
    history_lines.RunLine,
    history_lines.CleanedLine,
    history_lines.RepairedLine,
    history_lines.RowLine,
    quality_lines.ReviewQueueLine,
    history_lines.ExportLine,
    comparison_lines.ComparisonPlanLine,
    comparison_lines.ComparedRowLine,
    comparison_lines.ComparisonLine,
    comparison_lines.RunsComparedLine,
    tool_lines.ModelsLine,
    tool_lines.KeysLine,
    tool_lines.KeyTestLine,
    tool_lines.PathsLine,
    tool_lines.BenchFirstLine,
    tool_lines.BenchMeasuredLine,
    tool_lines.BenchComparedLine,
    tool_lines.ListeningLine,
    job_lines.JobLine,
    job_lines.CollectedLine,
    watch_lines.WorkbookStartedLine,
    watch_lines.WorkbookWaitingLine,
    watch_lines.WorkbookFinishedLine,
    watch_lines.ConnectedLine,
)
