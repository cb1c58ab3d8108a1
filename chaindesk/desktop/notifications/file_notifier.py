"""Writes what happened to files into the banner of messages: exports, and the open workbook on the disk."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from chaindesk.desktop.notifications.banner import Banner, BannerButton, Tone
from chaindesk.desktop.notifications.banner_actions import BannerAction, Perform, action_button
from chaindesk.desktop.ui.translation import tr, tr_count, tr_noop
from chaindesk.engine.exports.source import ExportReport


class FileNotifier:
    """Shows messages about files.

    Args:
        run: the banner for the run.
        messages: the banner for everything else.
        perform: carries out what a button asks for.
    """

    def __init__(self, run: Banner, messages: Banner, perform: Perform) -> None:
        self.run, self.messages = run, messages
        self._button = partial(action_button, perform)

    def exported(self, report: ExportReport) -> None:
        """Where the workbook went."""
        if self.run.tone is not Tone.INFO:
            self.run.clear()  # the end of a run has been seen; pauses and questions stay
        buttons = (
            self._button(tr("Open"), BannerAction.OPEN_FILE, report.path, closes=False),
            self._button(tr("Show in folder"), BannerAction.OPEN_FOLDER, report.path, closes=False),
        )
        text = tr("Exported to {name}, in {folder}").format(name=report.path.name, folder=report.path.parent)
        if report.path.is_dir():
            files = tr_count(report.files, tr_noop("{n} file"), tr_noop("{n} files"))
            text = tr("Exported {files} to {folder}").format(files=files, folder=report.path)
        self.messages.show_message(Tone.SUCCESS, text, buttons, details="\n".join(report.notices))

    def chain_copied(self, path: Path) -> None:
        """A chain was begun with before any workbook was open."""
        text = tr("{name} is your copy, in {folder}. Now open the workbook that it is to run over.")
        button = self._button(tr("Open a workbook…"), BannerAction.CHOOSE_WORKBOOK, primary=True)
        self.messages.show_message(Tone.SUCCESS, text.format(name=path.name, folder=path.parent), (button,))

    def chain_changed_in_run(self, name: str) -> None:
        """Tell that the chain's file was changed while a run goes on."""
        text = tr("{name} was changed. The run goes on with the chain as it was; what comes after it uses the new one.")
        self.messages.show_message(Tone.INFO, text.format(name=name))

    def chain_read_again(self, name: str) -> None:
        """Tell that the chain's file was changed, and is what runs from now on."""
        text = tr("{name} was changed and has been read again. Rows whose prompts are others now are stale.")
        self.messages.show_message(Tone.INFO, text.format(name=name))

    def workbook_changed(self, name: str, changes: str, *, in_run: bool) -> None:
        """Offer to take in what another program has done to the workbook; in a run, after it."""
        if not changes:
            self.messages.clear()  # it is as it was
            return
        text = tr("Another program has saved {name}: {changes}.").format(name=name, changes=changes)
        if in_run:
            text += " " + tr("The run goes on with the rows as they were; take the changes in when it has ended.")
            self.messages.show_message(Tone.INFO, text)
            return
        text += " " + tr("Every row keeps its answers.")
        buttons = (
            self._button(tr("Take the changes in"), BannerAction.TAKE_IN_CHANGES, primary=True),
            BannerButton(tr("Not now"), lambda: None),
        )
        self.messages.show_message(Tone.INFO, text, buttons)

    def workbook_unreadable(self, name: str, reason: str) -> None:
        """Tell that another program has changed the workbook, and that it cannot be read now."""
        text = tr("Another program has changed {name}, and it cannot be read now. What is shown is as it was.")
        again = self._button(tr("Try again"), BannerAction.TAKE_IN_CHANGES)
        self.messages.show_message(Tone.WARNING, text.format(name=name), (again,), details=reason)

    def workbook_gone(self, path: Path, now: Path | None) -> None:
        """Tell that the workbook is not where it was; what is shown stays, and every answer is kept."""
        if now is not None:
            text = tr("{name} is called {new} now.").format(name=path.name, new=now.name)
            button = self._button(tr("Open it there"), BannerAction.OPEN_WORKBOOK, now, primary=True)
        else:
            text = tr(
                "{name} is no longer in {folder}: it was moved, renamed or deleted. What is shown stays, and every "
                "answer is kept; exports need the file."
            ).format(name=path.name, folder=path.parent)
            button = self._button(tr("Say where it is…"), BannerAction.OPEN_WORKBOOK, None, closes=False)
        self.messages.show_message(Tone.WARNING, text, (button,))
