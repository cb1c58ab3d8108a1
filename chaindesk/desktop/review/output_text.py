"""How a step's output reads in the panel: its text, what is to be known of it, and the facts of its call."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from chaindesk.desktop.ui.engine_words import finding_text
from chaindesk.desktop.ui.translation import tr, tr_count, tr_noop
from chaindesk.domain.batch_jobs import BatchJob
from chaindesk.domain.completion import Finish
from chaindesk.engine.answers.row_history import OutputState, StepOutput
from chaindesk.formatting import count, duration, money
from chaindesk.workbook.types import MAX_CELL_UNITS

_NOTHING = {
    OutputState.MISSING: tr_noop("No answer yet."),
    OutputState.SKIPPED: tr_noop("This step was skipped for this row: its condition did not hold."),
}
_WRITTEN = tr_noop("It is being written. A call that began before the row was looked at shows its text at its end.")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def markdown_of(output: StepOutput | None, *, running: bool = False) -> str:
    """Return what is shown of an output as markdown, which is maybe being written; "" for none."""
    if output is None:
        return ""
    if output.answer is None:
        written = running and output.state is OutputState.MISSING
        return f"*{tr(_WRITTEN) if written else nothing(output)}*"
    return _field_list(output.fields) if output.fields else output.text


def nothing(output: StepOutput) -> str:
    """Return why a step has no output."""
    return tr(_NOTHING.get(output.state, "")) if output.job is None else _submitted(output.job)


def _submitted(job: BatchJob) -> str:
    """Return where a request is that is out in a batch job."""
    sent = job.created_at.astimezone()
    is_today = sent.date() == datetime.now().astimezone().date()
    named = tr("Submitted to {provider} as batch job {id} at {time}.")
    words = named if job.remote_id else tr("Submitted to {provider} as a batch job at {time}.")
    time = f"{sent:%H:%M}" if is_today else f"{sent:%Y-%m-%d %H:%M}"
    told = words.format(provider=job.provider, id=job.remote_id, time=time)
    if not job.succeeded:
        return told
    so_far = tr("{done} of its {requests} requests have an answer so far.")
    return f"{told} {so_far.format(done=count(job.succeeded), requests=count(job.count))}"


def flags(output: StepOutput | None) -> list[str]:
    """Return what the user should know of an output, one line each."""
    if output is None or output.answer is None:
        return []
    return [*_standing(output), *_noticed(output)]


def findings(output: StepOutput | None) -> list[str]:
    """Return what checks have found wrong with an output."""
    return [] if output is None else [finding_text(words) for words in output.flags]


def _standing(output: StepOutput) -> list[str]:
    """How the output stands to what the row asks now."""
    assert output.answer is not None  # noqa: S101 - shows mypy what the caller has made sure of
    edited, told = output.answer.by_hand, []
    if output.note:
        text = " ".join(output.note.split())
        words = tr("✎ After your note: “{note}”")
        if output.state is OutputState.STALE:
            words = tr("↻ The next run asks with your note: “{note}”")
        told.append(words.format(note=text))
    match output.state:
        case OutputState.STALE if output.job is not None:
            told.append("↻ " + _submitted(output.job))
        case OutputState.STALE if not output.note:
            told.append(tr("↻ Stale: its inputs or prompt have changed since. A run asks again."))
        case OutputState.MISSING:
            told.append(tr("✕ This answer does not fit the step's fields. It is kept, but nothing uses it."))
        case OutputState.KEPT if edited:
            told.append(tr("✎ Edited by you, kept although its inputs or prompt have changed. From here: ask again."))
        case OutputState.KEPT if output.answer.edited_text is not None:  # a newer one was undone
            told.append(tr("✔ Chosen again by you, and kept although its inputs or prompt have changed since."))
        case OutputState.KEPT:
            told.append(tr("✔ Approved by you before its inputs or prompt changed, and kept. From here: ask again."))
        case _ if edited:
            told.append(tr("✎ Edited by you: later steps and exports use it."))
    return told


def _noticed(output: StepOutput) -> list[str]:
    """What is odd about the text itself."""
    assert output.answer is not None  # noqa: S101 - as above
    told = ["⚑ " + tr("Check: {words}").format(words=words) for words in findings(output)]
    if output.answer.finish is Finish.LENGTH and not output.answer.by_hand:
        told.append(tr("✂ Cut at the output limit: raise max_output_tokens in the chain."))
    if not output.text.strip():
        told.append(tr("⚠ The answer is empty."))
    if (units := len(output.text.encode("utf-16-le", "replace")) // 2) > MAX_CELL_UNITS:
        words = tr(
            "⚠ {length} characters: a cell holds {most}, and an export puts the whole text into a file beside it."
        )
        told.append(words.format(length=count(units), most=count(MAX_CELL_UNITS)))
    if signs := len(_CONTROL.findall(output.text)):
        told.append(
            tr_count(
                signs,
                tr_noop("⚠ {n} control character, which a sheet does not show."),
                tr_noop("⚠ {n} control characters, which a sheet does not show."),
            )
        )
    return told


def size(text: str) -> str:
    """Return how long a text is, in words as the check ``words`` counts them, and in characters."""
    words = tr_count(len(text.split()), tr_noop("{n} word"), tr_noop("{n} words"))
    return f"{words}, " + tr_count(len(text), tr_noop("{n} character"), tr_noop("{n} characters"))


def facts(output: StepOutput | None) -> str:
    """Return how long an output is, and what its call took."""
    if output is None or output.answer is None:
        return ""
    answer = output.answer
    text = "\n".join(output.fields.values()) if output.fields else output.text
    parts = [size(text), answer.model]
    if answer.seconds:  # a batch job tells none
        parts.append(duration(answer.seconds))
    if answer.usage is not None:
        parts.append(
            tr("{input} + {output} tokens").format(input=count(answer.usage.input), output=count(answer.usage.output))
        )
    if answer.cost:
        parts.append(money(answer.cost))
    if answer.attempts > 1:
        parts.append(tr("{attempts} attempts").format(attempts=answer.attempts))
    return "  ·  ".join(parts)


def _field_list(fields: Mapping[str, str]) -> str:
    return "\n\n".join(f"**{name}**\n\n{text or '–'}" for name, text in fields.items())
