"""Says in the window's two banners what happened and what to do next: one for the run, one for everything else."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtWidgets import QWidget

from chaindesk.desktop import words
from chaindesk.desktop.banner import Banner, Choice, Tone
from chaindesk.domain.answer import RunState
from chaindesk.domain.completion import Endpoint
from chaindesk.domain.errors import ChainDeskError, ChainError, Problem
from chaindesk.domain.events import PauseCause, RunPaused
from chaindesk.domain.row import Manifest, Notice
from chaindesk.domain.status import Status
from chaindesk.engine.session import ExportReport, Plan, RunResult

_FEW_ROWS = 12
Act = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Ways:
    """What the banners' buttons do."""

    run: Act
    start: Act
    start_fresh: Act
    resume: Act
    stop: Act
    retry: Act
    show_failed: Act
    export: Act
    keys: Act
    resume_with_budget: Act
    edit_chain: Callable[[Path | None], object]
    open_chain: Act
    open_folder: Callable[[Path], object]


class Narrator:
    """Puts what happened into words.

    Args:
        run: the banner for the run: questions before it, pauses, its end.
        news: the banner for errors, notices and saved files.
        ways: what the buttons do.
        budget: the field for what a run may spend.
    """

    def __init__(self, run: Banner, news: Banner, ways: Ways, budget: QWidget) -> None:
        self.run, self.news, self._ways, self._budget = run, news, ways, budget
        self._noticed: list[str] = []

    def plan(self, plan: Plan, *, capped: bool) -> None:
        """Ask whether the run that was planned is to begin, and where it can be ``capped``, what it may spend."""
        buttons = (Choice("Start", self._ways.start, primary=True), Choice("Cancel", _nothing))
        field = self._budget if capped else None
        details = _notice_lines(plan.notices)
        self.run.say(Tone.INFO, plan_words(plan), buttons, details=details, closable=False, field=field)
        self.run.buttons()[0].setFocus()

    def nothing_to_run(self, plan: Plan) -> None:
        """Every chosen row is complete."""
        if not plan.rows:
            self.run.say(Tone.INFO, "No row is chosen: there is nothing to run.")
            return
        text = f"Nothing to run: {words.rows(len(plan.rows))} chosen, and all their answers are there."
        self.run.say(Tone.INFO, text, (Choice("Pay again for all of them…", self._ways.start_fresh),))

    def started(self) -> None:
        """A run begins: what the one before noticed is over."""
        self.run.clear()
        self._noticed = []

    def noticed(self, message: str) -> None:
        """Something came to light in the run; it stays until the user has seen it, or the run's end tells it again."""
        self._noticed.append(message)
        self.news.say(Tone.INFO, _first_of(self._noticed), details=_further(self._noticed))

    def paused(self, event: RunPaused) -> None:
        """The run is held: by the user, or by something that only the user can cure."""
        stop = Choice("Stop the run", self._ways.stop)
        resume = Choice("Go on", self._ways.resume, primary=True)
        if event.cause is PauseCause.USER:
            text = "Paused. Calls under way finish; no new one starts."
            self.run.say(Tone.INFO, text, (resume, stop), closable=False)
            return
        if event.cause is PauseCause.BUDGET:
            raised = Choice("Go on", self._ways.resume_with_budget, primary=True)
            self.run.say(Tone.WARNING, event.message, (raised, stop), closable=False, field=self._budget)
            return
        keys = Choice("Keys…", self._ways.keys, closes=False)
        cures = (keys,) if event.cause in (PauseCause.KEY, PauseCause.QUOTA) else ()
        self.run.say(Tone.WARNING, event.message, (*cures, resume, stop), closable=False)

    def resumable(self, done: int, total: int) -> None:
        """Work of an earlier run was found, and some is left."""
        text = f"{words.count(done)} of {words.rows(total)} have all their answers. Run goes on with the rest."
        self.run.say(Tone.INFO, text, (Choice("Go on where it stopped", self._ways.run, primary=True),))

    def finished(self, result: RunResult) -> None:
        """How the run ended, what was noticed on the way, and the next steps."""
        counts = result.counts
        failed, done = counts.get(Status.FAILED, 0), counts.get(Status.DONE, 0)
        export = Choice("Export", self._ways.export, primary=not failed)
        retry = Choice("Retry failed", self._ways.retry, primary=True)
        show = Choice("Show failed", self._ways.show_failed, closes=False)
        after: tuple[Choice, ...] = (retry, show, export) if failed else (export,)
        match result.state:
            case RunState.FINISHED:
                tone = Tone.WARNING if failed else Tone.SUCCESS
                text = f"Run finished: {_count_words(counts)}."
            case RunState.STOPPED:
                tone, after = Tone.INFO, (export,) if done else ()
                text = f"Run stopped: {_count_words(counts)}. Everything finished is kept; Run goes on from there."
            case _:
                tone, reason = Tone.WARNING, result.message or "The run ended early."
                text = f"{reason}\n{_count_words(counts).capitalize()}."
        if result.notices:
            text = f"{text}\n{_first_of(result.notices)}"
            if self._noticed and self.news.text == _first_of(self._noticed):
                self.news.clear()  # one place tells it from now on
        self.run.say(tone, text, after, details=_further(result.notices))

    def keys_missing(self, endpoints: Sequence[Endpoint]) -> None:
        """Nothing was run, because a provider needs a key."""
        names = " and ".join(endpoint.name for endpoint in endpoints)
        needs = "needs an API key" if len(endpoints) == 1 else "need API keys"
        text = f"{names} {needs}, and there is none yet. Nothing was run."
        self.run.say(Tone.WARNING, text, (Choice("Keys…", self._ways.keys, primary=True, closes=False),))

    def exported(self, report: ExportReport) -> None:
        """Where the workbook went."""
        if self.run.tone is not Tone.INFO:
            self.run.clear()  # the end of a run has been seen; pauses and questions stay
        folder = Choice("Open folder", lambda: self._ways.open_folder(report.path), closes=False)
        text = f"Exported to {report.path.name}, in {report.path.parent}"
        self.news.say(Tone.SUCCESS, text, (folder,), details="\n".join(report.notices))

    def failed(self, error: ChainDeskError) -> None:
        """What could not be done, and why."""
        if isinstance(error, ChainError):
            self.problems(error.problems)
            return
        text, _, details = str(error).partition("\n")
        self.news.say(Tone.ERROR, text, details=details)

    def problems(self, problems: Sequence[Problem]) -> None:
        """The mistakes of a chain."""
        first = f"Line {problems[0].line}: " if problems[0].line else ""
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        text = f"The chain cannot run yet. {first}{problems[0].message}{more}"
        details = "\n".join(str(problem) for problem in problems) if len(problems) > 1 else ""
        file = Path(problems[0].file) if problems[0].file else None
        button = Choice("Edit chain", lambda: self._ways.edit_chain(file), primary=True, closes=False)
        self.news.say(Tone.ERROR, text, (button,), details=details)

    def opened(self, manifest: Manifest, *, chain_wanted: bool) -> None:
        """What was noticed while a workbook was read, if anything; and that a chain is next where there is none."""
        self.run.clear()
        if chain_wanted:
            text = "Now choose a chain: it says which model calls to make for each row."
            self.run.say(Tone.INFO, text, (Choice("Open a chain file…", self._ways.open_chain, closes=False),))
        if manifest.notices:
            first, rest = manifest.notices[0], manifest.notices[1:]
            more = f" (and {len(rest)} more)" if rest else ""
            self.news.say(Tone.INFO, f"{first.message}{more}", details=_notice_lines(manifest.notices))
        else:
            self.news.clear()


def plan_words(plan: Plan) -> str:
    """What a run would take, in one or two sentences."""
    left = sum(1 for row in plan.rows if not row.complete and not row.skipped)
    parts = [f"Run {words.rows(left)}: {words.plural(plan.calls, 'call', 'calls')}"]
    if plan.reused:
        parts.append(f"{words.plural(plan.reused, 'answer', 'answers')} reused at no cost")
    estimate = plan.estimate
    if estimate.cost is not None:
        parts.append(f"about {words.money(estimate.cost)}")
    elif not estimate.unknown_prices:
        parts.append("no cost")
    text = ", ".join(parts) + "."
    if estimate.unknown_prices:
        text += f" No price is known for {', '.join(estimate.unknown_prices)}."
    if plan.notices:
        more = f" (and {len(plan.notices) - 1} more)" if len(plan.notices) > 1 else ""
        text += f"\n{_notice_line(plan.notices[0])}{more}"
    return text


def _count_words(found: Mapping[Status, int]) -> str:
    order = (Status.DONE, Status.FAILED, Status.SKIPPED, Status.STOPPED, Status.PENDING)
    parts = [f"{words.count(found[status])} {status.value}" for status in order if found.get(status)]
    return ", ".join(parts) or "no row was touched"


def _first_of(messages: Sequence[str]) -> str:
    more = f" (and {len(messages) - 1} more)" if len(messages) > 1 else ""
    return f"{messages[0]}{more}"


def _further(messages: Sequence[str]) -> str:
    return "\n".join(messages) if len(messages) > 1 else ""


def _notice_lines(notices: Sequence[Notice]) -> str:
    return "\n".join(_notice_line(notice) for notice in notices) if notices else ""


def _notice_line(notice: Notice) -> str:
    if not notice.rows:
        return notice.message
    shown = ", ".join(str(row) for row in notice.rows[:_FEW_ROWS])
    more = f" and {len(notice.rows) - _FEW_ROWS} more" if len(notice.rows) > _FEW_ROWS else ""
    return f"{notice.message} Rows {shown}{more}."


def _nothing() -> None:
    """The button only closes the banner."""
