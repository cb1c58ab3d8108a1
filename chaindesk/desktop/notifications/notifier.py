"""Writes what happened and what to do next into the two banners: one for the run, one for everything else."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QWidget

from chaindesk.desktop.notifications.banner import Banner, BannerButton, Tone
from chaindesk.desktop.notifications.banner_actions import BannerAction, Perform, action_button
from chaindesk.desktop.notifications.file_notifier import FileNotifier
from chaindesk.desktop.notifications.pause_notifier import PauseNotifier
from chaindesk.desktop.notifications.texts import (
    approved_text,
    count_words,
    first_of,
    further,
    interrupted_text,
    jobs_out_text,
    notice_lines,
    plan_text,
)
from chaindesk.desktop.session.interrupted_run import InterruptedRun
from chaindesk.desktop.ui.translation import tr, tr_counted
from chaindesk.domain.batch_jobs import BatchJob
from chaindesk.domain.completion import Endpoint
from chaindesk.domain.errors import ChainDeskError, ChainError, JournalError, JournalTrouble, Problem
from chaindesk.domain.manifest import Manifest, Notice
from chaindesk.domain.records import RunState
from chaindesk.domain.status import Status
from chaindesk.engine.planning.plan import Plan
from chaindesk.engine.run.options import RunResult
from chaindesk.formatting import count
from chaindesk.journal.sqlite.repair import RepairResult


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

    def plan(self, plan: Plan, *, capped: bool, twice: int = 0, approved: int = 0) -> None:
        """Ask whether the run that was planned is to begin, and where it can be ``capped``, what it may spend.

        Args:
            plan: what the run would do.
            capped: whether it can have a budget.
            twice: how many calls it may make twice.
            approved: how many approved rows it pays for again.
        """
        buttons = (
            self._button(tr("Start"), BannerAction.START, primary=True, closes=False),
            *self._with_approved(plan),
            BannerButton(tr("Cancel"), _nothing, on_escape=True),
        )
        field = self._budget if capped else None
        details = notice_lines(plan.notices)
        self.run.show_message(
            Tone.INFO, plan_text(plan, twice, approved), buttons, details=details, closable=False, field=field
        )
        self.run.buttons()[0].setFocus()

    def nothing_to_run(self, plan: Plan, *, failed_only: bool = False) -> None:
        """Every chosen row is complete."""
        if failed_only and not plan.rows:
            self.run.show_message(
                Tone.INFO, tr("Nothing to run: the rows that failed have their answers of earlier runs.")
            )
            return
        if not plan.rows:
            self.run.show_message(Tone.INFO, tr("No row is chosen: there is nothing to run."))
            return
        text = tr("Nothing to run: {rows} chosen, and all their answers are there.").format(
            rows=tr_counted(len(plan.rows), "row")
        )
        if plan.approved:
            text += f" {approved_text(plan)}"
        again = self._button(tr("Pay again for all of them…"), BannerAction.START_FRESH)
        self.run.show_message(Tone.INFO, text, (*self._with_approved(plan), again))

    def _with_approved(self, plan: Plan) -> tuple[BannerButton, ...]:
        if not plan.approved:
            return ()
        return (
            self._button(
                tr("Run the {approved:,} approved too…").format(approved=len(plan.approved)),
                BannerAction.PLAN_WITH_APPROVED,
            ),
        )

    def started(self) -> None:
        """A run begins: what the one before noticed is over."""
        self.run.clear()
        self.pauses.forget()
        self._noticed = []

    def noticed(self, message: str) -> None:
        """Show what was noticed in the run; it stays until it is closed, or the run's end repeats it."""
        self._noticed.append(message)
        self.messages.show_message(Tone.INFO, first_of(self._noticed), details=further(self._noticed))

    def refused(self, message: str) -> None:
        """Show why what was typed into the banner's field cannot be used; the question stays."""
        first = self.run.text.partition("\n⚠ ")[0]
        self.run.update_text(f"{first}\n⚠ {message}")

    def interrupted(self, found: InterruptedRun) -> None:
        """Ask whether to go on with a run that a crash interrupted."""
        buttons = (
            self._button(tr("Go on"), BannerAction.CONTINUE_INTERRUPTED, found, primary=True),
            self._button(tr("Not now"), BannerAction.DISMISS_INTERRUPTED, found),
        )
        self.run.show_message(Tone.INFO, interrupted_text(found), buttons, closable=False)
        self.run.buttons()[0].setFocus()

    def elsewhere(self, path: Path) -> None:
        """The workbook is open in another window."""
        text = tr("{name} is open in another ChainDesk window, which was brought to the front.").format(name=path.name)
        self.messages.show_message(Tone.INFO, text)

    def resumable(self, done: int, total: int) -> None:
        """Work of an earlier run was found, and some is left."""
        text = tr("{done} of {rows} have all their answers. Run goes on with the rest.").format(
            done=count(done), rows=tr_counted(total, "row")
        )
        self.run.show_message(Tone.INFO, text, (self._button(tr("Run the rest"), BannerAction.RUN, primary=True),))

    def finished(self, result: RunResult) -> None:
        """How the run ended, what was noticed on the way, and the next steps."""
        self.pauses.forget()
        counts = result.counts
        failed, done = counts.get(Status.FAILED, 0), counts.get(Status.DONE, 0)
        export = self._button(tr("Export"), BannerAction.EXPORT, primary=not failed)
        retry = self._button(tr("Retry failed"), BannerAction.RETRY_FAILED, primary=True)
        show = self._button(tr("Show failed"), BannerAction.SHOW_FAILED, closes=False)
        after: tuple[BannerButton, ...] = (retry, show, export) if failed else (export,)
        match result.state:
            case RunState.FINISHED:
                tone = Tone.WARNING if failed else Tone.SUCCESS
                text = tr("Run finished: {count_words}.").format(count_words=count_words(counts))
            case RunState.STOPPED:
                tone, after = Tone.INFO, (export,) if done else ()
                text = tr("Run stopped: {count_words}. Everything finished is kept; Run goes on from there.").format(
                    count_words=count_words(counts)
                )
                if result.message:  # not everything could be kept where it belongs
                    tone, text = Tone.WARNING, f"{text}\n{result.message}"
            case _:
                tone, reason = Tone.WARNING, result.message or tr("The run ended early.")
                text = f"{reason}\n{count_words(counts).capitalize()}."
        if result.notices:
            text = f"{text}\n{first_of(result.notices)}"
            if self._noticed and self.messages.text == first_of(self._noticed):
                self.messages.clear()  # one place tells it from now on
        self.run.show_message(tone, text, after, details=further(result.notices))

    def jobs_out(self, jobs: Sequence[BatchJob], problems: Sequence[str]) -> None:
        """Batch jobs go on at the providers; what could not be asked is told, too."""
        buttons = (
            self._button(tr("Look now"), BannerAction.COLLECT_JOBS, primary=True, closes=False),
            self._button(tr("Cancel the jobs"), BannerAction.CANCEL_JOBS, closes=False),
        )
        said = dict.fromkeys([*problems, *(job.message for job in jobs if job.message)])
        tone = Tone.WARNING if said else Tone.INFO
        self.messages.show_message(tone, jobs_out_text(jobs), buttons, details="\n".join(said))

    def jobs_over(self, answers: int, left: int) -> None:
        """The last batch job is over, and what it has brought is kept; so many rows are ``left`` to be run."""
        text = tr("The batch jobs are over: {rows} collected. Run goes on from there.")
        button = self._button(tr("Run the rest"), BannerAction.RUN, primary=True)
        if not left:
            text = tr("The batch jobs are over: {rows} collected. Every row has its answers.")
            button = self._button(tr("Export"), BannerAction.EXPORT, primary=True)
        self.messages.show_message(Tone.SUCCESS, text.format(rows=tr_counted(answers, "row")), (button,))

    def keys_missing(self, endpoints: Sequence[Endpoint]) -> None:
        """Nothing was run, because a provider needs a key."""
        names = tr(" and ").join(endpoint.name for endpoint in endpoints)
        one = tr("{names} needs an API key, and there is none yet. Nothing was run.")
        many = tr("{names} need API keys, and there is none yet. Nothing was run.")
        text = (one if len(endpoints) == 1 else many).format(names=names)
        open_keys = self._button(
            tr("Open keys…"), BannerAction.OPEN_KEYS, endpoints[0].name, primary=True, closes=False
        )
        self.run.show_message(Tone.WARNING, text, (open_keys,))

    def run_failed(self, error: ChainDeskError) -> None:
        """Show why a run ended early; what it paid for is kept."""
        text, _, details = str(error).partition("\n")
        again = self._button(tr("Go on"), BannerAction.RUN_AGAIN, primary=True)
        self.run.show_message(
            Tone.ERROR, tr("The run ended early. {text}").format(text=text), (again,), details=details
        )

    def failed(self, error: ChainDeskError) -> None:
        """What could not be done, and why."""
        if isinstance(error, ChainError):
            self.problems(error.problems)
            return
        text, _, details = str(error).partition("\n")
        choices: tuple[BannerButton, ...] = ()
        if isinstance(error, JournalError) and error.trouble is JournalTrouble.DAMAGED:
            choices = (self._button(tr("Repair the journal"), BannerAction.REPAIR_JOURNAL, primary=True),)
        self.messages.show_message(Tone.ERROR, text, choices, details=details)

    def journal_repaired(self, saved: RepairResult) -> None:
        """What was saved of a damaged journal, and where it is kept."""
        answers = tr_counted(saved.answers, "answer")
        rest = "" if saved.whole else tr(" What could not be read is asked for again by a run, and nothing else.")
        self.messages.show_message(
            Tone.SUCCESS,
            tr("{answers} could be read. The damaged journal is kept as {kept}.{rest}").format(
                answers=answers, kept=saved.kept, rest=rest
            ),
        )

    def problems(self, problems: Sequence[Problem], adaptable: object = None) -> None:
        """Show the mistakes of a chain; one that the gallery can write anew for the sheet is ``adaptable``."""
        first = tr("Line {line}: ").format(line=problems[0].line) if problems[0].line else ""
        more = tr(" (and {problems} more)").format(problems=len(problems) - 1) if len(problems) > 1 else ""
        text = tr("The chain cannot run yet. {first}{message}{more}").format(
            first=first, message=problems[0].message, more=more
        )
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
        buttons.append(self._button(tr("All chains to begin with…"), BannerAction.SHOW_GALLERY, closes=False))
        buttons.append(self._button(tr("New chain"), BannerAction.NEW_CHAIN, closes=False))
        if not fitting:  # else there is no room for it: it is in the list of chains and in the menu
            buttons.append(self._button(tr("Open a chain file…"), BannerAction.OPEN_CHAIN, closes=False))
        self.run.show_message(Tone.INFO, text, buttons)

    def found(self, notices: Sequence[Notice]) -> None:
        """Show the notices of the journal, of edits imported from the sheet, and of reading the sheet."""
        every = (*notices, *self._read)
        buttons = []
        if self._guessed:
            buttons.append(self._button(tr("Change…"), BannerAction.CHANGE_TEXT_READING, closes=False))
        if self._sheet_guessed:
            buttons.append(self._button(tr("Choose another sheet"), BannerAction.CHOOSE_SHEET, closes=False))
        self.messages.show_message(
            Tone.INFO,
            first_of([notice.message for notice in every]),
            buttons,
            details=notice_lines(every) if len(every) > 1 or any(notice.rows for notice in every) else "",
        )


def _nothing() -> None:
    """The button only closes the banner."""
