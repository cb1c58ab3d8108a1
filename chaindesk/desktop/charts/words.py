"""The words of the charts, for translation: those that the engine says with its figures, and those of the axes."""

from __future__ import annotations

from chaindesk.desktop.ui.translation import tr_noop

TEMPLATES = (
    tr_noop("{n} row"),
    tr_noop("{n} rows"),
    tr_noop("all {rows}"),
    tr_noop("{shown} of {rows}, the first ones"),
    tr_noop("Rows side by side over {time}, a bar for each call: {shown}."),
    tr_noop("They waited {time} in all for limits, retries or a pause."),
    tr_noop("Timeline by step"),
    tr_noop("Calls in flight: {mean} on average and {most} at most, with {rows} at once at the beginning."),
    tr_noop("rows at once"),
    tr_noop("Calls in flight"),
    tr_noop("failed rows"),
    tr_noop("{n} answer"),
    tr_noop("{n} answers"),
    tr_noop("{answers} in {time}: {rate} a minute; {rows} failed."),
    tr_noop("Throughput"),
    tr_noop("{step}: half under {half}, 95 % under {most}"),
    tr_noop("How long calls took."),
    tr_noop("No call was answered."),
    tr_noop("Latency by step"),
    tr_noop("Failed rows by kind."),
    tr_noop("No row failed."),
    tr_noop("Failures by kind"),
    tr_noop("Spent in all: {cost}."),
    tr_noop("Of that {cost} gave nothing that can be used."),
    tr_noop("The budget was {budget}."),
    tr_noop("Spend"),
    tr_noop("budget"),
)
"""What the engine says of charts; a test holds it to the engine's."""
AXES = (
    tr_noop("time since the run began"),
    tr_noop("seconds"),
    tr_noop("calls"),
    tr_noop("rows"),
    tr_noop("answers a minute"),
    tr_noop("US dollars"),
)
"""What axes measure; a test holds it to the engine's."""
