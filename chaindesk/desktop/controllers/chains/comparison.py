"""Compares the chain that is open with another model or chain: plans, asks, judges, keeps picks, and takes B."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from chaindesk.chain_file import load_chain
from chaindesk.chain_file.editing.models import write_models
from chaindesk.desktop.chain.model_assist import ModelAssist
from chaindesk.desktop.chain.model_cache import ModelCache
from chaindesk.desktop.comparison.setup_bar import ComparisonChoice, OtherSide
from chaindesk.desktop.main_window import MainWindow
from chaindesk.desktop.notifications.banner import Tone
from chaindesk.desktop.runtime.background_tasks import BackgroundTasks
from chaindesk.desktop.session.run_controller import RunController
from chaindesk.desktop.session.run_request import RunRequest
from chaindesk.desktop.session.workspace import Workspace
from chaindesk.desktop.ui import dialogs
from chaindesk.desktop.ui.translation import tr
from chaindesk.domain.chains.chain import Chain
from chaindesk.domain.errors import ChainDeskError, UsageError
from chaindesk.domain.events import Event, StepStarted
from chaindesk.engine.comparison.comparison import ComparedRow, Comparison, Pick
from chaindesk.engine.comparison.differing_steps import with_models, without_examples
from chaindesk.engine.comparison.plan import ComparisonPlan
from chaindesk.engine.comparison.row_sample import held_out_from, sample
from chaindesk.engine.run.control import RunControl
from chaindesk.engine.session import Session
from chaindesk.key_permissions import KeyPermission

if TYPE_CHECKING:
    from chaindesk.desktop.comparison.window import ComparisonWindow


class ComparisonController(QObject):
    """Ties the comparison window to the workspace: one comparison at a time.

    Attributes:
        view: the window, once it was shown.
        tasks: what is being planned or asked.

    Signals:
        run_requested: B was taken; a ``RunRequest`` for what changes by it.
    """

    run_requested = Signal(object)

    def __init__(
        self, window: MainWindow, workspace: Workspace, run_controller: RunController, models: ModelCache
    ) -> None:
        super().__init__(window)
        self._window, self._workspace, self._run_controller = window, workspace, run_controller
        self._models = models
        self._assist: ModelAssist | None = None
        self.view: ComparisonWindow | None = None
        self.tasks = BackgroundTasks(self._failed)
        self._planning = BackgroundTasks(self._failed)
        self._comparison: Comparison | None = None
        self._plan: ComparisonPlan | None = None
        self._choice: ComparisonChoice | None = None
        self._control: RunControl | None = None
        self._runs_when_opened = False
        window.actions_.compare_chains.triggered.connect(self.show)
        window.theme.changed.connect(self._apply_theme)
        workspace.busy_changed.connect(lambda _: self._run_when_opened())

    def show(self) -> None:
        """Show the window, in front."""
        if self._workspace.session is None:
            self._window.message_banner.show_message(Tone.INFO, tr("Open a workbook with its chain first."))
            return
        if self.view is None:
            self.view = self._make_view()
        self._show_chain(self._workspace.session.chain)
        if self.view.isVisible():
            self.view.raise_()
        self.view.show()
        self.view.activateWindow()
        self._changed()

    async def close(self) -> None:
        """End what is going on; what is paid for is kept."""
        if self._control is not None:
            self._control.stop()
        await self.tasks.finish(10)
        await self.tasks.close()
        await self._planning.close()

    def _make_view(self) -> ComparisonWindow:
        from chaindesk.desktop.comparison.window import ComparisonWindow  # when it is asked for

        view = ComparisonWindow(self._window, dark=self._window.theme.dark)
        view.setup.changed.connect(self._changed)
        self._assist = ModelAssist(view.setup.model, self._models, view)
        view.setup.model_shown.connect(self._assist.show_model)
        view.setup.file_requested.connect(self._choose_file)
        view.setup.start_requested.connect(self._start)
        view.setup.stop_requested.connect(self._stop)
        view.picked.connect(lambda row, pick: self.tasks.start(self._pick(row, pick)))
        view.take_requested.connect(self._take)
        return view

    def _show_chain(self, chain: Chain) -> None:
        if self.view is not None and self._assist is not None:
            examples = any(step.examples is not None for step in chain.steps)
            self._assist.show_chain(chain)
            self.view.setup.show_steps({step.name: step.model for step in chain.steps}, examples=examples)

    def _run_when_opened(self) -> None:
        if self._runs_when_opened and not self._workspace.is_opening:
            self._runs_when_opened = False
            if self._workspace.session is not None and not self._workspace.chain_problem:
                self.run_requested.emit(RunRequest(confirm=True))

    # --- planning ----------------------------------------------------------------------------------------------

    def _choose_file(self) -> None:
        path = self._workspace.chain_path
        folder = "" if path is None else str(path.parent)
        if self.view is not None:
            dialogs.choose_file(self.view, tr("Choose B"), folder, dialogs.CHAINS, self.view.setup.show_file)

    def _changed(self) -> None:
        """Something else is to be compared: work out what that costs."""
        view, session = self.view, self._workspace.session
        if view is None or session is None or self._control is not None:
            return
        self._planning.cancel()
        self._comparison = self._plan = None
        view.show_rows((), {}, takes=False)
        view.show_figures(None)
        choice = view.setup.choice
        if not choice.complete:
            view.show_plan(None, tr("Choose another model, or a chain file. What it costs is said here."))
            return
        view.show_busy(tr("Working out what it costs…"), running=False)
        self._planning.start(self._prepare(session, choice))

    async def _prepare(self, session: Session, choice: ComparisonChoice) -> None:
        chains = await asyncio.to_thread(_chains_of, session.chain, choice)
        addresses = await self._workspace.addresses_of(chains[0]) | await self._workspace.addresses_of(chains[1])
        journal = await self._workspace.journal()

        def prepared() -> tuple[Comparison, ComparisonPlan]:
            rows = session.manifest.rows
            chosen = held_out_from(session, rows) if choice.other is OtherSide.EXAMPLES else rows
            numbers = sample(chosen, choice.rows)
            made = Comparison(session.manifest, chains, numbers, journal, session.keys, addresses=addresses)
            return made, made.plan()

        comparison, plan = await asyncio.to_thread(prepared)
        self._comparison, self._plan, self._choice = comparison, plan, choice
        if self.view is not None:
            self.view.show_plan(plan)
            if not plan.calls:
                await self._show_answers(comparison)

    # --- asking ------------------------------------------------------------------------------------------------

    def _start(self, budget: Decimal | None) -> None:
        comparison, view = self._comparison, self.view
        if comparison is None or view is None or self._control is not None:
            return
        if self._run_controller.phase.in_run:
            view.show_plan(self._plan)
            view.message.setText(tr("A run is going on. Compare when it has ended."))
            return
        pending = self._workspace.keys.pending_permissions(comparison.endpoints.values())
        if pending:
            self._ask_permission(pending[0], budget)
            return
        self._control = RunControl()
        view.show_busy(tr("Asking…"))
        self.tasks.start(self._run(comparison, self._control, budget))

    def _ask_permission(self, permission: KeyPermission, budget: Decimal | None) -> None:
        async def allow() -> None:
            await asyncio.to_thread(self._workspace.keys.allow, permission)
            self._start(budget)

        dialogs.ask(
            self.view or self._window,
            tr("Send a key"),
            permission.question,
            tr("Allow"),
            tr("Do not send it"),
            lambda: self.tasks.start(allow()),
        )

    async def _run(self, comparison: Comparison, control: RunControl, budget: Decimal | None) -> None:
        try:
            await comparison.run(self._watch, control, budget=budget)
        finally:
            self._control = None
            self._run_controller.check_for_external_changes()
        if self.view is not None:
            self._plan = await asyncio.to_thread(comparison.plan)
            self.view.show_plan(self._plan)
            await self._show_answers(comparison)

    async def _show_answers(self, comparison: Comparison) -> None:
        rows = await asyncio.to_thread(comparison.rows)
        view = self.view
        if view is None or comparison is not self._comparison:
            return
        picks = {one.row.number: pick for one in rows if (pick := comparison.pick_of(one)) is not None}
        takes = self._choice is not None and self._choice.other is not OtherSide.EXAMPLES
        view.show_figures(comparison.figures(rows))
        view.show_rows(rows, picks, takes=takes)

    def _watch(self, event: Event) -> None:
        if self.view is not None and isinstance(event, StepStarted):
            words = tr("Row {row}: asking {step}…").format(row=event.row, step=event.step)
            self.view.message.setText(words)

    def _stop(self) -> None:
        if self._control is not None and self.view is not None:
            self.view.message.setText(tr("Ending… What has been answered is kept."))
            self._control.stop()

    async def _pick(self, row: ComparedRow, pick: Pick | None) -> None:
        comparison = self._comparison
        if comparison is None or self.view is None:
            return
        await comparison.pick(row, pick)
        self.view.show_pick(row.row.number, pick)
        rows = await asyncio.to_thread(comparison.rows)
        self.view.show_figures(comparison.figures(rows))

    # --- taking B ----------------------------------------------------------------------------------------------

    def _take(self) -> None:
        """Make B the chain, and plan a run of what changes by it: the compared rows have their answers."""
        choice, path = self._choice, self._workspace.chain_path
        if choice is None or path is None or self._run_controller.phase.in_run:
            return
        if choice.other is OtherSide.CHAIN and choice.path is not None:
            path = choice.path
        elif choice.other is OtherSide.MODEL:
            try:
                _write_model(path, choice)
            except ChainDeskError as error:
                self._failed(error)
                return
        self._runs_when_opened = True
        self._workspace.open_chain(path)
        if self.view is not None:
            self.view.close()

    def _apply_theme(self) -> None:
        if self.view is not None:
            self.view.pair.set_dark(dark=self._window.theme.dark)

    def _failed(self, error: ChainDeskError) -> None:
        if self.view is not None:
            self.view.show_plan(None, str(error))


def _chains_of(chain: Chain, choice: ComparisonChoice) -> tuple[Chain, Chain]:
    """Return A and B."""
    match choice.other:
        case OtherSide.MODEL:
            return chain, with_models(chain, [f"{choice.step}={choice.model}"])
        case OtherSide.EXAMPLES:
            return without_examples(chain), chain
    if choice.path is None:
        raise UsageError(tr("Choose the chain file of B."))
    other = load_chain(choice.path)
    return chain, other.model_copy(update={"id_column": chain.id_column})


def _write_model(path: Path, choice: ComparisonChoice) -> None:
    """Change the model of a step in a chain's file; every other line stays.

    Raises:
        ChainDeskError: it could not be changed or saved.
    """
    try:
        write_models(path, {choice.step: choice.model})
    except (OSError, ValueError) as error:
        raise UsageError(tr("{name} could not be changed: {error}.").format(name=path.name, error=error)) from error
