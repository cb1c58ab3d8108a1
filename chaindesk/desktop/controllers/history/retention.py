"""How long runs are kept: chosen by the user, offered at the start, and carried out only after a yes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from chaindesk import settings
from chaindesk.desktop.runtime.background_tasks import BackgroundTasks
from chaindesk.desktop.session.workspace import Workspace
from chaindesk.desktop.ui import dialogs
from chaindesk.desktop.ui.translation import tr, tr_counted
from chaindesk.domain.errors import ChainDeskError
from chaindesk.formatting import size
from chaindesk.journal.protocol import Cleanable

if TYPE_CHECKING:
    from chaindesk.desktop.history.window import HistoryWindow


class HistoryRetention(QObject):
    """Asks, and cleans up.

    Signals:
        cleaned: old runs are gone.
    """

    cleaned = Signal()

    def __init__(
        self, workspace: Workspace, tasks: BackgroundTasks, failed: Callable[[ChainDeskError], object]
    ) -> None:
        super().__init__()
        self._workspace, self._tasks, self._failed = workspace, tasks, failed

    async def offer(self, days: int) -> str:
        """Return how much is older than so many days, as a text for the user, or ""."""
        journal = await self._workspace.journal()
        found = await asyncio.to_thread(journal.cleanable, _before(days))
        if found == Cleanable():
            return ""
        return tr("The journal has {cleanable_text} older than {days}. They can be cleaned up.").format(
            cleanable_text=_cleanable_text(found), days=tr_counted(days, "day")
        )

    def keep(self, view: HistoryWindow, days: int | None) -> None:
        """Store how long runs are kept; nothing is deleted by that."""
        preferences = settings.load_preferences().model_copy(update={"keep_days": days})
        try:
            settings.save_preferences(preferences)
        except ChainDeskError as error:
            self._failed(error)
            return
        view.show_keep(days)
        view.show_message("" if days is None else tr("Nothing is taken away by itself. Clean up… asks first."))

    async def ask(self, view: HistoryWindow) -> None:
        """Show what would be deleted and ask; clean up if the user agrees."""
        days = settings.load_preferences().keep_days
        if days is None:
            return
        journal = await self._workspace.journal()
        before = _before(days)
        found, was = await asyncio.to_thread(lambda: (journal.cleanable(before), journal.size()))
        if found == Cleanable():
            view.show_message(tr("No run is older than {days}.").format(days=tr_counted(days, "day")))
            return
        view.show_message("")
        text = tr(
            "Older than {days}: {cleanable_text}. The journal takes {was}.\n\n"
            "These answers were paid for: if their rows are run again, they have to be paid for again. "
            "This cannot be undone. What was exported stays in its files."
        ).format(days=tr_counted(days, "day"), cleanable_text=_cleanable_text(found), was=size(was))
        then = lambda: self._tasks.start(self._clean(view, before, was))  # noqa: E731
        dialogs.ask(view, tr("Clean up the journal"), text, tr("Take them away"), tr("Keep them"), then)

    async def _clean(self, view: HistoryWindow, before: datetime, was: int) -> None:
        view.show_message(tr("Cleaning up…"))
        journal = await self._workspace.journal()
        gone = await journal.clean(before)
        now = await asyncio.to_thread(journal.size)
        view.show_message(
            tr("Gone: {cleanable_text}. The journal took {was} and takes {now} now.").format(
                cleanable_text=_cleanable_text(gone), was=size(was), now=size(now)
            )
        )
        self.cleaned.emit()


def _before(days: int) -> datetime:
    return datetime.now(UTC) - timedelta(days=days)


def _cleanable_text(found: Cleanable) -> str:
    runs, answers = tr_counted(found.runs, "run"), tr_counted(found.answers, "answer")
    return tr("{runs} with {answers}").format(runs=runs, answers=answers)
