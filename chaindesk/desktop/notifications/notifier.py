"""Writes what happened and what to do next into the two banners: one for the run, one for everything else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QWidget

from chaindesk.desktop.notifications.banner import Banner, BannerButton, Tone
from chaindesk.desktop.notifications.banner_actions import BannerAction, Perform, action_button
from chaindesk.desktop.notifications.file_notifier import FileNotifier
from chaindesk.desktop.notifications.pause_notifier import PauseNotifier
from chaindesk.desktop.run_controls import figures
from chaindesk.desktop.session.interrupted_run import InterruptedRun
from chaindesk.desktop.ui.translation import tr
from chaindesk.domain.completion import Endpoint
from chaindesk.domain.errors import ChainDeskError, ChainError, JournalError, JournalTrouble, Problem
from chaindesk.domain.manifest import Manifest, Notice
from chaindesk.domain.records import RunState
from chaindesk.domain.status import Status
from chaindesk.engine.planning.plan import Plan
from chaindesk.engine.run.options import RunResult
from chaindesk.formatting import count, money
from chaindesk.journal.sqlite.repair import RepairResult

_MAX_ROWS_NAMED = 12


class Notifier:
    """Shows messages in the banners.

    Args:
        run: the banner for the run: questions before it, pauses, its end.
        messages: the banner for errors, notices and saved files.
        perform: carries out what a button asks for.
        budget: the field for what a run may spend.
    """

    def __init__(self, run: Banner, messages: Banner, perform: Perform, budget: QWidget) -> None:
        self.run, self.messages, self._budget = run, messages, budget
        self._button = partial(action_button, perform)
        self._noticed: list[str] = []
        self._read: Sequence[Notice] = ()
        self._guessed = self._sheet_guessed = False
        self.pauses = PauseNotifier(run, perform, budget)
        self.files = FileNotifier(run, messages, perform)

    def plan(self, plan: Plan, *, capped: bool) -> None:
        """Ask whether the run that was planned is to begin, and where it can be ``capped``, what it may spend."""
        buttons = (
            self._button("Start", BannerAction.START, primary=True, closes=False),
            *self._with_approved(plan),
            BannerButton("Cancel", _nothing, on_escape=True),
        )
        field = self._budget if capped else None
        details = _notice_lines(plan.notices)
        self.run.show_message(Tone.INFO, plan_text(plan), buttons, details=details, closable=False, field=field)
        self.run.buttons()[0].setFocus()

    def nothing_to_run(self, plan: Plan, *, failed_only: bool = False) -> None:
        """Every chosen row is complete."""
        if failed_only and not plan.rows:
            self.run.show_message(Tone.INFO, "Nothing to run: the rows that failed have their answers of earlier runs.")
            return
        if not plan.rows:
            self.run.show_message(Tone.INFO, "No row is chosen: there is nothing to run.")
            return
        text = f"Nothing to run: {count(len(plan.rows), 'row')} chosen, and all their answers are there."
        if plan.approved:
            text += f" {approved_text(plan)}"
        again = self._button("Pay again for all of them…", BannerAction.START_FRESH)
        self.run.show_message(Tone.INFO, text, (*self._with_approved(plan), again))

    def _with_approved(self, plan: Plan) -> tuple[BannerButton, ...]:
        if not plan.approved:
            return ()
        return (self._button(f"Run the {len(plan.approved):,} approved too…", BannerAction.PLAN_WITH_APPROVED),)

    def started(self) -> None:
        """A run begins: what the one before noticed is over."""
        self.run.clear()
        self.pauses.forget()
        self._noticed = []

    def noticed(self, message: str) -> None:
        """Show what was noticed in the run; it stays until it is closed, or the run's end repeats it."""
        self._noticed.append(message)
        self.messages.show_message(Tone.INFO, _first_of(self._noticed), details=_further(self._noticed))

    def refused(self, message: str) -> None:
        """Show why what was typed into the banner's field cannot be used; the question stays."""
        first = self.run.text.partition("\n⚠ ")[0]
        self.run.update_text(f"{first}\n⚠ {message}")

    def interrupted(self, found: InterruptedRun) -> None:
        """Ask whether to go on with a run that a crash interrupted."""
        buttons = (
            self._button("Go on", BannerAction.CONTINUE_INTERRUPTED, found, primary=True),
            self._button("Not now", BannerAction.DISMISS_INTERRUPTED, found),
        )
        self.run.show_message(Tone.INFO, interrupted_text(found), buttons, closable=False)
        self.run.buttons()[0].setFocus()

    def elsewhere(self, path: Path) -> None:
        """The workbook is open in another window."""
        text = f"{path.name} is open in another ChainDesk window, which was brought to the front."
        self.messages.show_message(Tone.INFO, text)

    def resumable(self, done: int, total: int) -> None:
        """Work of an earlier run was found, and some is left."""
        text = f"{count(done)} of {count(total, 'row')} have all their answers. Run goes on with the rest."
        self.run.show_message(Tone.INFO, text, (self._button("Run the rest", BannerAction.RUN, primary=True),))

    def finished(self, result: RunResult) -> None:
        """How the run ended, what was noticed on the way, and the next steps."""
        self.pauses.forget()
        counts = result.counts
        failed, done = counts.get(Status.FAILED, 0), counts.get(Status.DONE, 0)
        export = self._button("Export", BannerAction.EXPORT, primary=not failed)
        retry = self._button("Retry failed", BannerAction.RETRY_FAILED, primary=True)
        show = self._button("Show failed", BannerAction.SHOW_FAILED, closes=False)
        after: tuple[BannerButton, ...] = (retry, show, export) if failed else (export,)
        match result.state:
            case RunState.FINISHED:
                tone = Tone.WARNING if failed else Tone.SUCCESS
                text = f"Run finished: {_count_words(counts)}."
            case RunState.STOPPED:
                tone, after = Tone.INFO, (export,) if done else ()
                text = f"Run stopped: {_count_words(counts)}. Everything finished is kept; Run goes on from there."
                if result.message:  # not everything could be kept where it belongs
                    tone, text = Tone.WARNING, f"{text}\n{result.message}"
            case _:
                tone, reason = Tone.WARNING, result.message or "The run ended early."
                text = f"{reason}\n{_count_words(counts).capitalize()}."
        if result.notices:
            text = f"{text}\n{_first_of(result.notices)}"
            if self._noticed and self.messages.text == _first_of(self._noticed):
                self.messages.clear()  # one place tells it from now on
        self.run.show_message(tone, text, after, details=_further(result.notices))

    def keys_missing(self, endpoints: Sequence[Endpoint]) -> None:
        """Nothing was run, because a provider needs a key."""
        names = " and ".join(endpoint.name for endpoint in endpoints)
        needs = "needs an API key" if len(endpoints) == 1 else "need API keys"
        text = f"{names} {needs}, and there is none yet. Nothing was run."
        open_keys = self._button("Open keys…", BannerAction.OPEN_KEYS, endpoints[0].name, primary=True, closes=False)
        self.run.show_message(Tone.WARNING, text, (open_keys,))

    def run_failed(self, error: ChainDeskError) -> None:
        """Show why a run ended early; what it paid for is kept."""
        text, _, details = str(error).partition("\n")
        again = self._button("Go on", BannerAction.RUN_AGAIN, primary=True)
        self.run.show_message(Tone.ERROR, f"The run ended early. {text}", (again,), details=details)

    def failed(self, error: ChainDeskError) -> None:
        """What could not be done, and why."""
        if isinstance(error, ChainError):
            self.problems(error.problems)
            return
        text, _, details = str(error).partition("\n")
        choices: tuple[BannerButton, ...] = ()
        if isinstance(error, JournalError) and error.trouble is JournalTrouble.DAMAGED:
            choices = (self._button("Repair the journal", BannerAction.REPAIR_JOURNAL, primary=True),)
        self.messages.show_message(Tone.ERROR, text, choices, details=details)

    def journal_repaired(self, saved: RepairResult) -> None:
        """What was saved of a damaged journal, and where it is kept."""
        answers = count(saved.answers, "answer")
        rest = "" if saved.whole else " What could not be read is asked for again by a run, and nothing else."
        self.messages.show_message(
            Tone.SUCCESS, f"{answers} could be read. The damaged journal is kept as {saved.kept}.{rest}"
        )

    def problems(self, problems: Sequence[Problem], adaptable: object = None) -> None:
        """Show the mistakes of a chain; one that the gallery can write anew for the sheet is ``adaptable``."""
        first = f"Line {problems[0].line}: " if problems[0].line else ""
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        text = f"The chain cannot run yet. {first}{problems[0].message}{more}"
        details = "\n".join(str(problem) for problem in problems) if len(problems) > 1 else ""
        file = Path(problems[0].file) if problems[0].file else None
        buttons = [self._button(tr("Edit chain"), BannerAction.EDIT_CHAIN, file, primary=True, closes=False)]
        if adaptable is not None:
            adapt = tr("Use other columns…")
            buttons.append(self._button(adapt, BannerAction.SHOW_GALLERY, adaptable, closes=False))
        self.messages.show_message(Tone.ERROR, text, buttons, details=details)

    def opened(self, manifest: Manifest, *, chain_missing: bool) -> None:
        """Show what was noticed while a workbook was read, and that a chain is needed where there is none."""
        self.run.clear()
        if chain_missing:
            self.chain_missing(())
        self._read = manifest.notices
        self._guessed = manifest.source is not None and bool(manifest.source.guessed)
        self._sheet_guessed = manifest.sheet_guessed
        if manifest.notices:
            self.found(())
        else:
            self.messages.clear()

    def chain_missing(self, fitting: Sequence[tuple[str, BannerAction, object]]) -> None:
        """Say that a chain is needed, and offer those that fit: the words, action and argument of each button."""
        text = tr("Now choose a chain: it says which model calls to make for each row.")
        if fitting:
            text += " " + tr("These fit the columns of this sheet.")
        buttons = [self._button(title, action, argument, closes=False) for title, action, argument in fitting]
        every = self._button(tr("All chains to begin with…"), BannerAction.SHOW_GALLERY, closes=False)
        new = self._button(tr("New chain"), BannerAction.NEW_CHAIN, closes=False)
        file = self._button(tr("Open a chain file…"), BannerAction.OPEN_CHAIN, closes=False)
        self.run.show_message(Tone.INFO, text, (*buttons, every, new, file))

    def found(self, notices: Sequence[Notice]) -> None:
        """Show the notices of the journal, of edits imported from the sheet, and of reading the sheet."""
        every = (*notices, *self._read)
        buttons = []
        if self._guessed:
            buttons.append(self._button("Change…", BannerAction.CHANGE_TEXT_READING, closes=False))
        if self._sheet_guessed:
            buttons.append(self._button(tr("Choose another sheet"), BannerAction.CHOOSE_SHEET, closes=False))
        self.messages.show_message(
            Tone.INFO,
            _first_of([notice.message for notice in every]),
            buttons,
            details=_notice_lines(every) if len(every) > 1 or any(notice.rows for notice in every) else "",
        )


def interrupted_text(found: InterruptedRun) -> str:
    """What is kept of a run that was cut off, and what is left of it."""
    run, plan = found.run, found.plan
    parts = [count(plan.calls, "call"), *figures.cost_parts(plan.estimate)]
    begun = run.begun_at.astimezone()
    when = f"{begun:%H:%M}" if begun.date() == datetime.now(begun.tzinfo).date() else f"{begun:%d %b %H:%M}"
    are = "is" if found.kept == 1 else "are"
    text = (
        f"The run of {when} was cut off. {count(found.kept, 'row').capitalize()} {are} done and kept; "
        f"{count(found.left, 'row')} to go: {', '.join(parts)}."
    )
    text += figures.unknown_prices_text(plan.estimate)
    if found.request.budget is not None:
        text += f" Of its budget {money(found.request.budget)} is left."
    return text


def plan_text(plan: Plan) -> str:
    """Return what a run would cost, in one or two sentences."""
    left = sum(1 for row in plan.rows if not row.complete and not row.skipped)
    parts = [f"Run {count(left, 'row')}: {count(plan.calls, 'call')}"]
    if plan.reused:
        parts.append(f"{count(plan.reused, 'answer')} reused at no cost")
    parts += figures.cost_parts(plan.estimate)
    text = ", ".join(parts) + "." + figures.unknown_prices_text(plan.estimate)
    if plan.approved:
        text += f" {approved_text(plan)}"
    if plan.notices:
        more = f" (and {len(plan.notices) - 1} more)" if len(plan.notices) > 1 else ""
        text += f"\n{_notice_line(plan.notices[0])}{more}"
    return text


def approved_text(plan: Plan) -> str:
    """Return which approved rows are not asked again."""
    one = len(plan.approved) == 1
    return f"{count(len(plan.approved), 'approved row')} {'keeps its' if one else 'keep their'} answers as they were."


def _count_words(found: Mapping[Status, int]) -> str:
    order = (Status.DONE, Status.FAILED, Status.SKIPPED, Status.STOPPED, Status.PENDING)
    parts = [f"{count(found[status])} {status.value}" for status in order if found.get(status)]
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
    shown = ", ".join(str(row) for row in notice.rows[:_MAX_ROWS_NAMED])
    more = f" and {len(notice.rows) - _MAX_ROWS_NAMED} more" if len(notice.rows) > _MAX_ROWS_NAMED else ""
    return f"{notice.message} Rows {shown}{more}."


def _nothing() -> None:
    """The button only closes the banner."""
